package export

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/source"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// historyPage is how many change sets are read at once, historyBase how many
// lines of a state stand in one change set.
const (
	historyPage = 32
	historyBase = 50_000
)

// ExportHistory writes the whole log in the interchange format, so that an
// import of it as a history gives the same graph and the same log. Of a log
// that was compacted it begins with the state from which the log goes on, and
// says so in the reason of that change set. It keeps in mind, for each record,
// its key, its attributes and who set its fields.
func (a *Area) ExportHistory(ctx context.Context, w io.Writer) (Exported, error) {
	if err := (&exporting{app: a}).choose(ctx, ExportOptions{}); err != nil {
		return Exported{}, err
	}
	e := &historyExport{
		app: a, ctx: ctx, out: bufio.NewWriterSize(w, 1<<16),
		nodes: map[store.ID]*remembered{}, links: map[store.EdgeKey]string{},
	}
	if err := e.write(); err != nil {
		return Exported{}, refusal.OfStore(err)
	}
	return e.done, e.out.Flush()
}

// historyExport is one export on its way.
type historyExport struct {
	app   *Area
	ctx   context.Context
	out   *bufio.Writer
	nodes map[store.ID]*remembered
	links map[store.EdgeKey]string // who set a relationship, where that is said
	done  Exported
	lines []orderedLine // of the change set under way
}

// orderedLine is a line with its place among those of a change set.
type orderedLine struct{ order, line string }

// remembered is what later lines need of a record: a line names it, and gives
// attributes and sources whole.
type remembered struct {
	kind  *entity.Kind
	key   string
	props store.Props // attributes and sources only
}

func (e *historyExport) write() error {
	s, whole := e.app.estate.Store, e.app.estate.Entire
	head, err := s.Head(e.ctx)
	if err != nil {
		return err
	}
	oldest, err := whole.Oldest(e.ctx)
	if err == nil && oldest > 0 {
		err = e.base(oldest)
	}
	for after := oldest; after < head && err == nil; {
		var changes []store.Change
		changes, err = s.Changes(e.ctx, after, int(min(historyPage, head-after)))
		for i := range changes {
			if err == nil {
				err = e.change(&changes[i])
			}
		}
		if err == nil && len(changes) == 0 {
			return fmt.Errorf("%w: the log ends at revision %d, before its head", store.ErrUnavailable, after)
		}
		after += store.Revision(len(changes))
	}
	e.done.Revision = int64(head)
	return err
}

// base writes the state as of the oldest revision that can be read, in as many
// change sets as it takes: nodes before edges.
func (e *historyExport) base(oldest store.Revision) error {
	first, err := e.app.estate.Store.Heads(e.ctx, oldest, 1)
	if err != nil || len(first) == 0 {
		return err
	}
	c := store.Change{
		Revision: oldest, At: first[0].At, Actor: first[0].Actor, Source: source.Import,
		Reason: fmt.Sprintf("the state as of revision %d; what was before it is forgotten", oldest),
	}
	var baselines []store.Effect // at the end: they name the last revision of the state
	_, err = e.app.estate.Past.At(oldest).Scan(e.ctx, store.Scan{}, func(b store.Batch) error {
		for i := range b.Nodes {
			n := &b.Nodes[i]
			f := store.Effect{Node: n.ID, Kind: n.Kind, After: n.Props.Clone()}
			if n.Kind == domain.KindBaseline {
				baselines = append(baselines, f)
				continue
			}
			e.node(&f)
		}
		for i := range b.Edges {
			if err := e.edge(&store.Effect{Edge: b.Edges[i].EdgeKey, After: b.Edges[i].Props}); err != nil {
				return err
			}
		}
		if len(e.lines) < historyBase {
			return e.ctx.Err()
		}
		return e.flush(&c)
	})
	for i := range baselines {
		e.node(&baselines[i])
	}
	if err != nil || len(e.lines) == 0 {
		return err
	}
	return e.flush(&c)
}

// change writes one entry. Relationships that go are named before the records
// at their ends are forgotten or renamed, all others after.
func (e *historyExport) change(c *store.Change) error {
	for i := range c.Effects {
		if f := &c.Effects[i]; f.Node == "" && f.Verb() == store.Removed {
			if err := e.edge(f); err != nil {
				return err
			}
		}
	}
	freed := map[interchange.End]bool{}
	for i := range c.Effects {
		if r := e.nodes[c.Effects[i].Node]; r != nil {
			freed[interchange.End{Kind: r.kind.Name, Key: r.key}] = true
		}
	}
	for i := range c.Effects {
		if f := &c.Effects[i]; f.Node != "" {
			if err := e.checkKey(c, f, freed); err != nil {
				return err
			}
			e.node(f)
		}
	}
	for i := range c.Effects {
		if f := &c.Effects[i]; f.Node == "" && f.Verb() != store.Removed {
			if err := e.edge(f); err != nil {
				return err
			}
		}
	}
	return e.flush(c)
}

// checkKey refuses what lines cannot say, since they name records by key: that
// a key passes from one to another at once.
func (e *historyExport) checkKey(c *store.Change, f *store.Effect, freed map[interchange.End]bool) error {
	key, given := f.After["key"].(string)
	if end := (interchange.End{Kind: f.Kind, Key: key}); given && freed[end] {
		return &domain.Error{Code: domain.Limit, Message: fmt.Sprintf(
			"revision %d takes the key of %s away and gives it to another record in one change set, which lines that name records by key cannot say; "+
				"use backup --logical and restore instead", c.Revision, end)}
	}
	return nil
}

// flush writes the change set's own line and those that were gathered, in an
// order that is the same for the same change set.
func (e *historyExport) flush(c *store.Change) error {
	head := fmt.Appendf(nil, `{"change":{"revision":%d,"at":"%s"`, c.Revision, c.At.UTC().Format(time.RFC3339Nano))
	for _, f := range []struct{ name, value string }{{"actor", c.Actor}, {"reason", c.Reason}, {"source", c.Source}} {
		if f.value != "" {
			head = interchange.AppendJSON(append(interchange.AppendJSON(append(head, ','), f.name), ':'), f.value)
		}
	}
	if _, err := e.out.Write(append(head, "}}\n"...)); err != nil {
		return err
	}
	slices.SortFunc(e.lines, func(a, b orderedLine) int {
		return cmp.Or(strings.Compare(a.order, b.order), strings.Compare(a.line, b.line))
	})
	for _, l := range e.lines {
		if _, err := e.out.WriteString(l.line); err != nil {
			return err
		}
	}
	e.lines = e.lines[:0]
	return nil
}

func (e *historyExport) add(order string, line []byte) {
	e.lines = append(e.lines, orderedLine{order, string(line) + "}\n"})
}
