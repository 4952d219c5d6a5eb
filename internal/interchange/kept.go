package interchange

import (
	"fmt"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Kept is what an export says of a record or relationship beside its fields, for
// the sake of imports (C6). It counts for what is new; others keep their own.
type Kept struct {
	// Sources tell which source set the fields of a record, or under
	// domain.WholeRecord a relationship.
	Sources []domain.FieldSource
	// Listings tell who lists it, WithdrawnFrom the status from which a prune
	// withdrew it, RemovedLinks which relationships from it people removed.
	Listings      domain.Listings
	WithdrawnFrom string
	RemovedLinks  []string
	// told names those of the three that a line says, with null for emptied.
	told map[string]bool
}

// Tell puts what is said of these among properties, and takes away what is said
// to be gone.
func (k *Kept) Tell(props store.Props) {
	for name, v := range map[string]any{
		entity.ListingsProperty: entity.EncodeListings(k.Listings), entity.WithdrawnFromProperty: k.WithdrawnFrom, entity.RemovedLinksProperty: k.RemovedLinks,
	} {
		if !k.told[name] {
			continue
		}
		delete(props, name)
		if list, isList := v.([]string); v != nil && v != "" && (!isList || len(list) > 0) {
			props[name] = v
		}
	}
}

// takeKept takes from a line what Kept holds beside the sources.
func (r *Record) takeKept() (errs domain.Errors) {
	take := func(name string) (any, bool) {
		v, ok := r.Values[name]
		if ok {
			delete(r.Values, name)
			if r.told == nil {
				r.told = map[string]bool{}
			}
			r.told[name] = true
		}
		return v, ok && v != nil
	}
	if v, ok := take(entity.ListingsProperty); ok {
		for _, text := range texts(v) {
			l, err := entity.ParseListing(text)
			if err != nil {
				errs = append(errs, invalid(entity.ListingsProperty, err.Error()))
			}
			r.Listings = append(r.Listings, l)
		}
	}
	if r.Edge != "" {
		return errs
	}
	if v, ok := take(entity.WithdrawnFromProperty); ok {
		if r.WithdrawnFrom, ok = v.(string); !ok {
			errs = append(errs, invalid(entity.WithdrawnFromProperty, "is the status from which a prune withdrew the record"))
		}
	}
	if v, ok := take(entity.RemovedLinksProperty); ok {
		r.RemovedLinks = texts(v)
	}
	return errs
}

// texts reads a list of texts; what is none gives a text that says so.
func texts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		return []string{fmt.Sprint(v)}
	}
	all := make([]string, len(list))
	for i := range list {
		all[i] = fmt.Sprint(list[i])
	}
	return all
}

// addKept gives a line what takeKept takes from it.
func (k *Kept) addKept(line map[string]any) {
	props := store.Props{}
	k.Tell(props)
	for name := range k.told {
		line[name] = props[name]
	}
}

// AppendKept appends what properties hold of these.
func AppendKept(b []byte, props store.Props) []byte {
	for _, name := range keptNames {
		if v, ok := props[name]; ok {
			b = AppendJSON(append(b, ','), name)
			b = AppendValue(append(b, ':'), v)
		}
	}
	return b
}

// AppendKeptChange appends what an effect changed of these, null for what it
// emptied.
func AppendKeptChange(b []byte, before, after store.Props) []byte {
	for _, name := range keptNames {
		_, was := before[name]
		if v, is := after[name]; is {
			b = AppendValue(append(AppendJSON(append(b, ','), name), ':'), v)
		} else if was && after != nil {
			b = append(AppendJSON(append(b, ','), name), ":null"...)
		}
	}
	return b
}

var keptNames = []string{entity.ListingsProperty, entity.WithdrawnFromProperty, entity.RemovedLinksProperty}
