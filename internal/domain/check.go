package domain

import (
	"fmt"
	"math"
)

// Checked is a record or link that knows the rules of its own fields. Check
// tells all that is wrong; the errors' fields are relative to the record.
// Texts, enumerations and required fields are checked before, by their tags.
type Checked interface{ Check() Errors }

// MaxCount is the largest count that is kept.
const MaxCount = math.MaxInt32

// wrong adds what is wrong with a field, if anything.
func (es *Errors) wrong(field string, err error) {
	if err != nil {
		*es = append(*es, &Error{Code: Invalid, Field: field, Message: err.Error()})
	}
}

// within adds an error unless the number is absent or lies between both.
func (es *Errors) within(field string, n *int, least, most int) {
	switch {
	case n == nil || (*n >= least && *n <= most):
	case most == MaxCount:
		es.wrong(field, fmt.Errorf("must be at least %d and at most %d, not %d", least, most, *n))
	default:
		es.wrong(field, fmt.Errorf("must be from %d to %d, not %d", least, most, *n))
	}
}

// Check tells what is wrong with the common part of a record.
func (r *Record) Check() Errors {
	var es Errors
	es.wrong("key", CheckKey(r.Key))
	es.wrong("name", CheckName(r.Name))
	return es
}

// Check tells what is wrong with the item.
func (i *ConfigurationItem) Check() Errors {
	es := i.Record.Check()
	es.within("criticality", i.Criticality, 1, 5)
	es.within("users", i.Users, 0, MaxCount)
	return es
}

// Check tells what is wrong with the site.
func (s *Site) Check() Errors {
	es := s.Record.Check()
	if s.TimeZone != nil {
		es.wrong("timeZone", CheckTimeZone(*s.TimeZone))
	}
	es.within("users", s.Users, 0, MaxCount)
	es.reached(s.Email, s.Language)
	return es
}

// Check tells what is wrong with the dependency: a minimum belongs to a
// redundancy group, and is given in one way (I5).
func (d *Dependency) Check() Errors {
	var es Errors
	if d.RedundancyGroup != nil {
		es.wrong("redundancyGroup", CheckKey(*d.RedundancyGroup))
	}
	es.within("minimum", d.Minimum, 1, MaxCount)
	es.within("minimumPercent", d.MinimumPercent, 1, 100)
	for _, f := range []struct {
		name string
		n    *int
	}{{"minimum", d.Minimum}, {"minimumPercent", d.MinimumPercent}} {
		if f.n != nil && d.RedundancyGroup == nil {
			es.rule("I5", f.name, "is the minimum of a redundancyGroup, which is missing")
		}
	}
	if d.Minimum != nil && d.MinimumPercent != nil {
		es.rule("I5", "minimumPercent", "cannot be given beside minimum")
	}
	return es
}

// rule adds an error about a numbered rule.
func (es *Errors) rule(rule, field, message string) {
	*es = append(*es, &Error{Code: RuleViolation, Rule: rule, Field: field, Message: message})
}
