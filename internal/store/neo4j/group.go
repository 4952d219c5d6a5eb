package neo4j

import (
	"errors"
	"time"

	"releasegraph/internal/store"
	"releasegraph/internal/store/logbody"
)

// group is one attempt to commit change sets in one transaction. A set that
// fails is left out; the others go on without it.
type group struct {
	store    *Store
	sets     []*pending
	outcomes []outcome
	preview  bool // decide, and write nothing
	headLock bool // hold the head from the start, so that its time stays

	known  map[string]store.Change // by key: what was committed before
	at     time.Time               // of the head, as first seen
	kept   openIndexed             // what to keep ready for indexes, as first seen
	state  *store.State
	loaded loaded
	log    []int // the sets that go into the log
	wrote  bool
	head   store.Revision
}

// errFell says that another instance committed a later time meanwhile than the
// one that this group gave to its nodes, or began to index a property.
var errFell = errors.New("the head has changed")

func newGroup(s *Store, sets []*pending) *group {
	return &group{store: s, sets: sets, outcomes: make([]outcome, len(sets)), known: map[string]store.Change{}}
}

// run is the work of the transaction: the known keys first; then lock and read
// all that is touched; decide; write; and the log at the very last, since its
// head is what all transactions wait for.
func (g *group) run(t tx) error {
	if g.headLock {
		if _, err := t.lockHead(); err != nil {
			return err
		}
	}
	if err := g.findKnown(t); err != nil {
		return err
	}
	var todo []store.Changeset
	for _, p := range g.sets {
		if _, done := g.known[p.key]; !done {
			todo = append(todo, p.cs)
		}
	}
	g.state = store.NewState(g.store.catalog.Declared, todo...)
	l := &loader{tx: t, catalog: g.store.catalog, state: g.state, lock: !g.preview, sets: todo}
	if err := l.load(); err != nil {
		return err
	}
	g.loaded = l.loaded
	g.decide()
	if len(g.log) == 0 || g.preview {
		return g.number(t)
	}
	g.wrote = true
	w := &writer{tx: t, catalog: g.store.catalog, group: g, inner: l.inner}
	if err := w.write(); err != nil {
		return err
	}
	return g.append(t)
}

func (g *group) findKnown(t tx) error {
	keys := make([]string, len(g.sets))
	for i, p := range g.sets {
		keys[i] = p.key
	}
	values, err := t.row("UNWIND $keys AS key MATCH (c:Changeset {key: key}) WITH ["+entryColumns+"] AS known "+
		"MATCH (h:LogHead {id: 'log'}) RETURN known, h.at, coalesce(h."+openKeptProp+", [])", params{"keys": keys})
	if err != nil {
		return err
	}
	entries, found, err := decodeEntries(values[0].([]any), store.DecodeEffects)
	if err != nil {
		return err
	}
	for i, e := range entries {
		g.known[found[i]] = e
	}
	if values[1] != nil {
		g.at = instant(values[1])
	}
	g.kept = decodeOpen(values[2])
	return nil
}

// decide applies the sets in their order; none is earlier than the one before
// it in the log. One whose key stood before it in the
// group answers as that one did.
func (g *group) decide() {
	first := map[string]int{}
	last := g.at
	for i, p := range g.sets {
		if c, done := g.known[p.key]; done {
			g.outcomes[i] = outcome{change: c}
			continue
		}
		if j, again := first[p.key]; again {
			g.outcomes[i] = g.outcomes[j]
			continue
		}
		cs := p.cs
		if cs.At.Before(last) {
			cs.At = last
		}
		effects, err := g.state.Apply(cs)
		if err != nil {
			g.outcomes[i] = outcome{err: err}
			continue
		}
		g.outcomes[i] = outcome{change: store.Change{
			At: cs.At, Actor: cs.Actor, Reason: cs.Reason, Source: cs.Source, Key: cs.Key, Effects: effects,
		}}
		if len(effects) > 0 {
			first[p.key] = i
			g.log = append(g.log, i)
			last = cs.At
		}
	}
}

// append raises the head and creates the entries.
func (g *group) append(t tx) error {
	rows, touches := make([]any, len(g.log)), make([]any, len(g.log))
	var first, last time.Time
	for i, set := range g.log {
		last = g.outcomes[set].change.At
		if i == 0 {
			first = last
		}
		row, err := g.row(set)
		if err != nil {
			return err
		}
		touches[i], row[touchedProp] = touched(g.outcomes[set].change.Effects)
		rows[i] = row
	}
	values, err := t.row("MATCH (h:LogHead {id: 'log'}) SET h.revision = h.revision + size($log) "+
		"WITH h, h.revision - size($log) AS base, h.at AS was, size(coalesce(h."+openKeptProp+", [])) AS kept SET h.at = $at WITH base, was, kept UNWIND range(0, size($log) - 1) AS i "+
		"CREATE (c:Changeset) SET c = $log[i], c.revision = base + i + 1 "+
		"FOREACH (h IN $touches[i] | CREATE (:"+touchLabel+" {hash: h, revision: base + i + 1})) RETURN max(base), max(was), max(kept)",
		params{"log": rows, "touches": touches, "at": last})
	if err != nil {
		return err
	}
	if values[1] != nil && first.Before(instant(values[1])) || values[2].(int64) != int64(g.kept.size()) {
		return errFell
	}
	g.setRevisions(store.Revision(values[0].(int64)))
	return nil
}

// number gives revisions where nothing is written.
func (g *group) number(t tx) error {
	head, err := t.head()
	if err == nil {
		g.setRevisions(head)
	}
	return err
}

// setRevisions gives each set its revision: the next one if it is logged, the
// head's if it changed nothing. A repeated set has its first one's.
func (g *group) setRevisions(head store.Revision) {
	byKey := map[string]store.Revision{}
	for i, p := range g.sets {
		o := &g.outcomes[i]
		_, known := g.known[p.key]
		if o.err != nil || known {
			continue
		}
		if len(o.change.Effects) == 0 {
			o.change.Revision = head
			continue
		}
		if r, again := byKey[p.key]; again {
			o.change.Revision = r
			continue
		}
		head++
		byKey[p.key] = head
		o.change.Revision = head
	}
	g.head = head
}

func (g *group) row(set int) (params, error) {
	p, c := g.sets[set], g.outcomes[set].change
	body, err := store.EncodeEffects(c.Effects)
	if err != nil {
		return nil, err
	}
	return entryRow(c, p.key, body)
}

// entryRow is an entry without its revision. Key is the change's, or made up.
func entryRow(c store.Change, key string, body []byte) (params, error) {
	packed, err := logbody.Pack(body)
	if err != nil {
		return nil, err
	}
	row := params{"at": c.At, "actor": c.Actor, "key": key, "body": packed}
	if c.Reason != "" {
		row["reason"] = c.Reason
	}
	if c.Source != "" {
		row["source"] = c.Source
	}
	if c.Key == "" {
		row["madeUpKey"] = true
	}
	return row, nil
}
