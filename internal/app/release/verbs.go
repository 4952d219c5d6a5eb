package release

import (
	"context"
	"strings"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

// releaseVerb is a verb of a release.
type releaseVerb struct {
	action authz.Action
	name   string
	// does is what the verb does besides moving the release; nil: nothing.
	does func(context.Context, *facts, *domain.Release) error
}

// StartBuild begins to build a release: its content, method, calendar and roles
// are agreed (R5), and its requests are IN_RELEASE from now on (H4).
func (a *Area) StartBuild(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.move(ctx, releaseVerb{action: authz.Lead, name: domain.StartBuild}, in, o)
}

// SubmitForAcceptance hands a built release to acceptance, and locks its content
// (R6).
func (a *Area) SubmitForAcceptance(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.move(ctx, releaseVerb{action: authz.Build, name: domain.SubmitForAcceptance, does: handIn}, in, o)
}

// RejectRelease ends the acceptance of a release: its requests stay IN_RELEASE,
// and planning is back with change management (R8).
func (a *Area) RejectRelease(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.move(ctx, releaseVerb{action: authz.Test, name: domain.RejectRelease}, in, o)
}

// ReplanRelease brings a release that was rejected or backed out back to planning
// (R8). Its requests are AUTHORISED again (H9).
func (a *Area) ReplanRelease(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.move(ctx, releaseVerb{action: authz.Decide, name: domain.ReplanRelease}, in, o)
}

// UnlockRelease opens the content of a release again: it is PLANNED (R6).
func (a *Area) UnlockRelease(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.move(ctx, releaseVerb{action: authz.Lead, name: domain.UnlockRelease}, in, o)
}

// CancelRelease gives a release up. Its number stays taken (R3).
func (a *Area) CancelRelease(ctx context.Context, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	return a.move(ctx, releaseVerb{action: authz.Cancel, name: domain.CancelRelease}, in, o)
}

// move writes what a verb does to a release. Guards hold all that the verb looked
// at, so that of two who decide at once one is told.
func (a *Area) move(ctx context.Context, v releaseVerb, in domain.Verb, o *domain.WriteOptions) (*estate.Written, error) {
	verb := strings.TrimSuffix(v.name, domain.KindRelease)
	m := estate.Mutation{Action: v.action, Kind: domain.KindRelease, Options: o.Because(in.Reason), Input: []any{verb, domain.KindRelease, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		seen, err := a.estate.Seen(ctx, v.action, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before := seen.(*domain.Release)
		f, err := a.factsOf(ctx, before)
		if err != nil {
			return nil, nil, err
		}
		decided := f.decided(optional.Or(in.Reason, ""))
		to, errs := domain.ReleaseLife.Check(before.Key, v.name, before.Status, decided)
		if len(errs) > 0 {
			return nil, nil, a.refusal(ctx, v, before, decided)
		}
		after := entity.Clone(before).(*domain.Release)
		after.Move(to, a.estate.Clock())
		if v.does != nil {
			if err := v.does(ctx, f, after); err != nil {
				return nil, nil, err
			}
		}
		return f.draft(before, after), after, nil
	})
}

// refusal says why a verb is refused. The facts are read once more, without the
// names of what the caller may not see.
func (a *Area) refusal(ctx context.Context, v releaseVerb, r *domain.Release, decided *domain.ReleaseFacts) error {
	told, err := a.factsIn(ctx, a.estate.Unnamed(ctx), r)
	if err != nil {
		return err
	}
	decided.Missing, decided.Tasks, decided.Around = told.missing(), told.tasksBefore, told.beside.Around()
	if _, errs := domain.ReleaseLife.Check(r.Key, v.name, r.Status, decided); len(errs) > 0 {
		return errs.Under("input").Err()
	}
	return refusal.Contended(nil) // what stood against it went meanwhile
}

// decided are the facts that the moves look at.
func (f *facts) decided(reason string) *domain.ReleaseFacts {
	return &domain.ReleaseFacts{Release: f.of, Missing: f.missing(), Tasks: f.tasksBefore, Around: f.beside.Around(), Reason: reason}
}

// draft writes what has become of the release.
func (f *facts) draft(before, after *domain.Release) *estate.Draft {
	d := &estate.Draft{Guards: f.guards}
	d.Change(before, after)
	d.Ops = []store.Op{store.UpdateNode{ID: store.ID(before.ID), Set: entity.OwnedDifference(entity.KindNamed(domain.KindRelease), before, after)}}
	d.Known = []entity.Record{after}
	if f.policy.Found && f.policy.Record != nil {
		d.Join(domain.RelFollows, before, store.ID(f.policy.Record.ID))
		d.Known = append(d.Known, f.policy.Record)
		d.Guards = append(d.Guards, store.NoEdges{ID: store.ID(before.ID), Rel: domain.RelFollows, Direction: store.Out})
	}
	return d
}

// seal keeps the digest of what is submitted (R21).
func (f *facts) seal(after *domain.Release) error {
	digest, err := f.sealed().ContentDigest()
	after.ContentDigest = &digest
	return err
}

// Moves tells where a release can go from where it is, and what each way lacks, as
// far as the reader may see what it depends on: who may make a move sees it all.
func (a *Area) Moves(ctx context.Context, r *domain.Release) ([]domain.ReleaseMove, error) {
	f, err := a.factsFor(ctx, r)
	if err != nil {
		return nil, err
	}
	return f.decided("").Moves(), nil
}
