package importer

import (
	"context"
	"errors"
	"fmt"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// run is one import on its way.
type run struct {
	options Options
	sources []*source
	reader  *reader
	target  Target
	// seen and links hold where each record and each relationship was given
	// first, by fingerprint.
	seen       map[interchange.Fingerprint]place
	links      map[uint64]said
	trees      trees
	services   services
	attributes attributes
	problems   Problems
	has        []contents // by source
	scope      scope
	matched    *matching // nil: only by key
	base       []int     // lines of the sources before each one
	passes     int64     // how often the files are read, for the progress
	written    progress
	summary    Summary
	shown      shown
	holds      holds
	numbers    numbers
}

// contents tells what a file holds, so that passes which want something else
// can leave it out.
type contents struct{ nodes, edges int }

// scope is what kinds and relationships the files hold.
type scope struct {
	kinds map[string]bool
	rels  map[relationship]bool
}

func (s *scope) add(i *interchange.Item) {
	if i.IsEdge() {
		s.rels[relationshipOf(i)] = true
	} else {
		s.kinds[i.Name()] = true
	}
}

// said is where something was given, and a digest of what was said of it. There
// are millions of them.
type said struct{ line, digest uint32 }

// place is where a record was given.
type place struct {
	said
	stub    bool
	classed classed
}

// check reads all files, and tells all that is wrong with them.
func (r *run) check(ctx context.Context) error {
	r.seen, r.links = map[interchange.Fingerprint]place{}, map[uint64]said{}
	r.scope = scope{kinds: map[string]bool{}, rels: map[relationship]bool{}}
	r.has, r.base, r.passes = make([]contents, len(r.sources)), make([]int, len(r.sources)+1), 3
	if err := r.attributes.begin(ctx, r); err != nil {
		return err
	}
	if err := r.match(ctx); err != nil {
		return err
	}
	ends, unread := newEnds(r), false
	for i, s := range r.sources {
		r.base[i+1] = r.base[i]
		err := r.passOver(ctx, s, everything, func(entries []entry) error {
			for n := range entries {
				r.checkEntry(i, &entries[n], ends)
			}
			if err := r.attributes.flush(ctx, r, manyKeys); err != nil {
				return err
			}
			return ends.flush(ctx)
		})
		var damaged *fileError
		if errors.As(err, &damaged) {
			r.problems.add(Problem{File: s.name, Message: damaged.Error()})
			unread = true
			continue
		}
		if err != nil {
			return err
		}
	}
	if unread { // what it holds is not known: complaints about ends would mislead
		return r.problems.err()
	}
	if err := ends.settle(ctx); err != nil {
		return err
	}
	if err := r.trees.settle(ctx, r); err != nil {
		return err
	}
	if err := r.attributes.flush(ctx, r, 1); err != nil {
		return err
	}
	if err := r.services.settle(ctx, r); err != nil {
		return err
	}
	r.trees, r.services, r.attributes = trees{}, services{}, attributes{}
	r.problems.sort(r.sources)
	return r.problems.err()
}

func (r *run) checkEntry(file int, e *entry, ends *ends) {
	r.base[file+1] = max(r.base[file+1], r.base[file]+e.line)
	name := r.sources[file].name
	if len(e.errs) > 0 {
		r.problems.addAll(name, e.line, e.errs)
		return
	}
	r.problems.addAll(name, e.line, r.target.Permits(e.item))
	r.scope.add(e.item)
	if e.item.IsEdge() {
		r.has[file].edges++
		ends.need(e.item)
		r.trees.add(name, e)
		r.services.add(name, e)
		if r.options.DryRun {
			r.numbers.join(e.item)
		}
	} else {
		r.has[file].nodes++
		r.attributes.add(name, e)
		ends.incomplete(name, e)
	}
	if err := r.first(file, e); err != nil {
		r.problems.addAll(name, e.line, domain.Errors{err})
	}
}

// first remembers where something was given, and tells when it was given
// before: a record twice, or a relationship with other properties. (The same
// relationship said twice is said once.)
func (r *run) first(file int, e *entry) *domain.Error {
	here := place{said: said{line: uint32(r.base[file] + e.line), digest: e.item.Digest()}}
	var before place
	var twice bool
	if e.item.IsEdge() {
		key := e.print.Short()
		if before.said, twice = r.links[key]; !twice {
			r.links[key] = here.said
		}
	} else {
		here.stub, here.classed = e.item.Stub, classOf(e.item)
		key := e.print
		before, twice = r.seen[key]
		if !twice || before.stub && !here.stub {
			r.seen[key] = here
		}
		if before.stub || here.stub {
			return nil
		}
	}
	same := before.digest == here.digest
	switch {
	case !twice, same && (e.item.IsEdge() || e.once):
		return nil
	case e.item.IsEdge():
		return &domain.Error{Code: domain.Conflict, Message: fmt.Sprintf(
			"%s was given with other values at %s", e.item, r.where(before))}
	}
	return &domain.Error{Code: domain.Conflict, Field: "key", Message: fmt.Sprintf(
		"%s was given already at %s", e.item, r.where(before))}
}

// isFirst tells, in a later pass, whether this is where it was given first.
func (r *run) isFirst(file int, e *entry) bool {
	var p said
	if e.item.IsEdge() {
		p = r.links[e.print.Short()]
	} else {
		p = r.seen[e.print].said
	}
	return p.line == uint32(r.base[file]+e.line)
}

// where names the place as FILE:LINE.
func (r *run) where(p place) string {
	file, line := r.placed(p)
	return fmt.Sprintf("%s:%d", file, line)
}

// placed tells the file and the line of a place.
func (r *run) placed(p place) (name string, line int) {
	file := 0
	for file+1 < len(r.sources) && int(p.line) > r.base[file+1] {
		file++
	}
	return r.sources[file].name, int(p.line) - r.base[file]
}

// tell tells how far the run has got.
func (r *run) tell() {
	if r.options.Progress == nil {
		return
	}
	var total int64
	for _, s := range r.sources {
		total += s.size
	}
	total *= r.passes
	r.options.Progress(min(r.reader.read.Load(), total), total)
}
