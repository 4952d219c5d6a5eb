package checker

import (
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// key returns the key of a record that is written Kind:key, or as a key alone.
func key(record string) string {
	if _, k, ok := strings.Cut(record, ":"); ok {
		return k
	}
	return record
}

func (e *estate) itemOf(record string) int {
	return slices.IndexFunc(e.in.Items, func(i rollout.Item) bool { return i.Key == key(record) })
}

func (e *estate) siteOf(record string) int {
	return slices.IndexFunc(e.in.Sites, func(s rollout.Site) bool { return s.Key == key(record) })
}

// real tells what is wrong with a chain: each edge is one of the graph, and begins
// where the last one ended.
func (e *estate) real(chain []rollout.Edge) string {
	for i, edge := range chain {
		if i > 0 && chain[i-1].To != edge.From {
			return edge.From + " does not begin where " + chain[i-1].To + " ended"
		}
		if !e.exists(edge) {
			return "there is no " + edge.Relationship + " from " + edge.From + " to " + edge.To
		}
	}
	return ""
}

func (e *estate) exists(edge rollout.Edge) bool {
	switch edge.Relationship {
	case domain.RelDependsOn:
		from, to := e.itemOf(edge.From), e.itemOf(edge.To)
		return from >= 0 && to >= 0 && slices.Contains(e.needs[from], to)
	case domain.RelSiteNeeds:
		from, to := e.siteOf(edge.From), e.siteOf(edge.To)
		return slices.Contains(e.in.Needs, rollout.SiteLink{From: rollout.SiteNo(from), To: rollout.SiteNo(to)})
	}
	return edge.Relationship == "STANDS_IN_FOR" && e.paired(e.siteOf(edge.From), e.siteOf(edge.To))
}

// leads reports whether a chain explains that one step depends on another: by
// SITE_NEEDS from site to site, or over items where they are served, from what the
// one receives to what the other does.
func (r *rules) leads(chain []rollout.Edge, dependent, supplier int) bool {
	if len(chain) == 0 || r.real(chain) != "" {
		return false
	}
	from, to := r.steps[dependent], r.steps[supplier]
	if chain[0].Relationship == domain.RelSiteNeeds {
		whole := !slices.ContainsFunc(chain, func(edge rollout.Edge) bool { return edge.Relationship != domain.RelSiteNeeds })
		return whole && r.siteOf(chain[0].From) == from.site && r.siteOf(chain[len(chain)-1].To) == to.site
	}
	at := []spot{{r.itemOf(chain[0].From), from.site}}
	for _, edge := range chain {
		if edge.Relationship != domain.RelDependsOn {
			return false
		}
		var next []spot
		for _, a := range at {
			for _, s := range r.serve(r.itemOf(edge.To), a.site) {
				if edge.Site == "" || key(edge.Site) == r.site(s) {
					next = append(next, spot{r.itemOf(edge.To), s})
				}
			}
		}
		at = next
	}
	end := r.itemOf(chain[len(chain)-1].To)
	return r.changes(dependent, r.itemOf(chain[0].From)) && r.changes(supplier, end) && slices.Contains(at, spot{end, to.site})
}

// changes reports whether a step receives an item that is not held.
func (r *rules) changes(step, item int) bool {
	return slices.ContainsFunc(r.steps[step].receipts, func(x receipt) bool { return x.item == item && x.kind != rollout.Held })
}

// explains reports whether a chain explains a demand.
func (r *rules) explains(chain []rollout.Edge, d demand) bool {
	if !r.leads(chain, d.dependent, d.supplier) || d.hub != (chain[0].Relationship == domain.RelSiteNeeds) {
		return false
	}
	return d.hub || r.itemOf(chain[0].From) == d.x.item && r.itemOf(chain[len(chain)-1].To) == d.y.item
}
