package app

import (
	"fmt"
	"maps"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// keepDuties refuses what an import brings that its actor could not do
// themselves: a vote of theirs, a seat, a decision on what they ask for.
// before is nil of a new record. The local administrator is no person.
func (b *importBatch) keepDuties(n int, before, after entity.Record) {
	if b.im.method == domain.ByDefault {
		return
	}
	who := b.im.who
	own := func(rule, field, message string) {
		b.problem(n, &domain.Error{Code: domain.RuleViolation, Rule: rule, Field: field, Message: message})
	}
	switch r := after.(type) {
	case *domain.Board:
		had, _ := before.(*domain.Board)
		for _, e := range r.CheckSeated(had, who) {
			b.problem(n, e)
		}
	case *domain.Vote:
		if domain.SamePerson(r.Doer(), who) || domain.AlikeNames(r.Seat, who.Name) {
			own("H3", "voter", fmt.Sprintf("is %s: nobody imports a vote of theirs", r.Voter))
		}
	case *domain.Delegation:
		if domain.SamePerson(domain.Doer{Name: r.Deputy}, who) {
			own("H3", "deputy", fmt.Sprintf("is %s: nobody makes themselves a deputy", r.Deputy))
		}
	case *domain.FreezeException:
		decided := r.Status != domain.ExceptionRequested
		if decided && (r.RequestedBy == nil || domain.SamePerson(r.Asker(), who) || r.DecidedBy != nil && domain.SamePerson(r.Decider(), who)) {
			own(domain.RuleFreezeException, "status", "is a decision by or for who imports it, or for nobody: nobody imports these")
		}
	case *domain.ChangeRequest:
		had, _ := before.(*domain.ChangeRequest)
		if decides := r.Status.Decided() && (had == nil || had.Status != r.Status); decides && (r.AskedBy(who) || had != nil && had.AskedBy(who)) {
			own("H3", "status", fmt.Sprintf("is %s, and %s asked for it: nobody imports a decision on their own request", r.Status, who.Name))
		}
	}
}

// signed says in what a new request says of itself that its importer counts as
// one who asks for it, and is the requester where none is named.
func (b *importBatch) signed(i *interchange.Item, props store.Props) store.Props {
	if i.Kind.Name != domain.KindChangeRequest || b.im.method == domain.ByDefault {
		return props
	}
	props = maps.Clone(props)
	if props["requester"] == nil {
		props["requester"] = b.im.who.Name
	}
	props["requesterIdentities"] = b.alsoImporter(props["requesterIdentities"])
	return props
}

// resigned keeps who asked for a request among those who count as such when an
// import names another.
func (b *importBatch) resigned(i *interchange.Item, node store.Node, set store.Props) {
	_, renamed := set["requester"]
	_, remade := set["requesterIdentities"]
	if i.Kind.Name != domain.KindChangeRequest || b.im.method == domain.ByDefault || !renamed && !remade {
		return
	}
	had, _ := node.Props["requesterIdentities"].([]string)
	if name, ok := node.Props["requester"].(string); ok {
		had = append(slices.Clone(had), domain.NameIdentity(name))
	}
	brought, _ := set["requesterIdentities"].([]string)
	set["requesterIdentities"] = b.alsoImporter(slices.Concat(brought, had))
}

func (b *importBatch) alsoImporter(had any) []string {
	list, _ := had.([]string)
	all := slices.Concat(list, b.im.who.Identities, []string{domain.NameIdentity(b.im.who.Name)})
	slices.Sort(all)
	return slices.Compact(all)
}
