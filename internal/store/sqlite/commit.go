package sqlite

import (
	"cmp"
	"context"

	"releasegraph/internal/store"
	"releasegraph/internal/store/logbody"
)

// background is for what must not be cut off in the middle.
var background = context.Background()

// request is a change set that waits for its commit.
type request struct {
	cs     store.Changeset
	answer chan answer
}

type answer struct {
	change store.Change
	err    error
}

// groupOps is how many operations a transaction takes before it leaves the
// next change set to another one.
const groupOps = 4096

// Commit applies a change set, all or nothing. Change sets that wait at the
// same time share one transaction, and so one wait for the disk.
func (s *Store) Commit(ctx context.Context, cs store.Changeset) (store.Change, error) {
	if err := store.Check(s.declared, cs); err != nil {
		return store.Change{}, err
	}
	if err := ctx.Err(); err != nil {
		return store.Change{}, err
	}
	r := &request{cs, make(chan answer, 1)}
	select {
	case s.queue <- r:
	case <-ctx.Done():
		return store.Change{}, ctx.Err()
	case <-s.closing:
		return store.Change{}, s.closed()
	}
	// Once taken it runs to its end: the answer is never "perhaps".
	a := <-r.answer
	return a.change, s.outward(context.WithoutCancel(ctx), a.err)
}

// Preview answers as Commit would, and writes nothing.
func (s *Store) Preview(ctx context.Context, cs store.Changeset) (store.Change, error) {
	var change store.Change
	if err := store.Check(s.declared, cs); err != nil {
		return change, err
	}
	err := s.read(ctx, func(c *conn) error {
		at, err := newest(ctx, c)
		if err == nil {
			change, _, err = s.decide(ctx, c, cs, at)
		}
		return err
	})
	return change, err
}

// decide finds out what a change set does on top of a head, without writing it.
// The change is new when touched is not nil.
func (s *Store) decide(ctx context.Context, c *conn, cs store.Changeset, on head) (store.Change, *touched, error) {
	if earlier, found, err := s.logged(ctx, c, cs.Key); found || err != nil {
		return earlier, nil, err
	}
	if cs.At.Before(on.at) {
		cs.At = on.at
	}
	t, err := s.load(ctx, c, cs)
	if err != nil {
		return store.Change{}, nil, err
	}
	effects, err := t.Apply(cs)
	if err != nil {
		return store.Change{}, nil, err
	}
	change := store.Change{
		Revision: on.revision, At: cs.At, Actor: cs.Actor, Reason: cs.Reason, Source: cs.Source, Key: cs.Key,
	}
	if len(effects) == 0 {
		return change, nil, nil
	}
	change.Revision++
	change.Effects = effects
	return change, t, nil
}

func (s *Store) commitQueued() {
	defer close(s.done)
	for {
		select {
		case r := <-s.queue:
			s.commitGroup(s.gather(r))
		case j := <-s.jobs:
			s.runJob(j)
		case <-s.closing:
			s.shut()
			return
		}
	}
}

// gather takes what waits besides the first.
func (s *Store) gather(first *request) []*request {
	group := []*request{first}
	ops := len(first.cs.Ops)
	for len(group) < s.limit && ops < groupOps {
		select {
		case r := <-s.queue:
			group, ops = append(group, r), ops+len(r.cs.Ops)
		default:
			return group
		}
	}
	return group
}

// commitGroup commits all in one transaction, or, when that fails as a whole,
// each in its own, so that none fails for another's sake.
func (s *Store) commitGroup(group []*request) {
	answers, err := s.transact(group)
	if err != nil && len(group) > 1 {
		for _, r := range group {
			s.commitGroup([]*request{r})
		}
		return
	}
	for i, r := range group {
		if err != nil {
			r.answer <- answer{err: err}
		} else {
			r.answer <- answers[i]
		}
	}
}

func (s *Store) transact(group []*request) ([]answer, error) {
	if s.memory {
		s.guard.Lock()
		defer s.guard.Unlock()
	}
	if err := s.writer.begin("BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	clear(s.searchWork)
	answers, err := s.performOnTip(group)
	if err == nil {
		err = s.searchWork.write(s.writer)
	}
	if err := s.writer.end(err); err != nil {
		return nil, err
	}
	s.committed.Store(int64(s.tip.revision))
	s.bells.ring()
	return answers, nil
}

// tip is what a transaction knows of the end of the log, and of the numbers that
// nodes were given: nobody else changes it while the transaction runs.
type tip struct {
	head
	numbers map[*table]int64 // the last of each kind, where it is known
}

// performOnTip performs change sets on top of the log as it is.
func (s *Store) performOnTip(group []*request) ([]answer, error) {
	on, err := newest(background, s.writer)
	if err != nil {
		return nil, err
	}
	s.tip = tip{on, map[*table]int64{}}
	return s.performAll(group)
}

// performAll performs each change set. What the port refuses is decided before
// anything of the set is written, and is that set's answer. An error while it is
// written ends the transaction.
func (s *Store) performAll(group []*request) ([]answer, error) {
	answers := make([]answer, len(group))
	for i, r := range group {
		change, t, err := s.decide(background, s.writer, r.cs, s.tip.head)
		if err != nil && !isPort(err) {
			return nil, err
		}
		if t != nil {
			if err := s.perform(change, t); err != nil {
				return nil, err
			}
		}
		answers[i] = answer{change, err}
	}
	return answers, nil
}

// perform writes a change that was decided.
func (s *Store) perform(change store.Change, t *touched) error {
	entry := s.prepareEntry(change, t)
	w := s.newWriter(t, change.At)
	err := w.write(change.Effects)
	ready := <-entry
	if err := cmp.Or(err, ready.err); err != nil {
		return err
	}
	if err := w.touch(change); err != nil {
		return err
	}
	if err := insertEntry(w.c, change, ready.body); err != nil {
		return err
	}
	s.searchWork.add(s.layout, change.Effects, t, ready.texts)
	s.tip.head = head{change.Revision, change.At}
	return nil
}

// entry is what a change writes beside its records.
type entry struct {
	body  any // of the log, packed
	texts map[int]searched
	err   error
}

// largeChange is from how many effects on a change's entry is prepared while its
// records are written.
const largeChange = 256

// prepareEntry works out the entry of a change.
func (s *Store) prepareEntry(change store.Change, t *touched) <-chan entry {
	ready := make(chan entry, 1)
	prepare := func() {
		body, err := packed(change.Effects)
		ready <- entry{body, searchTexts(s.declared, change.Effects, t), err}
	}
	if len(change.Effects) < largeChange {
		prepare()
	} else {
		go prepare()
	}
	return ready
}

// packed are effects as the log keeps them.
func packed(effects []store.Effect) (any, error) {
	body, err := store.EncodeEffects(effects)
	if err != nil {
		return nil, err
	}
	return logbody.Pack(body)
}

// shut waits for the readers and closes all connections.
func (s *Store) shut() {
	for range cap(s.urgent) {
		<-s.urgent
	}
	for range cap(s.readers) {
		<-s.readers
	}
	s.release()
}
