package history

import (
	"context"
	"strconv"
	"sync"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/source"
	"releasegraph/internal/app/wording"
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

	names   *wording.Names
	effects effects
	page    *namedPage
}

// namedPage is the effects of the change sets of a page, whose names are looked
// up together.
type namedPage struct {
	effects [][]store.Effect
	wider   sync.Once
}

// widen announces as much of each set as is asked for of one.
func (p *namedPage) widen(names *wording.Names, first int) {
	p.wider.Do(func() {
		for _, list := range p.effects {
			names.Announce(list[:min(len(list), first)])
		}
	})
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

// Eager is how many changes of each set of a page are looked up together.
const Eager = 20

// NewChangeSets makes change sets, whose effects are at hand, that look names
// up together.
func NewChangeSets(names *wording.Names, changes []store.Change) []*ChangeSet {
	list, page := make([]*ChangeSet, len(changes)), &namedPage{}
	for i := range changes {
		c := &changes[i]
		signed := source.Read(c.Source)
		list[i] = &ChangeSet{
			Revision: int64(c.Revision), At: c.At, Actor: c.Actor, Reason: NotEmpty(c.Reason), Source: signed.Source,
			Method: signed.Method, Identities: signed.Identities,
			names: names, effects: these(c.Effects), page: page,
		}
		page.effects = append(page.effects, c.Effects)
		names.Announce(c.Effects[:min(len(c.Effects), Eager)])
	}
	return list
}

// logged makes change sets of their heads. Their effects are read when they are
// asked for.
func logged(v estate.View, heads []store.Change) []*ChangeSet {
	names := wording.NewNames(v.App.Entire)
	revisions := make([]store.Revision, len(heads))
	for i := range heads {
		revisions[i] = heads[i].Revision
	}
	list, all := NewChangeSets(names, heads), v.Log().EffectsOf(revisions, names.Announce)
	for i, r := range revisions {
		list[i].effects = func(ctx context.Context, from, first int) (store.EffectPage, error) {
			p, err := all.Of(ctx, r, from, first)
			return p, refusal.OfStore(err)
		}
	}
	return list
}

// NotEmpty returns a pointer to a text, nil where it is empty.
func NotEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Changes returns a page of the changes of the set.
func (c *ChangeSet) Changes(ctx context.Context, first *int, after *string) (*ChangePage, error) {
	if first != nil && *first > Eager && c.page != nil {
		c.page.widen(c.names, *first)
	}
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

func changePage(ctx context.Context, names *wording.Names, effects effects, first *int, after *string) (*ChangePage, error) {
	limit, err := listing.PageLength(first)
	if err != nil {
		return nil, err
	}
	from := 0
	if after != nil {
		at, err := strconv.Atoi(*after)
		if err != nil || at < 0 {
			return nil, refusal.Wrong("after", "is no cursor of this list")
		}
		from = at + 1
	}
	p, err := effects(ctx, from, limit)
	if err != nil {
		return nil, err
	}
	if from > p.Total {
		return nil, refusal.Wrong("after", "is no cursor of this list")
	}
	list, err := names.Tell(ctx, p.Effects)
	return &ChangePage{Nodes: list, TotalCount: p.Total, HasNext: from+len(list) < p.Total, HasPrevious: from > 0, from: from}, err
}
