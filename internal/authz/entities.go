package authz

import (
	"iter"
	"strconv"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

// cedarList hands policies over in their order.
type cedarList []*cedar.Policy

// All lists the policies under made-up ids.
func (l cedarList) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for i, p := range l {
			if !yield(cedar.PolicyID(strconv.Itoa(i)), p) {
				return
			}
		}
	}
}

// resourceOf is a record of a kind, or a relationship, with some facts.
func resourceOf(name string, f Facts) types.Entity {
	kind := typeKind
	if isRelationship(name) {
		kind = typeRelationship
	}
	e := types.Entity{
		UID: types.NewEntityUID(kind, types.String(name)),
		Attributes: types.NewRecord(types.RecordMap{
			"atYourSite": types.Boolean(f&AtYourSite != 0), "suppliedByYou": types.Boolean(f&SuppliedByYou != 0),
			"draft": types.Boolean(f&Draft != 0),
		}),
	}
	e.Parents = types.NewEntityUIDSet(types.NewEntityUID(typeArea, types.String(areaOf(name).Name)))
	return e
}

// entities are those of one decision.
type entities struct {
	actor    types.EntityUID
	roles    types.EntityUIDSet
	resource types.Entity
}

// Get finds an entity that a policy asks about.
func (e entities) Get(uid types.EntityUID) (types.Entity, bool) {
	switch {
	case uid == e.actor:
		return types.Entity{UID: uid, Parents: e.roles}, true
	case uid == e.resource.UID:
		return e.resource, true
	case uid.Type == typeAction:
		for _, a := range actions {
			if a.group != "" && string(a.name) == string(uid.ID) {
				return types.Entity{UID: uid, Parents: types.NewEntityUIDSet(types.NewEntityUID(typeAction, types.String(a.group)))}, true
			}
		}
	}
	return types.Entity{UID: uid}, true
}
