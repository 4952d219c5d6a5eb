package records

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// removedByPerson remembers that a person removed a link that a source lists: its
// imports do not bring it back (C6).
func removedByPerson(d *estate.Draft, p *pair, edge *store.Edge) {
	owner := entity.SourceOf(edge.Props)
	listers := entity.DecodeListings(edge.Props).Of(domain.WholeRecord, owner)
	if slices.ContainsFunc(listers, func(source string) bool { return source != domain.SourceAPI }) {
		rememberRemoved(d, p.from, append(slices.Clone(p.from.Meta().RemovedLinks), p.removed()))
	}
}

// wantedAgain forgets that a person removed a link, since one made it.
func wantedAgain(d *estate.Draft, p *pair) {
	if name := p.removed(); slices.Contains(p.from.Meta().RemovedLinks, name) {
		rememberRemoved(d, p.from, Without(p.from.Meta().RemovedLinks, name))
	}
}

// removed returns the link as the record at its start remembers it.
func (p *pair) removed() string {
	return entity.RemovedLink(p.rel, p.to.Meta().Key, p.key().Tag)
}

// rememberRemoved has a record say which links from it people removed.
func rememberRemoved(d *estate.Draft, r entity.Record, links []string) {
	slices.Sort(links)
	links = slices.Compact(links)
	if slices.Equal(links, r.Meta().RemovedLinks) {
		return
	}
	d.Ops = append(d.Ops, store.UpdateNode{ID: store.ID(r.Meta().ID), Set: store.Props{entity.RemovedLinksProperty: TextList(links)}})
	d.Hold(r)
	r.Meta().RemovedLinks = links
}

// Without returns a list without one of its texts.
func Without(list []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == one })
}

// TextList returns the value of a property, nil when it would be empty.
func TextList(texts []string) any {
	if len(texts) == 0 {
		return nil
	}
	return texts
}

// Rename has records remember by its new key what people removed links to.
func (a *Area) Rename(ctx context.Context, kind, before, after string) ([]store.Op, []store.Guard, error) {
	var ops []store.Op
	var guards []store.Guard
	asked := map[string]bool{}
	for _, r := range entity.Relationships() {
		if r.To != kind || r.ToOne || asked[r.From] {
			continue
		}
		asked[r.From] = true
		q := store.Query{Kind: r.From, First: listing.MaxPage, Filter: store.Not{Filter: store.Compare{Property: entity.RemovedLinksProperty, Op: store.IsNull}}}
		for more := true; more; {
			page, err := a.estate.Entire.Find(ctx, q)
			if err != nil {
				return nil, nil, refusal.OfStore(err)
			}
			for _, n := range page.Nodes {
				links, _ := n.Props[entity.RemovedLinksProperty].([]string)
				if renamed := entity.RenameRemoved(links, kind, before, after); !slices.Equal(renamed, links) {
					ops = append(ops, store.UpdateNode{ID: n.ID, Set: store.Props{entity.RemovedLinksProperty: TextList(renamed)}})
					guards = append(guards, store.NodeAt{ID: n.ID, Version: n.Version})
				}
			}
			if more = page.HasNext; more {
				q.After = page.Cursors[len(page.Cursors)-1]
			}
		}
	}
	return ops, guards, nil
}
