package server

import (
	"encoding/json"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// number is the whole number that an argument has.
func (p *pricing) number(a *ast.Argument) (int, bool) {
	if a == nil || a.Value == nil {
		return 0, false
	}
	v, err := a.Value.Value(p.variables)
	if err != nil {
		return 0, false
	}
	switch n := v.(type) {
	case int64:
		return int(n), true
	case int:
		return n, true
	case float64:
		return int(n), true
	case json.Number:
		return whole(n.String())
	}
	return 0, false
}

func whole(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// weight is what @cost says that something costs by itself.
func weight(list ast.DirectiveList) int { return costed(list, "weight", 0) }

// lengthOf is how long @cost says that a field's page or list is.
func lengthOf(d *ast.FieldDefinition, otherwise int) int {
	return costed(d.Directives, "length", otherwise)
}

func costed(list ast.DirectiveList, argument string, otherwise int) int {
	if len(list) == 0 {
		return otherwise
	}
	cost := list.ForName("cost")
	if cost == nil {
		return otherwise
	}
	given := cost.Arguments.ForName(argument)
	if given == nil {
		return otherwise
	}
	if n, ok := whole(given.Value.Raw); ok {
		return n
	}
	return otherwise
}
