package bulk

import (
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/app/source"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
)

// ImportNeed is what a line of an import asks for: one of some actions on a kind
// or a relationship.
type ImportNeed struct {
	Actions []authz.Action
	Kind    string
	// Brings names what the line brings that is otherwise left to the verbs.
	Brings []string
}

// ImportNeeds lists what a line asks for: what the verb would that does the
// same, and for what no verb sets, or only one that decides, a migration.
func ImportNeeds(i *interchange.Item) []ImportNeed {
	switch {
	case i.IsEdge() && bringsLink(i.Rel):
		return []ImportNeed{{[]authz.Action{authz.Migrate}, i.Rel.Name, nil}}
	case i.IsEdge() && i.Remove:
		return []ImportNeed{{[]authz.Action{authz.Disconnect}, i.Rel.Name, nil}}
	case i.IsEdge():
		return []ImportNeed{{[]authz.Action{authz.Connect}, i.Rel.Name, nil}}
	case bringsRecord(i.Kind):
		return []ImportNeed{{[]authz.Action{authz.Migrate}, i.Kind.Name, nil}}
	case i.Remove:
		return []ImportNeed{{[]authz.Action{authz.Remove}, i.Kind.Name, nil}}
	}
	needs := []ImportNeed{{[]authz.Action{authz.Create, authz.Update}, i.Kind.Name, nil}}
	if brings := broughtFields(i); len(brings) > 0 {
		needs = append(needs, ImportNeed{[]authz.Action{authz.Migrate}, i.Kind.Name, brings})
	}
	return needs
}

// bringsRecord tells of what kinds records follow from who made them, and when:
// brought, they say so by themselves.
func bringsRecord(k *entity.Kind) bool { return k.Deed }

// bringsLink tells the same of relationships.
func bringsLink(r *entity.Relationship) bool { return r.ByVerbs || r.Deed }

// broughtFields returns the fields of a line that are otherwise left to the
// verbs. Which freezes hold a change is worked out, whatever a line says.
func broughtFields(i *interchange.Item) (names []string) {
	for n := range i.Kind.Fields {
		f := &i.Kind.Fields[n]
		if _, given := i.Values[f.Name]; given && f.Import && !f.Set && !f.Derived {
			names = append(names, f.Name)
		}
	}
	return names
}

// Migrates reports whether the need is one for a migration.
func (n ImportNeed) Migrates() bool { return slices.Contains(n.Actions, authz.Migrate) }

// Refuse says why a line is not allowed to who has none of the actions.
func (n ImportNeed) Refuse(why string) *domain.Error {
	if len(n.Brings) > 0 {
		why = fmt.Sprintf("brings %s, which is left to the verbs: %s", strings.Join(n.Brings, ", "), why)
	}
	e := &domain.Error{Code: domain.Forbidden, Message: why, Details: map[string]any{"action": string(n.Actions[0]), "kind": n.Kind}}
	if len(n.Brings) > 0 {
		e.Field = n.Brings[0]
	}
	return e
}

// Permits says what of an item the actor may not import.
func (im *Import) Permits(i *interchange.Item) (es domain.Errors) {
	for _, n := range ImportNeeds(i) {
		if err := im.mayAny(n); err != nil {
			es = append(es, n.Refuse(domain.ErrorsOf(err)[0].Message))
		}
	}
	return es
}

// mayAny returns nil if the actor may do one of the actions with all records
// of the kind.
func (im *Import) mayAny(n ImportNeed) error {
	var first error
	for _, action := range n.Actions {
		err := im.mayAll(action, n.Kind)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

func (im *Import) mayAll(action authz.Action, kind string) error {
	q := string(action) + " " + kind
	err, asked := im.asked[q]
	if !asked {
		err = im.findAll(action, kind)
		if im.asked == nil {
			im.asked = map[string]error{}
		}
		im.asked[q] = err
	}
	return err
}

func (im *Import) findAll(action authz.Action, kind string) error {
	grants := im.app.estate.Policies.For(im.actor)
	if err := grants.May(im.actor, action, kind); err != nil {
		return err
	}
	if grants.Decide(im.actor, action, kind).All() {
		return nil
	}
	return &domain.Error{Code: domain.Forbidden, Message: fmt.Sprintf(
		"%s may %s %s only at some sites or of some companies: use the mutations, which look at each", im.actor.Name, action, kind)}
}

// refused reports whether the actor may not import some of the items, and notes
// which.
func (b *importBatch) refused(items []*interchange.Item) bool {
	for n, i := range items {
		for _, e := range b.im.Permits(i) {
			b.problem(n, e)
		}
	}
	return len(b.problems) > 0
}

// permit refuses an item of the batch to who may not do with it what is to be
// done, and remembers that a migration was among it.
func (b *importBatch) permit(n int, i *interchange.Item, action authz.Action) {
	if i.IsEdge() && bringsLink(i.Rel) || !i.IsEdge() && (bringsRecord(i.Kind) || len(broughtFields(i)) > 0) {
		b.migrates = true
	}
	if i.IsEdge() || bringsRecord(i.Kind) {
		return // Permits has decided
	}
	if err := b.im.mayAll(action, i.Kind.Name); err != nil {
		b.problem(n, ImportNeed{Actions: []authz.Action{action}, Kind: i.Kind.Name}.Refuse(domain.ErrorsOf(err)[0].Message))
	}
}

// sourceMigration is the source of what an import writes that brings what is
// otherwise left to the verbs.
const sourceMigration = "migration"

// writtenBy returns the source of the batch's change set.
func (b *importBatch) writtenBy() string {
	rest, ok := strings.CutPrefix(b.im.source, source.Import)
	if !ok || !b.migrates {
		return b.im.source
	}
	return sourceMigration + rest
}
