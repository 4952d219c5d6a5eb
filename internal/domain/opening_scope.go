package domain

import "fmt"

// RuleOpening is the rule of when windows and freezes are on, and for what.
const RuleOpening = "P7"

// NamesNothing reports whether the fields say of nothing that the window or
// freeze is for it. Sites and services may.
func (o *Opening) NamesNothing() bool {
	return !o.Everywhere && len(o.Regions)+len(o.Classes)+len(o.Environments) == 0
}

// CheckNames says why a window or freeze cannot be for nothing.
func (o *Opening) CheckNames(field string) *Error {
	return &Error{
		Code: Invalid, Rule: RuleOpening, Field: field,
		Message: "is for nothing: name regions, classes, environments, sites or services, or say everywhere: true",
	}
}

// CheckOpeningService says why a window or freeze cannot name an item of the
// class among its services, or nil.
func CheckOpeningService(key string, class Class) *Error {
	if class == Service {
		return nil
	}
	return &Error{
		Code: RuleViolation, Rule: RuleOpening,
		Message: fmt.Sprintf("only an item of class %s can be named, with all that it needs, and %q is of class %s: name a service that needs it, its class or its site", Service, key, class),
		Details: map[string]any{"class": string(class), "legal": []string{string(Service)}},
	}
}

// CheckStaysNamed says why an item that windows or freezes name among their
// services cannot be of the class, or nil.
func CheckStaysNamed(key string, class Class) *Error {
	if class == Service {
		return nil
	}
	return &Error{
		Code: RuleViolation, Rule: RuleOpening, Field: "class",
		Message: fmt.Sprintf("must stay %s while maintenance windows or freezes name %q: disconnect these first", Service, key),
		Details: map[string]any{"legal": []string{string(Service)}},
	}
}
