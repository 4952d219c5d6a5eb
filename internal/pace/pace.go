// Package pace has long loops look at their context: not at each step, which
// would cost more than the step, but often enough to stop soon after they are
// told to.
package pace

import "context"

// every is after how many steps the context is looked at.
const every = 1000

// Pace counts the steps of one loop, or of several that follow one another. It
// is for one goroutine.
type Pace struct {
	ctx  context.Context
	left int
}

// Of returns the pace of what a context bounds.
func Of(ctx context.Context) *Pace { return &Pace{ctx: ctx, left: every} }

// Step counts a step. It returns the context's error soon after the context has
// ended, and at each step from then on.
func (p *Pace) Step() error {
	p.left--
	if p.left > 0 {
		return nil
	}
	return p.look()
}

// Steps counts so many steps at once.
func (p *Pace) Steps(n int) error {
	p.left -= n
	if p.left > 0 {
		return nil
	}
	return p.look()
}

func (p *Pace) look() error {
	if err := p.ctx.Err(); err != nil {
		return err
	}
	p.left = every
	return nil
}
