package impact

import (
	"fmt"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/shape"
	"releasegraph/internal/store"
)

// assumedPrefix begins the ids of hypothetical items; no stored id has a colon.
const assumedPrefix = "assumed:"

// assumptions are a WhatIfInput whose references are resolved: changes to the
// estate that hold for one question (I1).
type assumptions struct {
	items   []*domain.ConfigurationItem
	nodes   []store.Node // of the items
	added   []assumedLink
	removed []assumedLink
}

// assumedLink is a dependency to add, or what selects those to remove.
type assumedLink struct {
	field    string
	from, to store.Node
	link     domain.Link
	kind     *domain.DependencyKind
	group    *string
}

// read checks the input, the field, and asks for the records it names.
func (s *assumptions) read(r *estate.Refs, in *domain.WhatIfInput, field string) {
	s.readItems(r, in.Items, field+".items")
	s.added = make([]assumedLink, len(in.AddDependencies))
	for i, d := range in.AddDependencies {
		s.added[i].field = refusal.Element(field+".addDependencies", i)
		s.added[i].want(r, d.From, d.To)
		s.added[i].link = assumedDependency(r, d, s.added[i].field)
	}
	s.removed = make([]assumedLink, len(in.RemoveDependencies))
	for i, d := range in.RemoveDependencies {
		s.removed[i] = assumedLink{field: refusal.Element(field+".removeDependencies", i), kind: d.Kind, group: d.RedundancyGroup}
		s.removed[i].want(r, d.From, d.To)
	}
}

func (l *assumedLink) want(r *estate.Refs, from, to domain.Ref) {
	r.Want(domain.KindConfigurationItem, from, l.field+".from", &l.from)
	r.Want(domain.KindConfigurationItem, to, l.field+".to", &l.to)
}

// readItems makes the hypothetical items. The rest of the input names them by
// their keys, which no stored item has.
func (s *assumptions) readItems(r *estate.Refs, list []*domain.HypotheticalItemInput, in string) {
	r.Assumed, r.Free, r.FreeOf = map[string]store.Node{}, map[string]string{}, domain.KindConfigurationItem
	kind := entity.KindNamed(domain.KindConfigurationItem)
	for i, given := range list {
		field := refusal.Element(in, i)
		item := assumedItem(given)
		for _, e := range item.Check() {
			e.Field = field + "." + e.Field
			r.Errs = append(r.Errs, e)
		}
		r.Errs = append(r.Errs, unknown(field+".class", domain.Classes, &item.Class)...)
		r.Errs = append(r.Errs, unknown(field+".environment", domain.Environments, &item.Environment)...)
		if _, twice := r.Assumed[given.Key]; twice {
			r.Errs = append(r.Errs, refusal.Wrong(field+".key", "another hypothetical item has the key %q", given.Key))
		}
		node := store.Node{ID: store.ID(item.ID), Kind: domain.KindConfigurationItem, Props: kind.Encode(item)}
		r.Assumed[given.Key], r.Free[given.Key] = node, field+".key"
		s.items, s.nodes = append(s.items, item), append(s.nodes, node)
	}
}

func assumedItem(in *domain.HypotheticalItemInput) *domain.ConfigurationItem {
	item := &domain.ConfigurationItem{
		Class: optional.Or(in.Class, domain.Application), Environment: optional.Or(in.Environment, domain.Live), Status: domain.ItemPlanned,
		Criticality: in.Criticality, Users: in.Users,
	}
	item.ID, item.Key, item.Name = assumedPrefix+in.Key, in.Key, optional.Or(in.Name, in.Key)
	return item
}

func assumedDependency(r *estate.Refs, in *domain.HypotheticalDependencyInput, field string) domain.Link {
	d := &domain.Dependency{
		Kind: optional.Or(in.Kind, domain.Uses), Impact: optional.Or(in.Impact, domain.ImpactFull),
		RedundancyGroup: in.RedundancyGroup, Minimum: in.Minimum, MinimumPercent: in.MinimumPercent,
	}
	for _, e := range d.Check() {
		e.Field = field + "." + e.Field
		r.Errs = append(r.Errs, e)
	}
	r.Errs = append(r.Errs, unknown(field+".kind", domain.DependencyKinds, &d.Kind)...)
	r.Errs = append(r.Errs, unknown(field+".impact", domain.Impacts, &d.Impact)...)
	return domain.Link{
		Rel: domain.RelDependsOn, Kind: d.Kind, Impact: d.Impact, Group: optional.Or(in.RedundancyGroup, ""),
		Minimum: int32(optional.Or(in.Minimum, 0)), MinimumPercent: int32(optional.Or(in.MinimumPercent, 0)),
	}
}

// check says what cannot be assumed, once all records are known.
func (s *assumptions) check() error {
	var es domain.Errors
	for _, l := range s.added {
		if e := domain.CheckEnds(domain.RelDependsOn, string(l.from.ID), string(l.to.ID)); e != nil {
			e.Field = l.field + ".to"
			es = append(es, e)
		}
	}
	return es.Err()
}

// named lists all stored records whose dependencies are assumed otherwise.
func (s *assumptions) named() (list []store.Node) {
	for _, l := range s.removed {
		list = append(list, l.from, l.to)
	}
	return append(list, s.ends()...)
}

// ends lists the ends of the added dependencies, and the hypothetical items.
func (s *assumptions) ends() []store.Node {
	list := append([]store.Node(nil), s.nodes...)
	for _, l := range s.added {
		list = append(list, l.from, l.to)
	}
	return list
}

// apply makes the assumed graph beside the given one: the items first, then
// what is removed, then what is added.
func (s *assumptions) apply(g *shape.Graph) (*shape.Graph, error) {
	if len(s.nodes)+len(s.added)+len(s.removed) == 0 {
		return g, nil
	}
	e := g.Branch().Edit()
	codec := entity.TopologyCodec{}
	for _, n := range s.nodes {
		key, facts := codec.Node(n.Kind, n.Props)
		e.PutNode(string(n.ID), key, facts)
	}
	var es domain.Errors
	for _, l := range s.removed {
		if !l.remove(e) {
			es = append(es, &domain.Error{Code: domain.NotFound, Field: l.field, Message: fmt.Sprintf(
				"there is no such dependency of %v on %v", l.from.Props["key"], l.to.Props["key"])})
		}
	}
	for _, l := range s.added {
		from, ok := e.Lookup(string(l.from.ID))
		to, ok2 := e.Lookup(string(l.to.ID))
		if !ok || !ok2 {
			es = append(es, &domain.Error{Code: domain.NotFound, Field: l.field, Message: "one of its items has been removed meanwhile"})
			continue
		}
		e.PutArc(from, to, l.link, func(x domain.Link) bool {
			return x.Rel == l.link.Rel && x.Kind == l.link.Kind && x.Group == l.link.Group
		})
	}
	return e.Graph(g.Revision()), es.Err()
}

// remove takes out all dependencies that the selector names, and tells whether
// there was one.
func (l *assumedLink) remove(e *adjacency.Editor[domain.Facts, domain.Link]) bool {
	from, ok := e.Lookup(string(l.from.ID))
	to, ok2 := e.Lookup(string(l.to.ID))
	found := false
	for ok && ok2 && e.RemoveArc(from, to, l.selects) {
		found = true
	}
	return found
}

func (l *assumedLink) selects(x domain.Link) bool {
	return x.Rel == domain.RelDependsOn && (l.kind == nil || *l.kind == x.Kind) && (l.group == nil || *l.group == x.Group)
}
