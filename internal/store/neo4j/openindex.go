package neo4j

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/store"
)

// An index of the server takes no text beyond 8 KiB, and none as a number.
// Nodes therefore carry, for each undeclared property that is indexed, the
// beginning of its text and the number that it is, if it is one.
const (
	openTextPrefix   = "_text."
	openNumberPrefix = "_number."
	// Of the LogHead: which properties writers keep ready for an index, and
	// those of them for which all nodes are, so that readers may rely on it.
	openKeptProp  = "_openKept"
	openReadyProp = "_openReady"
	// openRunes is how much of a text is indexed.
	openRunes = 64
)

// openIndexed are undeclared properties by kind.
type openIndexed map[string][]string

// decodeOpen reads what openEntry wrote.
func decodeOpen(list any) openIndexed {
	x := openIndexed{}
	for _, entry := range list.([]any) {
		kind, name, _ := strings.Cut(entry.(string), " ")
		x[kind] = append(x[kind], name)
	}
	return x
}

func openEntry(kind, name string) string { return kind + " " + name }

func (x openIndexed) has(kind, name string) bool { return slices.Contains(x[kind], name) }

func (x openIndexed) size() (n int) {
	for _, names := range x {
		n += len(names)
	}
	return n
}

// add adds what the indexes read of a node to the properties to write.
func (x openIndexed) add(set params, kind string, props store.Props) {
	for _, name := range x[kind] {
		text, ok := props[name].(string)
		if !ok {
			continue
		}
		set[openTextPrefix+name] = beginning(text)
		if n, ok := store.Number(text); ok {
			set[openNumberPrefix+name] = n
		}
	}
}

// change does so for the properties that changed.
func (x openIndexed) change(set params, kind string, props store.Props) {
	for _, name := range x[kind] {
		if _, changed := set[name]; changed {
			set[openTextPrefix+name], set[openNumberPrefix+name] = nil, nil
			openIndexed{kind: {name}}.add(set, kind, props)
		}
	}
}

// beginning cuts a text. What is less stays less, or becomes equal.
func beginning(text string) string {
	n := 0
	for i := range text {
		if n == openRunes {
			return text[:i]
		}
		n++
	}
	return text
}

// ownOpen tells whether a property of a node is what its indexes read.
func ownOpen(name string) bool {
	return strings.HasPrefix(name, openTextPrefix) || strings.HasPrefix(name, openNumberPrefix)
}

// IndexOpen implements store.Store. From the first step on all writers keep
// ready what an index reads; then what was there before is made ready; at last
// readers may rely on it.
func (s *Store) IndexOpen(ctx context.Context, kind string, properties []string) error {
	if err := s.catalog.CheckIndexOpen(kind, properties); err != nil {
		return err
	}
	if err := s.readOpen(ctx); err != nil {
		return err
	}
	var entries, missing []string
	for _, name := range properties {
		if !s.ready.Load().has(kind, name) && !slices.Contains(missing, name) {
			missing, entries = append(missing, name), append(entries, openEntry(kind, name))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	steps := []func() error{
		func() error { return s.listOpen(ctx, openKeptProp, entries) },
		func() error { return s.fillOpen(ctx, kind, missing) },
		func() error { return s.createOpen(ctx, kind, missing) },
		func() error { return s.listOpen(ctx, openReadyProp, entries) },
		func() error { return s.readOpen(ctx) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// readOpen finds out what is ready.
func (s *Store) readOpen(ctx context.Context) error {
	return s.ask(ctx, func(t tx) error {
		values, err := t.row("MATCH (h:LogHead {id: 'log'}) RETURN coalesce(h."+openReadyProp+", [])", nil)
		if err == nil {
			ready := decodeOpen(values[0])
			s.ready.Store(&ready)
		}
		return err
	})
}

// listOpen adds entries to a list of the LogHead, each once.
func (s *Store) listOpen(ctx context.Context, list string, entries []string) error {
	return s.write(ctx, func(t tx) error {
		if _, err := t.lockHead(); err != nil {
			return err
		}
		return t.run("MATCH (h:LogHead {id: 'log'}) WITH h, coalesce(h."+list+", []) AS had "+
			"SET h."+list+" = had + [e IN $entries WHERE NOT e IN had]", params{"entries": entries})
	})
}

func (s *Store) fillOpen(ctx context.Context, kind string, names []string) error {
	derive := func(set params, n store.Node) {
		for _, name := range names {
			set[openTextPrefix+name], set[openNumberPrefix+name] = nil, nil
		}
		openIndexed{kind: names}.add(set, kind, n.Props)
	}
	return s.fill(ctx, kind, derive)
}

func (s *Store) createOpen(ctx context.Context, kind string, names []string) error {
	var all []definition
	for _, name := range names {
		all = append(all, index(kind, openTextPrefix+name), index(kind, openNumberPrefix+name))
	}
	return s.create(ctx, all)
}

// narrow writes a condition that follows from the comparison of an indexed
// property as a text, and that the index can answer; "" for none.
func (b *builder) narrow(c store.Compare, s scope) string {
	if c.IgnoringCase {
		return ""
	}
	at := s.variable + "." + quote(openTextPrefix+c.Property)
	if list, ok := c.Value.([]any); ok && c.Op == store.OneOf {
		begin := make([]any, len(list))
		for i, v := range list {
			begin[i] = beginning(v.(string))
		}
		return fmt.Sprintf("%s IN %s", at, b.param(begin))
	}
	text, _ := c.Value.(string)
	begin := beginning(text)
	safe := safePrefix(begin)
	switch c.Op {
	case store.Eq:
		return fmt.Sprintf("%s = %s", at, b.param(begin))
	case store.StartsWith:
		return fmt.Sprintf("%s STARTS WITH %s", at, b.param(begin))
	case store.Gt, store.Gte:
		return fmt.Sprintf("%s >= %s", at, b.param(safe))
	case store.Lt, store.Lte:
		if safe == begin {
			return fmt.Sprintf("%s <= %s", at, b.param(begin))
		}
	}
	return ""
}
