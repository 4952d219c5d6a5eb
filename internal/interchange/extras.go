package interchange

import (
	"fmt"
	"maps"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// extras takes from the values of a line what it says beside the fields: what
// to do, when, and by whom.
func (r *Record) extras() domain.Errors {
	var errs domain.Errors
	if op, ok := r.Values["op"]; ok {
		delete(r.Values, "op")
		r.Unlist = op == "unlist"
		if r.Remove = r.Unlist || op == "remove"; !r.Remove {
			errs = append(errs, invalid("op", fmt.Sprintf(`cannot be %v: it is "remove", or left out`, op)))
		}
	}
	if at, ok := r.Values["at"]; ok && !r.hasField("at") {
		delete(r.Values, "at")
		errs = append(errs, readTime("at", text(at), &r.At)...)
	}
	return append(append(errs, r.takeSources()...), r.takeKept()...)
}

// hasField tells whether the kind, or the relationship, has a field of its own of
// the name.
func (r *Record) hasField(name string) bool {
	if k := entity.KindNamed(r.Node); k != nil {
		return k.Field(name) != nil
	}
	return slices.ContainsFunc(entity.RelationshipsNamed(r.Edge), func(rel *entity.Relationship) bool { return rel.Property(name) != nil })
}

func (r *Record) takeSources() (errs domain.Errors) {
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

func (r *Record) addSource(path, field string, v any) domain.Errors {
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
