package importer

import (
	"context"
	"fmt"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// timeline follows which records and relationships there are while a history
// goes on, so that what cannot be is told before anything is written. What they
// say is looked at when it has come to its end: what was in between was so (C4).
type timeline struct {
	run  *run
	ids  map[interchange.Fingerprint]int // of records that live
	dead map[interchange.Fingerprint]bool
	next int
	in   map[int]int // how many relationships of the files lead there
	out  map[int]map[linkID]*told
	// records holds what the files say of the records that live, by id.
	records map[int]*told
	// wanted are records that the files use before they give them: the store
	// must have them.
	wanted map[interchange.End]use
}

// use is where a record is used, and what is wrong unless the store has it.
type use struct {
	id   int
	file string
	line int
	errs domain.Errors
}

// linkID tells a relationship from others that leave the same record.
type linkID struct {
	name, tag string
	to        int
}

// told is what the files say of a record or relationship that lives, and where
// they did so last.
type told struct {
	known interchange.Known
	to    int // of a relationship
	file  string
	line  int
}

func newTimeline(r *run) *timeline {
	return &timeline{
		run: r, ids: map[interchange.Fingerprint]int{}, dead: map[interchange.Fingerprint]bool{},
		in: map[int]int{}, out: map[int]map[linkID]*told{}, records: map[int]*told{}, wanted: map[interchange.End]use{},
	}
}

// group takes a change set into account: relationships that go are named as
// before it, all else as after it.
func (t *timeline) group(g *group) {
	t.once(g)
	var late []*entry
	for i := range g.entries {
		if e := &g.entries[i]; e.item.IsEdge() && e.item.Remove && !t.unlink(e.item) {
			late = append(late, e)
		}
	}
	t.steps(g, false, t.put)
	for _, e := range late {
		t.unlink(e.item)
	}
	t.steps(g, true, t.link)
	for i := range g.entries {
		if e := &g.entries[i]; !e.item.IsEdge() && e.item.Remove {
			t.run.problems.addAll(g.file, e.line, t.remove(e.item))
		}
	}
}

// steps has records, or relationships, take place.
func (t *timeline) steps(g *group, edges bool, step func(string, *entry) domain.Errors) {
	for i := range g.entries {
		if e := &g.entries[i]; e.item.IsEdge() == edges && !e.item.Remove {
			t.run.problems.addAll(g.file, e.line, step(g.file, e))
		}
	}
}

// once refuses what a change set gives twice. That a record is linked to another
// one than before, where it can be linked to one only, may be said by two lines.
func (t *timeline) once(g *group) {
	type name struct {
		of     interchange.Fingerprint
		remove bool
	}
	given := map[name]int{}
	for i := range g.entries {
		e := &g.entries[i]
		n := name{e.item.Fingerprint(), e.item.Remove && e.item.ToOne()}
		if line, twice := given[n]; twice {
			t.run.problems.addAll(g.file, e.line, domain.Errors{{Code: domain.Conflict, Message: fmt.Sprintf(
				"%s is given twice at the same time, here and on line %d", e.item, line)}})
			continue
		}
		given[n] = e.line
	}
}

// put gives a record, under its own or a new key.
func (t *timeline) put(file string, e *entry) domain.Errors {
	key := e.item.End.Fingerprint()
	if former := e.item.Formerly; former != "" {
		old := interchange.End{Kind: e.item.Name(), Key: former}
		if _, lives := t.ids[key]; !lives {
			if errs := t.need(old, file, e.line, "formerly"); len(errs) > 0 {
				return errs
			}
			t.ids[key] = t.id(old.Fingerprint())
			delete(t.ids, old.Fingerprint())
			t.dead[old.Fingerprint()] = true
			delete(t.dead, key)
			return t.tell(t.record(t.ids[key]), file, e)
		}
	}
	if id, lives := t.ids[key]; lives {
		return t.tell(t.record(id), file, e)
	}
	missing := e.item.Missing()
	again := t.dead[key]
	id := t.id(key)
	if !again && len(missing) > 0 {
		t.want(e.item.End, use{id, file, e.line, missing})
		missing = nil
	}
	return append(missing, t.tell(t.record(id), file, e)...)
}

// record is what is known of a record that lives.
func (t *timeline) record(id int) *told {
	if t.records[id] == nil {
		t.records[id] = &told{}
	}
	return t.records[id]
}

// tell takes in what a line says.
func (t *timeline) tell(what *told, file string, e *entry) domain.Errors {
	what.file, what.line = file, e.line
	return domain.ErrorsOf(what.known.Add(e.item))
}

// id numbers a record that lives.
func (t *timeline) id(key interchange.Fingerprint) int {
	id, lives := t.ids[key]
	if !lives {
		t.next++
		id = t.next
		t.ids[key] = id
		delete(t.dead, key)
	}
	return id
}

func (t *timeline) want(end interchange.End, u use) {
	if _, known := t.wanted[end]; !known {
		t.wanted[end] = u
	}
}

// need tells when a record is not there at this time. One that the files have
// not given yet may be in the store.
func (t *timeline) need(end interchange.End, file string, line int, field string) domain.Errors {
	key := end.Fingerprint()
	if _, lives := t.ids[key]; lives {
		return nil
	}
	if t.dead[key] {
		return domain.Errors{noSuch(field, end, "at this time any more")}
	}
	t.want(end, use{t.id(key), file, line, domain.Errors{noSuch(field, end, "at this time, neither in the files nor in the store")}})
	return nil
}

func noSuch(field string, end interchange.End, where string) *domain.Error {
	return &domain.Error{Code: domain.NotFound, Field: field, Message: fmt.Sprintf("there is no %s with the key %q %s", end.Kind, end.Key, where)}
}

func (t *timeline) link(file string, e *entry) domain.Errors {
	errs := append(t.need(e.item.From, file, e.line, "from"), t.need(e.item.To, file, e.line, "to")...)
	if len(errs) > 0 {
		return errs
	}
	from, to := t.ids[e.item.From.Fingerprint()], t.ids[e.item.To.Fingerprint()]
	id := idOf(e.item, to)
	if t.out[from] == nil {
		t.out[from] = map[linkID]*told{}
	}
	l := t.out[from][id]
	if l != nil {
		t.in[l.to]--
	}
	if l == nil || l.to != to {
		l = &told{to: to}
		t.out[from][id] = l
	}
	t.in[to]++
	return t.tell(l, file, e)
}

func idOf(item *interchange.Item, to int) linkID {
	if item.ToOne() {
		to = 0
	}
	return linkID{item.Name(), item.Tag(), to}
}

// unlink lets a relationship go, and reports whether its ends are known by what
// the line calls them.
func (t *timeline) unlink(item *interchange.Item) bool {
	from, okFrom := t.ids[item.From.Fingerprint()]
	to, okTo := t.ids[item.To.Fingerprint()]
	if !okFrom || !okTo {
		return false
	}
	if l := t.out[from][idOf(item, to)]; l != nil && l.to == to {
		delete(t.out[from], idOf(item, to))
		t.in[to]--
	}
	return true
}

// remove lets a record go, unless something still points at it (C3). What
// leaves it goes with it.
func (t *timeline) remove(item *interchange.Item) domain.Errors {
	key := item.End.Fingerprint()
	id := t.ids[key]
	if n := t.in[id]; id != 0 && n > 0 {
		return domain.Errors{{Code: domain.RuleViolation, Rule: "C3", Field: "key", Message: fmt.Sprintf(
			"%q cannot be removed while %d relationships point at it: remove these first, or at the same time", item.End.Key, n)}}
	}
	for _, l := range t.out[id] {
		t.in[l.to]--
	}
	delete(t.out, id)
	delete(t.records, id)
	delete(t.ids, key)
	t.dead[key] = true
	return nil
}

// settle asks the store for what the files use before they give it.
func (t *timeline) settle(ctx context.Context) error {
	list := make([]interchange.End, 0, len(t.wanted))
	for end := range t.wanted {
		list = append(list, end)
	}
	unknown, err := t.run.unknown(ctx, list)
	for end := range unknown {
		u := t.wanted[end]
		t.run.problems.addAll(u.file, u.line, u.errs)
		delete(t.wanted, end)
		delete(t.records, u.id) // that it is not there says enough
	}
	return err
}
