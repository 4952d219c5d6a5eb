package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"releasegraph/graph/response"
	"releasegraph/internal/server/budget"
	"releasegraph/internal/store"
)

// runs runs operations, each in its turn.
type runs struct {
	config *Config // large: methods copy what they are of
	budget *budget.Budget
	// revoked is closed when an API token is revoked; nil: never.
	revoked func() <-chan struct{}
}

// revocation is the next one.
func (t runs) revocation() <-chan struct{} {
	if t.revoked == nil {
		return nil
	}
	return t.revoked()
}

// follow runs an operation and hands over each of its answers, until there is
// none any more or the context ends. An answer is good only while it is handed
// over: gqlgen writes the next one in its place. Each hears whether there is more right now,
// so that answers can be sent together. It returns the errors with which the
// operation ended after what it had answered, nil when it is simply over.
func (t runs) follow(ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext, each func(answer *graphql.Response, more bool) error) (end *graphql.Response) {
	ctx = graphql.WithOperationContext(ctx, op)
	defer func() {
		if p := recover(); p != nil {
			end = t.panicked(ctx, exec, p)
		}
	}()
	f, end := t.begin(ctx, exec, op)
	if f == nil {
		return end
	}
	defer f.leave()
	source := f.ending.Source()
	for {
		if source != nil {
			source.Await(f.ctx)
		}
		answer := t.next(f, source)
		if answer == nil {
			return f.over(exec)
		}
		if err := t.handOver(f, answer, each); err != nil {
			return nil
		}
		f.answered = true
	}
}

// next is the next answer; nil: there is none any more. One that was worked out for all
// who ask the same, and holds no errors, does not pass what else is done with answers,
// which is nothing from the second one on.
func (t runs) next(f *followed, source response.Source) *graphql.Response {
	if source != nil && f.answered && len(f.op.Extensions) == 0 {
		if data := source.Shared(); data != nil {
			f.shared.Data = data
			if int64(len(data)) > t.config.MaxAnswer {
				return tooLong(&f.shared, t.config.MaxAnswer, "bytes")
			}
			return &f.shared
		}
	}
	return f.responses(f.ctx)
}

func (t runs) panicked(ctx context.Context, exec graphql.GraphExecutor, p any) *graphql.Response {
	return exec.DispatchError(ctx, gqlerror.List{asGraphQL(response.RecoverFunc(t.config.Log)(ctx, p))})
}

// followed is an operation that was begun.
type followed struct {
	ctx, whole context.Context // of it, and of who waits for it
	op         *graphql.OperationContext
	caller     string // looked for once: contexts are deep
	responses  graphql.ResponseHandler
	ending     *response.Ending
	turn       func()             // leaves its turn
	cancel     context.CancelFunc // nil for a subscription
	answered   bool
	shared     graphql.Response // see runs.next
}

// begin begins an operation; where that cannot be, it returns the answer that says so, nil
// when nobody waits for it. What is on the stack while a subscription waits lies there for
// each of thousands: so beginning and ending have functions of their own.
func (t runs) begin(ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext) (*followed, *graphql.Response) {
	f := &followed{whole: ctx, op: op, caller: caller(ctx), turn: func() {}}
	lasting := op.Operation.Operation == ast.Subscription
	if !lasting {
		ctx, f.cancel = withTimeout(ctx, t.config.OperationTimeout)
	}
	ctx, f.ending = response.WithEnding(ctx)
	leave, err := t.budget.Enter(ctx, f.caller, priceIn(op))
	if err != nil {
		defer f.end()
		return nil, t.notBegun(ctx, f.whole, exec, err)
	}
	f.turn = leave
	defer func() {
		if f.ctx == nil { // it panicked
			f.end()
		}
	}()
	f.responses, ctx = exec.DispatchOperation(t.hurried(ctx, op), op)
	if lasting { // each event has a turn of its own
		leave()
		ctx = response.WithTurns(ctx, func(ctx context.Context) (func(), error) {
			return t.budget.Await(ctx, caller(ctx), priceIn(op))
		})
	}
	f.ctx = ctx
	return f, nil
}

// leave ends what was begun.
func (f *followed) leave() {
	defer f.end()
	drain(f.ctx, f.op, f.responses)
}

