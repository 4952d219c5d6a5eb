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
	effects []store.Effect
	// read, when not nil, reads the effects, which are too many to be kept with
	// those of others.
	read func(context.Context) ([]store.Effect, error)
}

// eager is how many changes of each set of a page are looked up together.
const eager = 20

// newChangeSets makes change sets that look names up together.
func newChangeSets(names *names, changes []store.Change) []*ChangeSet {
	list := make([]*ChangeSet, len(changes))
	for i := range changes {
		c := &changes[i]
		signed := readSource(c.Source)
		list[i] = &ChangeSet{
			Revision: int64(c.Revision), At: c.At, Actor: c.Actor, Reason: notEmpty(c.Reason), Source: signed.source,
			Method: signed.method, Identities: signed.identities,
			names: names, effects: c.Effects,
		}
		names.announce(c.Effects[:min(len(c.Effects), eager)])
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
	effects := c.effects
	if c.read != nil {
		var err error
		if effects, err = c.read(ctx); err != nil {
			return nil, err
		}
	}
	return changePage(ctx, c.names, len(effects), func(from, end int) []store.Effect { return effects[from:end] }, first, after)
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

func changePage(ctx context.Context, names *names, total int, effects func(from, end int) []store.Effect, first *int, after *string) (*ChangePage, error) {
	limit, err := pageLength(first)
	if err != nil {
		return nil, err
	}
	from := 0
	if after != nil {
		at, err := strconv.Atoi(*after)
		if err != nil || at < 0 || at >= total {
			return nil, wrong("after", "is no cursor of this list")
		}
		from = at + 1
	}
	end := min(from+limit, total)
	list, err := names.tell(ctx, effects(from, end))
	return &ChangePage{Nodes: list, TotalCount: total, HasNext: end < total, HasPrevious: from > 0, from: from}, err
}

// longPage is pageLength for lists that are shown as a whole where they are not
// too long for it.
func longPage(first *int) (int, error) {
	if first == nil {
		return maxPage, nil
	}
	return pageLength(first)
}

// pageLength checks the length of a page.
func pageLength(first *int) (int, error) {
	if first == nil {
		return defaultPage, nil
	}
	var errs domain.Errors
	n := length(&errs, "first", first)
	return n, errs.Err()
}
