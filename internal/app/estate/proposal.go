package estate

import (
	"context"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Proposal is what a change set is to write, before rules and consequences have
// seen it.
type Proposal struct {
	Records []*RecordChange
	Links   []*LinkChange
	*proposing
}

// proposing is what all parts of a proposal share.
type proposing struct {
	app   *Estate
	Draft *Draft
	// Remembered is what rules keep in mind from batch to batch of an import.
	Remembered map[string]any
	// Supposed are records that a dry run takes for existing.
	Supposed []store.Op
	// Wholes are the keys of records that an import brings whole.
	Wholes map[string]bool
	// Problems are what rules refuse, Told is what consequences tell the use case.
	Problems []problem
	Told     []any
	// following is the consequence that has its turn, nil: none.
	following *Consequence
	now       time.Time
	writes    int // how much consequences added
}

// problem is what is wrong with one part of a proposal.
type problem struct {
	Line int
	*domain.Error
}

// RecordChange is a record that comes to be, changes, or goes.
type RecordChange struct {
	// Before is nil of a record that comes to be, After of one that goes.
	Before, After entity.Record
	By            Means
	InputAt
	Given func(field string) bool // nil: every field
	op    int                     // its operation in the draft
}

// LinkChange is a link that comes to be, changes, or goes.
type LinkChange struct {
	Rel *entity.Relationship
	Key store.EdgeKey
	// From and To are nil until Ends has loaded them, and of records that only a
	// dry run takes for existing.
	From, To entity.Record
	// Exists says that there is such a link already, Stays that it says what it is
	// to say, Goes that it is removed.
	Exists, Stays, Goes bool
	By                  Means
	InputAt
}

// Placed is a part of a proposal, which stands somewhere in the input.
type Placed interface{ where() InputAt }

// InputAt is where in the input something was asked for.
type InputAt struct {
	Path string // of its fields: "input.patch"; of a line of an import ""
	Line int    // of an import
	// Whole says that errors are about the whole of it, not about its fields.
	Whole bool
	// Inner says that a link stands within the record where it starts, so that
	// no field names its start.
	Inner bool
}

func (at InputAt) field(name string) string {
	if at.Whole || name == "" || at.Inner && name == "from" {
		return at.Path
	}
	return refusal.FieldAt(at.Path, name)
}

func (at InputAt) where() InputAt { return at }

// Record returns the record as it will be, or as it was before it goes.
func (c *RecordChange) Record() entity.Record {
	if c.After == nil {
		return c.Before
	}
	return c.After
}

// Created reports whether the record comes to be.
func (c *RecordChange) Created() bool { return c.Before == nil }

// Gone reports whether the record goes.
func (c *RecordChange) Gone() bool { return c.After == nil }

// Touches reports whether the input says something of a field. A new record is
// given all its fields.
func (c *RecordChange) Touches(fields ...string) bool {
	return c.Created() || c.Given == nil || slices.ContainsFunc(fields, c.Given)
}

// Refuse says what is wrong with a record or a link that is proposed; the errors
// name its fields.
func (p *Proposal) Refuse(at Placed, list ...*domain.Error) {
	for _, e := range list {
		e = refusal.Plain(e)
		e.Field = at.where().field(e.Field)
		p.Problems = append(p.Problems, problem{at.where().Line, e})
	}
}

// errors returns all that is wrong.
func (p *Proposal) errors() error {
	var all domain.Errors
	for _, one := range p.Problems {
		all = append(all, one.Error)
	}
	return all.Err()
}

// Now returns the time of the proposal, the same however often it is asked for.
func (p *Proposal) Now() time.Time {
	if p.now.IsZero() {
		p.now = p.app.Clock()
	}
	return p.now
}

// Guard adds what must hold at commit.
func (p *Proposal) Guard(list ...store.Guard) { p.Draft.Guards = append(p.Draft.Guards, list...) }

// Keep adds a guard that a record is still as it was read at commit.
func (p *Proposal) Keep(r entity.Record) {
	p.Guard(store.NodeAt{ID: store.ID(r.Meta().ID), Version: int64(r.Meta().Version)})
}

// Settled reports whether the import brings all of the record with this key: its fields,
// its links and what belongs to it.
func (p *Proposal) Settled(key string) bool { return p.Wholes[key] }

// Memory returns what a rule keeps in mind from batch to batch of an import, and
// makes it the first time.
func (p *Proposal) Memory(rule string, first func() (any, error)) (any, error) {
	if kept, ok := p.Remembered[rule]; ok {
		return kept, nil
	}
	made, err := first()
	if err == nil {
		if p.Remembered == nil {
			p.Remembered = map[string]any{}
		}
		p.Remembered[rule] = made
	}
	return made, err
}

// Ends loads the records at the ends of the links that nobody has read yet, all
// at once.
func (p *Proposal) Ends(ctx context.Context) error {
	var ask []store.ID
	for _, l := range p.Links {
		for _, e := range l.ends() {
			if *e.record == nil && p.Draft.becomes(string(e.id)) == nil {
				ask = append(ask, e.id)
			}
		}
	}
	known := map[store.ID]entity.Record{}
	if len(ask) > 0 {
		found, err := p.app.Entire.Nodes(ctx, ask...)
		if err != nil {
			return refusal.OfStore(err)
		}
		for id, n := range found {
			known[id] = entity.DecodeNode(n)
		}
	}
	for _, l := range p.Links {
		for _, e := range l.ends() {
			if c := p.Draft.becomes(string(e.id)); *e.record == nil && c != nil {
				*e.record = c.After
			} else if *e.record == nil {
				*e.record = known[e.id]
			}
		}
	}
	return nil
}

// linkEnd is one end of a link, with the place for its record.
type linkEnd struct {
	id     store.ID
	record *entity.Record
}

func (l *LinkChange) ends() [2]linkEnd {
	return [2]linkEnd{{l.Key.From, &l.From}, {l.Key.To, &l.To}}
}

// Amend changes a record that is proposed further.
func (p *Proposal) Amend(c *RecordChange, amend func()) error {
	k := entity.KindOf(c.After)
	had := k.Encode(c.After)
	amend()
	set := entity.Difference(had, k.Encode(c.After))
	if len(set) == 0 {
		return nil
	}
	if err := p.owned(k, set); err != nil {
		return err
	}
	p.writes++
	switch op := p.Draft.Ops[c.op].(type) {
	case store.CreateNode:
		op.Props = merged(op.Props, set)
		for name, v := range op.Props {
			if v == nil {
				delete(op.Props, name)
			}
		}
		p.Draft.Ops[c.op] = op
	case store.UpdateNode:
		op.Set = merged(op.Set, set)
		p.Draft.Ops[c.op] = op
	}
	return nil
}

func merged(props, set store.Props) store.Props {
	all := store.Props{}
	maps.Copy(all, props)
	maps.Copy(all, set)
	return all
}

// Change changes a record that nobody has proposed to change, or amends it.
// Guards hold it as it was read.
func (p *Proposal) Change(before entity.Record, change func(after entity.Record)) error {
	return p.change(before, change, p.Draft.Update)
}

// Decide changes a record as Change does, for a person who decided something: what
// changes stands against imports (C6).
func (p *Proposal) Decide(before entity.Record, change func(after entity.Record)) error {
	return p.change(before, change, p.Draft.Decide)
}

// Create adds a record that nobody has proposed to make. It has an id.
func (p *Proposal) Create(r entity.Record) error {
	k := entity.KindOf(r)
	if err := p.owned(k, k.Encode(r)); err != nil {
		return err
	}
	p.writes++
	p.Draft.Create(r)
	return nil
}

func (p *Proposal) change(before entity.Record, change func(after entity.Record), write func(before, after entity.Record)) error {
	if c := p.Draft.becomes(before.Meta().ID); c != nil {
		return p.Amend(c, func() { change(c.After) })
	}
	after := entity.Clone(before)
	change(after)
	k := entity.KindOf(before)
	set := entity.Difference(k.Encode(before), k.Encode(after))
	if len(set) == 0 {
		return nil
	}
	if err := p.owned(k, set); err != nil {
		return err
	}
	p.writes++
	write(before, after)
	return nil
}

// Propose returns what a draft writes.
func (a *Estate) Propose(d *Draft) *Proposal {
	if d == nil {
		d = &Draft{}
	}
	return &Proposal{Records: d.records, Links: d.Links, proposing: &proposing{app: a, Draft: d}}
}

// bound returns all that the rules refuse of it.
func (p *Proposal) bound(ctx context.Context) error {
	if err := p.app.Ask(ctx, p); err != nil {
		return err
	}
	return p.errors()
}
