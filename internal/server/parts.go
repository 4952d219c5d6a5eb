package server

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// mediaParts is the type of answers that come in parts.
const mediaParts = "multipart/mixed"

// overParts answers an operation with @defer: at once what is not deferred,
// and each deferred part as it comes.
// https://github.com/graphql/graphql-over-http/blob/main/rfcs/IncrementalDelivery.md
type overParts struct{ runs }

const boundary = "-"

func (t overParts) do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, op *graphql.OperationContext) {
	w.Header().Set("Content-Type", mediaParts+`; boundary="`+boundary+`"; deferSpec=20220824`)
	w.Header().Set("Cache-Control", "no-store")
	control := http.NewResponseController(w)
	first := true
	part := func(v any, more bool) error {
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		head := ""
		if first {
			head = "\r\n--" + boundary
		}
		first = false
		end := "\r\n--" + boundary
		if !more {
			end += "--\r\n"
		}
		// The boundary comes with the part before it, so that clients know at
		// once that the part is whole.
		if _, err := io.WriteString(w, head+"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"+string(text)+end); err != nil {
			return err
		}
		return control.Flush()
	}
	begun := false
	last := t.follow(r.Context(), exec, op, func(answer *graphql.Response, _ bool) error {
		more := answer.HasNext != nil && *answer.HasNext
		if !begun {
			begun = true
			return part(answer, more)
		}
		answer.HasNext = nil
		return part(incremental{Incremental: []*graphql.Response{answer}, HasNext: more}, more)
	})
	if last != nil {
		_ = part(last, false)
	}
}

// incremental is a part that comes later.
type incremental struct {
	Incremental []*graphql.Response `json:"incremental"`
	HasNext     bool                `json:"hasNext"`
}

type inPartsKey struct{}

// inParts marks an operation whose answer may come in parts.
func inParts(ctx context.Context) context.Context { return context.WithValue(ctx, inPartsKey{}, true) }

// deferring tells whether a document defers anything.
func deferring(op *graphql.OperationContext) bool { return strings.Contains(op.RawQuery, "@defer") }
