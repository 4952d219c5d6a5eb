package planning

import (
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/rollout"
)

// reasons say why a site gets and loses each item (P2), as its links tell.
func (w work) reasons() []domain.PlacementReason {
	list := make([]rollout.Reason, len(w.list))
	for i, one := range w.list {
		list[i] = one.received().Reason()
	}
	return reasonsOf(list)
}

// received says why a site gets or loses an item (P2).
func (r received) received() rollout.Received {
	told := rollout.Received{
		Code: rollout.Receives, Item: r.item.Key, From: optional.Or(r.FromVersion, ""), To: optional.Or(r.ToVersion, ""), Removed: r.Action == domain.RemoveItem,
		Unit: optional.Or(r.Unit, ""), Dependent: optional.Or(r.Dependent, ""),
	}
	switch {
	case r.Unit != nil:
		told.Code = rollout.HeldItem
	case r.Dependent != nil:
		told.Code = rollout.AddedItem
	case r.Action == domain.AddItem:
		told.Code = rollout.Chosen
	}
	return told
}
