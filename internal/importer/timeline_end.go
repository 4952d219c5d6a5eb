package importer

import (
	"context"
	"slices"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// end looks at what a history has come to: each record and relationship by
// itself, trees, and what serves customers. What the store knew before counts.
func (t *timeline) end(ctx context.Context, target replaying) error {
	stored, err := t.stored(ctx, target)
	if err != nil {
		return err
	}
	for id, r := range t.records {
		if !r.known.Told() {
			continue
		}
		if err := t.breaches(r, stored[id]); err != nil {
			return err
		}
	}
	parents := map[string]map[int]int{}
	for from, links := range t.out {
		for _, l := range links {
			if name := l.known.Tree(); name != "" {
				if parents[name] == nil {
					parents[name] = map[int]int{}
				}
				parents[name][from] = l.to
			}
			if err := t.endLink(from, l, stored); err != nil {
				return err
			}
		}
	}
	t.circles(parents)
	return nil
}

// breaches tells what is wrong with one record or relationship, by the line that
// told of it last.
func (t *timeline) breaches(what *told, before interchange.Stored) error {
	errs, err := what.known.Breaches(before)
	t.run.problems.addAll(what.file, what.line, errs)
	return err
}

// endLink looks at a relationship. Of one that the store may have had before,
// the files do not tell everything.
func (t *timeline) endLink(from int, l *told, stored map[int]interchange.Stored) error {
	if start := t.records[from]; l.known.Serves() && start != nil {
		key, class := start.known.Text("key", stored[from]), domain.Class(start.known.Text("class", stored[from]))
		if err := domain.CheckServes(key, class); err != nil {
			err.Field = "from"
			t.run.problems.addAll(l.file, l.line, domain.Errors{err})
		}
	}
	if stored[from] != nil && stored[l.to] != nil {
		return nil
	}
	return t.breaches(l, nil)
}

// circles refuses trees that are none.
func (t *timeline) circles(parents map[string]map[int]int) {
	for name, up := range parents {
		for from := range up {
			if l := t.out[from][linkID{name: name}]; l != nil && bulk.Circular(up, from) {
				t.run.problems.addAll(l.file, l.line, domain.Errors{{
					Code: domain.RuleViolation, Rule: name + " tree", Field: "to", Message: name + " must stay a tree, and this closes a circle",
				}})
			}
		}
	}
}

// stored finds what the store knew of records before the history, by their ids.
func (t *timeline) stored(ctx context.Context, target replaying) (map[int]interchange.Stored, error) {
	keys := map[string][]string{}
	for end := range t.wanted {
		keys[end.Kind] = append(keys[end.Kind], end.Key)
	}
	stored := map[int]interchange.Stored{}
	for kind, list := range keys {
		for some := range slices.Chunk(list, maxAsked) {
			found, err := retry(ctx, t.run, func() (map[string]interchange.Stored, error) { return target.Stored(ctx, kind, some) })
			if err != nil {
				return nil, err
			}
			for key, props := range found {
				stored[t.wanted[interchange.End{Kind: kind, Key: key}].id] = props
			}
		}
	}
	return stored, nil
}
