package bulk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// maxImportChanges is how many changes an Imported shows.
const maxImportChanges = 20

// ImportProblem says what is wrong with one item of a batch.
type ImportProblem struct {
	Index int // of the item
	*domain.Error
}

// ImportProblems are all that is wrong with a batch; nothing of it was written.
type ImportProblems []ImportProblem

func (p ImportProblems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = strings.TrimPrefix(one.Field+": "+one.Message, ": ")
	}
	return strings.Join(lines, "; ")
}

// Write creates and changes what the items say in one change set: records, and
// relationships between these or others. What the store has as the items say
// is left alone; fields that an item does not name stay. It may be repeated.
func (im *Import) Write(ctx context.Context, items []*interchange.Item) (Imported, error) {
	if err := im.mayTouch(items); err != nil {
		return Imported{}, err
	}
	return im.untilUndisturbed(ctx, items, func() (Imported, error) { return im.try(ctx, items) })
}

// attempts is how often a batch is written anew when others disturb it.
const attempts = 10

// untilUndisturbed writes, and anew where others changed in between what it relied
// on.
func (im *Import) untilUndisturbed(ctx context.Context, items []*interchange.Item, write func() (Imported, error)) (Imported, error) {
	for attempt := 1; ; attempt++ {
		done, err := write()
		var used *store.InUseError
		if errors.As(err, &used) {
			return done, im.inUse(ctx, items, used)
		}
		switch {
		case !disturbed(err):
			return done, refusal.OfStore(err)
		case attempt == attempts:
			return done, refusal.Contended(err)
		}
		im.forget()
	}
}

// disturbed reports whether others changed what a batch relied on.
func disturbed(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrNotFound)
}

// mayTouch refuses records of kinds that an actor of some kinds may not touch,
// and relationships that end at one.
func (im *Import) mayTouch(items []*interchange.Item) error {
	if im.actor.Kinds == nil {
		return nil
	}
	for _, i := range items {
		for _, end := range []interchange.End{i.End, i.From, i.To} {
			if end.Kind != "" && !slices.Contains(im.actor.Kinds, end.Kind) {
				return &domain.Error{Code: domain.Forbidden, Message: fmt.Sprintf(
					"%s may not import %s: you may touch no other kinds than %s", im.actor.Name, end, strings.Join(im.actor.Kinds, ", "))}
			}
		}
	}
	return nil
}

func (im *Import) try(ctx context.Context, items []*interchange.Item) (Imported, error) {
	d, err := im.decide(ctx, items)
	if err != nil {
		return Imported{}, err
	}
	return d.write(ctx)
}

// decide works out what a batch does, with what follows. Nothing is written yet.
func (im *Import) decide(ctx context.Context, items []*interchange.Item) (*decided, error) {
	b := newImportBatch(im)
	if b.refused(items) {
		return nil, b.problems
	}
	if err := b.nodes(ctx, items); err != nil {
		return nil, err
	}
	if err := (links{b}).edges(ctx, items); err != nil {
		return nil, err
	}
	if err := b.removals(ctx, items); err != nil {
		return nil, err
	}
	p := b.propose()
	if err := im.app.estate.Ask(ctx, p); err != nil {
		return nil, err
	}
	for _, one := range p.Problems {
		b.problem(one.Line, one.Error)
	}
	if len(b.problems) > 0 {
		slices.SortStableFunc(b.problems, func(x, y ImportProblem) int { return cmp.Compare(x.Index, y.Index) })
		return nil, b.problems
	}
	held, err := b.consequent(ctx, p)
	return &decided{importBatch: b, held: held, cs: store.Changeset{
		Ops: b.Ops, Guards: b.Guards, Actor: im.actor.Name, Reason: im.options.Reason, Source: b.writtenBy(),
		At: im.app.estate.Now().UTC().Truncate(time.Microsecond), Key: im.key,
	}}, err
}

// importBatch decides what one change set does.
type importBatch struct {
	estate.Draft
	im       *Import
	ids      map[interchange.End]store.ID // of the batch's own records
	created  map[store.ID]bool
	parted   map[store.ID]bool // those of created that say which links people removed
	gone     []interchange.End // keys that the batch removes
	at       time.Time
	counts   map[string]*ImportCount
	order    []string
	changes  []domain.Change
	kept     []domain.FieldKept
	problems ImportProblems
	whole    []string                     // keys of requests that it brings as a whole
	assumed  map[interchange.End]store.ID // records that a dry run takes for existing
	migrates bool                         // it brings what is otherwise left to the verbs
}

func newImportBatch(im *Import) *importBatch {
	return &importBatch{im: im, at: im.app.estate.Now().UTC().Truncate(time.Second), ids: map[interchange.End]store.ID{}, counts: map[string]*ImportCount{}}
}

func (b *importBatch) count(i *interchange.Item) *ImportCount {
	name := i.Name()
	c, ok := b.counts[name]
	if !ok {
		c = &ImportCount{Name: name, Relationship: i.IsEdge()}
		b.counts[name] = c
		b.order = append(b.order, name)
	}
	return c
}

