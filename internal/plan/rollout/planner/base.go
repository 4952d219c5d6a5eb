// Package planner makes roll-out plans (P1 to P13), explains each placement, tells
// why there is no plan, and takes edits by hand. It is pure: no clock, no store, no
// chance but what its input seeds.
//
// It works in the order of the rules. Package receive says what each site receives,
// demand which steps come after which, waves puts them into few waves, slot finds
// their hours. Up to twelve groups in each stage the number of waves is the least, and
// the end the earliest for it; beyond that the plan says how far from a lower bound it
// may be.
package planner

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/demand"
	"releasegraph/internal/plan/rollout/model"
	"releasegraph/internal/plan/rollout/receive"
	"releasegraph/internal/plan/rollout/slot"
)

// base is what all plans of one input follow from.
type base struct {
	in  *rollout.Input
	m   *model.Model
	got *receive.Received
	d   *demand.Demands
	cal *slot.Calendar
	// grouped are the demands before the approach put all steps into one wave.
	grouped *demand.Demands
	asked   int32 // the release that is asked for
	// auto says that nothing of the release coexists: its steps share a wave (P6).
	auto     bool
	approach domain.RolloutApproach
	later    bool          // nothing is active before one instant (P8)
	hours    *demand.Hours // nil: not worked out
	tracer   *demand.Tracer
	zones    map[int32]*time.Location // by party
	named    []rollout.Content        // what steps do, by key; nil: not written yet
	hurt     [][]int32                // by group: the sites that it hurts; nil: not worked out
	before   map[int32][]int32        // by step: those that it comes after by the hour
}

// prepare reads an input, and works out what its plans follow from.
func prepare(ctx context.Context, in *rollout.Input) (*base, error) {
	m, err := model.New(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := m.Check().Err(); err != nil {
		return nil, err
	}
	b := &base{in: in, m: m, approach: in.Approach, zones: map[int32]*time.Location{}, before: map[int32][]int32{}}
	if b.asked, err = m.ReleaseNo(in.Release); err != nil {
		return nil, err
	}
	if b.approach == "" {
		b.approach = domain.Phased
	}
	b.later = in.Activation == domain.Scheduled || in.Activation == domain.Triggered
	chosen, err := b.chosen()
	if err != nil {
		return nil, err
	}
	if b.got, err = receive.Of(ctx, m, chosen); err != nil {
		return nil, err
	}
	if b.auto = b.got.NoneCoexist && !b.later && b.approach != domain.BigBang; b.auto {
		b.approach = domain.Phased // it becomes a BIG_BANG by its groups
	}
	if b.d, err = demand.Of(ctx, m, b.got, b.terms()); err != nil {
		return nil, err
	}
	if err := b.narrow(ctx, chosen); err != nil {
		return nil, err
	}
	if err := b.group(ctx); err != nil {
		return nil, err
	}
	if b.cal, err = slot.New(ctx, m, b.got); err != nil {
		return nil, err
	}
	return b, nil
}

// group works out the groups that there are whatever the approach.
func (b *base) group(ctx context.Context) (err error) {
	b.grouped = b.d
	if b.terms().All {
		b.grouped, err = demand.Of(ctx, b.m, b.got, demand.Terms{Later: b.later, One: -1})
	}
	return err
}

// terms are what the approach demands: one wave for all, or for all of a release that
// coexists nowhere.
func (b *base) terms() demand.Terms {
	t := demand.Terms{Later: b.later, One: -1, All: b.approach == domain.BigBang}
	if b.auto {
		t.One = b.asked
	}
	return t
}

// chosen are the sites of the list, nil: all.
func (b *base) chosen() (list []int32, err error) {
	for _, place := range b.in.Question.Sites {
		no, err := b.m.SiteNo(place)
		if err != nil {
			return nil, err
		}
		list = append(list, no)
	}
	slices.Sort(list)
	return list, nil
}

// narrow leaves out the sites that are not chosen. It refuses to leave out a site for
// which another one waits, or with which it shares a wave (P2).
func (b *base) narrow(ctx context.Context, chosen []int32) error {
	if chosen == nil {
		return nil
	}
	stays := func(site int32) bool {
		_, found := slices.BinarySearch(chosen, site)
		return found
	}
	if err := b.group(ctx); err != nil {
		return err
	}
	whole := *b
	whole.d = b.grouped // one wave for all makes no site need another
	if err := whole.closed(ctx, stays); err != nil {
		return err
	}
	b.got = b.got.Only(b.m, stays)
	var err error
	b.d, err = demand.Of(ctx, b.m, b.got, b.terms())
	return err
}

// closed refuses a list that leaves out what one of it needs, with the chains.
func (b *base) closed(ctx context.Context, stays func(int32) bool) error {
	needed := make([]bool, b.d.Before.Len())
	for s, step := range b.got.Steps {
		if stays(step.Site) {
			needed[b.d.GroupOf[s]] = true
		}
	}
	for i := len(b.d.Sorted) - 1; i >= 0; i-- {
		if v := b.d.Sorted[i]; needed[v] {
			for _, w := range b.d.Before.Out(v) {
				needed[w] = true
			}
		}
	}
	var missing []int32
	for s, step := range b.got.Steps {
		if needed[b.d.GroupOf[s]] && !stays(step.Site) {
			missing = append(missing, int32(s))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return b.refuse(ctx, stays, missing)
}

// mostTold is how many errors of one sort are told one by one.
const mostTold = 20

// refuse tells which sites are missing, and for which of the list.
func (b *base) refuse(ctx context.Context, stays func(int32) bool, missing []int32) error {
	tracer, err := b.d.Tracer(ctx)
	if err != nil {
		return err
	}
	lacks := map[int32]bool{}
	for _, s := range missing {
		lacks[s] = true
	}
	told := map[int32]bool{}
	var errs domain.Errors
	// A missing site may be needed by another missing one only: walk on from these.
	queue := []int32{}
	for s, step := range b.got.Steps {
		if stays(step.Site) {
			queue = append(queue, int32(s))
		}
	}
	for i := 0; i < len(queue) && len(told) < len(missing) && len(errs) < mostTold; i++ {
		demands, err := tracer.Of(queue[i])
		if err != nil {
			return err
		}
		for _, d := range demands {
			if !lacks[d.Other] || told[d.Other] {
				continue
			}
			told[d.Other] = true
			queue = append(queue, d.Other)
			errs = append(errs, b.leftOut(&d))
		}
	}
	if more := len(missing) - len(errs); more > 0 {
		errs = append(errs, domain.Breaks("P2", "sites", "leaves out %d more sites that those in it need", more))
	}
	return errs.Err()
}

func (b *base) leftOut(d *demand.Demand) *domain.Error {
	site, other := b.siteOf(d.Step), b.siteOf(d.Other)
	why := "waits for it"
	if d.Together {
		why = "must get the release in the same wave"
	}
	e := domain.Breaks("P2", "sites", "leaves out %s, and %s %s: %s", other.Key, site.Key, why, b.words(d))
	e.Details = map[string]any{"site": other.Key, "for": site.Key, "chain": chainText(d.Chain)}
	return e
}

func (b *base) siteOf(step int32) *rollout.Site { return b.m.Site(b.got.Steps[step].Site) }

// trace returns what finds the demands of single steps.
func (b *base) trace(ctx context.Context) (*demand.Tracer, error) {
	if b.tracer == nil {
		t, err := b.d.Tracer(ctx)
		if err != nil {
			return nil, err
		}
		b.tracer = t
	}
	return b.tracer.Within(ctx), nil
}
