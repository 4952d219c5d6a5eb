package person

import (
	"context"
	"errors"
	"slices"
	"sync"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Source is what a Book reads.
type Source interface {
	Head(ctx context.Context) (store.Revision, error)
	Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error)
	Aggregate(ctx context.Context, a store.Aggregation) ([]store.Group, error)
}

// Book knows how names are written in some fields of the records of a kind, so
// that a store can look for a name by its index, however it is written. It reads
// the fields once, and from then on what was changed since it was last asked.
type Book struct {
	source Source
	kind   string
	fields []string

	mu    sync.Mutex
	known map[string][]string // spellings, by the folded name; nil: nothing was read
	at    store.Revision
}

// NewBook returns a Book of some fields of the records of a kind.
func NewBook(s Source, kind string, fields ...string) *Book {
	return &Book{source: s, kind: kind, fields: fields}
}

// Spellings lists, for each of some names, how it is or was written: as here,
// first, and as in the records.
func (b *Book) Spellings(ctx context.Context, names ...string) (map[string][]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.catchUp(ctx); err != nil {
		return nil, err
	}
	list := make(map[string][]string, len(names))
	for _, name := range names {
		others := b.known[domain.FoldName(name)]
		list[name] = append([]string{name}, slices.DeleteFunc(slices.Clone(others), func(s string) bool { return s == name })...)
	}
	return list, nil
}

// A Book that is further behind than that reads the fields anew.
const (
	furthest = 200 // change sets
	batch    = 20
)

func (b *Book) catchUp(ctx context.Context) error {
	head, err := b.source.Head(ctx)
	if err != nil {
		return err
	}
	if b.known == nil || head-b.at > furthest {
		return b.readFields(ctx, head)
	}
	for b.at < head {
		changes, err := b.source.Changes(ctx, b.at, batch)
		if errors.Is(err, store.ErrCompacted) {
			return b.readFields(ctx, head)
		}
		if err != nil || len(changes) == 0 {
			return err
		}
		for _, c := range changes {
			b.noteChange(&c)
		}
	}
	return nil
}

// readFields reads the fields of all records, which were at least so at a
// revision.
func (b *Book) readFields(ctx context.Context, at store.Revision) error {
	known := map[string][]string{}
	for _, field := range b.fields {
		groups, err := b.source.Aggregate(ctx, store.Aggregation{Kind: b.kind, By: []string{field}})
		if err != nil {
			return err
		}
		for _, g := range groups {
			note(known, g.Values[0])
		}
	}
	b.known, b.at = known, at
	return nil
}

func (b *Book) noteChange(c *store.Change) {
	for i := range c.Effects {
		if e := &c.Effects[i]; e.Kind == b.kind {
			for _, field := range b.fields {
				note(b.known, e.After[field])
			}
		}
	}
	b.at = c.Revision
}

func note(known map[string][]string, value any) {
	name, _ := value.(string)
	folded := domain.FoldName(name)
	if name != "" && !slices.Contains(known[folded], name) {
		known[folded] = append(known[folded], name)
		slices.Sort(known[folded])
	}
}
