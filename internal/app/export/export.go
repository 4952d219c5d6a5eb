package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/linesort"
	"releasegraph/internal/store"
)

// ExportOptions say what to export: everything, records of some kinds, or what
// can be reached from some records. Relationships are exported when both their
// ends are.
type ExportOptions struct {
	Kinds []string // nil: all
	// Roots name records as "Kind:key"; nil: all records. What they need is
	// exported with them, or with Dependents what needs them, to the Depth (0:
	// no limit).
	Roots      []string
	Depth      int
	Dependents bool
}

// Exported tells what was written.
type Exported struct {
	Records       int   `json:"records"`
	Relationships int   `json:"relationships"`
	Revision      int64 `json:"revision"`
}

// Export writes the graph as of one revision in the interchange format:
// records by kind and key, then relationships by name and ends, so that the
// same graph always gives the same text.
func (a *Area) Export(ctx context.Context, w io.Writer, o ExportOptions) (Exported, error) {
	e := &exporting{app: a, ends: map[store.ID]interchange.End{}, lines: linesort.New()}
	defer e.lines.Close()
	if err := e.choose(ctx, o); err != nil {
		return Exported{}, err
	}
	revision, err := a.estate.Today(ctx).Scan(ctx, store.Scan{Kinds: e.kinds}, func(b store.Batch) error {
		for i := range b.Nodes {
			if err := e.node(&b.Nodes[i]); err != nil {
				return err
			}
		}
		for i := range b.Edges {
			if err := e.edge(&b.Edges[i]); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return Exported{}, refusal.OfStore(err)
	}
	e.done.Revision = int64(revision)
	return e.done, e.lines.Write(w)
}

// exporting is one export on its way.
type exporting struct {
	app   *Area
	kinds []string
	only  map[store.ID]bool // nil: all
	ends  map[store.ID]interchange.End
	lines *linesort.Sorter
	line  []byte
	done  Exported
}

// choose finds out what is to be exported.
func (e *exporting) choose(ctx context.Context, o ExportOptions) error {
	for _, kind := range o.Kinds {
		if entity.KindNamed(kind) == nil {
			return refusal.Wrong("kinds", "there is no kind of record %q, there are %s", kind, entity.KindNames())
		}
	}
	for _, k := range entity.Kinds() {
		err := e.app.estate.May(ctx, authz.Read, k.Name)
		switch {
		case o.Kinds != nil && !slices.Contains(o.Kinds, k.Name):
			continue
		case err != nil:
			return err
		case !e.app.estate.Today(ctx).SeesAll(k.Name): // what is seen names what is not
			return &domain.Error{Code: domain.Forbidden, Message: fmt.Sprintf("an export is for those who may see all that is exported, and you may see some records of kind %s only", k.Name)}
		case o.Kinds == nil && k.Name == domain.KindBaseline: // it names a moment of this log, which goes with a history only
			continue
		}
		e.kinds = append(e.kinds, k.Name)
	}
	if o.Roots == nil {
		return nil
	}
	return e.reach(ctx, o)
}

// reach finds what the roots lead to.
func (e *exporting) reach(ctx context.Context, o ExportOptions) error {
	if o.Depth < 0 {
		return refusal.Wrong("depth", "must not be negative")
	}
	var errs domain.Errors
	walk := store.Walk{Depth: o.Depth, Direction: store.Out}
	if o.Dependents {
		walk.Direction = store.In
	}
	for _, root := range o.Roots {
		id, err := e.root(ctx, root)
		var unfit *domain.Error
		if errors.As(err, &unfit) && unfit.Code != domain.Unavailable {
			errs = append(errs, unfit)
		} else if err != nil {
			return err
		}
		walk.Roots = append(walk.Roots, id)
	}
	if len(errs) > 0 {
		return errs.Err()
	}
	for _, r := range entity.Relationships() {
		if !slices.Contains(walk.Rels, r.Name) {
			walk.Rels = append(walk.Rels, r.Name)
		}
	}
	found, err := e.app.estate.Today(ctx).Walk(ctx, walk)
	if err != nil {
		return refusal.OfStore(err)
	}
	e.only = make(map[store.ID]bool, len(found.Hits))
	for _, hit := range found.Hits {
		e.only[hit.ID] = true
	}
	return nil
}

func (e *exporting) root(ctx context.Context, root string) (store.ID, error) {
	end := interchange.ParseEnd(root)
	if end.Kind == "" {
		end.Kind = domain.KindConfigurationItem
	}
	found, err := e.app.estate.Today(ctx).Lookup(ctx, end.Kind, "key", end.Key)
	if err != nil {
		return "", refusal.OfStore(err)
	}
	node, ok := found[end.Key]
	if !ok {
		return "", refusal.NoRecord(end, "roots")
	}
	return node.ID, nil
}

func (e *exporting) node(n *store.Node) error {
	k := entity.KindNamed(n.Kind)
	if k == nil || e.only != nil && !e.only[n.ID] {
		return nil
	}
	key := n.Props.Text("key")
	e.ends[n.ID] = interchange.End{Kind: n.Kind, Key: key}
	e.done.Records++
	e.line = interchange.AppendNode(e.line[:0], k, n.Props)
	return e.lines.Add(fmt.Sprintf("0%03d%s", slices.Index(e.kinds, n.Kind), key), e.line)
}

func (e *exporting) edge(edge *store.Edge) error {
	from, ok := e.ends[edge.From]
	to, both := e.ends[edge.To]
	if !ok || !both {
		return nil
	}
	for n, r := range entity.Relationships() {
		if r.Name == edge.Rel && r.From == from.Kind && r.To == to.Kind {
			e.done.Relationships++
			e.line = interchange.AppendEdge(e.line[:0], r, from, to, edge.Props)
			return e.lines.Add(fmt.Sprintf("1%03d%s\x00%s\x00%s", n, from.Key, to.Key, edge.Tag), e.line)
		}
	}
	return nil
}
