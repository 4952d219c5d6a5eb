package leaving_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/domain"
)

// documents ask each query that is not asked in the common ways.
func (v *service) documents() map[string]string {
	year := `{from: "2026-03-01T00:00:00Z", to: "2027-06-01T00:00:00Z"}`
	var refs, ids []string
	for _, key := range v.some {
		refs = append(refs, fmt.Sprintf("{key: %q}", key))
	}
	for i := range planned {
		ids = append(ids, fmt.Sprintf(`"RFC-%04d"`, i))
	}
	source := fmt.Sprintf("{key: %q}", v.source)
	return map[string]string{
		"nodes":             `nodes(ids: [` + strings.Join(ids, ", ") + `]) {id}`,
		"serviceView":       `serviceView(service: ` + refs[0] + `) {items problems {totalCount} knownErrors {totalCount} openings(first: 10) {nodes {chain {kind}}}}`,
		"changeSets":        `changeSets(last: 100) {nodes {revision changes(first: 1000) {totalCount nodes {__typename}}}}`,
		"graphDiff":         `graphDiff(from: {revision: 0}) {summary {kind} changes(first: 1000) {totalCount}}`,
		"impact":            `impact(input: {sources: {items: [` + source + `]}}) {summary {total sites} cycles {items {key}} mermaid hits(first: 900) {nodes {depth chain {kind} rootCauses {key} item {key dependents(first: 1) {totalCount} history(first: 1) {nodes {revision}}}}}}`,
		"dependencyPath":    `dependencyPath(from: ` + refs[len(refs)-1] + `, to: ` + source + `) {length}`,
		"installationOrder": `installationOrder(items: [` + strings.Join(refs[:900], ", ") + `]) {steps {items {key}}}`,
		"knownErrorMatches": `knownErrorMatches(first: 10, draft: {items: [` + refs[0] + `], symptoms: "slow and red"}) {totalCount}`,
		"dataQuality":       `dataQuality {cycles(first: 100) {totalCount nodes {size}}}`,
		"scheduleConflicts": `scheduleConflicts(during: ` + year + `, first: 100) {totalCount truncated nodes {kind chain {kind} items {key} freeSlots(first: 1) {from}}}`,
		"changeSchedule":    `changeSchedule(during: ` + year + `, first: 1000) {totalCount nodes {window {from} items {key} sites {key}}}`,
		"freeSlots":         `freeSlots(changeRequest: {key: "RFC-0000"}, length: "PT2H") {from}`,
		"search":            `search(text: "a", first: 1000) {totalCount edges {cursor}}`,
		"statistics":        `statistics {__typename}`,
		"myWork":            `myWork(first: 100) {totalCount}`,
		"versionMatrix":     `versionMatrix(unit: {key: "unit"}) {variants rows {version versions {version}}}`,
		"libraryFindings":   `libraryFindings(first: 100) {nodes {kind}}`,
		"illegalUses":       `illegalUses(first: 100) {nodes {why}}`,
		"wastedLicences":    `wastedLicences(first: 100) {nodes {site {key}}}`,
		"wastedSupport":     `wastedSupport(first: 100) {nodes {site {key}}}`,
		"events":            `events(first: 1000) {nodes {type changes {field}}}`,
		"figures":           `figures(during: ` + year + `) {deployments leadTime {p50} deploymentsEnded {key}}`,
		"releaseCalendar":   `releaseCalendar(during: ` + year + `) {entries {region}}`,
		"policyFor":         `policyFor(item: ` + source + `) {ambiguous considered {because}}`,
	}
}

// atOnce are the queries that are bounded by what they are asked for: some few
// records by their ids or keys, or what there is little of.
var atOnce = map[string]string{
	"node": "one record", "changeSet": "one change set", "viewer": "who asks", "apiTokens": "tokens", "boundNames": "persons", "boardAgenda": "what is before one board",
	"boardMinutes": "one board's votes", "unknownKeys": "as many keys as are named", "importPointers": "as many keys as are named",
	"importHoldings": "one source's records", "comparePlans": "two plans", "webhooks": "what there is little of", "webhook": "one of these",
}

// question asks a query, as it is asked in common, or "".
func (v *service) question(f *ast.FieldDefinition, own map[string]string) string {
	switch {
	case own[f.Name] != "":
		return own[f.Name]
	case f.Arguments.ForName("key") != nil:
		return f.Name + `(key: "none") {__typename}`
	case f.Arguments.ForName("filter") != nil && f.Arguments.ForName("first") != nil:
		return f.Name + `(first: 1000) {totalCount nodes {__typename}}`
	}
	return ""
}

// A caller who leaves at any moment of any query costs next to nothing from then
// on: the answer ends, its goroutines are gone, and the processor is quiet.
func TestWhoLeavesCostsNothingMore(t *testing.T) {
	v := newService(t)
	own := v.documents()
	for _, f := range v.schema.Query.Fields {
		if strings.HasPrefix(f.Name, "__") || atOnce[f.Name] != "" {
			continue
		}
		text := v.question(f, own)
		if text == "" {
			t.Errorf("%s: say how it is asked (documents), or why it is answered at once", f.Name)
			continue
		}
		t.Run(f.Name, func(t *testing.T) { v.leave(t, "{"+text+"}") })
	}
}

const (
	// moments is at how many moments each query is left.
	moments = 4
	// quiet is how much of the processors' time may be spent after a caller left:
	// a tenth of a second on each of two, and what the collector of garbage takes.
	// A cycle of the collector that falls there by chance is forgiven once.
	quiet = 400 * time.Millisecond
)

func (v *service) leave(t *testing.T, text string) {
	began := time.Now()
	if answer := v.ask(t, t.Context(), text); strings.Contains(answer, `"errors"`) {
		t.Fatalf("%.300s\n%.1000s", text, answer)
	}
	whole := time.Since(began)
	before, late := runtime.NumGoroutine(), 0
	for range moments {
		ctx, cancel := context.WithCancel(t.Context())
		over := make(chan struct{})
		go func() {
			defer close(over)
			v.ask(t, ctx, text)
		}()
		time.Sleep(time.Duration(rand.Int64N(int64(whole) + 1)))
		spent := processor(t)
		cancel()
		<-over
		if more := processor(t) - spent; more > quiet {
			if late++; late > 1 {
				t.Errorf("%.300s\ncost %v more after the caller had left; whole it takes %v", text, more, whole)
			}
		}
		spent = processor(t)
		time.Sleep(20 * time.Millisecond)
		if more := processor(t) - spent; more > quiet/10 && runtime.NumGoroutine() > before+2 {
			t.Errorf("%.300s\nwent on after its answer had ended: %v in 20 ms", text, more)
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before+2 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%.300s\nleft %d goroutines behind", text, runtime.NumGoroutine()-before)
}

// ask sends a document as somebody who may see everything.
func (v *service) ask(t *testing.T, ctx context.Context, text string) string {
	ctx = acting.WithActor(ctx, domain.Actor{Name: "ann", Roles: []domain.Role{domain.Admin}})
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := v.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: text})
	if len(errs) > 0 {
		t.Errorf("%.300s\n%v", text, errs)
		return ""
	}
	responses, ctx := v.exec.DispatchOperation(ctx, op)
	answer, err := json.Marshal(responses(ctx))
	if err != nil {
		t.Error(err)
	}
	return string(answer)
}

// processor is how much of the processors' time this process has used.
func processor(t *testing.T) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
