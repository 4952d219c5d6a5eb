package domain

import "fmt"

// Scale is how values of an attribute compare with each other.
type Scale string

// The scales.
const (
	TextScale   Scale = "texts"
	NumberScale Scale = "numbers"
	DateScale   Scale = "dates"
	TruthScale  Scale = "true or false"
)

// Scale is how values of the type compare with each other.
func (t AttributeType) Scale() Scale {
	switch t {
	case AttributeInteger, AttributeDecimal:
		return NumberScale
	case AttributeDate:
		return DateScale
	case AttributeBoolean:
		return TruthScale
	}
	return TextScale
}

// Operand says why values of the attribute cannot be compared with a text, or
// nil. What is compared as a text can be with any.
func (d *AttributeDefinition) Operand(text string) *Error {
	if d.Type.Scale() == TextScale || d.Type.CheckValue(text) == nil {
		return nil
	}
	return &Error{
		Code: Invalid, Details: map[string]any{"definition": d.Key, "type": string(d.Type)},
		Message: fmt.Sprintf("cannot be %q: by the definition %q the attribute %q is compared with %s", text, d.Key, d.Attribute, d.Type.legal()),
	}
}
