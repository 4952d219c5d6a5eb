package planning

import (
	"fmt"

	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/rollout"
)

// reasons say why a site gets and loses each item (P2).
func (w work) reasons() []domain.PlacementReason {
	list := make([]domain.PlacementReason, len(w.list))
	for i, one := range w.list {
		list[i] = one.reason()
	}
	return list
}

// reason says why a site gets or loses an item (P2).
func (r received) reason() domain.PlacementReason {
	from, to := optional.Or(r.FromVersion, ""), optional.Or(r.ToVersion, "")
	parameters := map[string]string{"item": r.item.Key, "to": to}
	switch {
	case r.Unit != nil:
		parameters["unit"] = *r.Unit
		return because(rollout.HeldItem, parameters, "%s is put there again as it is, with what changes of the unit %s", r.item.Name, *r.Unit)
	case r.Dependent != nil:
		parameters["dependent"] = *r.Dependent
		return because(rollout.AddedItem, parameters, "%s %s is added, for %s is installed there and needs it", r.item.Name, to, *r.Dependent)
	case r.Action == domain.AddItem:
		return because(rollout.Chosen, parameters, "%s %s is added, for the site was chosen", r.item.Name, to)
	case r.Action == domain.RemoveItem:
		parameters["from"] = from
		return because(rollout.Receives, parameters, "%s is installed there, and the release removes it", r.item.Name)
	}
	parameters["from"] = from
	return because(rollout.Receives, parameters, "%s %s is installed there, and the release brings %s", r.item.Name, from, to)
}

// because makes a reason of P2.
func because(code rollout.Code, parameters map[string]string, text string, of ...any) domain.PlacementReason {
	return domain.PlacementReason{Rule: "P2", Code: string(code), Text: fmt.Sprintf(text, of...), Parameters: parameters, Names: namesIn(parameters)}
}
