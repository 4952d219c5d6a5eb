package webhook

import (
	"cmp"
	"context"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"releasegraph/internal/app/event"
	"releasegraph/internal/app/shelved"
	"releasegraph/internal/cloudevent"
	"releasegraph/internal/happening"
)

const (
	// hooksAtOnce and subjectsAtOnce bound what is sent at the same time; slowAtOnce is how
	// many receivers are sent to besides that are slow.
	hooksAtOnce, slowAtOnce, subjectsAtOnce = 16, 8, 8
	// brisk is how long a receiver takes at most that is not slow.
	brisk = 2 * time.Second
	// held is about how many bytes of events all rounds at the same time hold together: each
	// has its part of them, and one event that is beyond it.
	held = 32 << 20
	// readers is how many rounds read the log at the same time.
	readers = 2
	// maxRounds is how many rounds a webhook has before others have theirs.
	maxRounds = 50
)

// deliverTo sends what is owed to a webhook, round by round. It tells slowly when the
// receiver turns out to be slow.
func (a *Area) deliverTo(ctx context.Context, w *Webhook, by Sender, holder string, slowly func()) (next time.Time, err error) {
	if w.Target == Email {
		return a.digestTo(ctx, w, by, holder)
	}
	s := w.state
	for range maxRounds {
		owed, err := a.owed(ctx, s)
		if err != nil || !owed {
			return nextDue(s, a.estate.Clock()), err
		}
		if s, err = a.take(ctx, w.ID, holder); err != nil {
			return next, err
		}
		r := &round{app: a, hook: w, by: by, state: s, holder: holder, slowly: slowly, ends: a.estate.Clock().Add(roundTime), room: a.Held / (hooksAtOnce + slowAtOnce)}
		if s, err = r.held(ctx); err != nil {
			return next, err
		}
		if r.gone || s.GaveUpAt != nil {
			return next, nil
		}
		if r.slow { // others that are have their turn
			return cmp.Or(nextDue(s, a.estate.Clock()), a.estate.Clock()), nil
		}
	}
	return a.estate.Clock(), nil
}

// owed reports whether there may be something to send now.
func (a *Area) owed(ctx context.Context, s *state) (bool, error) {
	now := a.estate.Clock()
	if len(groups(s, now)) > 0 {
		return true, nil
	}
	if s.room(now) == 0 {
		return false, nil
	}
	head, err := a.estate.Head(ctx)
	return s.Again != nil || s.At != strconv.FormatInt(head, 10), err
}

// round sends some events to a webhook.
type round struct {
	app    *Area
	hook   *Webhook
	by     Sender
	state  *state
	holder string
	slowly func() // see deliverTo
	ends   time.Time
	room   int // how many bytes of events the round may hold besides those that it does

	mu    sync.Mutex
	tries []Delivery
	left  map[string]waiting // by id, what waits from now on of what was tried
	done  map[string]bool
	gone  bool
	slow  bool // a try took long
	hung  bool // a try was not answered
	// missed are the revisions that the log has no more.
	missed *Range
}

// task is an event to send.
type task struct {
	waiting
	event *happening.Event
	again bool
}

// held sends while the webhook is held.
func (r *round) held(ctx context.Context) (s *state, err error) {
	err = shelved.Hold(ctx, func(ctx context.Context) error { return r.app.renew(ctx, r.hook.ID, r.holder) }, func(ctx context.Context) error {
		s, err = r.run(ctx)
		return err
	})
	return s, err
}

// run sends, and notes what came of it.
func (r *round) run(ctx context.Context) (*state, error) {
	r.left, r.done = map[string]waiting{}, map[string]bool{}
	work, err := r.retries(ctx)
	if err != nil {
		return nil, err
	}
	fresh, end, behind, err := r.fresh(ctx)
	if err != nil {
		return nil, err
	}
	r.send(ctx, append(work, r.bySubject(fresh)...))
	return r.note(context.WithoutCancel(ctx), fresh, end, behind)
}

// retries are the events that are due again, by subject: as many as a round holds. The
// others have their turn in the next one.
func (r *round) retries(ctx context.Context) (work [][]task, err error) {
	n := 0
	for _, g := range groups(r.state, r.app.estate.Clock()) {
		var list []task
		for _, w := range g {
			if n++; r.room <= 0 || n > atOnce {
				break
			}
			e, err := r.find(ctx, w.ID)
			if err != nil {
				return nil, err
			}
			if e == nil { // the webhook does not see it any more
				r.done[w.ID] = true
				continue
			}
			list = append(list, task{waiting: w, event: e})
		}
		work = append(work, list)
	}
	return work, nil
}

// find reads an event by its id, nil where it is not to be told any more.
func (r *round) find(ctx context.Context, id string) (*happening.Event, error) {
	revision, place, _ := strings.Cut(id, ".")
	n, err := strconv.Atoi(place)
	if err != nil {
		return nil, err
	}
	told, err := r.tell(ctx, 1, revision+"."+strconv.Itoa(n-1))
	if err != nil || len(told.Events) == 0 || cloudevent.ID(&told.Events[0]) != id {
		return nil, ignoreCompacted(err)
	}
	return &told.Events[0], nil
}

// tell reads events of the log, within what the round may hold still.
func (r *round) tell(ctx context.Context, first int, after string) (*event.Telling, error) {
	told, err := r.app.reads(r.app.as(ctx, r.hook), r.hook, first, r.room, after)
	if err != nil {
		return nil, err
	}
	r.room -= told.Bytes
	return told, nil
}

