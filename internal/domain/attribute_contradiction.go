package domain

import (
	"fmt"
	"slices"
)

// Contradiction is two definitions of one attribute of which, for items of some
// classes, no value satisfies both (C7).
type Contradiction struct {
	Definitions []*AttributeDefinition // both
	Classes     []Class
}

// Attribute is the attribute's name.
func (c *Contradiction) Attribute() string { return c.Definitions[0].Attribute }

// Message says what contradicts what.
func (c *Contradiction) Message() string {
	a, b := c.Definitions[0], c.Definitions[1]
	of := "items of class " + join(c.Classes)
	if len(c.Classes) == len(Classes) {
		of = "all items"
	}
	return fmt.Sprintf("by %q the attribute %q of %s is %s, and by %q it is %s: no value is both", a.Key, a.Attribute, of, a.legal(), b.Key, b.legal())
}

// legal says in words what values are.
func (d *AttributeDefinition) legal() string {
	if len(d.AllowedValues) > 0 {
		return "one of " + join(d.AllowedValues)
	}
	return d.Type.legal()
}

// contradicts finds the contradiction of two definitions, nil when there is none.
func (d *AttributeDefinition) contradicts(e *AttributeDefinition) *Contradiction {
	if d.Attribute != e.Attribute || d.shares(e) {
		return nil
	}
	c := &Contradiction{Definitions: []*AttributeDefinition{d, e}}
	for _, class := range Classes {
		if d.Covers(class) && e.Covers(class) {
			c.Classes = append(c.Classes, class)
		}
	}
	if len(c.Classes) == 0 {
		return nil
	}
	return c
}

// shares reports whether some value satisfies both definitions.
func (d *AttributeDefinition) shares(e *AttributeDefinition) bool {
	if len(d.AllowedValues) > 0 {
		return slices.ContainsFunc(d.AllowedValues, e.fits)
	}
	if len(e.AllowedValues) > 0 {
		return slices.ContainsFunc(e.AllowedValues, d.fits)
	}
	numbers := []AttributeType{AttributeInteger, AttributeDecimal}
	return d.Type == e.Type || d.Type.text() || e.Type.text() || slices.Contains(numbers, d.Type) && slices.Contains(numbers, e.Type)
}

// text reports whether any text is a value of the type. An ENUM without values
// is refused by itself.
func (t AttributeType) text() bool { return t == AttributeString || t == AttributeEnum }

func (d *AttributeDefinition) fits(value string) bool {
	if len(d.AllowedValues) > 0 && !slices.Contains(d.AllowedValues, value) {
		return false
	}
	return d.Type.CheckValue(value) == nil
}

// CheckDefinition refuses a definition that contradicts another (C7).
func CheckDefinition(d *AttributeDefinition, others []*AttributeDefinition) Errors {
	var es Errors
	for _, other := range others {
		if c := d.contradicts(other); c != nil && (other.ID != d.ID || d.ID == "") {
			es = append(es, &Error{
				Code: RuleViolation, Rule: "C7", Field: "type", Message: c.Message(),
				Details: map[string]any{"definition": other.Key, "classes": c.Classes},
			})
		}
	}
	return es
}

// Contradictions lists all that contradict one another.
func Contradictions(definitions []*AttributeDefinition) (list []*Contradiction) {
	for i, d := range definitions {
		for _, e := range definitions[i+1:] {
			if c := d.contradicts(e); c != nil {
				list = append(list, c)
			}
		}
	}
	return list
}
