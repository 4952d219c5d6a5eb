package acceptance

import (
	"context"
	"strings"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// Ran is what a report or a judgement of a test run did.
type Ran struct {
	TestRun  *domain.TestRun
	Release  *domain.Release
	Revision int64
	DryRun   bool
	Changes  []domain.Change
}

// Signed is what a signature did.
type Signed struct {
	SignOff  *domain.SignOff
	Release  *domain.Release
	Revision int64
	DryRun   bool
	Changes  []domain.Change
}

// done is what was done for the acceptance of a release: to one record of it, and
// to the release.
type done[R entity.Record] struct {
	record   R
	release  *domain.Release
	revision int64
	dryRun   bool
	changes  []domain.Change
}

// carryOut does something for the acceptance of a release by a record of another
// kind.
func carryOut[R entity.Record](ctx context.Context, a *Area, m estate.Mutation, kind string, decide func() (*estate.Draft, *done[R], error)) (*done[R], error) {
	w, _, err := a.estate.Admit(ctx, m)
	if err != nil {
		return nil, err
	}
	return estate.CarryOut(ctx, w, estate.Outcome[*done[R], done[R]]{
		Recall: func(ctx context.Context, c *store.Change) (*done[R], error) { return recall[R](ctx, a, kind, c) },
		Tell: func(ctx context.Context, w *estate.Writing, out *done[R], c *store.Change, known []entity.Record) (_ *done[R], err error) {
			out.revision, out.dryRun = int64(c.Revision), w.DryRun
			out.changes, err = a.estate.Changes(ctx, c.Effects, known)
			return out, err
		},
	}, decide)
}

// recall finds what was done by what has become of it.
func recall[R entity.Record](ctx context.Context, a *Area, kind string, c *store.Change) (*done[R], error) {
	out := &done[R]{}
	record, err := a.estate.Subject(ctx, entity.KindNamed(kind), c)
	if err != nil {
		return nil, err
	}
	out.record, _ = record.(R)
	r, err := a.estate.Subject(ctx, entity.KindNamed(domain.KindRelease), c)
	out.release, _ = r.(*domain.Release)
	return out, err
}

// said reports whether a text says something.
func said(s *string) bool { return strings.TrimSpace(optional.Or(s, "")) != "" }

// longText refuses a text that is too long, in a field of the input.
func longText(s *string, field string) error {
	if s == nil {
		return nil
	}
	if err := domain.CheckText(*s, domain.MaxText); err != nil {
		return refusal.Wrong(field, "%s", err)
	}
	return nil
}
