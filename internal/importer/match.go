package importer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// matching finds existing records by other things than their key: attributes
// such as a serial number. A line whose key is unknown, but whose attribute is
// that of one record of the kind, is about that record.
type matching struct {
	run        *run
	attributes []string
	kinds      map[string]bool
	given      map[interchange.Fingerprint]bool     // keys of the files; true: the store has it
	wanted     map[interchange.Fingerprint][]string // values of the files, and whose keys in the store have them
	found      map[interchange.End]string           // from a key of the files to that of the store
	by         map[interchange.End]string           // from a key of the store to that of the files
}

// match prepares the run for Options.Match. It reads the files and the records
// of their kinds once.
func (r *run) match(ctx context.Context) error {
	m := &matching{
		run: r, attributes: r.options.attributes(), kinds: map[string]bool{}, given: map[interchange.Fingerprint]bool{},
		wanted: map[interchange.Fingerprint][]string{}, found: map[interchange.End]string{}, by: map[interchange.End]string{},
	}
	if len(m.attributes) == 0 {
		return nil
	}
	if err := m.pass(ctx, func(_ string, e *entry) { m.collect(e.item) }); err != nil {
		return err
	}
	for kind := range m.kinds {
		if err := m.ask(ctx, kind); err != nil {
			return err
		}
	}
	if err := m.pass(ctx, m.settle); err != nil {
		return err
	}
	m.given, m.wanted = nil, nil
	r.matched = m
	return nil
}

// attributes are those to match by; the key always comes first.
func (o Options) attributes() []string {
	var list []string
	for _, name := range o.Match {
		if name = strings.TrimPrefix(name, "attributes."); name != "key" && name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// pass goes over the records of the files that can be read; what is wrong with
// the others is told later.
func (m *matching) pass(ctx context.Context, use func(file string, e *entry)) error {
	for _, s := range m.run.sources {
		err := m.run.passOver(ctx, s, nodesOnly, func(entries []entry) error {
			for n := range entries {
				if entries[n].item != nil {
					use(s.name, &entries[n])
				}
			}
			return ctx.Err()
		})
		if err != nil && !isFileError(err) {
			return err
		}
	}
	return nil
}

func (m *matching) collect(item *interchange.Item) {
	m.given[item.End.Fingerprint()] = false
	for _, name := range m.attributes {
		if value := item.Attribute(name); value != "" {
			m.kinds[item.Name()] = true
			m.wanted[valueOf(item.Name(), name, value)] = nil
		}
	}
}

func valueOf(kind, name, value string) interchange.Fingerprint {
	return interchange.End{Kind: kind + "\x00" + name, Key: value}.Fingerprint()
}

// ask goes over the records of a kind that the store has.
func (m *matching) ask(ctx context.Context, kind string) error {
	q := bulk.HoldingsQuery{Kind: kind, Relationships: []string{}, Attributes: m.attributes}
	for {
		page, err := retry(ctx, m.run, func() (*bulk.Holdings, error) { return m.run.target.Holdings(ctx, q) })
		if err != nil {
			return err
		}
		for _, h := range page.Records {
			if key := (interchange.End{Kind: kind, Key: h.Key}).Fingerprint(); has(m.given, key) {
				m.given[key] = true
			}
			for name, value := range h.Attributes {
				if v := valueOf(kind, name, value); has(m.wanted, v) {
					m.wanted[v] = append(m.wanted[v], h.Key)
				}
			}
		}
		if q.After = page.After; q.After == "" {
			return nil
		}
	}
}

func has[V any](m map[interchange.Fingerprint]V, key interchange.Fingerprint) bool {
	_, ok := m[key]
	return ok
}

// settle decides which record of the store a line is about, where it does not
// name it by its key.
func (m *matching) settle(file string, e *entry) {
	kind, end := e.item.Name(), e.item.End
	if m.given[end.Fingerprint()] {
		return
	}
	var keys, by []string
	for _, name := range m.attributes {
		value := e.item.Attribute(name)
		for _, key := range m.wanted[valueOf(kind, name, value)] {
			if value != "" && !slices.Contains(keys, key) {
				keys, by = append(keys, key), append(by, fmt.Sprintf("%s %q", name, value))
			}
		}
	}
	switch len(keys) {
	case 0:
		return
	case 1:
		m.take(file, e, interchange.End{Kind: kind, Key: keys[0]}, by[0])
	default:
		m.refuse(file, e, "could be %q by %s or %q by %s: give it the key of the one, or take the attribute from the other", keys[0], by[0], keys[1], by[1])
	}
}

func (m *matching) take(file string, e *entry, held interchange.End, by string) {
	end := e.item.End
	switch other, taken := m.by[held]; {
	case has(m.given, held.Fingerprint()):
		m.refuse(file, e, "is %q by %s, which the files give as well", held.Key, by)
	case taken && other != end.Key:
		m.refuse(file, e, "is %q by %s, and so is %q", held.Key, by, other)
	default:
		m.found[end], m.by[held] = held.Key, end.Key
	}
}

func (m *matching) refuse(file string, e *entry, format string, args ...any) {
	m.run.problems.addAll(file, e.line, domain.Errors{{Code: domain.Conflict, Field: "key", Message: fmt.Sprintf(format, args...)}})
}

// apply lets entries be about the records that were found.
func (m *matching) apply(entries []entry) {
	if m == nil || len(m.found) == 0 {
		return
	}
	for n := range entries {
		e := &entries[n]
		switch {
		case e.item == nil:
		case m.run.options.Rename:
			if key, ok := m.found[e.item.End]; ok && !e.item.IsEdge() {
				e.item.Formerly = key
			}
		case e.item.IsEdge():
			e.item.Rewire(m.known(e.item.From), m.known(e.item.To))
			e.print = e.item.Fingerprint()
		default:
			e.item.Rekey(m.known(e.item.End))
			e.print = e.item.Fingerprint()
		}
	}
}

func (m *matching) known(end interchange.End) string {
	if key, ok := m.found[end]; ok {
		return key
	}
	return end.Key
}

// renamed is the key that the files give a record of the store.
func (m *matching) renamed(end interchange.End) string {
	if m.renames(end) {
		return m.by[end]
	}
	return end.Key
}

// renames tells whether the files give a record of the store another key.
func (m *matching) renames(end interchange.End) bool {
	if m == nil || !m.run.options.Rename {
		return false
	}
	_, ok := m.by[end]
	return ok
}
