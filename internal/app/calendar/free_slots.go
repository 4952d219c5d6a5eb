package calendar

import (
	"context"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/once"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/conflict"
)

// slotPeriod is how far ahead free slots are looked for (H6).
const slotPeriod = 90 * 24 * time.Hour

// mostSlots is how many slots are handed out at once.
const mostSlots = 100

// outlook is what is planned in the periods in which free time is looked for. It is read
// when that is asked for.
type outlook struct {
	p      *planner
	within calendar.Ranges
	read   once.Value[*planner]
}

// outlook returns where free time is looked for, from each of some times on.
func (p *planner) outlook(from ...time.Time) *outlook {
	periods := make([]domain.TimeRange, len(from))
	for i, t := range from {
		periods[i] = slotsFrom(t)
	}
	return &outlook{p: p, within: calendar.Of(periods...)}
}

func slotsFrom(t time.Time) domain.TimeRange { return domain.TimeRange{From: t, To: t.Add(slotPeriod)} }

// from returns the slots from one of the times on.
func (o *outlook) from(t time.Time) *slots { return &slots{ahead: o, within: slotsFrom(t)} }

// plan returns what is planned.
func (o *outlook) plan(ctx context.Context) (*planner, error) {
	return o.read.Get(func() (*planner, error) {
		also := slices.Concat(slices.Collect(maps.Values(o.p.requests)), o.p.also)
		wide, err := o.p.app.planner(ctx, o.p.view, o.within, domain.ChangesPlanned, also...)
		if err == nil {
			wide.openings.forget() // an exception is for the time that is planned
		}
		return wide, err
	})
}

// slots finds free time within a period.
type slots struct {
	ahead   *outlook
	within  domain.TimeRange
	closing once.Value[closing]
}

// soonest returns a time at which something could take place, never one in the past.
func (a *Area) soonest(t time.Time) time.Time {
	if soon := a.nextMinute(); t.Before(soon) {
		return soon
	}
	return t
}

// checkSlots refuses to hand out no slots, or more than mostSlots.
func checkSlots(first int) error {
	if first < 1 || first > mostSlots {
		return refusal.Wrong("first", "must be from 1 to %d, not %d", mostSlots, first)
	}
	return nil
}

// nextMinute returns the next full minute, or now, if that is one: nobody plans
// by seconds.
func (a *Area) nextMinute() time.Time {
	return a.estate.Clock().Add(time.Minute - time.Microsecond).Truncate(time.Minute)
}

// of finds slots at which each of some changes could take place, as long as the
// longest of them.
func (s *slots) of(ctx context.Context, first int, changes ...*domain.ChangeRequest) ([]*domain.TimeRange, error) {
	if err := checkSlots(first); err != nil {
		return nil, err
	}
	length := time.Duration(0)
	for _, r := range changes {
		length = max(length, plannedLength(r))
	}
	p, err := s.ahead.plan(ctx)
	if err != nil {
		return nil, err
	}
	return s.lasting(ctx, p, first, length, changes...)
}

func (s *slots) lasting(ctx context.Context, p *planner, first int, length time.Duration, changes ...*domain.ChangeRequest) ([]*domain.TimeRange, error) {
	free := calendar.Of(s.within)
	for _, r := range changes {
		if len(free) == 0 {
			break
		}
		own, err := s.free(ctx, p, p.work(r))
		if err != nil {
			return nil, err
		}
		free = free.Intersect(own)
	}
	list := []*domain.TimeRange{}
	for _, slot := range calendar.Fit(free, length, first) {
		list = append(list, &slot)
	}
	return list, nil
}

// free returns when a piece of work would conflict with nothing: windows,
// freezes, and what else is planned.
func (s *slots) free(ctx context.Context, p *planner, w conflict.Work) (calendar.Ranges, error) {
	c, err := s.closing.Get(func() (closing, error) { return p.closing(ctx, s.within) })
	if err != nil {
		return nil, err
	}
	free, err := conflict.Free(ctx, c.windows, c.freezes, w, s.within)
	if err != nil || len(free) == 0 {
		return nil, err
	}
	w.When = s.within
	plan := p.plan.With(w)
	found, err := plan.Find(ctx, conflict.Query{Of: w.Key})
	if err != nil {
		return nil, err
	}
	var busy []domain.TimeRange
	for _, c := range found.Conflicts {
		for _, side := range []int{c.A, c.B} {
			if other := plan.Works()[side]; other.Key != w.Key {
				busy = append(busy, other.When)
			}
		}
	}
	return free.Subtract(calendar.Of(busy...)), nil
}

// plannedLength returns how long a change is planned to take, an hour when it
// is not planned.
func plannedLength(r *domain.ChangeRequest) time.Duration {
	if r.PlannedFrom == nil || r.PlannedTo == nil {
		return time.Hour
	}
	return r.PlannedTo.Sub(*r.PlannedFrom)
}

// FreeSlots finds times at which a change could take place without conflict.
func (a *Area) FreeSlots(ctx context.Context, change domain.Ref, length *string, within *domain.TimeRange, first int) ([]*domain.TimeRange, error) {
	if err := a.estate.May(ctx, authz.Read, domain.KindChangeRequest); err != nil {
		return nil, err
	}
	r, requestErr := a.request(ctx, change, "changeRequest")
	lasts, lengthErr := slotLength(r, length)
	period, periodErr := a.slotsWithin(within)
	if err := refusal.Both(requestErr, lengthErr, periodErr); err != nil {
		return nil, err
	}
	if err := checkSlots(first); err != nil {
		return nil, err
	}
	p, err := a.planner(ctx, a.estate.Today(ctx), calendar.Of(period), domain.ChangesPlanned, r)
	if err != nil {
		return nil, err
	}
	p.openings.forget() // an exception is for the time that is planned
	return (&slots{within: period}).lasting(ctx, p, first, lasts, r)
}

// slotsWithin returns where slots are looked for: what is left of a period that
// was asked for, or the time from now on.
func (a *Area) slotsWithin(asked *domain.TimeRange) (domain.TimeRange, error) {
	soon := a.nextMinute()
	if asked == nil {
		return domain.TimeRange{From: soon, To: soon.Add(slotPeriod)}, nil
	}
	if err := checkPeriod(*asked, "within", slotPeriod); err != nil {
		return *asked, err
	}
	left := asked.Meet(domain.TimeRange{From: soon, To: asked.To})
	if left.Empty() {
		return left, refusal.Wrong("within.to", "is past: nothing can take place before %s", soon.Format(time.RFC3339))
	}
	return left, nil
}

// slotLength returns how long a slot has to be.
func slotLength(r *domain.ChangeRequest, length *string) (d time.Duration, err error) {
	field, what := "length", "is"
	switch {
	case length != nil:
		if d, err = domain.ParseDuration(*length); err != nil {
			return 0, refusal.Wrong(field, "%s", err)
		}
	case r != nil:
		d, field, what = plannedLength(r), "changeRequest", "is planned for"
	default:
		return 0, nil // there is no such change, which is told
	}
	switch {
	case d <= 0:
		return 0, refusal.Wrong(field, "must be longer than nothing")
	case d > slotPeriod:
		return 0, refusal.Wrong(field, "%s %s, longer than the %d days within which slots are looked for", what, domain.FormatDuration(d), int(slotPeriod.Hours()/24))
	}
	return d, nil
}

// request finds a request for change that must be there.
func (a *Area) request(ctx context.Context, ref domain.Ref, field string) (*domain.ChangeRequest, error) {
	return estate.One[*domain.ChangeRequest](ctx, a.estate.Today(ctx), ref, field)
}
