package estate

import (
	"context"
	"slices"
	"sync"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
	"releasegraph/internal/store/scoped"
)

// sight is what one caller may see. It is decided once in a request, when it is first
// needed, and becomes part of every question to the store.
type sight struct {
	app       *Estate
	actor     domain.Actor
	unlimited bool

	once  sync.Once
	rules scoped.Scope
	owned *holders
	err   error
}

// unlimited returns the sight of whoever may see everything.
func unlimited(a *Estate) *sight { return &sight{app: a, unlimited: true} }

// sightOf finds what whoever asks may see.
func (a *Estate) sightOf(ctx context.Context) *sight {
	l, ok := ctx.Value(loadsKey{}).(*loads)
	who := acting.Reader(ctx)
	if !ok {
		return newSight(a, who.Actor)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.sights[who]
	if s == nil {
		s = newSight(a, who.Actor)
		if l.sights == nil {
			l.sights = map[*acting.Identity]*sight{}
		}
		l.sights[who] = s
	}
	return s
}

func newSight(a *Estate, actor domain.Actor) *sight {
	s := &sight{app: a, actor: actor, unlimited: true}
	grants := a.Policies.For(actor)
	for _, k := range entity.Kinds() {
		s.unlimited = s.unlimited && grants.Decide(actor, authz.Read, k.Name).All()
	}
	return s
}

// all reports whether every record of some kinds may be seen.
func (s *sight) all(kinds ...string) bool {
	if s.unlimited {
		return true
	}
	grants := s.app.Policies.For(s.actor)
	return !slices.ContainsFunc(kinds, func(k string) bool { return !grants.Decide(s.actor, authz.Read, k).All() })
}

// deciding lists the relationships that decide which records of a kind are seen:
// none where all are, or none.
func (s *sight) deciding(kind string) []string {
	d := s.app.Policies.For(s.actor).Decide(s.actor, authz.Read, kind)
	if d.All() || !d.Any() {
		return nil
	}
	return append(deciding(kind, atSites), deciding(kind, supplied)...)
}

// resolve returns which records of each kind the caller may see.
func (s *sight) resolve(ctx context.Context) (scoped.Scope, error) {
	s.once.Do(func() {
		if s.owned, s.err = holdersOf(ctx, s.app.Entire, s.actor); s.err != nil {
			return
		}
		s.rules = scoped.Scope{}
		grants := s.app.Policies.For(s.actor)
		for _, k := range entity.Kinds() {
			s.rules[k.Name] = s.owned.rule(k.Name, grants.Decide(s.actor, authz.Read, k.Name))
		}
	})
	return s.rules, s.err
}

// holdersOf finds the actor's sites and companies. Keys that no record has
// give nothing.
func holdersOf(ctx context.Context, reader store.Reader, actor domain.Actor) (*holders, error) {
	h := &holders{}
	for _, of := range []struct {
		kind string
		keys []string
		ids  *[]store.ID
	}{{domain.KindSite, actor.Sites, &h.sites}, {domain.KindParty, actor.Suppliers, &h.suppliers}} {
		if len(of.keys) == 0 {
			continue
		}
		found, err := reader.Lookup(ctx, of.kind, "key", of.keys...)
		if err != nil {
			return nil, refusal.OfStore(err)
		}
		for _, n := range found {
			*of.ids = append(*of.ids, n.ID)
		}
	}
	return h, nil
}

// rule turns a decision about records of a kind into a condition on them.
func (h *holders) rule(kind string, d authz.Decision) scoped.Rule {
	switch {
	case d.All():
		return scoped.Rule{All: true}
	case !d.Any():
		return scoped.Rule{}
	}
	var any store.Or
	for _, facts := range d.Combinations() {
		if f := h.having(kind, facts); f != nil {
			any = append(any, f)
		}
	}
	if len(any) == 1 {
		return scoped.Rule{Filter: any[0]}
	}
	return scoped.Rule{Filter: any}
}

// having selects the records that have exactly, or, where others do not
// matter, at least these facts; nil when none can.
func (h *holders) having(kind string, c authz.Combination) store.Filter {
	all := store.And{}
	for _, fact := range authz.EachFact {
		f := h.fact(kind, fact)
		switch {
		case c.Has&fact != 0 && f == nil:
			return nil
		case c.Has&fact != 0:
			all = append(all, f)
		case c.Lacks&fact != 0 && f != nil:
			all = append(all, store.Not{Filter: f})
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}