func (b *importBatch) problem(index int, err *domain.Error) {
	b.problems = append(b.problems, ImportProblem{Index: index, Error: err})
}

// nodes decides on the records.
func (b *importBatch) nodes(ctx context.Context, items []*interchange.Item) error {
	keys := map[string][]string{}
	for _, i := range items {
		if i.IsEdge() || i.Remove {
			continue
		}
		keys[i.Kind.Name] = append(keys[i.Kind.Name], i.End.Key)
		if i.Formerly != "" {
			keys[i.Kind.Name] = append(keys[i.Kind.Name], i.Formerly)
		}
	}
	found := map[string]map[string]store.Node{}
	for kind, list := range keys {
		nodes, err := b.im.app.estate.Entire.Lookup(ctx, kind, "key", list...)
		if err != nil {
			return err
		}
		found[kind] = nodes
	}
	b.created = make(map[store.ID]bool, len(items))
	for n, i := range items {
		if i.IsEdge() || i.Remove {
			continue
		}
		if _, twice := b.ids[i.End]; twice {
			b.problem(n, &domain.Error{Code: domain.Conflict, Field: "key", Message: i.End.String() + " is given twice"})
		} else if node, ok := found[i.Kind.Name][i.End.Key]; ok {
			b.change(n, i, node)
		} else if node, ok := found[i.Kind.Name][i.Formerly]; ok {
			b.gone = append(b.gone, interchange.End{Kind: i.Kind.Name, Key: i.Formerly})
			b.change(n, i, node)
			ops, _, err := b.im.app.records.Rename(ctx, i.Kind.Name, i.Formerly, i.End.Key)
			if err != nil {
				return err
			}
			b.Ops = append(b.Ops, ops...)
		} else {
			b.create(n, i)
		}
	}
	return nil
}

func (b *importBatch) create(n int, i *interchange.Item) {
	for _, err := range i.IfNew {
		b.problem(n, err)
	}
	b.permit(n, i, authz.Create)
	id := store.ID(b.im.app.estate.NewID())
	b.ids[i.End], b.created[id] = id, true
	b.settle(i, id)
	if len(i.RemovedLinks) > 0 {
		if b.parted == nil {
			b.parted = map[store.ID]bool{}
		}
		b.parted[id] = true
	}
	made := i.AsNew()
	made.Meta().ID = string(id)
	b.brings(n, nil, made)
	b.Ops = append(b.Ops, store.CreateNode{ID: id, Kind: i.Kind.Name, Props: unbrought(i.Kind, b.brought(i))})
	b.count(i).Created++
	b.show(domain.ChangeCreated, i, id, nil, i.Props)
}

func (b *importBatch) change(n int, i *interchange.Item, node store.Node) {
	b.ids[i.End] = node.ID
	if i.Stub {
		b.count(i).Unchanged++
		return
	}
	b.settle(i, node.ID)
	set := entity.GivenDifference(node.Props, i.Props, i.Values, i.Kind.Fields)
	set = unbrought(i.Kind, set)
	values, listings := i.Values, entity.DecodeListings(node.Props)
	if !copied(i) {
		values = b.revive(i, node, set, values)
		values, listings = b.foreign(node, set, values, listings)
	}
	patch := b.own(i, node, set, values)
	changed := len(set) > 0
	if !copied(i) {
		b.list(i, node, set, listings)
	}
	if len(set) == 0 {
		b.count(i).Unchanged++
		return
	}
	b.permit(n, i, authz.Update)
	after, err := i.Kind.BringPatch(i.Kind.Decode(node), patch, "")
	if err != nil {
		for _, e := range domain.ErrorsOf(err) {
			b.problem(n, e)
		}
		return
	}
	b.brings(n, i.Kind.Decode(node), after).Given = records.Given(patch)
	b.Ops = append(b.Ops, store.UpdateNode{ID: node.ID, Set: set})
	b.Guards = append(b.Guards, store.NodeAt{ID: node.ID, Version: node.Version})
	if !changed {
		b.count(i).Listed++
		return
	}
	b.count(i).Updated++
	b.show(domain.ChangeUpdated, i, node.ID, node.Props, set)
}

// brings notes that the next operation writes a record, as a line says.
func (b *importBatch) brings(n int, before, after entity.Record) *estate.RecordChange {
	c := b.Draft.Change(before, after)
	c.By, c.InputAt = estate.ByImport, estate.InputAt{Line: n}
	return c
}

// joins notes that a line writes a link.
func (b *importBatch) joins(n int, i *interchange.Item, key store.EdgeKey) *estate.LinkChange {
	l := &estate.LinkChange{Rel: i.Rel, Key: key, By: estate.ByImport, InputAt: estate.InputAt{Line: n}}
	b.Links = append(b.Links, l)
	return l
}
