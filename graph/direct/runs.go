package direct

import (
	"context"
	"iter"

	"github.com/vektah/gqlparser/v2/ast"
)

// Runs is a value with a list that may be read in runs, of which it holds the first.
type Runs interface {
	// Long reports whether the list is not to lie in memory as text.
	Long() bool
	// Gather reads all runs into the value: gqlgen knows of none.
	Gather(context.Context) error
}

type runsKey struct{}

// TakesRuns reports whether a list may be answered that is read in runs: its values are
// written directly, or gathered before gqlgen sees them.
func TakesRuns(ctx context.Context) bool { return ctx.Value(runsKey{}) != nil }

func long(v any) bool {
	runs, ok := v.(Runs)
	return ok && runs.Long()
}

func gather(ctx context.Context, v any) error {
	if runs, ok := v.(Runs); ok {
		return runs.Gather(ctx)
	}
	return nil
}

// InRuns is a list of pointers to objects that is read a run at a time.
func InRuns[P any, V comparable](runs func(P, context.Context) iter.Seq2[[]V, error]) Field[P] {
	return func(p planner, t *ast.Type, set ast.SelectionSet) step[P] {
		plan := planned[V](p, t, set)
		if plan == nil {
			return nil
		}
		write := elements(each(maybe(plan, t.Elem)))
		return func(w *Writer, v P) bool {
			ctx, forget := apart(w.ctx)
			whole := w.ctx
			w.ctx = ctx
			defer func() { w.ctx = whole }()
			w.buf = append(w.buf, '[')
			some := false
			for run, err := range runs(v, ctx) {
				if err != nil {
					w.err = err
					return false
				}
				if some && len(run) > 0 {
					w.buf = append(w.buf, ',')
				}
				if some = some || len(run) > 0; !write(w, run) {
					return false
				}
				forget()
			}
			w.buf = append(w.buf, ']')
			return true
		}
	}
}

// Apart begins a context for what a list loads that is read in runs. Forget lets go of what
// was loaded for a run.
type Apart func(context.Context) (apart context.Context, forget func())

type apartKey struct{}

// WithRuns has what is loaded for runs kept apart.
func WithRuns(ctx context.Context, a Apart) context.Context {
	return context.WithValue(ctx, apartKey{}, a)
}

func apart(ctx context.Context) (context.Context, func()) {
	if begin, ok := ctx.Value(apartKey{}).(Apart); ok {
		return begin(ctx)
	}
	return ctx, func() {}
}
