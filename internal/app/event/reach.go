package event

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// maxNear is how many records a reach holds at most.
const maxNear = 10_000

// reach is a record and those that walks lead to from it, as the caller sees them. It is
// kept up to date as change sets pass.
type reach struct {
	app   *Area
	of    store.ID
	walks []store.Walk
	kinds []string // of the records in it
	field string   // of the question, for errors
	near  *nearby  // after the change set that was passed last
	told  *nearby  // before or after it
}

// nearby are records, with a digest of which they are. It is shared, and never changed.
type nearby struct {
	ids    map[store.ID]bool
	digest string
}

func newNearby(ids map[store.ID]bool) *nearby {
	h := sha256.New()
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		h.Write(append([]byte(id), 0))
	}
	return &nearby{ids, string(h.Sum(nil))}
}

// weight is about how many bytes it takes.
func (n *nearby) weight() (bytes int) {
	for id := range n.ids {
		bytes += len(id) + 48
	}
	return bytes
}

// state is which records were in reach of the change set that was passed last.
func (r *reach) state() string { return r.told.digest }

// touched reports whether an effect is of one of the records that were in reach of the
// change set that was passed last, or of an edge at one.
func (r *reach) touched(e *store.Effect) bool { return r.told.touched(e) }

// begin reads what is in reach at a revision.
func (r *reach) begin(ctx context.Context, at store.Revision) (err error) {
	r.near, err = r.around(ctx, at)
	r.told = r.near
	return err
}

// pass goes on to a change set: what was in reach before it or is after it.
func (r *reach) pass(ctx context.Context, c *store.Change) error {
	before := r.near
	r.told = before
	if len(r.walks) == 0 || !r.moves(ctx, c) {
		return nil
	}
	after, err := r.around(ctx, c.Revision)
	if err != nil {
		return err
	}
	r.near = after
	r.told, err = r.app.walks.get(ctx, "both "+before.digest+after.digest, func(context.Context) (*nearby, error) {
		both := maps.Clone(before.ids)
		maps.Copy(both, after.ids)
		return newNearby(both), nil
	})
	return err
}

// moves reports whether a change set may change what is in reach: by a relationship of
// what was, or by what decides which records the caller sees. It must not depend on
// anything else, since what is hidden would show by it.
func (r *reach) moves(ctx context.Context, c *store.Change) bool {
	var deciding []string
	for _, kind := range r.kinds {
		deciding = append(deciding, r.app.estate.Today(ctx).Deciding(kind)...)
	}
	return slices.ContainsFunc(c.Effects, func(e store.Effect) bool {
		switch {
		case e.Node != "" || e.Verb() == store.Updated:
			return false
		case r.follows(e.Edge.Rel) && r.near.touched(&e):
			return true
		}
		return slices.Contains(deciding, e.Edge.Rel)
	})
}

func (r *reach) follows(rel string) bool {
	return slices.ContainsFunc(r.walks, func(w store.Walk) bool { return slices.Contains(w.Rels, rel) })
}

// around returns what was in reach at a revision: for all who may see the same, it is
// walked once.
func (r *reach) around(ctx context.Context, at store.Revision) (*nearby, error) {
	key := fmt.Sprintf("%d %s %+v %s", at, r.of, r.walks, r.app.estate.Audience(ctx))
	return r.app.walks.get(ctx, key, func(ctx context.Context) (*nearby, error) { return r.walked(ctx, at) })
}

// walked walks to what was in reach at a revision.
func (r *reach) walked(ctx context.Context, at store.Revision) (*nearby, error) {
	near := map[store.ID]bool{r.of: true}
	if len(r.walks) == 0 {
		return newNearby(near), nil
	}
	// Today's graph, even while at is its revision, may be a later one when it is read.
	reader := r.app.estate.At(ctx, at)
	for _, w := range r.walks {
		w.Limit = maxNear
		found, err := reader.Walk(ctx, w)
		if err != nil {
			return nil, refusal.Compacted(err, "after")
		}
		if found.Truncated {
			return nil, &domain.Error{
				Code: domain.Limit, Field: r.field, Message: "more records are concerned than can be followed: follow fewer",
				Details: map[string]any{"limit": maxNear},
			}
		}
		for _, h := range found.Hits {
			near[h.ID] = true
		}
	}
	return newNearby(near), nil
}

// touched reports whether an effect is of one of the records, or of an edge at
// one.
func (n *nearby) touched(e *store.Effect) bool {
	return n.ids[e.Node] || e.Node == "" && (n.ids[e.Edge.From] || n.ids[e.Edge.To])
}
