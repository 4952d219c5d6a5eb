package simulate

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"releasegraph/internal/domain"
)

// mostRounds bounds how long a roll-out is played: one that is not over by then goes on
// for ever.
const mostRounds = 3000

// Run plays a roll-out that has started to its end, with people who watch it. See is told
// how it stands in each round, before people do anything about it, and what they do.
func (p *Play) Run(ctx context.Context, seed uint64, people *People, see func(*State, []Act) error) error {
	r := rand.New(rand.NewPCG(seed, 1<<42))
	step := time.Minute
	for range mostRounds {
		if err := p.Pass(ctx, step); err != nil {
			return err
		}
		s, err := p.Round(ctx)
		if err != nil {
			return err
		}
		acts := people.Act(s, p.Now)
		if err := see(s, acts); err != nil {
			return err
		}
		for _, a := range acts {
			if err := p.Do(ctx, a); err != nil && !Refused(err) {
				return err
			}
		}
		if s.Over() && p.Fleet.Next().IsZero() {
			return nil
		}
		step = p.step(s, r)
	}
	return errors.New("the roll-out has no end")
}

// step is how much time passes until the next round: more where nothing is going on.
func (p *Play) step(s *State, r *rand.Rand) time.Duration {
	switch next := p.Fleet.Next(); {
	case next.IsZero() && s.Status == domain.DeploymentVerifying:
		return 36 * time.Hour
	case next.Sub(p.Now) > time.Hour || next.IsZero():
		return 3 * time.Hour
	}
	return 10*time.Minute + time.Duration(r.Int64N(int64(80*time.Minute)))
}
