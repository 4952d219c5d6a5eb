package importer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
	"releasegraph/internal/patient"
)

// Remote imports through the API of a server. endpoint is the address of its
// /graphql; header goes with every request (who asks).
func Remote(endpoint string, header http.Header, client *http.Client) Opener {
	if client == nil {
		client = &http.Client{Timeout: 2 * time.Minute}
	}
	return &remote{endpoint: endpoint, header: header, client: client}
}

// The most that one call sends; the server takes at most 5,000 lines and
// 0.9 MB, and 1 MB with all around them.
const (
	remoteNodes = 2_500
	remoteEdges = 5_000
	remoteBytes = 700_000
)

type remote struct {
	endpoint string
	header   http.Header
	client   *http.Client
	options  bulk.ImportOptions
	rights   rights
	whole    map[string]bool            // requests for change that this import brings as a whole
	falls    map[string]bulk.ImportFall // that calls told of, by release and unit
}

// Open begins an import at the server. Whether the actor may import shows with
// the first request: an empty one.
func (r *remote) Open(ctx context.Context, o bulk.ImportOptions) (Target, error) {
	opened := *r
	opened.options, opened.whole, opened.falls = o, map[string]bool{}, map[string]bulk.ImportFall{}
	if _, err := opened.send(ctx, nil, nil, nil); err != nil {
		return nil, err
	}
	return &opened, opened.askRights(ctx)
}

// Batch is what fits into one request.
func (r *remote) Batch() (nodes, edges int) { return remoteNodes, remoteEdges }

// Unknown asks the server.
func (r *remote) Unknown(ctx context.Context, kind string, keys []string) ([]string, error) {
	var answer struct{ UnknownKeys []string }
	err := r.ask(ctx, `query UnknownKeys($kind: RecordKind!, $keys: [String!]!) { unknownKeys(kind: $kind, keys: $keys) }`,
		map[string]any{"kind": bulk.EnumOf(kind), "keys": keys}, &answer)
	return answer.UnknownKeys, err
}

// Falls is what the server told of, call by call.
func (r *remote) Falls(context.Context) ([]bulk.ImportFall, error) {
	var list []bulk.ImportFall
	for _, at := range slices.Sorted(maps.Keys(r.falls)) {
		list = append(list, r.falls[at])
	}
	return list, nil
}

// Write sends the items, in as many calls as their length asks for.
func (r *remote) Write(ctx context.Context, items []*interchange.Item) (bulk.Imported, error) {
	assume, err := r.assumed(ctx, items)
	if err != nil {
		return bulk.Imported{}, err
	}
	var sum bulk.Imported
	var counts Summary
	var lines []string
	size := 0
	var whole []string
	flush := func() error {
		done, err := r.send(ctx, lines, assume, whole)
		for _, key := range done.Whole {
			r.whole[key] = true
		}
		sum.Held, whole = append(sum.Held, done.Held...), nil
		counts.add(done)
		sum.Changes, sum.Kept = append(sum.Changes, done.Changes...), append(sum.Kept, done.Kept...)
		lines, size = lines[:0], 0
		return err
	}
	for _, item := range items {
		line, err := item.Line()
		if err != nil {
			return bulk.Imported{}, err
		}
		quoted := len(strconv.Quote(string(line)))
		if size > 0 && size+quoted > remoteBytes {
			if err := flush(); err != nil {
				return bulk.Imported{}, err
			}
		}
		lines, size = append(lines, string(line)), size+quoted
		if key := item.From.Key; item.From.Kind == domain.KindChangeRequest && r.whole[key] && !slices.Contains(whole, key) {
			whole = append(whole, key)
		}
	}
	err = flush()
	sum.Counts, sum.Revision = counts.Counts, counts.Revision
	return sum, err
}

// assumed names, for a dry run, the ends of relationships that the server does
// not have: other calls would have created them.
func (r *remote) assumed(ctx context.Context, items []*interchange.Item) ([]string, error) {
	if !r.options.DryRun {
		return nil, nil
	}
	keys := map[string][]string{}
	seen := map[interchange.End]bool{}
	for _, item := range items {
		for _, end := range []interchange.End{item.From, item.To} {
			if item.IsEdge() && !seen[end] {
				seen[end] = true
				keys[end.Kind] = append(keys[end.Kind], end.Key)
			}
		}
	}
	var assume []string
	for kind, list := range keys {
		for len(list) > 0 {
			some := list[:min(len(list), manyKeys)]
			list = list[len(some):]
			unknown, err := r.Unknown(ctx, kind, some)
			if err != nil {
				return nil, err
			}
			for _, key := range unknown {
				assume = append(assume, interchange.End{Kind: kind, Key: key}.String())
			}
		}
	}
	return assume, nil
}

