package calendar

import (
	"context"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

var (
	openingKinds = []string{domain.KindFreeze, domain.KindMaintenanceWindow}
	openingLinks = []string{domain.RelFreezesAt, domain.RelFreezes, domain.RelWindowAt, domain.RelWindowOf}
	exceptions   = []string{domain.KindFreezeException}
)

// Rules returns the rules of windows, freezes and exceptions.
func (a *Area) Rules() []estate.Rule {
	return []estate.Rule{
		{Name: "P7 openings", Binds: estate.ByMutation | estate.ByImport, Minds: estate.Interest{Kinds: openingKinds}, Check: everOn},
		{Name: "P7 for something", Binds: estate.ByMutation, Minds: estate.Interest{Kinds: openingKinds, Rels: openingLinks}, Check: a.forSomething},
		{
			Name: "H6 what is decided stays", Binds: estate.ByMutation,
			Minds: estate.Interest{Kinds: exceptions, Rels: []string{domain.RelExcepts, domain.RelExceptionFor}}, Check: exceptionsStay,
		},
		{Name: "H6 nobody excepts themselves", Binds: estate.ByImport, Minds: estate.Interest{Kinds: exceptions}, Check: exceptionsOfOthers},
	}
}

// Consequences returns what follows for holds.
func (a *Area) Consequences() []estate.Consequence {
	return []estate.Consequence{{
		Name: "H6 holds", Binds: estate.ByMutation | estate.ByVerb | estate.ByImport,
		Minds: estate.Interest{
			Kinds: []string{
				domain.KindChangeRequest, domain.KindFreeze, domain.KindFreezeException, domain.KindConfigurationItem, domain.KindSite,
			},
			Rels: []string{
				domain.RelAffects, domain.RelTakesPlaceAt, domain.RelExcepts, domain.RelExceptionFor, domain.RelFreezes, domain.RelFreezesAt,
				domain.RelInstalledAt, domain.RelPartOf, domain.RelDependsOn,
			},
		},
		Owns: []string{"ChangeRequest.heldBy", "FreezeException.plannedFrom", "FreezeException.plannedTo", "FreezeException.scope"}, Follow: a.hold,
	}}
}

// everOn refuses windows and freezes that are never on, or say so wrongly.
func everOn(_ context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		if !c.Gone() {
			p.Refuse(c, domain.ErrorsOf(checkOpening(c.After, ""))...)
		}
	}
	return nil
}

// forSomething refuses that a window or freeze comes to be for nothing: by a
// patch, or by parting it from the last that it is for.
func (a *Area) forSomething(ctx context.Context, p *estate.Proposal) error {
	for _, c := range p.Records {
		was, ok := c.Before.(opens)
		now, still := c.After.(opens)
		if !ok || !still || was.Opens().NamesNothing() || !now.Opens().NamesNothing() {
			continue
		}
		named, err := a.namedBy(ctx, c.After)
		if err != nil {
			return err
		}
		if named == 0 {
			p.Refuse(c, domain.ErrorsOf(now.Opens().CheckNames(""))...)
		}
	}
	for _, l := range p.Links {
		o, ok := l.From.(opens)
		if !l.Goes || !ok || !o.Opens().NamesNothing() {
			continue
		}
		named, err := a.namedBy(ctx, l.From)
		if err != nil {
			return err
		}
		if named <= 1 {
			p.Refuse(l, domain.ErrorsOf(o.Opens().CheckNames("to"))...)
		}
	}
	return nil
}

// exceptionsStay keeps a decided exception as it was decided.
func exceptionsStay(_ context.Context, p *estate.Proposal) error {
	stays := func(r entity.Record, field string, at estate.Placed) {
		if x, ok := r.(*domain.FreezeException); ok {
			p.Refuse(at, domain.ErrorsOf(x.CheckStays(field))...)
		}
	}
	for _, c := range p.Records {
		if c.Gone() {
			stays(c.Before, "", c)
		}
	}
	for _, l := range p.Links {
		stays(l.From, "from", l)
	}
	return nil
}

// exceptionsOfOthers refuses that an import bring a decision by or for who imports
// it, or for nobody.
func exceptionsOfOthers(ctx context.Context, p *estate.Proposal) error {
	if acting.Locally(ctx) {
		return nil
	}
	who := acting.Doer(ctx)
	for _, c := range p.Records {
		x, ok := c.After.(*domain.FreezeException)
		if !ok || x.Status == domain.ExceptionRequested {
			continue
		}
		if x.RequestedBy == nil || domain.SamePerson(x.Asker(), who) || x.DecidedBy != nil && domain.SamePerson(x.Decider(), who) {
			p.Refuse(c, &domain.Error{
				Code: domain.RuleViolation, Rule: domain.RuleFreezeException, Field: "status",
				Message: "is a decision by or for who imports it, or for nobody: nobody imports these",
			})
		}
	}
	return nil
}
