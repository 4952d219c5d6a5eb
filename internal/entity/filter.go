package entity

import (
	"encoding/json"
	"slices"
	"strconv"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Limits of one filter, so that no request can keep a store busy by its shape
// alone.
const (
	maxConditions  = 10_000 // conditions and values together
	maxFilterDepth = 16
)

// ParseFilter interprets the raw input of a filter on records of the kind:
// {class: {eq: SERVICE}, dependsOn: {some: {…}}, and: […], or: […], not: {…}}.
// The fields of one object must hold together. All that is wrong is told at
// once, at paths that begin with path. Nil input gives no filter. Attributes
// are compared by the type that the definitions give them.
func (k *Kind) ParseFilter(raw map[string]any, path string, definitions ...*domain.AttributeDefinition) (store.Filter, error) {
	if raw == nil {
		return nil, nil
	}
	p := &filterParser{definitions: definitions}
	f := p.object(recordScope(k), raw, path, 0)
	return f, p.err()
}

// ParseLinkFilter interprets the raw input of a filter on a relationship's
// properties.
func (r *Relationship) ParseLinkFilter(raw map[string]any, path string) (store.Filter, error) {
	if raw == nil {
		return nil, nil
	}
	p := &filterParser{}
	f := p.object(linkScope(r), raw, path, 0)
	return f, p.err()
}

type filterParser struct {
	problems
	definitions []*domain.AttributeDefinition
	conditions  int
}

// scope is what a filter can name.
type scope struct {
	what   string
	fields []Field
	links  map[string]end
}

// end is a relationship as a field of one of its kinds.
type end struct {
	rel       *Relationship
	direction store.Direction
	far       *Kind
}

func recordScope(k *Kind) scope {
	s := scope{what: k.Name, links: map[string]end{}}
	for _, list := range [][]Field{MetaFields(), k.Fields} {
		for _, f := range list {
			if f.Filter {
				s.fields = append(s.fields, f)
			}
		}
	}
	for _, r := range relationships {
		if r.From == k.Name {
			s.links[r.Field] = end{r, store.Out, KindNamed(r.To)}
		}
		if r.To == k.Name && r.Inverse != "" {
			s.links[r.Inverse] = end{r, store.In, KindNamed(r.From)}
		}
	}
	return s
}

func linkScope(r *Relationship) scope {
	s := scope{what: r.Name}
	for _, f := range r.Properties {
		if f.Filter {
			s.fields = append(s.fields, f)
		}
	}
	return s
}

// object reads one filter object: all of its conditions must hold.
func (p *filterParser) object(s scope, raw map[string]any, path string, depth int) store.Filter {
	if depth > maxFilterDepth {
		p.limit(path, "the filter is nested more than %d deep", maxFilterDepth)
		return nil
	}
	var all store.And
	for _, name := range sorted(raw) {
		if f := p.condition(s, name, raw[name], at(path, name), depth); f != nil {
			all = append(all, f)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

func (p *filterParser) condition(s scope, name string, raw any, path string, depth int) store.Filter {
	if raw == nil {
		p.add(path, "%s: leave it out, or ask by isNull", errNull)
		return nil
	}
	link, isLink := s.links[name]
	f := named(s.fields, name)
	switch {
	case name == "and":
		return store.And(p.list(s, raw, path, depth))
	case name == "or":
		return store.Or(p.list(s, raw, path, depth))
	case name == "not":
		if m, ok := p.objectAt(raw, path); ok {
			if inner := p.object(s, m, path, depth+1); inner != nil {
				return store.Not{Filter: inner}
			}
		}
		return nil
	case isLink:
		return p.related(link, raw, path, depth)
	case f == nil:
		p.add(path, "%s has no such field to filter on", s.what)
		return nil
	case f.Map:
		return p.attributes(f, raw, path)
	}
	return p.operations(compared{Field: f, property: f.Name}, raw, path)
}

// list reads the members of and, or: a single object stands for a list of one.
func (p *filterParser) list(s scope, raw any, path string, depth int) []store.Filter {
	items, ok := elements(raw)
	if !ok {
		items = []any{raw}
	}
	list := []store.Filter{}
	for i, item := range items {
		where := atIndex(path, i)
		if !p.count(where) {
			return list
		}
		if m, ok := p.objectAt(item, where); ok {
			if f := p.object(s, m, where, depth+1); f != nil {
				list = append(list, f)
			}
		}
	}
	return list
}

// operations reads {eq: …, lt: …}: all must hold.
func (p *filterParser) operations(c compared, raw any, path string) store.Filter {
	m, ok := p.objectAt(raw, path)
	if !ok {
		return nil
	}
	all := store.And{}
	c.ignoringCase = p.ignoringCase(c, m, path)
	for _, name := range sorted(m) {
		if name == ignoringCase && slices.Contains(c.Operators(), name) {
			continue
		}
		if one := p.operation(c, name, m[name], path); one != nil {
			all = append(all, one)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

// ignoringCase is what stands beside the operators of texts, for all of them.
const ignoringCase = "ignoringCase"

func (p *filterParser) ignoringCase(c compared, operators map[string]any, path string) bool {
	given, ok := operators[ignoringCase]
	if !ok || !slices.Contains(c.Operators(), ignoringCase) {
		return false
	}
	yes, isBool := given.(bool)
	if !isBool {
		p.add(at(path, ignoringCase), "must be true or false, not %s", describe(given))
	}
	return yes
}

// attributes reads [{name: "tier", eq: "1"}].
func (p *filterParser) attributes(f *Field, raw any, path string) store.Filter {
	items, ok := elements(raw)
	if !ok {
		items = []any{raw}
	}
	all := store.And{}
	for i, item := range items {
		where := atIndex(path, i)
		m, ok := p.objectAt(item, where)
		if !ok {
			continue
		}
		name, _ := m["name"].(string)
		if err := domain.CheckKey(name); err != nil {
			p.add(at(where, "name"), "%s", err)
			continue
		}
		rest := make(map[string]any, len(m))
		for k, v := range m {
			if k != "name" {
				rest[k] = v
			}
		}
		if len(rest) == 0 {
			p.add(where, "needs an operator beside name: %s", choices(f.Operators()))
			continue
		}
		if one := p.operations(compared{Field: f, property: AttributePrefix + name, typing: typingOf(p.definitions, name)}, rest, where); one != nil {
			all = append(all, one)
		}
	}
	return all
}

// related reads {some: {…}, none: {…}, link: {…}}; link, on the properties of
// the relationship, narrows both.
func (p *filterParser) related(e end, raw any, path string, depth int) store.Filter {
	m, ok := p.objectAt(raw, path)
	if !ok {
		return nil
	}
	var edge store.Filter
	all := store.And{}
	if link, given := m["link"]; given {
		if inner, ok := p.objectAt(link, at(path, "link")); ok {
			edge = p.object(linkScope(e.rel), inner, at(path, "link"), depth+1)
		}
	}
	asked := false
	for _, name := range sorted(m) {
		where := at(path, name)
		switch name {
		case "link":
			continue
		case "some", "none":
			asked = true
		default:
			p.add(where, "there is no such condition on a relationship; there are some, none and link")
			continue
		}
		inner, ok := p.objectAt(m[name], where)
		if !ok || !p.count(where) {
			continue
		}
		var f store.Filter = store.Related{
			Rel: e.rel.Name, Direction: e.direction, EdgeFilter: edge, Filter: p.object(recordScope(e.far), inner, where, depth+1),
		}
		if name == "none" {
			f = store.Not{Filter: f}
		}
		all = append(all, f)
	}
	if _, given := m["link"]; given && !asked {
		p.add(path, "link narrows some or none, and needs one of them")
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}

// objectAt wants an object.
func (p *filterParser) objectAt(raw any, path string) (map[string]any, bool) {
	m, ok := object(raw)
	if !ok {
		p.add(path, "must be an object, not %s", describe(raw))
	}
	return m, ok
}

// count reports whether one more condition is still allowed, and complains once.
func (p *filterParser) count(path string) bool {
	p.conditions++
	if p.conditions == maxConditions+1 {
		p.limit(path, "the filter holds more than %d conditions and values", maxConditions)
	}
	return p.conditions <= maxConditions
}

// number64 writes a number as text.
func number64(raw any) (string, bool) {
	switch v := raw.(type) {
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case json.Number:
		return v.String(), true
	}
	return "", false
}
