package party

import (
	"context"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/person"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// PartyOf returns the party of a person, nil when there is none that the caller
// may see. Those whom the records beside name as well are loaded with it.
func (a *Area) PartyOf(ctx context.Context, p *domain.Person) (*domain.Party, error) {
	if a.estate.May(ctx, authz.Read, domain.KindParty) != nil {
		return nil, nil //nolint:nilerr // who may not read parties sees none
	}
	c := &estate.Cohort{View: a.estate.Today(ctx)}
	if r, ok := p.Of.(entity.Record); ok {
		c = a.estate.CohortOf(ctx, r)
	}
	party, err := PartiesIn(ctx, c.View).Get(ctx, p.Name, func() []string {
		names := slices.Clone(p.Beside)
		for _, r := range c.Records {
			names = append(names, entity.PersonsIn(r, c.Kind.Fields)...)
		}
		return names
	})
	return party, refusal.OfStore(err)
}

// PartiesIn returns the parties of persons in a view, those of the request or
// its own.
func PartiesIn(ctx context.Context, v estate.View) *person.Parties {
	fresh := person.NewParties(v.App.Book(domain.KindParty, "key"), v, func(nodes []store.Node) []*domain.Party {
		return estate.Decoded[*domain.Party](ctx, v, nodes)
	})
	return estate.Shared(ctx, partyPlace{v.Past, v.At}, fresh)
}

// partyPlace is where parties are looked for.
type partyPlace struct {
	past bool
	at   store.Revision
}
