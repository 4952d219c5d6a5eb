package interchange

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Item is a record or relationship that was checked by itself: its form and its
// fields, by the same rules as in the API.
type Item struct {
	Kind *entity.Kind         // of a record
	Rel  *entity.Relationship // of a relationship
	// End names the record, From and To where the relationship starts and ends.
	End, From, To End
	Values        map[string]any // what was given
	Props         store.Props    // what is stored of it when it is new
	// IfNew tells what is missing unless the record exists already.
	IfNew domain.Errors
	// Stub tells that the record need only exist, Remove that it is to go.
	Stub, Remove bool
	// Unlist tells, of one that is to go, that its source no longer lists it: it
	// goes unless another does (C6).
	Unlist bool
	// At is when it was so, zero where the file does not say.
	At time.Time
	// Formerly is the key by which the store may know the record still.
	Formerly string
	Kept
}

// IsEdge tells a relationship from a record.
func (i *Item) IsEdge() bool { return i.Rel != nil }

// IsTree tells that the relationship leads from a record to its only parent of
// the same kind.
func (i *Item) IsTree() bool { return i.ToOne() && i.Rel.From == i.Rel.To }

// ToOne tells that a record has at most one such relationship.
func (i *Item) ToOne() bool { return i.IsEdge() && i.Rel.ToOne }

// Tag is what tells a relationship from others between the same records.
func (i *Item) Tag() string {
	if i.IsEdge() {
		return i.Rel.Tag(i.Props)
	}
	return ""
}

// Name is the kind of the record, or the name of the relationship.
func (i *Item) Name() string {
	if i.IsEdge() {
		return i.Rel.Name
	}
	return i.Kind.Name
}

// String names the record or relationship in a message.
func (i *Item) String() string {
	if i.IsEdge() {
		return fmt.Sprintf("%s from %s to %s", i.Rel.Name, i.From, i.To)
	}
	return i.End.String()
}

// AsNew is the record that the item makes where there is none.
func (i *Item) AsNew() entity.Record {
	return i.Kind.Decode(store.Node{Kind: i.Kind.Name, Props: i.Props})
}

// Line is the item in the interchange format.
func (i *Item) Line() ([]byte, error) {
	fields := maps.Clone(i.Values)
	if i.IsEdge() {
		fields["edge"], fields["from"], fields["to"] = i.Rel.Name, i.From.String(), i.To.String()
	} else {
		fields["node"] = i.Kind.Name
	}
	i.addExtras(fields)
	return json.Marshal(fields)
}

// addExtras gives a line what extras takes from it.
func (i *Item) addExtras(line map[string]any) {
	if i.Remove {
		line["op"] = "remove"
	}
	if i.Unlist {
		line["op"] = "unlist"
	}
	if i.Formerly != "" {
		line["formerly"] = i.Formerly
	}
	i.addKept(line)
	if len(i.Sources) == 0 {
		return
	}
	if i.IsEdge() {
		line[entity.SourceProperty] = i.Sources[0].Source
		return
	}
	sources := make(map[string]string, len(i.Sources))
	for _, s := range i.Sources {
		sources[s.Field] = s.Source
	}
	line[entity.SourcesProperty] = sources
}

// Attribute is the value that a record is given of an attribute, empty where
// there is none.
func (i *Item) Attribute(name string) string {
	if i.IsEdge() {
		return ""
	}
	return text(i.Props[entity.AttributePrefix+name])
}

// Rekey makes the item about the record of another key.
func (i *Item) Rekey(key string) {
	if i.End.Key != key {
		i.End.Key, i.Values["key"] = key, key
		if i.Props != nil {
			i.Props["key"] = key
		}
	}
}

// Rewire makes the item about the relationship of other records.
func (i *Item) Rewire(from, to string) { i.From.Key, i.To.Key = from, to }
