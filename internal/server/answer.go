package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/klauspost/compress/gzhttp"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/graph/direct"
)

// The media types of answers.
const (
	mediaResponse = "application/graphql-response+json"
	mediaJSON     = "application/json"
)

// mediaType picks the type of the answer: the newer one where it is asked for
// and not less than the older one.
func mediaType(accept []string) string {
	response, plain := 0.0, 0.0
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		media, parameters, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := quality(parameters)
		switch media {
		case mediaResponse:
			response = max(response, q)
		case mediaJSON:
			plain = max(plain, q)
		}
	}
	if response > 0 && response >= plain {
		return mediaResponse
	}
	return mediaJSON
}

// accepts tells whether a media type is asked for by its name.
func accepts(r *http.Request, media string) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		if named, _, err := mime.ParseMediaType(part); err == nil && named == media {
			return true
		}
	}
	return false
}

// compressible tells which answers are compressed: not those that are sent bit
// by bit.
func compressible(contentType string) bool {
	return !strings.HasPrefix(contentType, mediaEvents) && !strings.HasPrefix(contentType, mediaParts) &&
		gzhttp.DefaultContentTypeFilter(contentType)
}

func quality(parameters map[string]string) float64 {
	given, ok := parameters["q"]
	if !ok {
		return 1
	}
	q, err := strconv.ParseFloat(given, 64)
	if err != nil {
		return 0
	}
	return q
}

// requestErrorStatus is the status of an answer to a document that was not
// executed. Clients that ask for plain JSON expect 200 even then.
func requestErrorStatus(media string) int {
	if media == mediaResponse {
		return http.StatusBadRequest
	}
	return http.StatusOK
}

// writeAnswer writes an answer.
func writeAnswer(w http.ResponseWriter, status int, media string, a *graphql.Response) {
	s := beginAnswer(w, status, media)
	for _, part := range [][]byte{beforeData(a), a.Data, {'}'}} {
		if _, err := s.Write(part); err != nil {
			return // nobody is there to be told
		}
	}
}

// beginAnswer writes what stands before an answer.
func beginAnswer(w http.ResponseWriter, status int, media string) *steady {
	w.Header().Set("Content-Type", media+"; charset=utf-8")
	w.WriteHeader(status)
	return newSteady(w)
}

// encoded is an answer as JSON.
func encoded(a *graphql.Response) []byte {
	return append(append(beforeData(a), a.Data...), '}')
}

// beforeData is an answer as JSON, up to its data: these are JSON already, and
// are not encoded once more.
func beforeData(a *graphql.Response) []byte {
	if len(a.Errors) == 0 && a.Label == "" && len(a.Path) == 0 && a.HasNext == nil && len(a.Extensions) == 0 && len(a.Data) > 0 { // nearly always
		return dataAlone
	}
	var text bytes.Buffer
	text.Grow(len(a.Data) + 64)
	text.WriteByte('{')
	member(&text, "errors", a.Errors, len(a.Errors) > 0)
	member(&text, "label", a.Label, a.Label != "")
	member(&text, "path", a.Path, len(a.Path) > 0)
	member(&text, "hasNext", a.HasNext, a.HasNext != nil)
	member(&text, "extensions", a.Extensions, len(a.Extensions) > 0)
	if len(a.Data) > 0 {
		if text.Len() > 1 {
			text.WriteByte(',')
		}
		text.WriteString(`"data":`)
	}
	return text.Bytes()
}

// dataAlone is what stands before the data of an answer that has nothing else. Nobody
// writes into it: it has no room.
var dataAlone = []byte(`{"data":`)[:8:8]

func member(head *bytes.Buffer, name string, v any, present bool) {
	if !present {
		return
	}
	text, err := json.Marshal(v)
	if err != nil {
		text = []byte(`[{"message":"the errors cannot be encoded"}]`)
	}
	if head.Len() > 1 {
		head.WriteByte(',')
	}
	head.WriteString(strconv.Quote(name) + ":")
	head.Write(text)
}

// shortEnough is the answer, or the error in its place that it is too long.
func shortEnough(ctx context.Context, a *graphql.Response, c Config) *graphql.Response {
	switch {
	case a == nil:
		return nil
	case int64(len(a.Data)) > c.MaxAnswer || direct.TooLong(ctx):
		return tooLong(a, c.MaxAnswer, "bytes")
	case direct.TooMany(ctx):
		return tooLong(a, int64(c.Limits.Price), "values")
	}
	return a
}

func tooLong(a *graphql.Response, most int64, of string) *graphql.Response {
	return &graphql.Response{
		Data: json.RawMessage("null"), Label: a.Label, Path: a.Path, HasNext: a.HasNext, Extensions: a.Extensions,
		Errors: gqlerror.List{{
			Message:    fmt.Sprintf("the answer has more than %d %s: ask for shorter pages (first), or for less in each element", most, of),
			Extensions: map[string]any{"code": codeLimit, "details": map[string]any{"limit": most}},
		}},
	}
}
