package sqlite

import (
	"fmt"
	"strconv"
	"strings"

	"releasegraph/internal/store"
)

// openText reads an undeclared property of the JSON at an expression. A name
// that a JSON path can hold as it is goes into one: that is quicker, and an
// index can have it.
func openText(at, name string) string {
	if plainName(name) {
		return "(" + at + " ->> " + literal(`$."`+name+`"`) + ")"
	}
	return openValue("o.value", at, name)
}

// openValue reads an expression of o.value, the undeclared property, of any
// name.
func openValue(expr, at, name string) string {
	return fmt.Sprintf("(SELECT %s FROM json_each(%s) o WHERE o.key = %s)", expr, at, literal(name))
}

// open tells whether a property of the kind is undeclared.
func (c *compiler) open(kind, name string) bool {
	t := c.layout.kinds[kind]
	return t != nil && t.open != "" && strings.HasPrefix(name, t.open)
}

// fewMatch tells the planner that a range is narrow. It would otherwise take a
// quarter of all nodes to match, and sooner read them all in the order of the
// page than use the index of the property.
func fewMatch(condition string) string { return "likelihood(" + condition + ", 0.001)" }

// plainName tells whether a name stands in JSON, and in a path, unchanged.
func plainName(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r < ' ' || r > '~' || strings.ContainsRune(`"\<>&`, r)
	})
}

// numberOf reads an undeclared property as a number, null where it is none.
func (t *table) numberOf(alias, name string) string {
	if t == nil || t.open == "" || !strings.HasPrefix(name, t.open) {
		return "NULL"
	}
	if plainName(name) {
		return "(" + asNumber(openText(alias+".open", name)) + ")"
	}
	return openValue(asNumber("o.value"), alias+".open", name)
}

// asNumber writes what store.Number reads of a text: a cast alone would make
// numbers of texts that are none. Functions stop at a NUL, instr does not.
func asNumber(text string) string {
	return strings.ReplaceAll("CASE WHEN (@ GLOB '[0-9]*' OR @ GLOB '-[0-9]*') AND @ GLOB '*[0-9]' AND substr(@, 2) NOT GLOB '*[^0-9.]*'"+
		" AND @ NOT GLOB '*.*.*' AND length(replace(ltrim(@, '-'), '.', '')) <= "+strconv.Itoa(store.MaxDigits)+" AND instr(@, char(0)) = 0"+
		" THEN CAST(@ AS REAL) END", "@", text)
}
