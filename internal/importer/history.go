package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"time"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// replaying is a target that can be given a history: a store, since change
// sets of any size are committed as of their own times.
type replaying interface {
	Replay(ctx context.Context, c interchange.Change, key string, items []*interchange.Item) (bulk.Imported, error)
	Last(ctx context.Context) (bulk.LastChange, time.Time, error)
	// Stored finds the properties of the records of a kind by key.
	Stored(ctx context.Context, kind string, keys []string) (map[string]interchange.Stored, error)
	// Stands says which revision of the store a change set of the history is.
	Stands(c interchange.Change, revision int64)
}

// maxGroup is how many lines one change set of a history may have: it is held
// in memory.
const maxGroup = 100_000

// group is a change set of a history: the lines of one time, or those that
// follow a line that begins a change set.
type group struct {
	change  interchange.Change
	headed  bool // begun by a line of its own
	file    string
	line    int
	entries []entry
	key     string
}

// replay is the import of a history. Each change set has a key that depends on
// all lines up to its end, so that a run that was cut off is told from a store
// that others have changed, and goes on where it ended.
type replay struct {
	run    *run
	target replaying
	last   bulk.LastChange
	now    time.Time
	open   *group
	before time.Time // of the group before
	groups int
	done   int // groups that the store has already
	sum    hash.Hash
	use    func(*group) error
}

// history checks the files, then replays them.
func (r *run) history(ctx context.Context) (Summary, error) {
	target, ok := r.target.(replaying)
	if !ok {
		return Summary{}, errors.New("a history is replayed into a store (--store), not through a server (--url)")
	}
	p := &replay{run: r, target: target}
	var err error
	if p.last, p.now, err = target.Last(ctx); err != nil {
		return Summary{}, err
	}
	t := newTimeline(r)
	if err := p.pass(ctx, func(g *group) error { p.check(g, t); return nil }); err != nil {
		return Summary{}, err
	}
	if err := t.settle(ctx); err != nil {
		return Summary{}, err
	}
	if err := t.end(ctx, target); err != nil {
		return Summary{}, err
	}
	r.problems.sort(r.sources)
	if err := r.problems.err(); err != nil {
		return Summary{}, err
	}
	r.summary.Revision = p.last.Revision
	return r.summary, p.write(ctx)
}

// pass goes over all files, and hands over group by group.
func (p *replay) pass(ctx context.Context, use func(*group) error) error {
	p.open, p.before, p.groups, p.sum, p.use = nil, time.Time{}, 0, sha256.New(), use
	p.run.passes = 2
	for _, s := range p.run.sources {
		err := p.run.passOver(ctx, s, everything, func(entries []entry) error {
			for n := range entries {
				if err := p.add(s.name, &entries[n]); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	return p.close()
}

// add puts a line into its group.
func (p *replay) add(file string, e *entry) error {
	switch {
	case e.change != nil:
		return p.begin(&group{change: *e.change, headed: true, file: file, line: e.line})
	case len(e.errs) > 0:
		p.refuse(file, e.line, e.errs...)
		return nil
	case e.item.Unlist:
		p.refuse(file, e.line, &domain.Error{Code: domain.Invalid, Field: "op", Message: `cannot be unlist: in a history it is "remove", or left out`})
		return nil
	}
	at := e.item.At
	switch {
	case at.IsZero() && (p.open == nil || !p.open.headed):
		p.refuse(file, e.line, wrongAt("is missing: in a history each line says when it was so, or follows a line that begins a change set"))
		return nil
	case p.open == nil || !at.IsZero() && !at.Equal(p.open.change.At):
		if err := p.begin(&group{change: interchange.Change{At: at}, file: file, line: e.line}); err != nil {
			return err
		}
	}
	if len(p.open.entries) == maxGroup {
		p.refuse(file, e.line, wrongAt(fmt.Sprintf("is that of more than %d lines: give some of them a later one", maxGroup)))
	}
	if len(p.open.entries) < maxGroup {
		p.open.entries = append(p.open.entries, *e)
	}
	line, err := e.item.Line()
	_, _ = p.sum.Write(append(line, '\n')) // a hash takes everything
	return err
}

// begin ends the group before, and checks the time of the next.
func (p *replay) begin(g *group) error {
	if err := p.close(); err != nil {
		return err
	}
	at := g.change.At
	switch {
	case at.Before(p.before):
		p.refuse(g.file, g.line, wrongAt(fmt.Sprintf("is %s, and the line before is of %s: sort the history by time", stamp(at), stamp(p.before))))
	case at.After(p.now):
		p.refuse(g.file, g.line, wrongAt(fmt.Sprintf("is %s, which is still to come: a history tells what was", stamp(at))))
	}
	p.open, p.before = g, at
	_, _ = fmt.Fprintf(p.sum, "%s\x00%s\x00%s\x00%s\n", stamp(at), g.change.Actor, g.change.Reason, g.change.Source)
	return nil
}

func (p *replay) close() error {
	if p.open == nil {
		return nil
	}
	g := p.open
	p.open = nil
	p.groups++
	g.key = "history:" + hex.EncodeToString(p.sum.Sum(nil))
	return p.use(g)
}

func (p *replay) refuse(file string, line int, errs ...*domain.Error) {
	p.run.problems.addAll(file, line, errs)
}

func wrongAt(message string) *domain.Error {
	return &domain.Error{Code: domain.Invalid, Field: "at", Message: message}
}

func stamp(at time.Time) string { return at.Format(time.RFC3339Nano) }

// check looks at a group, and finds out whether the store has it already. The
// store must not have anything later than the history: the log's times never
// fall.
func (p *replay) check(g *group, t *timeline) {
	if g.key == p.last.Key {
		p.done = p.groups
	}
	t.group(g)
}

// later refuses to replay under what the store has.
func (p *replay) later(g *group) error {
	if p.done > 0 || p.last.Revision == 0 || !p.last.At.After(g.change.At) {
		return nil
	}
	return &domain.Error{Code: domain.Conflict, Field: "at", Message: fmt.Sprintf(
		"%s:%d is of %s, and the store's last change (revision %d) of %s: a history can only be replayed into a store that has nothing later. "+
			"Replay it into an empty one, and import the rest after it",
		g.file, g.line, stamp(g.change.At), p.last.Revision, stamp(p.last.At))}
}

// write reads the files again, and replays what the store does not have.
func (p *replay) write(ctx context.Context) error {
	return p.pass(ctx, func(g *group) error {
		if p.groups == 1 {
			if err := p.later(g); err != nil {
				return err
			}
		}
		if p.groups <= p.done {
			p.target.Stands(g.change, p.last.Revision-int64(p.done-p.groups))
			p.skip(g)
			return nil
		}
		if len(g.entries) == 0 {
			return nil
		}
		items := make([]*interchange.Item, len(g.entries))
		for i := range g.entries {
			items[i] = g.entries[i].item
		}
		done, err := retry(ctx, p.run, func() (bulk.Imported, error) { return p.target.Replay(ctx, g.change, g.key, items) })
		if err != nil {
			return fmt.Errorf("%s:%d: the change set of %s: %w\nall before it is in the store; the same command goes on from there", g.file, g.line, stamp(g.change.At), err)
		}
		return p.run.sum(done)
	})
}

// skip counts what the store has already.
func (p *replay) skip(g *group) {
	for i := range g.entries {
		item := g.entries[i].item
		p.run.summary.count(bulk.ImportCount{Name: item.Name(), Relationship: item.IsEdge(), Unchanged: 1})
	}
}
