package importer

import (
	"context"
	"fmt"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// manyKeys is how many keys are asked for at once.
const manyKeys = 5_000

// ends finds relationships that end nowhere, and records that are too
// incomplete to be created: for both it matters what the store holds.
type ends struct {
	run     *run
	wanted  map[interchange.End]struct{} // not given by the files so far
	partial []incomplete
}

// incomplete is a record that can only be changed, not created.
type incomplete struct {
	end  interchange.End
	file string
	line int
	errs domain.Errors
}

func newEnds(r *run) *ends {
	return &ends{run: r, wanted: map[interchange.End]struct{}{}}
}

// need takes note of both ends of a relationship.
func (e *ends) need(item *interchange.Item) {
	for _, end := range []interchange.End{item.From, item.To} {
		if !e.given(end) {
			e.wanted[end] = struct{}{}
		}
	}
}

func (e *ends) given(end interchange.End) bool {
	_, ok := e.run.seen[end.Fingerprint()]
	return ok
}

// incomplete takes note of a record that lacks what a new one needs.
func (e *ends) incomplete(file string, one *entry) {
	if errs := one.item.IfNew; len(errs) > 0 && one.item.Formerly == "" {
		e.partial = append(e.partial, incomplete{end: one.item.End, file: file, line: one.line, errs: errs})
	}
}

// flush asks for incomplete records before they grow many.
func (e *ends) flush(ctx context.Context) error {
	if len(e.partial) < manyKeys {
		return nil
	}
	return e.settlePartial(ctx)
}

func (e *ends) settlePartial(ctx context.Context) error {
	list := make([]interchange.End, len(e.partial))
	for i, one := range e.partial {
		list[i] = one.end
	}
	unknown, err := e.run.unknown(ctx, list)
	if err != nil {
		return err
	}
	for _, one := range e.partial {
		if unknown[one.end] {
			e.run.problems.addAll(one.file, one.line, one.errs)
		}
	}
	e.partial = e.partial[:0]
	return nil
}

// settle asks the store for what the files do not give, and reports each line
// that ends at what neither has.
func (e *ends) settle(ctx context.Context) error {
	if err := e.settlePartial(ctx); err != nil {
		return err
	}
	var list []interchange.End
	for end := range e.wanted {
		if !e.given(end) {
			list = append(list, end)
		}
	}
	e.wanted = nil
	unknown, err := e.run.unknown(ctx, list)
	if err != nil || len(unknown) == 0 {
		return err
	}
	return e.report(ctx, unknown)
}

// report reads the relationships again, to name the lines.
func (e *ends) report(ctx context.Context, unknown map[interchange.End]bool) error {
	for i, s := range e.run.sources {
		if e.run.has[i].edges == 0 {
			continue
		}
		err := e.run.passOver(ctx, s, edgesOnly, func(entries []entry) error {
			for n := range entries {
				if entries[n].item != nil {
					e.run.problems.addAll(s.name, entries[n].line, dangling(entries[n].item, unknown))
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func dangling(item *interchange.Item, unknown map[interchange.End]bool) (errs domain.Errors) {
	for _, end := range []struct {
		field string
		at    interchange.End
	}{{"from", item.From}, {"to", item.To}} {
		if unknown[end.at] {
			errs = append(errs, &domain.Error{Code: domain.NotFound, Field: end.field,
				Message: fmt.Sprintf("there is no %s with the key %q, neither in the files nor in the store", end.at.Kind, end.at.Key)})
		}
	}
	return errs
}

// unknown asks the target which of the records it does not have.
func (r *run) unknown(ctx context.Context, list []interchange.End) (map[interchange.End]bool, error) {
	keys := map[string][]string{}
	unknown := map[interchange.End]bool{}
	ask := func(kind string) error {
		missing, err := retry(ctx, r, func() ([]string, error) { return r.target.Unknown(ctx, kind, keys[kind]) })
		for _, key := range missing {
			unknown[interchange.End{Kind: kind, Key: key}] = true
		}
		keys[kind] = keys[kind][:0]
		return err
	}
	for _, end := range list {
		if keys[end.Kind] = append(keys[end.Kind], end.Key); len(keys[end.Kind]) == manyKeys {
			if err := ask(end.Kind); err != nil {
				return nil, err
			}
		}
	}
	for kind := range keys {
		if len(keys[kind]) > 0 {
			if err := ask(kind); err != nil {
				return nil, err
			}
		}
	}
	return unknown, nil
}
