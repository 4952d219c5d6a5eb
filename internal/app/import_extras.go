package app

import (
	"fmt"
	"maps"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// extras takes from the values of a line what it says beside the fields: what
// to do, when, and by whom.
func (r *ImportRecord) extras() domain.Errors {
	var errs domain.Errors
	if op, ok := r.Values["op"]; ok {
		delete(r.Values, "op")
		if r.Remove = op == "remove"; !r.Remove {
			errs = append(errs, invalid("op", fmt.Sprintf(`cannot be %v: it is "remove", or left out`, op)))
		}
	}
	if at, ok := r.Values["at"]; ok && !r.hasField("at") {
		delete(r.Values, "at")
		errs = append(errs, readTime("at", text(at), &r.At)...)
	}
	return append(errs, r.takeSources()...)
}

// hasField tells whether the kind has a field of its own of the name.
func (r *ImportRecord) hasField(name string) bool {
	k := entity.KindNamed(r.Node)
	return k != nil && k.Field(name) != nil
}

func (r *ImportRecord) takeSources() (errs domain.Errors) {
	if r.Edge != "" {
		if v, ok := r.Values[entity.SourceProperty]; ok {
			errs = r.addSource(entity.SourceProperty, domain.WholeRecord, v)
		}
		delete(r.Values, entity.SourceProperty)
		return errs
	}
	v, ok := r.Values[entity.SourcesProperty]
	delete(r.Values, entity.SourcesProperty)
	given, isMap := v.(map[string]any)
	if ok && len(given) == 0 {
		r.Sources = []domain.FieldSource{} // none, said outright
	}
	if ok && !isMap && v != nil {
		return domain.Errors{invalid(entity.SourcesProperty, `is an object of fields and the sources that set them, such as {"users":"api"}`)}
	}
	for _, field := range slices.Sorted(maps.Keys(given)) {
		errs = append(errs, r.addSource(entity.SourcesProperty+"."+field, field, given[field])...)
	}
	return errs
}

func (r *ImportRecord) addSource(path, field string, v any) domain.Errors {
	source, ok := v.(string)
	if !ok {
		return domain.Errors{invalid(path, "must be the name of a source")}
	}
	if err := domain.CheckSource(source); err != nil {
		return domain.Errors{invalid(path, err.Error())}
	}
	r.Sources = append(r.Sources, domain.FieldSource{Field: field, Source: source})
	return nil
}

// addExtras gives a line what extras takes from it.
func (i *ImportItem) addExtras(line map[string]any) {
	if i.remove {
		line["op"] = "remove"
	}
	if i.formerly != "" {
		line["formerly"] = i.formerly
	}
	if len(i.sources) == 0 {
		return
	}
	if i.IsEdge() {
		line[entity.SourceProperty] = i.sources[0].Source
		return
	}
	sources := make(map[string]string, len(i.sources))
	for _, s := range i.sources {
		sources[s.Field] = s.Source
	}
	line[entity.SourcesProperty] = sources
}

// prepareNodeRemoval checks a line that removes a record: it names it, and says
// no more.
func prepareNodeRemoval(r ImportRecord) (*ImportItem, domain.Errors) {
	k := entity.KindNamed(r.Node)
	if k == nil {
		return prepareNode(r)
	}
	var errs domain.Errors
	key, _ := r.Values["key"].(string)
	if err := domain.CheckKey(key); err != nil {
		errs = append(errs, invalid("key", err.Error()))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Values)) {
		if name != "key" {
			errs = append(errs, invalid(name, "says nothing of a record that is to go: give its key alone"))
		}
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return &ImportItem{kind: k, values: r.Values, end: ImportEnd{k.Name, key}}, nil
}

// prepareEdgeRemoval checks a line that removes a relationship: it names the
// ends, and what tells it from others between them.
func prepareEdgeRemoval(r ImportRecord) (*ImportItem, domain.Errors) {
	rel, errs := relationshipOf(r)
	if rel == nil {
		return nil, errs
	}
	values, errs := typed(r, rel.Properties)
	if _, err := rel.Identity(values, ""); err != nil {
		errs = append(errs, errorList(err)...)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return prepareEdge(r)
}

// Attribute is the value that a record is given of an attribute, empty where
// there is none.
func (i *ImportItem) Attribute(name string) string {
	if i.IsEdge() {
		return ""
	}
	return text(i.props[entity.AttributePrefix+name])
}

// Rekey makes the item about the record of another key.
func (i *ImportItem) Rekey(key string) {
	if i.end.Key != key {
		i.end.Key, i.values["key"] = key, key
		if i.props != nil {
			i.props["key"] = key
		}
	}
}

// Rewire makes the item about the relationship of other records.
func (i *ImportItem) Rewire(from, to string) { i.from.Key, i.to.Key = from, to }

// WasKnownAs tells under which key the store has the record.
func (i *ImportItem) WasKnownAs(key string) { i.formerly = key }

// Formerly is the key by which the store may know the record still.
func (i *ImportItem) Formerly() string { return i.formerly }