const importMutation = `mutation Import($input: ImportRecordsInput!, $options: WriteOptions) {
  importRecords(input: $input, options: $options) {
    counts { name relationship created updated removed unchanged kept listed unlisted revived }
    errors { line field rule message }
    revision
    changes { type kind id key from { kind id key } to { kind id key } fields { field before after } }
    kept { kind key from { kind id key } to { kind id key } field source kept offered removed }
    held { changeRequest before after }
    whole
    falls { release number unit than why }
  }
}`

func (r *remote) send(ctx context.Context, lines, assume, whole []string) (bulk.Imported, error) {
	var answer struct {
		ImportRecords struct {
			Counts []bulk.ImportCount
			Errors []struct {
				Line        int
				Field, Rule *string
				Message     string
			}
			Revision string
			Changes  []domain.Change
			Kept     []domain.FieldKept
			Held     []bulk.ImportHold
			Whole    []string
			Falls    []bulk.ImportFall
		}
	}
	if lines == nil {
		lines = []string{}
	}
	if assume == nil {
		assume = []string{}
	}
	if whole == nil {
		whole = []string{}
	}
	err := r.ask(ctx, importMutation, map[string]any{
		"input": map[string]any{
			"records": lines, "assume": assume, "show": r.options.Show,
			"source": r.options.Source, "overwrite": r.options.Overwrite, "whole": whole,
		},
		"options": map[string]any{"reason": r.options.Reason, "dryRun": r.options.DryRun},
	}, &answer)
	if err != nil {
		return bulk.Imported{}, err
	}
	got := answer.ImportRecords
	named(got.Changes, got.Kept)
	var wrong bulk.ImportProblems
	for _, e := range got.Errors {
		one := &domain.Error{Code: domain.Invalid, Message: e.Message}
		for to, from := range map[*string]*string{&one.Field: e.Field, &one.Rule: e.Rule} {
			if from != nil {
				*to = *from
			}
		}
		wrong = append(wrong, bulk.ImportProblem{Index: e.Line - 1, Error: one})
	}
	if len(wrong) > 0 {
		return bulk.Imported{}, wrong
	}
	for _, f := range got.Falls {
		r.falls[f.Release+"\n"+f.Unit] = f
	}
	revision, _ := strconv.ParseInt(got.Revision, 10, 64)
	return bulk.Imported{
		Counts: got.Counts, Revision: revision, Changes: got.Changes, Kept: got.Kept, Held: got.Held, Whole: got.Whole, Falls: got.Falls,
	}, nil
}

// reply is what a GraphQL server answers.
type reply struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct {
			Code    domain.Code
			Field   string
			Details map[string]any
		}
	}
}

func (r *remote) ask(ctx context.Context, query string, variables map[string]any, answer any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.endpoint, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, values := range r.header {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	response, err := patient.Do(r.client, request)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &domain.Error{Code: domain.Unavailable, Message: fmt.Sprintf("the server cannot be reached; is it running, and is the address right? %s", err), Cause: err}
	}
	defer response.Body.Close()
	return r.read(response, answer)
}

// maxReply is the longest answer that is read.
const maxReply = 64 << 20

func (r *remote) read(response *http.Response, answer any) error {
	text, err := io.ReadAll(io.LimitReader(response.Body, maxReply))
	if err != nil {
		return &domain.Error{Code: domain.Unavailable, Message: "the server's answer broke off", Cause: err}
	}
	var got reply
	if json.Unmarshal(text, &got) != nil || got.Data == nil && got.Errors == nil {
		return r.strange(response)
	}
	var errs domain.Errors
	for _, e := range got.Errors {
		errs = append(errs, &domain.Error{Code: e.Extensions.Code, Field: e.Extensions.Field, Details: e.Extensions.Details, Message: e.Message})
	}
	if len(errs) > 0 {
		return errs.Err()
	}
	return json.Unmarshal(got.Data, answer)
}

// strange explains an answer that is not GraphQL's.
func (r *remote) strange(response *http.Response) error {
	switch code := response.StatusCode; {
	case code == http.StatusServiceUnavailable, code == http.StatusBadGateway, code == http.StatusGatewayTimeout:
		return &domain.Error{Code: domain.Unavailable, Message: "the server answers " + response.Status}
	case code >= http.StatusBadRequest:
		return fmt.Errorf("%s answers %s", r.endpoint, response.Status)
	}
	return errors.New(r.endpoint + " does not answer as a GraphQL server: is it the address of /graphql?")
}

// named gives kinds their names, as an import into a store of one's own does.
func named(changes []domain.Change, kept []domain.FieldKept) {
	for i := range changes {
		c := &changes[i]
		c.Kind = bulk.NameOf(c.Kind)
		namedEnds(c.From, c.To)
	}
	for i := range kept {
		k := &kept[i]
		k.Kind = bulk.NameOf(k.Kind)
		namedEnds(k.From, k.To)
	}
}

func namedEnds(ends ...*domain.ChangeEnd) {
	for _, e := range ends {
		if e != nil {
			e.Kind = bulk.NameOf(e.Kind)
		}
	}
}
