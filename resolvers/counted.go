package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/internal/app/listing"
)

// counted asks for no records where nothing is selected of a page but how many
// there are.
func counted(ctx context.Context, l listing.List) listing.List {
	whole := l.First == nil && l.Last == nil && l.After == nil && l.Before == nil
	if field := graphql.GetFieldContext(ctx); whole && field != nil && onlyTotal(field.Field.Selections) {
		none := 0
		l.First = &none
	}
	return l
}

func onlyTotal(selections ast.SelectionSet) bool {
	for _, s := range selections {
		if field, ok := s.(*ast.Field); !ok || field.Name != "totalCount" && field.Name != "__typename" {
			return false
		}
	}
	return true
}
