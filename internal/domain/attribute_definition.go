package domain

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// AttributeDefinition says what an attribute of configuration items may hold
// (C7). Attributes that nobody defined hold any text.
type AttributeDefinition struct {
	Record
	Description *string `graph:"description,set,text"`
	// Attribute is the name of the attribute.
	Attribute string `graph:"attribute,required,filter,sort,set,text"`
	// Classes are those whose items it is about; none: all.
	Classes []Class       `graph:"classes,set"`
	Type    AttributeType `graph:"type,required,filter,sort,set"`
	// AllowedValues are the only ones, where there are any.
	AllowedValues []string `graph:"allowedValues,set,text"`
	// Required says that items of these classes must have the attribute.
	Required bool `graph:"required,filter,set"`
	// Indexed says that filters by the attribute shall be quick however many
	// items there are.
	Indexed bool `graph:"indexed,filter,set"`
}

// AttributeType is the type of an attribute's values.
type AttributeType string

// The types of attributes.
const (
	AttributeString  AttributeType = "STRING"
	AttributeInteger AttributeType = "INTEGER"
	AttributeDecimal AttributeType = "DECIMAL"
	AttributeBoolean AttributeType = "BOOLEAN"
	AttributeDate    AttributeType = "DATE"
	AttributeURL     AttributeType = "URL"
	AttributeEnum    AttributeType = "ENUM"
)

// AttributeTypes lists all types of attributes.
var AttributeTypes = []AttributeType{
	AttributeString, AttributeInteger, AttributeDecimal, AttributeBoolean, AttributeDate, AttributeURL, AttributeEnum,
}

// indexedForm is what the name of an attribute is made of that any store can
// index.
var indexedForm = regexp.MustCompile(`^[A-Za-z0-9 _.:/-]+$`)

// Check tells what is wrong with the definition.
func (d *AttributeDefinition) Check() Errors {
	es := d.Record.Check()
	if d.Attribute != "" {
		es.wrong("attribute", CheckKey(d.Attribute))
	}
	if d.Indexed && d.Attribute != "" && !indexedForm.MatchString(d.Attribute) {
		es.rule("C7", "indexed", fmt.Sprintf("cannot be, with an attribute called %q: of an indexed one the name holds ASCII letters, digits, blanks and _ . : / - only", d.Attribute))
	}
	for i, class := range d.Classes {
		if !slices.Contains(Classes, class) {
			es.wrong(fmt.Sprintf("classes.%d", i), fmt.Errorf("%q is no class; there are %s", class, join(Classes)))
		}
	}
	if d.Type == AttributeEnum && len(d.AllowedValues) == 0 {
		es.rule("C7", "allowedValues", "an ENUM needs at least one")
	}
	for i, v := range d.AllowedValues {
		if err := d.Type.CheckValue(v); err != nil {
			es.rule("C7", fmt.Sprintf("allowedValues.%d", i), fmt.Sprintf("%q %s", v, err))
		}
	}
	return es
}

// Covers reports whether the definition is about items of the class.
func (d *AttributeDefinition) Covers(class Class) bool {
	return len(d.Classes) == 0 || slices.Contains(d.Classes, class)
}

// Breach says how the attributes of an item breach the definition (C7), or nil.
// Its field is that of the attribute.
func (d *AttributeDefinition) Breach(class Class, attributes map[string]string) *Error {
	if !d.Covers(class) {
		return nil
	}
	value, given := attributes[d.Attribute]
	var message string
	switch {
	case !given && !d.Required:
		return nil
	case !given:
		message = "is missing"
	case len(d.AllowedValues) > 0 && !slices.Contains(d.AllowedValues, value):
		message = fmt.Sprintf("cannot be %q", value)
	default:
		err := d.Type.CheckValue(value)
		if err == nil {
			return nil
		}
		message = fmt.Sprintf("cannot be %q", value)
	}
	return d.breach(message)
}

func (d *AttributeDefinition) breach(message string) *Error {
	details := map[string]any{"definition": d.Key, "type": string(d.Type)}
	legal := d.Type.legal()
	if len(d.AllowedValues) > 0 {
		legal = "one of " + strings.Join(d.AllowedValues, ", ")
		details["legal"] = d.AllowedValues
	}
	return &Error{
		Code: RuleViolation, Rule: "C7", Field: "attributes." + d.Attribute, Details: details,
		Message: fmt.Sprintf("%s: by the definition %q it is %s", message, d.Key, legal),
	}
}

// CheckAttributes tells all that the definitions find wrong with an item (C7).
func CheckAttributes(definitions []*AttributeDefinition, class Class, attributes map[string]string) Errors {
	var es Errors
	for _, d := range definitions {
		if e := d.Breach(class, attributes); e != nil {
			es = append(es, e)
		}
	}
	return es
}

func join[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}
