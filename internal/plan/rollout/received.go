package rollout

import "fmt"

// Received says why a site gets or loses an item (P2).
type Received struct {
	// Code is one of the reasons of P2.
	Code     Code
	Item     string
	From, To string
	// Removed says that the site loses it.
	Removed bool
	// Unit is that of a HELD item, Dependent the item for which one is ADDED, List some of
	// the sites that were CHOSEN.
	Unit, Dependent, List string
}

// Reason is the same with its words and parameters.
func (r Received) Reason() Reason {
	reason := Reason{Rule: "P2", Code: r.Code, Parameters: map[string]string{"item": r.Item, "from": r.From, "to": r.To}}
	for name, value := range map[string]string{"unit": r.Unit, "dependent": r.Dependent, "list": r.List} {
		if value != "" {
			reason.Parameters[name] = value
		}
	}
	switch {
	case r.Removed:
		reason.Text = fmt.Sprintf("%s %s is removed", r.Item, r.From)
	case r.Code == HeldItem:
		reason.Text = fmt.Sprintf("%s %s is installed anew as it is: it belongs to the unit %s", r.Item, r.To, r.Unit)
	case r.Code == Chosen:
		reason.Text = fmt.Sprintf("%s %s is added: the site was chosen for it", r.Item, r.To)
	case r.Code == AddedItem:
		reason.Text = fmt.Sprintf("%s %s is added: %s, which changes here, depends on it", r.Item, r.To, r.Dependent)
	case r.From == "":
		reason.Text = fmt.Sprintf("%s comes in %s", r.Item, r.To)
	default:
		reason.Text = fmt.Sprintf("%s goes from %s to %s", r.Item, r.From, r.To)
	}
	return reason
}