// reads reads events for a webhook. The change sets that are looked at for them may be large,
// so few are at it at the same time.
func (a *Area) reads(ctx context.Context, w *Webhook, first, bytes int, after string) (*event.Telling, error) {
	select {
	case a.reading <- struct{}{}:
		defer func() { <-a.reading }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return a.events.TellWithin(ctx, &w.Filter, first, bytes, after)
}

// fresh are the events that come next: those that are sent once more, or the next of the
// log. End is behind them; behind says that End is of what is sent once more.
func (r *round) fresh(ctx context.Context) (list []task, end string, behind bool, err error) {
	s := r.state
	room := s.room(r.app.estate.Clock())
	if room == 0 || r.room <= 0 {
		return nil, s.At, false, nil
	}
	at := s.At
	if behind = s.Again != nil; behind {
		at = s.Again.At
	}
	told, err := r.tell(ctx, room, at)
	if oldest, compacted := event.Compacted(err); compacted {
		r.missed = missedOf(at, oldest)
		return nil, oldest, behind, nil
	}
	if err != nil {
		return nil, at, behind, err
	}
	for i := range told.Events {
		e := &told.Events[i]
		if behind && e.Revision > s.Again.To {
			return list, "", true, nil
		}
		if !r.hook.Target.takes(e) {
			continue
		}
		list = append(list, task{waiting: waiting{ID: cloudevent.ID(e), Subject: e.Subject.ID, Type: e.Type}, event: e, again: behind})
	}
	if behind && !told.More {
		return list, "", true, nil
	}
	return list, told.End, behind, nil
}

// missedOf are the revisions between a cursor and where the log begins.
func missedOf(at, oldest string) *Range {
	revision, _, _ := strings.Cut(at, ".")
	from, err := strconv.ParseInt(revision, 10, 64)
	to, other := strconv.ParseInt(oldest, 10, 64)
	if err != nil || other != nil {
		return nil
	}
	return &Range{from + 1, to}
}

func ignoreCompacted(err error) error {
	if _, is := event.Compacted(err); is {
		return nil
	}
	return err
}

// bySubject are new events of subjects of which none waits.
func (r *round) bySubject(fresh []task) (work [][]task) {
	blocked, place := map[string]bool{}, map[string]int{}
	for _, w := range r.state.Waiting {
		blocked[w.Subject] = true
	}
	for _, t := range fresh {
		if blocked[t.Subject] {
			continue
		}
		i, known := place[t.Subject]
		if !known {
			i = len(work)
			place[t.Subject] = i
			work = append(work, nil)
		}
		work[i] = append(work[i], t)
	}
	return work
}

// send sends events of several subjects at the same time, those of each in order.
func (r *round) send(ctx context.Context, work [][]task) {
	var g errgroup.Group
	g.SetLimit(subjectsAtOnce)
	if r.state.Slow && r.state.failing() { // it may hang still
		g.SetLimit(1)
	}
	for _, list := range work {
		g.Go(func() error {
			r.inOrder(ctx, list)
			return nil
		})
	}
	_ = g.Wait() // what failed is in left
}

// inOrder sends events one after the other, until one is not taken or the time is over.
func (r *round) inOrder(ctx context.Context, list []task) {
	for _, t := range list {
		if ctx.Err() != nil || r.app.estate.Clock().After(r.ends) || r.hangs() || !r.try(ctx, t) {
			return
		}
	}
}

// hangs reports whether the receiver left something unanswered: what else is tried in this
// round would hang, too.
func (r *round) hangs() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.hung
}

// try sends one event, and reports whether those behind it may follow.
func (r *round) try(ctx context.Context, t task) bool {
	now := r.app.estate.Clock()
	long := time.AfterFunc(brisk, r.slowly)
	body, answer := r.app.post(ctx, r.by, r.hook, t.event, cloudevent.Envelope{ID: t.ID, Source: r.app.Source, Again: t.again})
	slow := !long.Stop() || answer.Took >= brisk
	w := t.waiting
	w.Attempts++
	w.Since = firstTime(w.Since, now)
	d := deliveryOf(t.event, w.Attempts, now, body, answer)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case answer.Err == nil:
		r.done[t.ID] = true
	case w.dead(now, r.state.SucceededAt):
		d.Outcome, r.done[t.ID] = Dead, true
	default:
		w.Due = now.Add(max(pause(w.Attempts, rand.Float64()), min(answer.RetryAfter, lastPause))) //nolint:gosec // it spreads tries
		r.left[t.ID] = w
	}
	r.gone, r.slow = r.gone || answer.Status == gone, r.slow || slow
	r.hung = r.hung || slow && answer.Err != nil && answer.Status == 0
	r.tries = append(r.tries, d)
	return r.done[t.ID]
}

// post sends an event to a webhook, and returns what was sent, too.
func (a *Area) post(ctx context.Context, by Sender, w *Webhook, e *happening.Event, in cloudevent.Envelope) ([]byte, Answer) {
	body, media, err := a.written(w, e, in)
	if err != nil {
		return nil, Answer{Err: err}
	}
	now := a.estate.Clock()
	return body, by.Send(ctx, Message{URL: w.URL, ID: in.ID, At: now, Media: media, Body: body, Secrets: w.valid(now)})
}

func firstTime(at, now time.Time) time.Time {
	if at.IsZero() {
		return now
	}
	return at
}
