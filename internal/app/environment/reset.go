package environment

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/optional"
)

// Reset is that a test environment was put into its first state; At nil: now.
type Reset struct {
	Ref       domain.Ref
	At        *time.Time
	Reason    *string
	IfVersion *int
}

// ResetTestEnvironment notes that a test environment was put into its first state
// (R12): what was tested there before counts for none of the tests that follow.
func (a *Area) ResetTestEnvironment(ctx context.Context, in Reset, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: reset, Kind: domain.KindTestEnvironment, Options: o.Because(in.Reason), Input: []any{"reset", domain.KindTestEnvironment, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, reset, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before, now := found.(*domain.TestEnvironment), a.estate.Clock()
		at := optional.Or(in.At, now)
		es := before.CheckReset(at, now).Under("input")
		if !before.MayBeResetBy(acting.Doer(ctx)) && !acts(ctx, domain.TestManager, domain.ConfigurationManager) {
			es = append(es, &domain.Error{
				Code: domain.Forbidden, Rule: "R12", Field: "input.ref",
				Message: "is reset by its owner, by a TEST_MANAGER or by a CONFIGURATION_MANAGER",
			})
		}
		if len(es) > 0 {
			return nil, nil, es.Err()
		}
		after := entity.Clone(before).(*domain.TestEnvironment)
		after.Reset(acting.Name(ctx), at)
		d := &estate.Draft{}
		d.Decide(before, after)
		return d, after, nil
	})
}

// acts reports whether whoever asks has one of some roles; an administrator has all.
func acts(ctx context.Context, roles ...domain.Role) bool {
	return slices.ContainsFunc(acting.Actor(ctx).Roles, func(r domain.Role) bool { return r == domain.Admin || slices.Contains(roles, r) })
}
