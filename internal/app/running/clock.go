package running

import (
	"context"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
)

// AdvanceClock moves the clock of a server that was started with one of its own, and
// lets happen what is due by then.
func (a *Area) AdvanceClock(ctx context.Context, by string) (*Clock, error) {
	if err := a.estate.May(ctx, rollsOut, domain.KindDeployment); err != nil {
		return nil, err
	}
	if a.Moves == nil {
		return nil, &domain.Error{Code: domain.RuleViolation, Field: "by", Message: "the clock of this server is real; one that is started by serve --clock can be moved"}
	}
	length, err := domain.ParseDuration(by)
	if err != nil {
		return nil, refusal.Wrong("by", "%s", err)
	}
	if length < 0 {
		return nil, refusal.Wrong("by", "is %s: the clock moves forward", by)
	}
	a.Moves(length)
	if _, err := a.Advance(ctx); err != nil {
		return nil, err
	}
	if a.Measures != nil {
		if err := a.Measures(ctx); err != nil {
			return nil, err
		}
	}
	head, err := a.estate.Head(ctx)
	return &Clock{Now: a.estate.Clock(), Revision: head}, err
}
