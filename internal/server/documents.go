package server

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/vektah/gqlparser/v2/ast"
)

// documents keeps parsed documents that passed validation. Only short ones are
// kept, so that the memory they take is bounded, not only their number.
type documents struct{ kept *lru.LRU[*ast.QueryDocument] }

const (
	keptDocuments   = 500
	longestDocument = 8 << 10
)

var _ graphql.Cache[*ast.QueryDocument] = documents{}

func newDocuments() documents { return documents{lru.New[*ast.QueryDocument](keptDocuments)} }

// Get looks a document up by its text.
func (d documents) Get(ctx context.Context, query string) (*ast.QueryDocument, bool) {
	return d.kept.Get(ctx, query)
}

// Add keeps a document, unless its text is long.
func (d documents) Add(ctx context.Context, query string, doc *ast.QueryDocument) {
	if len(query) <= longestDocument {
		d.kept.Add(ctx, query, doc)
	}
}
