package interchange

import (
	"encoding/json"
	"maps"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Stored is what a store has of a record.
type Stored = store.Props

// Known is what the lines of a history say of a record or link together, in as
// little room as it takes.
type Known struct {
	kind *entity.Kind
	rel  *entity.Relationship
	line []byte
}

// Add takes in what one more line says.
func (k *Known) Add(i *Item) error {
	values := i.Values
	if k.Told() {
		before, err := lineFields(k.line)
		if err != nil {
			return err
		}
		values = before
		maps.Copy(values, i.Values)
	}
	var err error
	k.kind, k.rel = i.Kind, i.Rel
	k.line, err = json.Marshal(values)
	return err
}

// Told reports whether any line said something.
func (k *Known) Told() bool { return len(k.line) > 0 }

// Breaches tells what is wrong with it at the end of a history: before is what
// there was before it, nil for nothing.
func (k *Known) Breaches(before Stored) (domain.Errors, error) {
	values, err := lineFields(k.line)
	if err != nil {
		return nil, err
	}
	if k.rel != nil {
		said, err := k.rel.Told(values)
		return k.rel.Breaches(merge(k.rel.Defaults(), said, values)), err
	}
	if before == nil {
		before = k.kind.Defaults()
	}
	said, err := k.kind.Told(values)
	return k.kind.Breaches(merge(before, said, values)), err
}

// Serves reports whether it is a link from a service to a customer.
func (k *Known) Serves() bool { return k.rel != nil && k.rel.Name == domain.RelServes }

// Tree is the name of a link from a record to its only parent, empty for all
// else.
func (k *Known) Tree() string {
	if k.rel == nil || !k.rel.ToOne || k.rel.From != k.rel.To {
		return ""
	}
	return k.rel.Name
}

// Text is a field that holds a text: what the lines say of it, or else what
// there was before them.
func (k *Known) Text(field string, before Stored) string {
	values, _ := lineFields(k.line) // Add wrote it
	if _, said := values[field]; said {
		return text(values[field])
	}
	return text(before[field])
}