func (f *followed) end() {
	f.turn()
	if f.cancel != nil {
		f.cancel()
	}
}

// over says with which errors an operation ended, nil when it is simply over.
func (f *followed) over(exec graphql.GraphExecutor) *graphql.Response {
	switch err := f.ending.Err(); {
	case err != nil:
		return exec.DispatchError(f.ctx, gqlerror.List{{Err: err, Message: err.Error()}})
	case f.cancel != nil && !f.answered && f.whole.Err() == nil: // the time is over
		return exec.DispatchError(f.ctx, gqlerror.List{ended(f.ctx)})
	}
	return nil
}

// notBegun is the answer to an operation that had no turn; nil when nobody
// waits for it.
func (t runs) notBegun(ctx, whole context.Context, exec graphql.GraphExecutor, err error) *graphql.Response {
	var busy *budget.BusyError
	switch {
	case errors.As(err, &busy):
		return exec.DispatchError(ctx, gqlerror.List{busyError(busy)})
	case whole.Err() == nil:
		return exec.DispatchError(ctx, gqlerror.List{ended(ctx)})
	}
	return nil
}

// handOver hands over an answer when the caller has not left too many untaken.
func (t runs) handOver(f *followed, answer *graphql.Response, each func(*graphql.Response, bool) error) error {
	taken, err := t.budget.Hold(f.ctx, f.caller, len(answer.Data))
	if err != nil {
		var busy *budget.BusyError
		if !errors.As(err, &busy) {
			return err
		}
		answer = &graphql.Response{Errors: gqlerror.List{busyError(busy)}, Data: []byte("null"), HasNext: answer.HasNext}
		taken = func() {}
	}
	defer taken()
	source := f.ending.Source()
	return each(answer, source != nil && source.Ready(f.ctx))
}

// hurried has the store not keep a cheap operation waiting behind dear ones.
func (t runs) hurried(ctx context.Context, op *graphql.OperationContext) context.Context {
	if t.budget.Cheap(priceIn(op)) {
		return store.WithUrgent(ctx)
	}
	return ctx
}

// hold counts an answer among those that wait to be taken.
func (t runs) hold(ctx context.Context, answer *graphql.Response) (taken func(), err error) {
	return t.budget.Hold(ctx, caller(ctx), len(answer.Data))
}

// drain takes what is deferred and nobody waits for: it hears of the end of the
// context, and ends by being taken.
func drain(ctx context.Context, op *graphql.OperationContext, responses graphql.ResponseHandler) {
	if ctx.Err() == nil || !deferring(op) {
		return
	}
	ctx = context.WithoutCancel(ctx)
	for responses(ctx) != nil {
		continue
	}
}

func asGraphQL(err error) *gqlerror.Error {
	if e, ok := err.(*gqlerror.Error); ok { //nolint:errorlint // RecoverFunc gives nothing else
		return e
	}
	return &gqlerror.Error{Message: "internal error", Extensions: map[string]any{"code": codeInternal}}
}

// priceIn is the price that was worked out for an operation.
func priceIn(op *graphql.OperationContext) int {
	n, _ := op.Stats.GetExtension(priceExtension).(int)
	return n
}

// busyCode is LIMIT where there is a limit that the caller can keep to.
func busyCode(e *budget.BusyError) string {
	if e.Why == budget.Memory {
		return codeUnavailable
	}
	return codeLimit
}

func busyError(e *budget.BusyError) *gqlerror.Error {
	return &gqlerror.Error{Message: e.Error(), Extensions: map[string]any{
		"code": busyCode(e), "details": map[string]any{"retryAfter": max(1, seconds(e.After))},
	}}
}

// refuseBusy answers a request for which there was no turn: 429 when its caller
// has too much running, 503 when all have. It reports whether that was the
// error.
func refuseBusy(w http.ResponseWriter, r *http.Request, err error) bool {
	var busy *budget.BusyError
	if !errors.As(err, &busy) {
		return false
	}
	status := http.StatusServiceUnavailable
	if busy.Why == budget.Caller {
		status = http.StatusTooManyRequests
	}
	w.Header().Set("Retry-After", strconv.Itoa(max(1, seconds(busy.After))))
	refuse(w, r, status, busyCode(busy), busy.Error())
	return true
}
