package app

import (
	"context"
	"slices"

	"releasegraph/internal/app/person"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// PartyOf is the party of a person, nil when there is none that the caller may
// see. Those whom the records beside name as well are loaded with it.
func (a *App) PartyOf(ctx context.Context, p *domain.Person) (*domain.Party, error) {
	if a.may(ctx, authz.Read, domain.KindParty) != nil {
		return nil, nil
	}
	c := &cohort{view: a.today(ctx)}
	if r, ok := p.Of.(entity.Record); ok {
		c = a.cohortOf(ctx, r)
	}
	party, err := partiesIn(ctx, c.view).Get(ctx, p.Name, func() []string {
		names := slices.Clone(p.Beside)
		for _, r := range c.records {
			names = append(names, entity.PersonsIn(r, c.kind.Fields)...)
		}
		return names
	})
	return party, storeError(err)
}

// partiesIn are the parties of persons in a view, those of the request or its own.
func partiesIn(ctx context.Context, v view) *person.Parties {
	fresh := person.NewParties(v.app.book(domain.KindParty, "key"), v, func(records ...entity.Record) { enroll(ctx, v, records...) })
	return shared(ctx, partyPlace{v.past, v.at}, fresh)
}

// partyPlace is where parties are looked for.
type partyPlace struct {
	past bool
	at   store.Revision
}
