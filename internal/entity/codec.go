package entity

import (
	"reflect"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Decode makes the record that a node stores: a *domain.Site, …. Of a node that
// remembers what was made of it, it is a copy of that.
func (k *Kind) Decode(n store.Node) Record {
	if known := k.known(&n); known != nil {
		return Clone(known)
	}
	r := k.decode(n)
	if n.Memo != nil {
		clip(reflect.ValueOf(r).Elem())
		n.Memo.Remember(n.Props, Clone(r))
	}
	return r
}

// DecodeNodes makes the records of nodes of any kinds, nil of those that are not in
// the Catalog. Those of one kind that are copies lie side by side.
func DecodeNodes(nodes []store.Node) []Record {
	list, room := make([]Record, len(nodes)), map[*Kind]reflect.Value{}
	for i := range nodes {
		n := &nodes[i]
		k := KindNamed(n.Kind)
		if k == nil {
			continue
		}
		known := k.known(n)
		if known == nil || len(nodes) == 1 {
			list[i] = k.Decode(*n)
			continue
		}
		slab, ok := room[k]
		if !ok || slab.Len() == 0 {
			slab = reflect.MakeSlice(reflect.SliceOf(k.GoType), min(len(nodes)-i, slabSize), min(len(nodes)-i, slabSize))
		}
		one := slab.Index(0)
		one.Set(reflect.ValueOf(known).Elem())
		list[i] = one.Addr().Interface().(Record)
		room[k] = slab.Slice(1, slab.Len())
	}
	return list
}

// slabSize is how many records lie side by side at most.
const slabSize = 64

// known is what is remembered of a node, nil for nothing.
func (k *Kind) known(n *store.Node) Record {
	if known, ok := n.Memo.Made(n.Props).(Record); ok && known.Meta().ID == string(n.ID) && known.Meta().Version == int(n.Version) {
		return known
	}
	return nil
}

// clip leaves the lists of a struct no room to grow in: copies of it share them.
func clip(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Slice:
			f.Set(f.Slice3(0, f.Len(), f.Len()))
		case reflect.Struct:
			if v.Type().Field(i).Anonymous {
				clip(f)
			}
		}
	}
}

func (k *Kind) decode(n store.Node) Record {
	v := reflect.New(k.GoType)
	fill(v.Elem(), k.Fields, n.Props)
	r := v.Interface().(Record)
	m := r.Meta()
	m.ID, m.Version, m.CreatedAt, m.UpdatedAt = string(n.ID), int(n.Version), n.CreatedAt, n.UpdatedAt
	m.Sources, m.Listings = DecodeSources(n.Props), DecodeListings(n.Props)
	m.WithdrawnFrom, _ = n.Props[WithdrawnFromProperty].(string)
	m.RemovedLinks, _ = n.Props[RemovedLinksProperty].([]string)
	return r
}

// Encode gives the properties that store a record.
func (k *Kind) Encode(r Record) store.Props {
	props := encode(reflect.ValueOf(r).Elem(), k.Fields)
	if sources := EncodeSources(r.Meta().Sources); sources != nil {
		props[SourcesProperty] = sources
	}
	if listings := EncodeListings(r.Meta().Listings); listings != nil {
		props[ListingsProperty] = listings
	}
	if r.Meta().WithdrawnFrom != "" {
		props[WithdrawnFromProperty] = r.Meta().WithdrawnFrom
	}
	if len(r.Meta().RemovedLinks) > 0 {
		props[RemovedLinksProperty] = r.Meta().RemovedLinks
	}
	return props
}

// DecodeLink makes the link that an edge stores: a *domain.Dependency, …; nil
// when the relationship has no properties.
func (r *Relationship) DecodeLink(props store.Props) any {
	if r.GoType == nil {
		return nil
	}
	v := reflect.New(r.GoType)
	fill(v.Elem(), r.Properties, props)
	return v.Interface()
}

// LinkOf makes the link that an edge stores, as DecodeLink does, which whoever
// reads it does not change: of an edge that remembers it, it is the same for all.
func (r *Relationship) LinkOf(e store.Edge) any {
	if known := e.Memo.Made(e.Props); known != nil {
		return known
	}
	link := r.DecodeLink(e.Props)
	if e.Memo != nil && link != nil {
		e.Memo.Remember(e.Props, link)
	}
	return link
}

// EncodeLink gives the properties that store a link.
func (r *Relationship) EncodeLink(link any) store.Props {
	if r.GoType == nil {
		return store.Props{}
	}
	return encode(reflect.ValueOf(link).Elem(), r.Properties)
}

// DecodeNode makes the record of a node of any kind, nil when its kind is not
// in the Catalog.
func DecodeNode(n store.Node) Record {
	if k := KindNamed(n.Kind); k != nil {
		return k.Decode(n)
	}
	return nil
}

