// Package coerce tells all that is wrong with the values that a request gives
// for inputs, each with the field that it is about. GraphQL's own coercion ends
// at the first.
package coerce

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"releasegraph/graph/scalar"
)

// Complaint is what is wrong with one value.
type Complaint struct {
	// Path leads to the value: a variable or an argument, then fields and places
	// in lists.
	Path    ast.Path
	Message string
}

// Field is the path as errors name it: "input.items.0.key".
func (c Complaint) Field() string { return fieldOf(c.Path) }

func fieldOf(path ast.Path) string {
	parts := make([]string, len(path))
	for i, step := range path {
		switch step := step.(type) {
		case ast.PathName:
			parts[i] = string(step)
		case ast.PathIndex:
			parts[i] = strconv.Itoa(int(step))
		}
	}
	return strings.Join(parts, ".")
}

// Variables tells what is wrong with the values of an operation's variables.
func Variables(schema *ast.Schema, op *ast.OperationDefinition, values map[string]any) []Complaint {
	c := complaining{schema: schema}
	for _, v := range op.VariableDefinitions {
		value, given := values[v.Variable]
		c.at(ast.Path{ast.PathName(v.Variable)}, v.Type, value, given, v.DefaultValue != nil)
	}
	return c.list
}

// Arguments tells what is wrong with the values of a validated field's
// arguments; those of variables are coerced already.
func Arguments(schema *ast.Schema, f *ast.Field, variables map[string]any) []Complaint {
	c := complaining{schema: schema}
	for _, a := range f.Arguments {
		definition := f.Definition.Arguments.ForName(a.Name)
		if definition == nil {
			continue
		}
		if value, err := a.Value.Value(variables); err == nil {
			c.at(ast.Path{ast.PathName(a.Name)}, definition.Type, value, true, false)
		}
	}
	return c.list
}

type complaining struct {
	schema *ast.Schema
	list   []Complaint
}

func (c *complaining) add(path ast.Path, format string, args ...any) {
	c.list = append(c.list, Complaint{slices.Clone(path), fmt.Sprintf(format, args...)})
}

// at looks at what may have been left out.
func (c *complaining) at(path ast.Path, t *ast.Type, value any, given, hasDefault bool) {
	switch {
	case !given && t.NonNull && !hasDefault:
		c.add(path, "must be given")
	case given && value == nil && t.NonNull:
		c.add(path, "must not be null")
	case given && value != nil:
		c.value(path, t, value)
	}
}

func (c *complaining) value(path ast.Path, t *ast.Type, value any) {
	if t.Elem != nil {
		list, ok := value.([]any)
		if !ok {
			c.value(path, t.Elem, value) // stands for a list of one
			return
		}
		for i, one := range list {
			c.at(append(path, ast.PathIndex(i)), t.Elem, one, true, false)
		}
		return
	}
	d := c.schema.Types[t.NamedType]
	if d == nil {
		return
	}
	switch d.Kind {
	case ast.Enum:
		c.enum(path, d, value)
	case ast.Scalar:
		if why := wrongScalar(d.Name, value); why != "" {
			c.add(path, "%s", why)
		}
	case ast.InputObject:
		c.object(path, d, value)
	}
}

func (c *complaining) enum(path ast.Path, d *ast.Definition, value any) {
	name, ok := value.(string)
	switch {
	case !ok:
		c.add(path, "%s is not a valid %s", describe(value), d.Name)
	case d.EnumValues.ForName(name) == nil:
		c.add(path, "%s is not a valid %s", strconv.Quote(name), d.Name)
	}
}

func (c *complaining) object(path ast.Path, d *ast.Definition, value any) {
	fields, ok := value.(map[string]any)
	if !ok {
		c.add(path, "must be an object, a %s, not %s", d.Name, describe(value))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if d.Fields.ForName(name) == nil && name != "__typename" {
			c.add(append(path, ast.PathName(name)), "is no field of %s", d.Name)
		}
	}
	for _, f := range d.Fields {
		one, given := fields[f.Name]
		c.at(append(path, ast.PathName(f.Name)), f.Type, one, given, f.DefaultValue != nil)
	}
}

// scalars read the texts of the schema's own scalars.
var scalars = map[string]func(any) error{
	"Int":            reads(scalar.UnmarshalInt),
	"DateTime":       reads(scalar.UnmarshalDateTime),
	"Revision":       reads(scalar.UnmarshalRevision),
	"TimeZone":       reads(scalar.UnmarshalTimeZone),
	"Duration":       reads(scalar.UnmarshalDuration),
	"RecurrenceRule": reads(scalar.UnmarshalRecurrenceRule),
	"Attributes":     reads(scalar.UnmarshalAttributes),
}

func reads[T any](unmarshal func(any) (T, error)) func(any) error {
	return func(v any) error {
		_, err := unmarshal(v)
		return err
	}
}

// wrongScalar says why a value is none of a scalar, or "".
func wrongScalar(name string, value any) string {
	if read := scalars[name]; read != nil {
		if err := read(value); err != nil {
			return err.Error()
		}
		return ""
	}
	if fits(name, value) {
		return ""
	}
	return fmt.Sprintf("must be of the type %s, not %s", name, describe(value))
}

func fits(name string, value any) bool {
	_, isText := value.(string)
	switch name {
	case "Float":
		return isNumber(value)
	case "String":
		return isText
	case "ID":
		return isText || isNumber(value)
	case "Boolean":
		_, ok := value.(bool)
		return ok
	}
	return true
}

func isNumber(value any) bool {
	switch value.(type) {
	case json.Number, int, int32, int64, float32, float64:
		return true
	}
	return false
}

func describe(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case string:
		return "the text " + strconv.Quote(v)
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprint(value)
}
