package app

import (
	"context"
	"strconv"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// ChangeSet is what was changed together: who, when, why, and what (C4).
type ChangeSet struct {
	Revision int64
	At       time.Time
	Actor    string
	Reason   *string // nil where none was given
	Source   string  // by what means: "api", "import", …
	// Method is how who made it was known, nil where that was not kept, and
	// Identities by what.
	Method     *domain.IdentityMethod
	Identities []string

	names   *names
	effects effects
}

// effects reads a part of what a change set changed, and counts all.
type effects func(ctx context.Context, from, first int) (store.EffectPage, error)

// these are effects at hand.
func these(list []store.Effect) effects {
	return func(_ context.Context, from, first int) (store.EffectPage, error) {
		from = min(from, len(list))
		return store.EffectPage{Effects: list[from:min(from+first, len(list))], Total: len(list)}, nil
	}
}

// eager is how many changes of each set of a page are looked up together.
const eager = 20

// newChangeSets makes change sets, whose effects are at hand, that look names
// up together.
func newChangeSets(names *names, changes []store.Change) []*ChangeSet {
	list := make([]*ChangeSet, len(changes))
	for i := range changes {
		c := &changes[i]
		signed := readSource(c.Source)
		list[i] = &ChangeSet{
			Revision: int64(c.Revision), At: c.At, Actor: c.Actor, Reason: notEmpty(c.Reason), Source: signed.source,
			Method: signed.method, Identities: signed.identities,
			names: names, effects: these(c.Effects),
		}
		names.announce(c.Effects[:min(len(c.Effects), eager)])
	}
	return list
}

// logged makes change sets of their heads. Their effects are read when they are
// asked for.
func logged(v view, heads []store.Change) []*ChangeSet {
	names := newNames(v.app.entire)
	revisions := make([]store.Revision, len(heads))
	for i := range heads {
		revisions[i] = heads[i].Revision
	}
	list, all := newChangeSets(names, heads), v.log().EffectsOf(revisions, names.announce)
	for i, r := range revisions {
		list[i].effects = func(ctx context.Context, from, first int) (store.EffectPage, error) {
			p, err := all.Of(ctx, r, from, first)
			return p, storeError(err)
		}
	}
	return list
}

func notEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Changes returns a page of the changes of the set.
func (c *ChangeSet) Changes(ctx context.Context, first *int, after *string) (*ChangePage, error) {
	return changePage(ctx, c.names, c.effects, first, after)
}

// ChangePage is a page of changes.
type ChangePage struct {
	Nodes                []*domain.Change
	TotalCount           int
	HasNext, HasPrevious bool

	from int
}

// Cursor marks the i-th change of the page. A set of changes is a fact of the
// past, so its place in there names a change for ever.
func (p *ChangePage) Cursor(i int) string { return strconv.Itoa(p.from + i) }

func changePage(ctx context.Context, names *names, effects effects, first *int, after *string) (*ChangePage, error) {
	limit, err := pageLength(first)
	if err != nil {
		return nil, err
	}
	from := 0
	if after != nil {
		at, err := strconv.Atoi(*after)
		if err != nil || at < 0 {
			return nil, wrong("after", "is no cursor of this list")
		}
		from = at + 1
	}
	p, err := effects(ctx, from, limit)
	if err != nil {
		return nil, err
	}
	if from > p.Total {
		return nil, wrong("after", "is no cursor of this list")
	}
	list, err := names.tell(ctx, p.Effects)
	return &ChangePage{Nodes: list, TotalCount: p.Total, HasNext: from+len(list) < p.Total, HasPrevious: from > 0, from: from}, err
}
