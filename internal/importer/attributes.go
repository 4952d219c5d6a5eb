package importer

import (
	"context"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// attributes finds items that would breach the definitions of attributes (C7),
// before anything is written.
type attributes struct {
	target      defining
	definitions []*domain.AttributeDefinition
	suspect     []givenAt // items
}

// defining is a target that knows what attributes may hold. Of one that does
// not, what it holds them to is checked while writing.
type defining interface {
	Definitions(ctx context.Context) ([]*domain.AttributeDefinition, error)
	Breaches(ctx context.Context, by []*domain.AttributeDefinition, items []*interchange.Item) ([]domain.Errors, error)
}

func (a *attributes) begin(ctx context.Context, r *run) error {
	var knows bool
	if a.target, knows = r.target.(defining); !knows {
		return nil
	}
	var err error
	a.definitions, err = retry(ctx, r, func() ([]*domain.AttributeDefinition, error) { return a.target.Definitions(ctx) })
	return err
}

func (a *attributes) add(file string, e *entry) {
	if e.item.MayBreach(a.definitions) {
		a.suspect = append(a.suspect, givenAt{e.item, file, e.line})
	}
}

// flush asks about the suspects once there are so many, and reports those that
// are wrong.
func (a *attributes) flush(ctx context.Context, r *run, many int) error {
	if len(a.suspect) < many {
		return nil
	}
	items := make([]*interchange.Item, len(a.suspect))
	for i, s := range a.suspect {
		items[i] = s.item
	}
	wrong, err := retry(ctx, r, func() ([]domain.Errors, error) { return a.target.Breaches(ctx, a.definitions, items) })
	if err != nil {
		return err
	}
	for i, s := range a.suspect {
		r.problems.addAll(s.file, s.line, wrong[i])
	}
	a.suspect = a.suspect[:0]
	return nil
}
