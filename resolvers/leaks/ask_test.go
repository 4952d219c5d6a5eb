package leaks_test

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"releasegraph/internal/app/acting"

	"github.com/99designs/gqlgen/graphql"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

// sentinel is who edits, in the last change set, all that the caller sees: a
// subscription that tells of that has told all before it.
const sentinel = "sentinel"

// answer is a response, with its errors in the order of their texts: they come
// as the fields end.
type answer struct {
	Errors []json.RawMessage          `json:"errors,omitempty"`
	Data   map[string]json.RawMessage `json:"data"`
}

func (a *answer) text() string {
	slices.SortFunc(a.Errors, func(a, b json.RawMessage) int { return bytes.Compare(a, b) })
	text, _ := json.Marshal(a) // it was read from JSON
	return string(text)
}

// ask sends a document as the caller, and gives the answer.
func (w *world) ask(t *rapid.T, document string) *answer { return w.askAs(t, w.caller, document) }

func (w *world) askAs(t *rapid.T, who domain.Actor, document string) *answer {
	next, stop := w.send(t, who, document)
	defer stop()
	return next()
}

// follow subscribes, and gives all answers up to that about the last change set.
func (w *world) follow(t *rapid.T, document string) (list []*answer) {
	next, stop := w.send(t, w.caller, document)
	defer stop()
	for {
		a := next()
		if a == nil {
			return list
		}
		list = append(list, a)
		if len(a.Errors) > 0 || strings.Contains(a.text(), `"actor":"`+sentinel+`"`) || a.of(w.head) {
			return list
		}
	}
}

// of reports whether the answer to a subscription is about the change set with a revision.
func (a *answer) of(revision int) bool {
	for _, data := range a.Data {
		var of struct{ Revision string }
		if json.Unmarshal(data, &of) == nil && of.Revision == strconv.Itoa(revision) {
			return true
		}
	}
	return false
}

// patience is how long an answer may take before the test gives up.
const patience = 2 * time.Minute

func (w *world) send(t *rapid.T, who domain.Actor, document string) (next func() *answer, stop func()) {
	w.fresh = 0
	ctx, stop := context.WithTimeout(acting.WithActor(context.Background(), who), patience)
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := w.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: document})
	if len(errs) > 0 {
		t.Fatalf("%s\n%v", document, errs)
	}
	responses, ctx := w.exec.DispatchOperation(ctx, op)
	return func() *answer {
		response := responses(ctx)
		if ctx.Err() != nil {
			t.Fatalf("%s\nin %s: no answer in time", document, w.shape)
		}
		if response == nil {
			return nil
		}
		text, err := json.Marshal(response)
		if err != nil || bytes.Contains(text, []byte(`"INTERNAL"`)) {
			t.Fatalf("%s\nin %s: %s%v", document, w.shape, text, err)
		}
		a := &answer{}
		if err := json.Unmarshal(text, a); err != nil {
			t.Fatal(err)
		}
		return a
	}, stop
}

func decode(data json.RawMessage) (v any) {
	_ = json.Unmarshal(data, &v) // it was read from JSON
	return v
}