// fill sets the fields of a struct from properties.
func fill(v reflect.Value, fields []Field, props store.Props) {
	for i := range fields {
		f := &fields[i]
		if f.Map {
			f.put(v, attributes(props))
		} else if value, ok := props[f.Name]; ok {
			f.put(v, value)
		}
	}
}

// attributes collects the properties that hold one attribute each.
func attributes(props store.Props) map[string]string {
	all := map[string]string{}
	for name, value := range props {
		if short, ok := strings.CutPrefix(name, AttributePrefix); ok {
			all[short], _ = value.(string)
		}
	}
	return all
}

// put sets the field in a struct; nil makes it null or empty. The value's type
// is the property's.
func (f *Field) put(v reflect.Value, value any) {
	target := v.FieldByIndex(f.Index)
	switch {
	case value == nil && f.Map:
		target.Set(reflect.MakeMap(f.Type)) // no attributes, not null
		return
	case value == nil:
		target.SetZero()
		return
	}
	if f.Nullable() {
		fresh := reflect.New(f.Type.Elem())
		target.Set(fresh)
		target = fresh.Elem()
	}
	if texts, ok := value.([]string); ok {
		setTexts(target, texts)
		return
	}
	if f.Object {
		text, _ := value.(string)
		unmarshalObject(target, text)
		return
	}
	target.Set(reflect.ValueOf(value).Convert(target.Type()))
}

// setTexts sets a list of strings, or of values of an enumeration.
func setTexts(target reflect.Value, texts []string) {
	list := reflect.MakeSlice(target.Type(), len(texts), len(texts))
	for i, text := range texts {
		list.Index(i).SetString(text)
	}
	target.Set(list)
}

// encode reads the properties out of a struct.
func encode(v reflect.Value, fields []Field) store.Props {
	props := make(store.Props, len(fields))
	for i := range fields {
		f := &fields[i]
		value := f.get(v)
		if f.Map {
			for name, text := range value.(map[string]string) {
				props[AttributePrefix+name] = text
			}
		} else if value != nil {
			props[f.Name] = value
		}
	}
	return props
}

// get reads the field of a struct as a property value, nil when it is null.
func (f *Field) get(v reflect.Value) any {
	value := v.FieldByIndex(f.Index)
	if f.Nullable() {
		if value.IsNil() {
			return nil
		}
		value = value.Elem()
	}
	switch f.Kind {
	case store.Int:
		return value.Int()
	case store.String:
		switch {
		case f.Map:
			return value.Interface()
		case f.Object:
			return marshalObject(value)
		}
		return value.String()
	case store.Time:
		return value.Interface().(time.Time).UTC().Truncate(time.Microsecond)
	case store.Strings:
		if value.Len() == 0 {
			return nil
		}
		texts := make([]string, value.Len())
		for i := range texts {
			texts[i] = value.Index(i).String()
		}
		return texts
	}
	return value.Interface()
}

// tagEscaper keeps the parts of a tag apart.
var tagEscaper = strings.NewReplacer(`\`, `\\`, `/`, `\/`)

// Tag makes the store.EdgeKey.Tag of an edge with these properties from those
// that tell parallel links apart: "USES/db". Absent ones at the end are left
// out: "USES".
func (r *Relationship) Tag(props store.Props) string {
	var parts []string
	for _, f := range r.Properties {
		if f.Identity {
			text, _ := props[f.Name].(string)
			parts = append(parts, text)
		}
	}
	return makeTag(parts...)
}

func makeTag(parts ...string) string {
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	escaped := make([]string, len(parts))
	for i, p := range parts {
		escaped[i] = tagEscaper.Replace(p)
	}
	return strings.Join(escaped, "/")
}

// Untag gives the properties that a tag was made of, by name.
func (r *Relationship) Untag(tag string) map[string]string {
	parts := []string{""}
	for i := 0; i < len(tag); i++ {
		switch {
		case tag[i] == '/':
			parts = append(parts, "")
			continue
		case tag[i] == '\\' && i+1 < len(tag):
			i++
		}
		parts[len(parts)-1] += tag[i : i+1]
	}
	props := map[string]string{}
	for _, f := range r.Properties {
		if f.Identity && len(parts) > 0 {
			props[f.Name] = parts[0]
			parts = parts[1:]
		}
	}
	return props
}

// Key identifies the edge of a link between two nodes.
func (r *Relationship) Key(from, to string, link any) store.EdgeKey {
	return store.EdgeKey{Rel: r.Name, From: store.ID(from), To: store.ID(to), Tag: r.Tag(r.EncodeLink(link))}
}

// Clone copies a record, so that the copy can be changed.
func Clone(r Record) Record {
	v := reflect.New(reflect.TypeOf(r).Elem())
	v.Elem().Set(reflect.ValueOf(r).Elem())
	return v.Interface().(Record)
}

// Meta gives the common part of a record that is held as any.
func Meta(record any) *domain.Record { return record.(Record).Meta() }
