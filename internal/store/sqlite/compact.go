package sqlite

import (
	"context"
	"fmt"

	"releasegraph/internal/store"
)

const (
	// compactEntries and compactBytes are how many entries of the log, and about
	// how much text of them, go in one transaction: others commit in between.
	compactEntries int64 = 1000
	compactBytes   int64 = 16 << 20
	// compactTouches is how many nodes' touches are looked through in one.
	compactTouches int64 = 1 << 16
)

// Compact forgets the log up to and including a revision.
func (s *Store) Compact(ctx context.Context, through store.Revision) error {
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	if through > head {
		return fmt.Errorf("%w: revision %d to compact to lies beyond the head, %d", store.ErrInvalid, through, head)
	}
	through = min(through, head-1)
	for more := true; more; {
		err := s.alone(ctx, func(c *conn) (err error) {
			more, err = forgetEntries(c, int64(through))
			return err
		})
		if err != nil {
			return err
		}
	}
	return s.forgetTouches(ctx)
}

// forgetEntries deletes the log's next oldest entries, up to a revision.
func forgetEntries(c *conn, through int64) (more bool, err error) {
	const part = "SELECT max(revision) FROM (SELECT revision, sum(octet_length(body)) OVER (ORDER BY revision) AS size FROM " +
		"(SELECT revision, body FROM log WHERE revision <= ? ORDER BY revision LIMIT ?)) WHERE size <= ? " +
		"OR revision = (SELECT min(revision) FROM log)"
	last, any, err := c.one(background, part, through, compactEntries, compactBytes)
	if err != nil || !any || last > through {
		return false, err
	}
	return last < through, c.exec("DELETE FROM log WHERE revision <= ?", last)
}

// forgetTouches deletes what leads to entries that are gone, and the numbers of
// removed nodes that nothing leads to any more.
func (s *Store) forgetTouches(ctx context.Context) error {
	for from, more := int64(0), true; more; {
		err := s.alone(ctx, func(c *conn) error {
			first, _, err := c.one(background, firstQuery)
			if err != nil {
				return err
			}
			var to int64
			const next = "SELECT max(n) FROM (SELECT n FROM touch WHERE n >= ? ORDER BY n LIMIT ?)"
			if to, more, err = c.one(background, next, from, compactTouches); err != nil || !more {
				return err
			}
			if err := c.exec("DELETE FROM touch WHERE n BETWEEN ? AND ? AND revision < ?", from, to, first); err != nil {
				return err
			}
			const left = "DELETE FROM gone WHERE n BETWEEN ? AND ? AND NOT EXISTS (SELECT 1 FROM touch WHERE touch.n = gone.n)"
			if err := c.exec(left, from, to); err != nil {
				return err
			}
			from = to + 1
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// alone runs a transaction of the writer's, between those of commits.
func (s *Store) alone(ctx context.Context, work func(*conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	done := make(chan error, 1)
	select {
	case s.jobs <- job{work, done}:
		return s.outward(context.WithoutCancel(ctx), <-done)
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return s.closed()
	}
}

// job is work for the writer that is no commit.
type job struct {
	work func(*conn) error
	done chan error
}

func (s *Store) runJob(j job) {
	if s.memory {
		s.guard.Lock()
		defer s.guard.Unlock()
	}
	if err := s.writer.begin("BEGIN IMMEDIATE"); err != nil {
		j.done <- err
		return
	}
	j.done <- s.writer.end(j.work(s.writer))
}
