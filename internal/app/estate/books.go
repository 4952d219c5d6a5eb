package estate

import (
	"context"
	"strings"
	"sync"

	"releasegraph/internal/app/person"
	"releasegraph/internal/store"
)

// bookSource is what a book reads: the whole estate, and its log.
type bookSource struct {
	log
	aggregates
}

type log interface {
	Head(ctx context.Context) (store.Revision, error)
	Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error)
}

type aggregates interface {
	Aggregate(ctx context.Context, a store.Aggregation) ([]store.Group, error)
}

// books tell how the names of persons are written, by where they stand.
type books struct {
	mu    sync.Mutex
	known map[string]*person.Book
}

// Book returns how the persons' names in some properties of a kind are spelt.
func (a *Estate) Book(kind string, properties ...string) *person.Book {
	a.books.mu.Lock()
	defer a.books.mu.Unlock()
	at := kind + " " + strings.Join(properties, " ")
	if a.books.known == nil {
		a.books.known = map[string]*person.Book{}
	}
	if a.books.known[at] == nil {
		a.books.known[at] = person.NewBook(bookSource{a.Store, a.Entire}, kind, properties...)
	}
	return a.books.known[at]
}
