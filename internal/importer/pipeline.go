package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"golang.org/x/sync/errgroup"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// blockLines is how many lines travel together between goroutines.
const blockLines = 512

// blocksAhead is how many blocks are parsed before they are used: as many lines
// as a change set takes, so that the next is parsed while one is written.
const blocksAhead = 20

// entry is what a line gave: a checked record, or what is wrong with it.
type entry struct {
	item  *interchange.Item
	errs  domain.Errors
	line  int
	once  bool
	print interchange.Fingerprint // of the item
	// change begins a change set of a history; there is no item then.
	change *interchange.Change
}

// block is a run of lines, parsed by one of the workers while the lines before
// it are used. A block without a format ends the file.
type block struct {
	format  format
	lines   []raw
	entries []entry
	done    chan struct{}
}

// passOver reads one file once, parsing on all processors, and hands over the
// blocks in the order of the file.
func (r *run) passOver(ctx context.Context, s *source, w want, use func(entries []entry) error) error {
	f, closer, err := r.reader.open(s)
	if err != nil {
		return &fileError{err}
	}
	defer closer.Close()
	group, ctx := errgroup.WithContext(ctx)
	reading := reading{want: w, confirmed: r.options.confirmed(), prepare: interchange.Prepare}
	if r.options.History {
		reading.prepare = interchange.PrepareTold
	}
	workers := runtime.GOMAXPROCS(0)
	work, order := make(chan *block), make(chan *block, 2*workers+blocksAhead)
	var end error
	group.Go(func() error {
		defer close(order)
		defer close(work)
		end = cut(ctx, f, work, order)
		return ctx.Err()
	})
	for range workers {
		group.Go(func() error {
			for b := range work {
				b.parse(reading)
				close(b.done)
			}
			return nil
		})
	}
	group.Go(func() error {
		for b := range order {
			select {
			case <-b.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			if !r.options.History {
				timeless(b.entries)
			}
			r.matched.apply(b.entries)
			if err := use(b.entries); err != nil {
				return err
			}
			r.tell()
		}
		return nil
	})
	if err := group.Wait(); err != nil {
		return err
	}
	return end
}

// fileError says that a file cannot be read, or not to its end.
type fileError struct{ err error }

func (e *fileError) Error() string { return e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

func isFileError(err error) bool {
	var damaged *fileError
	return errors.As(err, &damaged)
}

// cut cuts the file into blocks, each of which goes to a worker and, in order,
// to the user.
func cut(ctx context.Context, f format, work, order chan<- *block) error {
	for {
		b := &block{format: f, lines: make([]raw, 0, blockLines), done: make(chan struct{})}
		var err error
		for len(b.lines) < blockLines && err == nil && ctx.Err() == nil {
			var one raw
			if one, err = f.next(); err == nil {
				b.lines = append(b.lines, one)
			}
		}
		if !send(ctx, order, b) || !send(ctx, work, b) {
			return ctx.Err()
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return &fileError{fmt.Errorf("cannot be read to its end: %w", err)}
		}
	}
}

func send(ctx context.Context, to chan<- *block, b *block) bool {
	select {
	case to <- b:
		return true
	case <-ctx.Done():
		return false
	}
}

// reading says how lines are read: what of them, when items are said to be
// confirmed, and by which rules.
type reading struct {
	want      want
	confirmed string
	prepare   func(interchange.Record) (*interchange.Item, domain.Errors)
}

func (b *block) parse(how reading) {
	b.entries = make([]entry, 0, len(b.lines))
	for _, line := range b.lines {
		if len(line.wrong) > 0 {
			b.entries = append(b.entries, entry{errs: line.wrong, line: line.line})
			continue
		}
		for _, p := range b.format.parse(line, how.want) {
			p.confirm(how.confirmed)
			b.entries = append(b.entries, how.entry(line.line, p))
		}
	}
}

// confirm has a line about an item tell when it was seen, unless it tells so.
func (p *parsed) confirm(at string) {
	r := &p.record
	if at == "" || r.Node != domain.KindConfigurationItem || r.Remove || r.Stub || r.Change != nil || r.Values == nil {
		return
	}
	if _, told := r.Values[domain.FieldConfirmedAt]; !told {
		r.Values[domain.FieldConfirmedAt] = at
	}
}

func (how reading) entry(line int, p parsed) entry {
	e := entry{errs: p.errs, line: line, once: p.once}
	if len(e.errs) > 0 {
		return e
	}
	if p.record.Change != nil {
		e.change = p.record.Change
		return e
	}
	if e.item, e.errs = how.prepare(p.record); e.item != nil {
		e.print = e.item.Fingerprint()
	}
	return e
}

// timeless refuses what has a meaning in a history only.
func timeless(entries []entry) {
	refuse := func(e *entry, field, message string) {
		e.errs, e.item = append(e.errs, &domain.Error{Code: domain.Invalid, Field: field, Message: message}), nil
	}
	for n := range entries {
		switch e := &entries[n]; {
		case e.change != nil:
			refuse(e, "change", "begins a change set of a history: import such files by --history")
		case e.item == nil:
		case !e.item.At.IsZero():
			refuse(e, "at", "says when it was so: import such lines by --history")
		case e.item.Remove:
			refuse(e, "op", "removes: import such lines by --history, or take away what a file no longer has by --prune")
		}
	}
}
