package response

import (
	"context"
	"regexp"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// unknownValue finds the enum in what GraphQL says of a value that is none of
// the enum's: in a document, and in variables.
var unknownValue = regexp.MustCompile(
	`does not exist in "\[*(\w+)[\]!]*" enum|^Enum "\[*(\w+)[\]!]*" cannot represent|is not a valid (\w+)$`)

// ListingEnumValues presents errors, and adds the legal values to those that
// are about the value of an enum.
func ListingEnumValues(schema *ast.Schema, next graphql.ErrorPresenterFunc) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		shown := next(ctx, err)
		if enum := enumOf(schema, shown.Message); enum != nil {
			if at := strings.Index(shown.Message, " Did you mean"); at >= 0 {
				shown.Message = shown.Message[:at]
			}
			shown.Message = strings.TrimSuffix(shown.Message, ".") + "; the values are " + valuesOf(enum)
		}
		return shown
	}
}

func enumOf(schema *ast.Schema, message string) *ast.Definition {
	found := unknownValue.FindStringSubmatch(message)
	if found == nil {
		return nil
	}
	if d := schema.Types[found[1]+found[2]+found[3]]; d != nil && d.Kind == ast.Enum {
		return d
	}
	return nil
}

func valuesOf(enum *ast.Definition) string {
	names := make([]string, len(enum.EnumValues))
	for i, v := range enum.EnumValues {
		names[i] = v.Name
	}
	return strings.Join(names, ", ")
}
