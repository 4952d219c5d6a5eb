package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// ReplayChange begins a change set in a history: what follows it in the file
// was changed together. Empty fields are those of the import.
type ReplayChange struct {
	At     time.Time
	Actor  string
	Reason string
	Source string // by what means: "api", "import", …
}

// LastChange is the head of a store, as a replay must know it.
type LastChange struct {
	Revision int64
	At       time.Time
	Key      string
}

// parseChange reads what a line says of a change set.
func parseChange(fields map[string]any) (*ReplayChange, domain.Errors) {
	given, ok := fields["change"].(map[string]any)
	if !ok || len(fields) > 1 {
		return nil, domain.Errors{invalid("change", `a line that begins a change set holds nothing else: {"change":{"at":"2026-03-01T08:00:00Z",…}}`)}
	}
	c := &ReplayChange{}
	var errs domain.Errors
	for _, name := range slices.Sorted(maps.Keys(given)) {
		value, isText := given[name].(string)
		to := map[string]*string{"actor": &c.Actor, "reason": &c.Reason, "source": &c.Source}[name]
		switch {
		case name == "revision":
			continue // says where it stood; it gets the next one here
		case name != "at" && to == nil:
			errs = append(errs, invalid("change."+name, "a change set has at, actor, reason, source and revision"))
		case !isText:
			errs = append(errs, invalid("change."+name, "must be a text"))
		case name == "at":
			errs = append(errs, readTime("change.at", value, &c.At)...)
		default:
			if err := domain.CheckText(value, domain.MaxIndexed); err != nil {
				errs = append(errs, invalid("change."+name, err.Error()))
			}
			*to = value
		}
	}
	if _, ok := given["at"]; !ok {
		errs = append(errs, invalid("change.at", "is missing: when it was"))
	}
	return c, errs
}

func readTime(field, value string, to *time.Time) domain.Errors {
	when, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return domain.Errors{invalid(field, fmt.Sprintf("must be a time such as 2026-03-01T08:00:00Z, not %q", value))}
	}
	*to = when.UTC().Truncate(time.Microsecond)
	return nil
}

// Last tells of the store's head, and the time on the clock. It is zero for a
// store without changes.
func (im *Import) Last(ctx context.Context) (LastChange, time.Time, error) {
	now := im.app.now().UTC()
	head, err := im.app.store.Head(ctx)
	if err != nil || head == 0 {
		return LastChange{}, now, storeError(err)
	}
	list, err := im.app.store.Changes(ctx, head-1, 1)
	if err != nil || len(list) == 0 {
		return LastChange{}, now, storeError(err)
	}
	return LastChange{Revision: int64(head), At: list[0].At, Key: list[0].Key}, now, nil
}

// Replay writes one change set of a history as of its time, under a key that
// makes it idempotent. A history overwrites what people have set (C6): it tells
// who set what, or is older than all of it.
func (im *Import) Replay(ctx context.Context, c ReplayChange, key string, items []*ImportItem) (Imported, error) {
	was := *im
	im.at, im.key, im.options.Overwrite = c.At, key, true
	if c.Actor != "" {
		im.actor.Name = c.Actor
	}
	if c.Reason != "" {
		im.options.Reason = c.Reason
	}
	if c.Source != "" {
		im.source = c.Source
	}
	done, err := im.Write(ctx, items)
	im.at, im.key, im.options, im.actor, im.source = was.at, was.key, was.options, was.actor, was.source
	return done, err
}

// time is when a change set is said to be.
func (im *Import) time() time.Time {
	if !im.at.IsZero() {
		return im.at
	}
	return im.app.now().UTC().Truncate(time.Microsecond)
}

// exactSources sets who set the fields of a record to what a history says.
func (b *importBatch) exactSources(i *ImportItem, node store.Node, set store.Props) {
	if i.sources == nil || b.im.at.IsZero() {
		return
	}
	delete(set, entity.SourcesProperty)
	if encoded := entity.EncodeSources(i.sources); !store.EqualValues(node.Props[entity.SourcesProperty], encoded) {
		set[entity.SourcesProperty] = encoded
	}
}

// Tag is what tells a relationship from others between the same records.
func (i *ImportItem) Tag() string {
	if i.IsEdge() {
		return i.rel.Tag(i.props)
	}
	return ""
}

// ToOne tells that a record has at most one such relationship.
func (i *ImportItem) ToOne() bool { return i.IsEdge() && i.rel.ToOne }
