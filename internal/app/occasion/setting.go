package occasion

import (
	"context"
	"time"

	"releasegraph/internal/app/capacity"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// Hours are the first hours that are left to a step within a time, at most so many, by the
// occasion and by the days of those who support what it receives (P13).
func Hours(ctx context.Context, occasion *running.Occasion, days *capacity.Days, step store.ID, within domain.TimeRange, takes time.Duration, most int) ([]domain.TimeRange, error) {
	return running.Hours(occasion.Free(within), takes, most, func(hour domain.TimeRange) (time.Time, error) {
		_, until, err := days.Full(ctx, step, hour)
		return until, err
	})
}

// setting sets the hours of steps.
type setting struct {
	of    *Occasions
	days  *capacity.Days
	takes func(*running.Step) time.Duration
	// asked are the places of the steps whose hours are to be set, with those that were.
	asked map[int]bool
	hours map[int]*domain.TimeRange
}

// Set gives steps by their places the first hours that are left to them, one after the other
// in the order of P4; nil where none is left.
func (o *Occasions) Set(ctx context.Context, days *capacity.Days, takes func(*running.Step) time.Duration, places []int) (map[int]*domain.TimeRange, error) {
	s := &setting{of: o, days: days, takes: takes, asked: map[int]bool{}, hours: map[int]*domain.TimeRange{}}
	for _, place := range places {
		s.asked[place] = true
	}
	for _, place := range places {
		if err := s.set(ctx, place); err != nil {
			return nil, err
		}
	}
	return s.hours, nil
}

// set sets the hour of a step, behind those that come before it.
func (s *setting) set(ctx context.Context, place int) error {
	if _, done := s.hours[place]; done || !s.asked[place] {
		return nil
	}
	before, err := s.of.sequence.Before(place)
	if err != nil {
		return err
	}
	for _, earlier := range before {
		if err := s.set(ctx, earlier); err != nil {
			return err
		}
	}
	occasion, err := s.of.Of(ctx, place)
	if err != nil {
		return err
	}
	step := &s.of.Steps[place]
	s.hours[place] = nil
	left, err := Hours(ctx, occasion, s.days, store.ID(step.ID), s.of.Within, s.takes(step.Is), 1)
	if err != nil || len(left) == 0 {
		return err
	}
	hour, next, was := left[0], *step.Is.SiteRollout, *step.Is
	next.ForcedAt, next.WindowFrom, next.WindowTo = &hour.From, &hour.From, &hour.To
	was.SiteRollout = &next
	step.Is, s.hours[place] = &was, &hour
	return s.days.Take(ctx, store.ID(step.ID), hour)
}
