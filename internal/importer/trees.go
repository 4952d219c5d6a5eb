package importer

import (
	"context"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// trees finds relationships that would make a record its own ancestor, before
// anything is written.
type trees struct {
	up    map[string]map[interchange.End]interchange.End // by relationship
	given []givenAt
}

// givenAt is what a file gives, and where.
type givenAt struct {
	item *interchange.Item
	file string
	line int
}

// rooted is a target that can tell where the links of its store lead. Of one
// that cannot, what it has above the files is checked while writing.
type rooted interface {
	Parents(ctx context.Context, rel, kind string, keys []string) (map[string]string, error)
}

func (t *trees) add(file string, e *entry) {
	if !e.item.IsTree() {
		return
	}
	if t.up == nil {
		t.up = map[string]map[interchange.End]interchange.End{}
	}
	rel := e.item.Name()
	if t.up[rel] == nil {
		t.up[rel] = map[interchange.End]interchange.End{}
	}
	t.up[rel][e.item.From] = e.item.To
	t.given = append(t.given, givenAt{e.item, file, e.line})
}

// settle reports every link of a circle.
func (t *trees) settle(ctx context.Context, r *run) error {
	if target, ok := r.target.(rooted); ok {
		for rel := range t.up {
			if err := t.climb(ctx, r, target, rel); err != nil {
				return err
			}
		}
	}
	for _, link := range t.given {
		if bulk.Circular(t.up[link.item.Name()], link.item.From) {
			r.problems.addAll(link.file, link.line, domain.Errors{bulk.NotATree(link.item)})
		}
	}
	return nil
}

// climb adds what the store has above the records of the files, a level at a
// time.
func (t *trees) climb(ctx context.Context, r *run, target rooted, rel string) error {
	up, asked := t.up[rel], map[interchange.End]bool{}
	for {
		level := map[string][]string{}
		for _, parent := range up {
			if _, known := up[parent]; !known && !asked[parent] {
				asked[parent] = true
				level[parent.Kind] = append(level[parent.Kind], parent.Key)
			}
		}
		if len(level) == 0 {
			return nil
		}
		for kind, keys := range level {
			parents, err := retry(ctx, r, func() (map[string]string, error) { return target.Parents(ctx, rel, kind, keys) })
			if err != nil {
				return err
			}
			for child, parent := range parents {
				up[interchange.End{Kind: kind, Key: child}] = interchange.End{Kind: kind, Key: parent}
			}
		}
	}
}
