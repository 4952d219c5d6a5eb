package agent_test

import (
	"context"
	"errors"

	"releasegraph/internal/agent"
)

var errAway = errors.New("the server is away")

// calls is a server some of whose calls go wrong.
type calls struct {
	agent.Server
	on    func(name string, n int)
	fails func(name string) bool
	// loses says that the answer to a call is lost, of which it is the nth of its name.
	loses func(name string, n int) bool
	// dies ends the agent at a call, before it is made or when it was answered.
	dies     func()
	at       int
	answered bool

	n      int
	byName map[string]int
}

func through[T any](c *calls, name string, call func() (T, error)) (none T, _ error) {
	if c.byName == nil {
		c.byName = map[string]int{}
	}
	c.n++
	c.byName[name]++
	if c.on != nil {
		c.on(name, c.byName[name])
	}
	if c.fails != nil && c.fails(name) {
		return none, errAway
	}
	if c.n == c.at && !c.answered {
		c.dies()
		return none, context.Canceled
	}
	got, err := call()
	if c.loses != nil && c.loses(name, c.byName[name]) {
		return none, errAway
	}
	if c.n == c.at {
		c.dies()
		return none, context.Canceled
	}
	return got, err
}

func (c *calls) Rollouts(ctx context.Context, site string) ([]agent.Rollout, error) {
	return through(c, "Rollouts", func() ([]agent.Rollout, error) { return c.Server.Rollouts(ctx, site) })
}

func (c *calls) Kit(ctx context.Context, release string) ([]agent.Part, error) {
	return through(c, "Kit", func() ([]agent.Part, error) { return c.Server.Kit(ctx, release) })
}

func (c *calls) Plan(ctx context.Context, rollout string) (*agent.Plan, error) {
	return through(c, "Plan", func() (*agent.Plan, error) { return c.Server.Plan(ctx, rollout) })
}

func (c *calls) Fetch(ctx context.Context, key, file string) error {
	_, err := through(c, "Fetch", func() (bool, error) { return true, c.Server.Fetch(ctx, key, file) })
	return err
}

func (c *calls) Try(ctx context.Context, r agent.Report) (agent.Answer, error) {
	return through(c, "Try", func() (agent.Answer, error) { return c.Server.Try(ctx, r) })
}

func (c *calls) Report(ctx context.Context, r agent.Report) (agent.Answer, error) {
	return through(c, "Report", func() (agent.Answer, error) { return c.Server.Report(ctx, r) })
}
