package importer

import (
	"context"
	"fmt"

	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// timeline follows which records and relationships there are while a history
// goes on, so that what cannot be is told before anything is written.
type timeline struct {
	run  *run
	ids  map[interchange.Fingerprint]int // of records that live
	dead map[interchange.Fingerprint]bool
	next int
	in   map[int]int // how many relationships of the files lead there
	out  map[int]map[linkID]int
	// wanted are records that the files use before they give them: the store
	// must have them.
	wanted map[interchange.End]use
}

// use is where a record is used, and what is wrong unless the store has it.
type use struct {
	file string
	line int
	errs domain.Errors
}

// linkID tells a relationship from others that leave the same record.
type linkID struct {
	name, tag string
	to        int
}

func newTimeline(r *run) *timeline {
	return &timeline{
		run: r, ids: map[interchange.Fingerprint]int{}, dead: map[interchange.Fingerprint]bool{},
		in: map[int]int{}, out: map[int]map[linkID]int{}, wanted: map[interchange.End]use{},
	}
}

// group takes a change set into account, in the order in which it is written:
// records, relationships, and what goes.
func (t *timeline) group(g *group) {
	given := map[interchange.Fingerprint]int{}
	for i := range g.entries {
		e := &g.entries[i]
		if line, twice := given[e.item.Fingerprint()]; twice {
			t.run.problems.addAll(g.file, e.line, domain.Errors{{Code: domain.Conflict, Message: fmt.Sprintf(
				"%s is given twice at the same time, here and on line %d", e.item, line)}})
			continue
		}
		given[e.item.Fingerprint()] = e.line
	}
	for _, stage := range []struct{ edge, removes bool }{{false, false}, {true, false}, {true, true}, {false, true}} {
		for i := range g.entries {
			if e := &g.entries[i]; e.item.IsEdge() == stage.edge && e.item.Remove == stage.removes {
				t.step(g.file, e)
			}
		}
	}
}

func (t *timeline) step(file string, e *entry) {
	var errs domain.Errors
	switch item := e.item; {
	case item.IsEdge() && item.Remove:
		t.unlink(item)
	case item.IsEdge():
		errs = t.link(file, e)
	case item.Remove:
		errs = t.remove(item)
	default:
		errs = t.put(file, e)
	}
	t.run.problems.addAll(file, e.line, errs)
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
			return nil
		}
	}
	if _, lives := t.ids[key]; lives {
		return nil
	}
	missing := e.item.IfNew
	if !t.dead[key] && len(missing) > 0 {
		t.want(e.item.End, use{file, e.line, missing})
		missing = nil
	}
	t.id(key)
	return missing
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
	t.want(end, use{file, line, domain.Errors{noSuch(field, end, "at this time, neither in the files nor in the store")}})
	t.id(key)
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
	id := linkID{e.item.Name(), e.item.Tag(), to}
	if e.item.ToOne() {
		id.to = 0
	}
	if t.out[from] == nil {
		t.out[from] = map[linkID]int{}
	}
	if before, ok := t.out[from][id]; ok {
		t.in[before]--
	}
	t.out[from][id] = to
	t.in[to]++
	return nil
}

func (t *timeline) unlink(item *interchange.Item) {
	from, to := t.ids[item.From.Fingerprint()], t.ids[item.To.Fingerprint()]
	id := linkID{item.Name(), item.Tag(), to}
	if item.ToOne() {
		id.to = 0
	}
	if t.out[from][id] == to && to != 0 {
		delete(t.out[from], id)
		t.in[to]--
	}
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
	for _, to := range t.out[id] {
		t.in[to]--
	}
	delete(t.out, id)
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
	}
	return err
}
