package interchange

import (
	"maps"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// prepareNodeRemoval checks a line that removes a record: it names it, and says
// no more.
func prepareNodeRemoval(r Record) (*Item, domain.Errors) {
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
	return &Item{Kind: k, Values: r.Values, End: End{k.Name, key}}, nil
}

// prepareEdgeRemoval checks a line that removes a relationship: it names the
// ends, and what tells it from others between them.
func prepareEdgeRemoval(r Record) (*Item, domain.Errors) {
	rel, errs := relationshipOf(r)
	if rel == nil {
		return nil, errs
	}
	values, errs := typed(r, rel.Properties)
	props, err := rel.Identity(values, "")
	errs = append(append(errs, domain.ErrorsOf(err)...), checkEnds(r, rel)...)
	if len(errs) > 0 {
		return nil, errs
	}
	return newLink(rel, r, values, props), nil
}
