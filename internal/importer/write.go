package importer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/interchange"
)

// progress tells how far a run has written.
type progress struct {
	records, links int
}

// write reads the files again and writes them: first all records, then all
// relationships, since lines may stand in any order.
func (r *run) write(ctx context.Context) (Summary, error) {
	r.summary.DryRun = r.options.DryRun
	nodes, edges := r.target.Batch()
	for _, pass := range []struct {
		want want
		size int
		has  func(contents) int
	}{
		{nodesOnly, nodes, func(c contents) int { return c.nodes }},
		{edgesOnly, edges, func(c contents) int { return c.edges }},
	} {
		b := &batch{run: r, size: pass.size}
		for i, s := range r.sources {
			if pass.has(r.has[i]) == 0 {
				r.reader.read.Add(s.size)
				continue
			}
			err := r.passOver(ctx, s, pass.want, func(entries []entry) error { return b.add(ctx, i, entries) })
			if err != nil {
				return r.summary, r.cutOff(errors.Join(err, b.land(ctx)))
			}
		}
		err := b.flush(ctx)
		if err == nil {
			err = b.land(ctx)
		}
		if err != nil {
			return r.summary, r.cutOff(err)
		}
	}
	return r.summary, r.foresee(ctx)
}

// batch gathers items up to the size of a change set.
type batch struct {
	run   *run
	size  int
	items []*interchange.Item
	lines []inFile // of the items
	// ahead is the batch before, while it is committed.
	ahead *flight
}

// flight is a batch on its way into the store.
type flight struct {
	batch
	*bulk.Ahead
}

// ahead is a target that decides what a batch does while the one before it is committed.
type ahead interface {
	Decide(ctx context.Context, items []*interchange.Item) (*bulk.Ahead, error)
}

// inFile is a line of one of the files.
type inFile struct{ file, line int }

func (b *batch) place(at inFile) string {
	return fmt.Sprintf("%s:%d", b.run.sources[at.file].name, at.line)
}

// placed says of what is wrong with items on which lines these stand, and by
// which rule.
func (b *batch) placed(err error) error {
	var wrong bulk.ImportProblems
	if !errors.As(err, &wrong) {
		return err
	}
	lines := make([]string, len(wrong))
	for i, p := range wrong {
		if lines[i] = (bulk.ImportProblems{p}).Error(); p.Rule != "" {
			lines[i] += " (" + p.Rule + ")"
		}
		if p.Index >= 0 && p.Index < len(b.lines) {
			lines[i] = b.place(b.lines[p.Index]) + ": " + lines[i]
		}
	}
	return errors.New(strings.Join(lines, "\n"))
}

func (b *batch) add(ctx context.Context, file int, entries []entry) error {
	for n := range entries {
		e := &entries[n]
		name := b.run.sources[file].name
		if len(e.errs) > 0 {
			return fmt.Errorf("%s was changed while it was imported: line %d: %w", name, e.line, e.errs)
		}
		if !b.run.isFirst(file, e) {
			continue
		}
		b.items, b.lines = append(b.items, e.item), append(b.lines, inFile{file, e.line})
		if len(b.items) == b.size {
			if err := b.flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush writes the batch, or begins to where its target can do so.
func (b *batch) flush(ctx context.Context) error {
	if len(b.items) == 0 {
		return nil
	}
	full := batch{run: b.run, items: b.items, lines: b.lines}
	b.items, b.lines = nil, nil
	to, can := b.run.target.(ahead)
	if !can || b.run.options.DryRun || b.ahead != nil && !bulk.Apart(b.ahead.items, full.items) {
		if err := b.land(ctx); err != nil {
			return err
		}
		if !can || b.run.options.DryRun {
			return full.write(ctx)
		}
	}
	decided, decideErr := to.Decide(ctx, full.items)
	if err := b.land(ctx); err != nil {
		return err
	}
	if decideErr != nil { // it may need what the batch before it brought
		return full.write(ctx)
	}
	decided.Commit(ctx)
	b.ahead = &flight{full, decided}
	return nil
}

// land waits until the batch before is in the store, and writes it anew where it could not
// be written so.
func (b *batch) land(ctx context.Context) error {
	f := b.ahead
	if f == nil {
		return nil
	}
	b.ahead = nil
	done, written, err := f.Wait(ctx)
	switch {
	case err != nil:
		return f.placed(err)
	case !written:
		return f.write(ctx)
	}
	return f.wrote(done)
}

// write writes the batch, again while the target cannot be reached.
func (b *batch) write(ctx context.Context) error {
	done, err := retry(ctx, b.run, func() (bulk.Imported, error) { return b.run.target.Write(ctx, b.items) })
	if err != nil {
		return b.placed(err)
	}
	if b.run.options.DryRun && b.run.holds.plan(b.items) {
		done.Held = nil // foreseen at the end, from all that the files say of plans
	}
	if b.run.options.DryRun {
		b.run.numbers.keep(b.items)
	}
	return b.wrote(done)
}

// wrote counts what the batch did.
func (b *batch) wrote(done bulk.Imported) error {
	if err := b.run.sum(done); err != nil {
		return err
	}
	if b.items[0].IsEdge() {
		b.run.written.links += len(b.items)
	} else {
		b.run.written.records += len(b.items)
	}
	return nil
}

func (s *Summary) add(done bulk.Imported) {
	s.Revision = max(s.Revision, done.Revision)
	for _, c := range done.Counts {
		s.count(c)
	}
}

func (s *Summary) count(c bulk.ImportCount) {
	for i := range s.Counts {
		sum := &s.Counts[i]
		if sum.Name == c.Name && sum.Relationship == c.Relationship {
			sum.Created, sum.Updated, sum.Unchanged = sum.Created+c.Created, sum.Updated+c.Updated, sum.Unchanged+c.Unchanged
			sum.Removed, sum.Kept = sum.Removed+c.Removed, sum.Kept+c.Kept
			sum.Listed, sum.Unlisted, sum.Revived = sum.Listed+c.Listed, sum.Unlisted+c.Unlisted, sum.Revived+c.Revived
			return
		}
	}
	s.Counts = append(s.Counts, c)
}

// cutOff explains where a run ended and how it is finished.
func (r *run) cutOff(err error) error {
	if r.options.DryRun {
		return err
	}
	return fmt.Errorf("%w\n%d of %d records and %d of %d relationships are in the store; the same command again goes on from there",
		err, r.written.records, len(r.seen), r.written.links, len(r.links))
}

// patience is how long a target that cannot be reached is waited for.
const patience = 2 * time.Minute

// retry does it again, with growing pauses, while the target cannot be
// reached.
func retry[T any](ctx context.Context, r *run, do func() (T, error)) (T, error) {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = 200 * time.Millisecond
	return backoff.Retry(ctx, func() (T, error) {
		v, err := do()
		if err != nil && !refusal.MayPass(err) {
			return v, backoff.Permanent(err)
		}
		return v, err
	}, backoff.WithBackOff(pauses), backoff.WithMaxElapsedTime(r.patience()))
}

func (r *run) patience() time.Duration {
	if r.options.Patience > 0 {
		return r.options.Patience
	}
	return patience
}
