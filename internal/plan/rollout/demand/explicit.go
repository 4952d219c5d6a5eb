package demand

import (
	"context"

	"releasegraph/internal/plan/rollout/digraph"
	"releasegraph/internal/plan/rollout/model"
	"releasegraph/internal/plan/rollout/receive"
)

// Pair is a demand between two steps: A comes no earlier than B, and is in a later
// wave unless they are in one group; or both share a wave.
type Pair struct {
	A, B     int32
	Together bool
	// Hour says that A begins when B is over, where they share a wave.
	Hour bool
}

// Explicit makes demands of pairs: of few steps all may be listed.
func Explicit(ctx context.Context, m *model.Model, got *receive.Received, pairs []Pair) (*Demands, error) {
	d := &Demands{m: m, got: got, explicit: true, pairs: pairs}
	g := digraph.New(len(got.Steps))
	for _, p := range pairs {
		g.Add(p.A, p.B)
		if p.Together {
			g.Add(p.B, p.A)
		}
	}
	return d, d.group(ctx, g.Graph())
}

// listed is the order by the hour that pairs ask for.
func (d *Demands) listed() *digraph.Graph {
	g := digraph.New(len(d.got.Steps))
	for _, p := range d.pairs {
		if p.Hour {
			g.Add(p.A, p.B)
		}
	}
	return g.Graph()
}
