// Package happening says what the change sets of the log mean: it makes domain events of
// them, which have stable types, such as deployment.started, and lists all types that
// there are. It is pure.
package happening

import (
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Event is one record or relationship that a change set created, changed or removed.
type Event struct {
	Revision int64     `json:"revision"`
	Place    int       `json:"place"` // among the events of its change set, from 1
	Of       int       `json:"of"`    // how many the change set has
	Type     string    `json:"type"`
	At       time.Time `json:"at"`
	Actor    string    `json:"actor"`
	Reason   string    `json:"reason,omitempty"`
	Source   string    `json:"source"` // by what means
	// RequestID is that of the request that made the change, where its caller gave one.
	RequestID string `json:"requestId,omitempty"`
	// Subject is the record, or the one where the relationship starts; To is where a
	// relationship ends.
	Subject Named  `json:"subject"`
	To      *Named `json:"to,omitempty"`
	// Changes are the fields that differ.
	Changes map[string]Difference `json:"changes"`
	// Concerns are the records that the event is about besides: those above its subject,
	// such as the deployment and the site of a step, and the other end of a relationship.
	Concerns []Named `json:"concerns"`
}

// Named is a record by its names.
type Named struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Key  string `json:"key"`
}

// Difference is a field that differs: null where there was, or is, nothing.
type Difference struct {
	Before any `json:"before"`
	After  any `json:"after"`
}

// Known is what is known of the records that a change set is about, besides what it
// says itself.
type Known struct {
	// Names are those of its records, and of those above them.
	Names map[store.ID]Named
	// Above are the records to which others belong: to a site within a wave its wave,
	// the deployment of that, the site, and the release.
	Above map[store.ID][]store.ID
}

// Of returns the events of a change set, in the order of its effects. Source is by what
// means it came.
func Of(c *store.Change, source string, known Known) []Event {
	list := make([]Event, len(c.Effects))
	for i := range c.Effects {
		e := &c.Effects[i]
		list[i] = Event{
			Revision: int64(c.Revision), Place: i + 1, Of: len(c.Effects), Type: TypeOf(e),
			At: c.At, Actor: c.Actor, Reason: c.Reason, Source: source,
			Subject: known.name(SubjectOf(e)), Changes: differences(e), Concerns: known.Concerned(e),
		}
		if e.Node == "" {
			to := known.name(e.Edge.To)
			list[i].To = &to
		}
	}
	return list
}

// SubjectOf returns the record that an event is about: that of its effect, or the one
// where its relationship starts.
func SubjectOf(e *store.Effect) store.ID {
	if e.Node != "" {
		return e.Node
	}
	return e.Edge.From
}

// Ends returns the records that an effect names.
func Ends(e *store.Effect) []store.ID {
	if e.Node != "" {
		return []store.ID{e.Node}
	}
	return []store.ID{e.Edge.From, e.Edge.To}
}

func (k Known) name(id store.ID) Named {
	if n, ok := k.Names[id]; ok {
		return n
	}
	return Named{ID: string(id)}
}

// Concerned lists the records that an effect is about besides its subject, each once: the
// other end of a relationship first, then what is above.
func (k Known) Concerned(e *store.Effect) []Named {
	list := []Named{}
	seen := map[store.ID]bool{SubjectOf(e): true}
	add := func(id store.ID) {
		if n, ok := k.Names[id]; ok && !seen[id] {
			list = append(list, n)
		}
		seen[id] = true
	}
	queue := Ends(e)
	for i := 0; i < len(queue); i++ { // what is above is above of nothing below
		queue = append(queue, k.Above[queue[i]]...)
		add(queue[i])
	}
	return list
}

// differences are those fields that differ, which a caller is shown.
func differences(e *store.Effect) map[string]Difference {
	changes := map[string]Difference{}
	for _, props := range []store.Props{e.Before, e.After} {
		for name := range props {
			if !entity.Kept(name) {
				changes[name] = Difference{shown(e, name, e.Before[name]), shown(e, name, e.After[name])}
			}
		}
	}
	return changes
}

// objects are the fields that hold an object, kept as a text in JSON.
var objects = objectFields()

func objectFields() map[[2]string]bool {
	found := map[[2]string]bool{}
	for _, k := range entity.Kinds() {
		for _, f := range k.Fields {
			found[[2]string{k.Name, f.Name}] = f.Object
		}
	}
	for _, r := range entity.Relationships() {
		for _, f := range r.Properties {
			found[[2]string{r.Name, f.Name}] = f.Object
		}
	}
	return found
}

// shown is a value as it is told.
func shown(e *store.Effect, field string, v any) any {
	of := e.Kind
	if e.Node == "" {
		of = e.Edge.Rel
	}
	switch v := v.(type) {
	case string:
		if objects[[2]string{of, field}] {
			return object(v)
		}
		return v
	case time.Time:
		return v.UTC()
	case []string:
		return slices.Clone(v)
	}
	return v
}

// Statuses are those that a kind's records can have, nil where they have none.
func Statuses(k *entity.Kind) []string {
	if f := k.Field(statusField); f != nil {
		return f.Enum
	}
	return nil
}

const statusField = "status"

// prefixes are what the types of kinds begin with that are parts of others.
var prefixes = map[string]string{domain.KindWave: "deployment.wave", domain.KindSiteRollout: "deployment.site"}
