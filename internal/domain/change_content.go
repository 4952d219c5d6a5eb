package domain

import "reflect"

// ContentOpen reports whether what the board decides on can still be changed:
// until it has decided, and again when the change was backed out.
func (c *ChangeRequest) ContentOpen() bool {
	switch c.Status {
	case ChangeDraft, ChangeSubmitted, ChangeAssessed, ChangeBackedOut:
		return true
	}
	return false
}

// content is what of the request's own fields the board decides on.
func (c *ChangeRequest) content() []any {
	return []any{
		c.Name, c.Description, c.Type, c.Category, c.Justification, c.Plan, c.BackOutKind, c.BackOutPlan, c.Mitigation, c.Downtime,
	}
}

// SameContent reports whether both say the same to the board.
func (c *ChangeRequest) SameContent(other *ChangeRequest) bool {
	return reflect.DeepEqual(c.content(), other.content())
}

// sameWindow reports whether both are planned for the same time.
func (c *ChangeRequest) sameWindow(other *ChangeRequest) bool {
	return reflect.DeepEqual([]any{c.PlannedFrom, c.PlannedTo}, []any{other.PlannedFrom, other.PlannedTo})
}

// CheckRevision says what of an edit comes too late: the content is fixed when
// it is decided on (H4), the window when a release carries the change out, the
// type when it is submitted.
func (c *ChangeRequest) CheckRevision(after *ChangeRequest) (es Errors) {
	if !c.SameContent(after) {
		es = append(es, c.CheckContentOpen()...)
	}
	if !c.sameWindow(after) && !c.ContentOpen() && c.Status != ChangeAuthorised {
		es = append(es, c.fixed("plannedFrom", "H4", "the planned window is fixed"))
	}
	if c.Type != after.Type && c.ContentOpen() && c.Status != ChangeDraft && (c.Status != ChangeSubmitted || after.Type == StandardChange) {
		es = append(es, c.fixed("type", "H1", "the type is fixed: withdraw the request, and ask anew"))
	}
	return es
}

// CheckContentOpen says that the content is fixed, when it is.
func (c *ChangeRequest) CheckContentOpen() Errors {
	if c.ContentOpen() {
		return nil
	}
	return Errors{c.fixed("", "H4", "what was decided on is fixed: withdraw the request, and ask anew")}
}

func (c *ChangeRequest) fixed(field, rule, message string) *Error {
	return &Error{
		Code: RuleViolation, Rule: rule, Field: field, Message: c.Key + " is " + string(c.Status) + ", and " + message,
		Details: map[string]any{"status": string(c.Status)},
	}
}

// CheckRemovable says why a request cannot be removed: what was handed in is
// withdrawn, and stays on record.
func (c *ChangeRequest) CheckRemovable() *Error {
	if c.Status == ChangeDraft {
		return nil
	}
	return c.fixed("", "H2", "only drafts are removed: withdraw it (withdrawChangeRequest)")
}

// CheckAffects says why a request cannot be about an item, or nil: what is
// withdrawn or disposed of is not changed any more (H3).
func CheckAffects(item *ConfigurationItem) *Error {
	if item.Status.Changeable() {
		return nil
	}
	return &Error{
		Code: RuleViolation, Rule: "H3", Message: item.Key + " is " + string(item.Status) + ": a change can only affect what is still in use",
		Details: map[string]any{"status": string(item.Status)},
	}
}
