package entity

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Operators lists the operators that a filter on the field knows, in the order
// in which they are documented.
func (f *Field) Operators() []string {
	switch {
	case f.Map:
		return []string{"eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte", "contains", "startsWith", "endsWith", "ignoringCase", "isNull"}
	case f.Name == "id":
		return []string{"eq", "in", "notIn"}
	case f.Enum != nil && f.Kind != store.Strings:
		return []string{"eq", "ne", "in", "notIn", "isNull"}
	}
	switch f.Kind {
	case store.String:
		return []string{"eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte", "contains", "startsWith", "endsWith", "ignoringCase", "isNull"}
	case store.Bool:
		return []string{"eq", "ne", "isNull"}
	case store.Strings:
		return []string{"isNull"}
	}
	return []string{"eq", "ne", "in", "notIn", "lt", "lte", "gt", "gte", "isNull"}
}

var comparisons = map[string]store.Operator{
	"eq": store.Eq, "lt": store.Lt, "lte": store.Lte, "gt": store.Gt, "gte": store.Gte,
	"contains": store.Contains, "startsWith": store.StartsWith, "endsWith": store.EndsWith,
}

// compared is what operators compare: a field, or one attribute with what is
// known of it.
type compared struct {
	*Field
	property     string
	typing       typing
	ignoringCase bool
}

// compare makes a comparison of the field; numbers have no case.
func (c compared) compare(op store.Operator, v any) store.Compare {
	return store.Compare{Property: c.property, Op: op, Value: v, IgnoringCase: c.ignoringCase && len(c.typing) == 0}
}

// operation makes the condition that one operator of a field stands for.
func (p *filterParser) operation(c compared, name string, operand any, path string) store.Filter {
	path = at(path, name)
	if !slices.Contains(c.Operators(), name) {
		p.add(path, "there is no such operator here; there are %s", choices(c.Operators()))
		return nil
	}
	if !p.count(path) {
		return nil
	}
	if operand == nil {
		p.add(path, "%s; isNull asks for what is absent", errNull)
		return nil
	}
	switch name {
	case "isNull":
		return p.isNull(c.property, operand, path)
	case "in":
		return p.oneOf(c, operand, path)
	case "notIn":
		// Two-valued, as ne.
		if f := p.oneOf(c, operand, path); f != nil {
			return store.Not{Filter: f}
		}
		return nil
	case "ne":
		// Two-valued: what is absent differs.
		if v, ok := p.operand(c, operand, path); ok {
			return store.Not{Filter: c.compare(store.Eq, v)}
		}
		return nil
	case "contains", "startsWith", "endsWith":
		c.typing = nil // of texts, whatever they stand for
	case "lt", "lte", "gt", "gte":
		c.ignoringCase = false // texts are ordered by their bytes
		if why := c.typing.order(); why != "" {
			p.add(path, "%s", why)
			return nil
		}
	}
	if v, ok := p.operand(c, operand, path); ok {
		return c.compare(comparisons[name], v)
	}
	return nil
}

func (p *filterParser) isNull(property string, operand any, path string) store.Filter {
	want, ok := operand.(bool)
	if !ok {
		p.add(path, "must be true or false, not %s", describe(operand))
		return nil
	}
	absent := store.Compare{Property: property, Op: store.IsNull}
	if want {
		return absent
	}
	return store.Not{Filter: absent}
}

func (p *filterParser) oneOf(c compared, operand any, path string) store.Filter {
	raw, ok := elements(operand)
	if !ok {
		raw = []any{operand}
	}
	values := make([]any, 0, len(raw))
	for i, one := range raw {
		if !p.count(path) {
			return nil
		}
		if v, ok := p.operand(c, one, atIndex(path, i)); ok {
			values = append(values, v)
		}
	}
	return c.compare(store.OneOf, values)
}

// operand reads the value that a field is compared with.
func (p *filterParser) operand(c compared, raw any, path string) (any, bool) {
	if raw == nil {
		p.add(path, "%s", errNull)
		return nil, false
	}
	if n, ok := number64(raw); ok && c.Name == "id" {
		raw = n // ids may be written as numbers
	}
	v, err := scalar(c.Kind, c.Enum, raw)
	if s, ok := v.(string); ok && err == nil {
		err = domain.CheckText(s, domain.MaxText)
		if n := utf8.RuneCountInString(s); err == nil && c.ignoringCase && n > store.MaxFolded {
			err = fmt.Errorf("has %d characters; at most %d can be compared ignoring case", n, store.MaxFolded)
		}
	}
	if err != nil {
		p.add(path, "%s", err)
		return nil, false
	}
	if len(c.typing) == 0 {
		return v, true
	}
	v, wrong := c.typing.operand(v.(string))
	if wrong != nil {
		wrong.Field = path
		p.put(wrong)
	}
	return v, wrong == nil
}
