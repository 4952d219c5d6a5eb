package authz

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// Decision is what an actor may do: with which records, told by their facts.
type Decision struct {
	// Granted are the combinations of facts with which the action is allowed.
	Granted Grant
	// Possible are the combinations that a record can have for this actor.
	Possible Grant
}

// Any reports whether the action is allowed with some records at least.
func (d Decision) Any() bool { return d.Granted != 0 }

// Permits reports whether the action is allowed with some records at least, and, where
// it makes them, with such as have no facts yet.
func (d Decision) Permits(action Action) bool {
	return d.Any() && (!anew(action) || d.Granted.With(0))
}

// All reports whether the action is allowed whatever the record.
func (d Decision) All() bool { return d.Granted == d.Possible && d.Granted != 0 }

// Decide decides about an action on records of a kind, or on a relationship,
// for an actor whose grants these are.
func (g *Grants) Decide(a domain.Actor, action Action, kind string) Decision {
	in := areaOf(kind)
	d := Decision{Possible: possible(a, in, kind)}
	if a.Kinds != nil && isRecord(kind) && !slices.Contains(a.Kinds, kind) || in.Wide && narrowed(a) || beyondSites(a, action, in) {
		return d
	}
	d.Granted = g.Grant(action, kind) & d.Possible
	// Of a relationship one sees what one sees of both its ends.
	if a.Bound && in.Placed && !(action == Read && isRelationship(kind)) {
		d.Granted &= having(AtYourSite)
	}
	return d
}

// beyondSites reports whether an action changes what is at no site, for all sites,
// by an actor who is kept to some.
func beyondSites(a domain.Actor, action Action, in *entity.PolicyArea) bool {
	return a.Bound && !in.Placed && action != Read
}

// narrowed reports whether an actor may less than its roles.
func narrowed(a domain.Actor) bool { return a.Bound || a.Kinds != nil }

// possible leaves out facts that no record of the kind can have for the actor.
func possible(a domain.Actor, in *entity.PolicyArea, kind string) Grant {
	all := Always
	if len(a.Sites) == 0 || !in.Placed {
		all &^= having(AtYourSite)
	}
	if len(a.Suppliers) == 0 || !in.Placed {
		all &^= having(SuppliedByYou)
	}
	if !drafted[kind] {
		all &^= having(Draft)
	}
	return all
}

// having are the combinations that hold a fact.
func having(f Facts) (g Grant) {
	for c := range Facts(combinations) {
		if c&f != 0 {
			g |= 1 << c
		}
	}
	return g
}

// isRecord reports whether a name is that of a kind of record.
func isRecord(kind string) bool {
	return !isRelationship(kind) && kind != KindChangeSet && kind != KindRecords && kind != KindToken && kind != KindWebhook
}

// EachFact lists the facts.
var EachFact = []Facts{AtYourSite, SuppliedByYou, Draft}

// Combination is a condition on a record's facts: it has some and lacks others;
// the rest does not matter.
type Combination struct{ Has, Lacks Facts }

// Combinations are the conditions under which the action is allowed, as few as
// say it: any of them is enough.
func (d Decision) Combinations() []Combination {
	var list []Combination
	covered, matter := Grant(0), Facts(0)
	for _, f := range EachFact {
		if having(f)&d.Possible != 0 {
			matter |= f
		}
		if with := having(f) & d.Possible; with != 0 && with&^d.Granted == 0 {
			list, covered = append(list, Combination{Has: f}), covered|with
		}
	}
	for facts := range Facts(combinations) {
		if d.Granted.With(facts) && !covered.With(facts) {
			list = append(list, Combination{Has: facts, Lacks: matter &^ facts})
		}
	}
	return list
}
