package calendar

import (
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// touched is what a change set changes of what holds depend on.
type touched struct {
	whole      map[store.ID]bool // requests that change themselves, or what they are about
	bumped     map[store.ID]bool // records that get another version by it
	changed    map[store.ID]bool // freezes that do
	former     map[string]bool   // keys under which such freezes held until now
	exceptions map[store.ID]bool
	items      map[store.ID]bool // that are something else, or elsewhere
	needs      bool              // items need others
	sites      bool              // sites lie in others, or in other regions
}

// touch sorts the effects of the change set.
func (h *holding) touch() {
	h.touched = touched{
		whole: map[store.ID]bool{}, bumped: map[store.ID]bool{}, changed: map[store.ID]bool{}, former: map[string]bool{},
		exceptions: map[store.ID]bool{}, items: map[store.ID]bool{},
	}
	h.moving = map[string]bool{}
	for i := range h.would.Effects {
		if e := &h.would.Effects[i]; e.Node != "" {
			h.touchNode(e)
		} else {
			h.touchEdge(e.Edge)
		}
	}
}

func (h *holding) touchNode(e *store.Effect) {
	of := func(names ...string) bool { return sets(e.Before, names) || sets(e.After, names) }
	h.bumped[e.Node] = true
	switch e.Kind {
	case domain.KindChangeRequest:
		if of(planFields...) {
			h.whole[e.Node] = true
		}
	case domain.KindFreeze:
		if of(freezeFields...) || of("key") {
			h.changed[e.Node] = true
		}
		if key, had := e.Before["key"].(string); had {
			h.former[key] = true
		}
	case domain.KindFreezeException:
		h.exceptions[e.Node] = true
	case domain.KindConfigurationItem:
		h.estate = true
		if e.Verb() == store.Updated && of(factFields...) {
			h.items[e.Node] = true
		}
	case domain.KindSite:
		h.estate = true
		h.sites = h.sites || of(placeFields...)
	}
}

func (h *holding) touchEdge(k store.EdgeKey) {
	switch k.Rel {
	case domain.RelAffects, domain.RelTakesPlaceAt:
		h.whole[k.From] = true
	case domain.RelFreezes, domain.RelFreezesAt:
		h.changed[k.From] = true
	case domain.RelExcepts:
		h.exceptions[k.From] = true
	case domain.RelExceptionFor:
		h.whole[k.To], h.exceptions[k.From] = true, true
	case domain.RelInstalledAt:
		h.estate, h.items[k.From] = true, true
	case domain.RelPartOf:
		h.estate, h.sites = true, true
	case domain.RelDependsOn:
		h.estate, h.needs = true, true
	}
}

// asRead holds a request as it was read, unless the change set makes it.
func (h *holding) asRead(r *domain.ChangeRequest) []store.Guard {
	version := int64(r.Version)
	if h.bumped[store.ID(r.ID)] {
		version--
	}
	if version == 0 {
		return nil
	}
	return []store.Guard{store.NodeAt{ID: store.ID(r.ID), Version: version}}
}

// rehold has a change set put a request on hold, or release it.
func (h *holding) rehold(p *estate.Proposal, r *domain.ChangeRequest, held []string) error {
	before := r.HeldBy
	return p.Change(h.before(r), func(after entity.Record) {
		c := after.(*domain.ChangeRequest)
		c.HeldBy = held
		p.Tell(movedHold{c, before})
	})
}

// before returns a record of the graph as it would be, at the version that it
// has.
func (h *holding) before(r entity.Record) entity.Record {
	if !h.bumped[store.ID(r.Meta().ID)] {
		return r
	}
	was := entity.Clone(r)
	was.Meta().Version--
	return was
}

// guards hold what was looked at: freezes and exceptions; where freezes change,
// also what is planned; and of the estate what the freezes to come mind.
func (h *holding) guards() []store.Guard {
	kinds := []string{domain.KindFreeze, domain.KindFreezeException}
	rels := []string{domain.RelFreezes, domain.RelFreezesAt, domain.RelExcepts, domain.RelExceptionFor}
	if len(h.moving) > 0 {
		kinds = append(kinds, domain.KindChangeRequest)
		rels = append(rels, domain.RelAffects, domain.RelTakesPlaceAt)
	}
	ahead := toCome(h.freezes, h.app.estate.Clock())
	if slices.ContainsFunc(ahead, (*Opening).byFact) {
		kinds = append(kinds, domain.KindConfigurationItem)
	}
	if slices.ContainsFunc(ahead, (*Opening).byPlace) {
		kinds, rels = append(kinds, domain.KindSite), append(rels, domain.RelInstalledAt, domain.RelPartOf)
	}
	if slices.ContainsFunc(ahead, func(o *Opening) bool { return len(o.Services) > 0 }) {
		rels = append(rels, domain.RelDependsOn)
	}
	var list []store.Guard
	since := h.would.Revision - 1
	for _, kind := range kinds {
		list = append(list, store.Unchanged{Since: since, Kind: kind})
	}
	for _, rel := range rels {
		list = append(list, store.Unchanged{Since: since, Rel: rel})
	}
	return list
}
