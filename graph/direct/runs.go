package direct

import (
	"context"
	"iter"
	"reflect"

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

// runsOf is a value as one with a list, nil when it is none.
func runsOf(v any) Runs {
	if runs, ok := v.(Runs); ok && !reflect.ValueOf(v).IsNil() {
		return runs
	}
	return nil
}

func long(v any) bool {
	runs := runsOf(v)
	return runs != nil && runs.Long()
}

func gather(ctx context.Context, v any) error {
	if runs := runsOf(v); runs != nil {
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
			whole := w.ctx
			defer func() { w.ctx = whole }()
			passing := context.WithValue(whole, passingKey{}, true)
			w.buf = append(w.buf, '[')
			some := false
			for run, err := range runs(v, passing) {
				if err != nil {
					w.err = err
					return false
				}
				if some && len(run) > 0 {
					w.buf = append(w.buf, ',')
				}
				w.ctx = OfRun(passing)
				if some = some || len(run) > 0; !write(w, run) {
					return false
				}
			}
			w.buf = append(w.buf, ']')
			return true
		}
	}
}

type (
	passingKey struct{}
	freshKey   struct{}
)

// WithRuns has fresh begin what is loaded for each run of a list, so that it goes with the
// run.
func WithRuns(ctx context.Context, fresh func(context.Context) context.Context) context.Context {
	return context.WithValue(ctx, freshKey{}, fresh)
}

// OfRun is the context in which a run is loaded: where the runs pass, one of its own.
func OfRun(ctx context.Context) context.Context {
	fresh, ok := ctx.Value(freshKey{}).(func(context.Context) context.Context)
	if !ok || ctx.Value(passingKey{}) == nil {
		return ctx
	}
	return fresh(ctx)
}
