package export

import (
	"strings"

	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// node writes the line of a record, and remembers what later ones need.
func (e *historyExport) node(f *store.Effect) {
	r := e.nodes[f.Node]
	if r == nil {
		r = &remembered{kind: entity.KindNamed(f.Kind), props: store.Props{}}
		if r.kind == nil {
			return // no longer in the Catalog
		}
		e.nodes[f.Node] = r
	}
	e.done.Records++
	former := r.key
	r.follow(f)
	line := interchange.AppendJSON([]byte(nil), r.kind.Name)
	if f.Verb() == store.Removed {
		delete(e.nodes, f.Node)
		e.add("1"+r.kind.Name+former, appendKey(append([]byte(`{"op":"remove","node":`), line...), former))
		return
	}
	line = appendKey(append([]byte(`{"node":`), line...), r.key)
	if former != "" && former != r.key {
		line = interchange.AppendJSON(append(line, `,"formerly":`...), former)
	}
	line = appendChanged(line, r.kind.Fields, f, r.props)
	if sources := interchange.AppendSources(nil, r.props); sources != nil {
		line = append(line, sources...)
	} else if f.Before[entity.SourcesProperty] != nil {
		line = append(line, `,"sources":{}`...)
	}
	e.add("0"+r.kind.Name+r.key, interchange.AppendKeptChange(line, f.Before, f.After))
}

func appendKey(line []byte, key string) []byte {
	return interchange.AppendJSON(append(line, `,"key":`...), key)
}

// follow takes in what an effect says of what is remembered.
func (r *remembered) follow(f *store.Effect) {
	keeps := func(name string) bool {
		return name == entity.SourcesProperty || strings.HasPrefix(name, entity.AttributePrefix)
	}
	for name := range f.Before {
		if keeps(name) {
			delete(r.props, name)
		}
	}
	for name, v := range f.After {
		if keeps(name) {
			r.props[name] = v
		}
	}
	if key, ok := f.After["key"].(string); ok {
		r.key = key
	}
}

// appendChanged appends the fields that an effect changed, null for those that
// it emptied. Attributes are given whole.
func appendChanged(b []byte, fields []entity.Field, f *store.Effect, whole store.Props) []byte {
	for i := range fields {
		field := &fields[i]
		if field.Map {
			b = appendChangedMap(b, field.Name, f, whole)
			continue
		}
		if field.Name == "key" {
			continue
		}
		v, is := f.After[field.Name]
		_, was := f.Before[field.Name]
		switch {
		case is:
			b = interchange.AppendField(b, field, v)
		case was && f.After != nil:
			b = append(interchange.AppendJSON(append(b, ','), field.Name), ":null"...)
		}
	}
	return b
}

func appendChangedMap(b []byte, name string, f *store.Effect, whole store.Props) []byte {
	changed := false
	for _, props := range []store.Props{f.Before, f.After} {
		for property := range props {
			changed = changed || strings.HasPrefix(property, name+".")
		}
	}
	if !changed {
		return b
	}
	if line := interchange.AppendAttributes(b, name, whole); len(line) > len(b) {
		return line
	}
	return append(interchange.AppendJSON(append(b, ','), name), ":{}"...)
}

// edge writes the line of a relationship.
func (e *historyExport) edge(f *store.Effect) error {
	from, to := e.nodes[f.Edge.From], e.nodes[f.Edge.To]
	if from == nil || to == nil {
		return nil // an end whose kind is no longer in the Catalog
	}
	var rel *entity.Relationship
	for _, r := range entity.RelationshipsNamed(f.Edge.Rel) {
		if r.From == from.kind.Name && r.To == to.kind.Name {
			rel = r
		}
	}
	if rel == nil {
		return nil
	}
	e.done.Relationships++
	line := []byte(`{"edge":`)
	if f.Verb() == store.Removed {
		line = []byte(`{"op":"remove","edge":`)
	}
	line = interchange.AppendJSON(line, rel.Name)
	start, end := interchange.End{Kind: from.kind.Name, Key: from.key}, interchange.End{Kind: to.kind.Name, Key: to.key}
	line = interchange.AppendJSON(append(line, `,"from":`...), start.String())
	line = interchange.AppendJSON(append(line, `,"to":`...), end.String())
	identity := rel.Untag(f.Edge.Tag)
	for i := range rel.Properties {
		if p := &rel.Properties[i]; p.Identity && identity[p.Name] != "" {
			line = interchange.AppendJSON(append(interchange.AppendJSON(append(line, ','), p.Name), ':'), identity[p.Name])
		}
	}
	e.linkFields(&line, rel, f)
	e.add(map[bool]string{true: "2", false: "3"}[f.Verb() == store.Removed]+rel.Name+start.String()+"\x00"+end.String()+"\x00"+f.Edge.Tag, line)
	return nil
}

// linkFields appends what a relationship says beside what identifies it.
func (e *historyExport) linkFields(line *[]byte, rel *entity.Relationship, f *store.Effect) {
	if f.Verb() == store.Removed {
		delete(e.links, f.Edge)
		return
	}
	var rest []entity.Field
	for _, p := range rel.Properties {
		if !p.Identity {
			rest = append(rest, p)
		}
	}
	*line = appendChanged(*line, rest, f, nil)
	source, is := f.After[entity.SourceProperty].(string)
	_, was := f.Before[entity.SourceProperty]
	switch {
	case is:
		e.links[f.Edge] = source
	case was:
		delete(e.links, f.Edge)
	}
	if source := e.links[f.Edge]; source != "" {
		*line = interchange.AppendJSON(append(*line, `,"source":`...), source)
	}
	*line = interchange.AppendKeptChange(*line, f.Before, f.After)
}
