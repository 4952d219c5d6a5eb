package release

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/pace"
	"releasegraph/internal/plan/version"
)

// Leaf is a FULL or DELTA release of a package, with all that it holds.
type Leaf struct {
	Release  string
	Type     Type
	Contents []Content
}

// MergedItem is an item as its package brings it.
type MergedItem struct {
	Content
	// Leaves hold the item: first the one that gives action and version, then the
	// others by key.
	Leaves []string
}

// Merger is what of a package is worked out from its leaves (R2).
type Merger struct {
	// Type is MAJOR when a leaf is, else MINOR, never EMERGENCY.
	Type  Type
	Items []MergedItem // by item
	// Lacks are those of the need CONTENT_ONE: items on which leaves differ.
	Lacks []Lack
}

// Merge puts the leaves of a package together. requires says which releases
// each release REQUIRES, also those between two leaves; items reads the versions
// of items.
//
// For an item of several leaves, REBUILD yields to anything else, and leaves of
// equal action and version count as one. A leaf is built on another when it
// REQUIRES it, by any chain, or takes up where it ends: its fromVersion is the
// other's toVersion, or on one line with it and not below; and so on through
// further leaves. The leaf that is built on all others gives action and version,
// `from` is the lowest. An item of which a leaf is an ADD, and the last a MODIFY,
// is an ADD. Two leaves that are built on each other differ like two of which
// neither is. An item coexists when each of its leaves says so.
func Merge(ctx context.Context, leaves []Leaf, requires map[string][]string, items *version.Reader) (*Merger, error) {
	m := &merging{steps: pace.Of(ctx), reader: items, read: map[string]*version.Version{}}
	sorted := slices.SortedFunc(slices.Values(leaves), func(a, b Leaf) int { return cmp.Compare(a.Release, b.Release) })
	if err := m.require(sorted, requires); err != nil {
		return nil, err
	}
	of := map[string][]holder{}
	result := &Merger{Type: Minor}
	for _, l := range sorted {
		if l.Type == Major {
			result.Type = Major
		}
		for _, c := range l.Contents {
			of[c.Item] = append(of[c.Item], holder{l.Release, c})
		}
	}
	for _, item := range slices.Sorted(maps.Keys(of)) {
		one, lack, err := m.item(of[item])
		switch {
		case err != nil:
			return nil, err
		case lack != "":
			result.Lacks = append(result.Lacks, NeedContentOne.lack(item, "%s", lack))
		default:
			result.Items = append(result.Items, one)
		}
	}
	return result, nil
}

// holder is what one leaf does to an item.
type holder struct {
	leaf string
	Content
}

type merging struct {
	steps    *pace.Pace
	reader   *version.Reader
	read     map[string]*version.Version // nil for a text that cannot be read
	required map[[2]string]bool          // first requires second, both leaves
}

// require follows the chains of REQUIRES from each leaf.
func (m *merging) require(leaves []Leaf, requires map[string][]string) error {
	m.required = map[[2]string]bool{}
	for _, l := range leaves {
		seen := map[string]bool{l.Release: true}
		for open := []string{l.Release}; len(open) > 0; {
			at := open[len(open)-1]
			open = open[:len(open)-1]
			if err := m.steps.Steps(1 + len(requires[at])); err != nil {
				return err
			}
			for _, next := range requires[at] {
				if !seen[next] {
					seen[next] = true
					m.required[[2]string{l.Release, next}] = true
					open = append(open, next)
				}
			}
		}
	}
	return nil
}

func (m *merging) item(all []holder) (MergedItem, string, error) {
	counting := all
	if changed := slices.DeleteFunc(slices.Clone(all), func(h holder) bool { return h.Action == Rebuild }); len(changed) > 0 {
		counting = changed
	}
	groups := m.group(counting)
	top, err := m.top(groups)
	if err != nil {
		return MergedItem{}, "", err
	}
	if top < 0 {
		return MergedItem{}, differing(counting), nil
	}
	winner := groups[top][0]
	merged := MergedItem{Content: winner.Content, Leaves: []string{winner.leaf}}
	for _, h := range all {
		merged.Coexists = merged.Coexists && h.Coexists
		if h.leaf != winner.leaf {
			merged.Leaves = append(merged.Leaves, h.leaf)
		}
	}
	added := slices.ContainsFunc(counting, func(h holder) bool { return h.Action == Add })
	if winner.Action == Add || winner.Action == Modify && added {
		merged.Action, merged.From = Add, ""
	} else {
		merged.From = m.lowest(counting)
	}
	return merged, "", nil
}

// group puts together what leaves do alike.
func (m *merging) group(holders []holder) [][]holder {
	at := map[[2]string]int{}
	var groups [][]holder
	for _, h := range holders {
		key := [2]string{string(h.Action), m.reader.Identity(h.To)}
		i, known := at[key]
		if !known {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], h)
	}
	return groups
}

// top is the group that is built on all others while none of them is built on
// it, -1 when there is none. Of all searches through what has not been seen, the
// last begins at the only group that can lead to all.
func (m *merging) top(groups [][]holder) (int, error) {
	n := len(groups)
	on := make([][]bool, n) // a group is directly built on another
	for i := range groups {
		on[i] = make([]bool, n)
		for j := range groups {
			if err := m.steps.Steps(len(groups[i]) * len(groups[j])); err != nil {
				return 0, err
			}
			on[i][j] = i != j && m.anyBuiltOn(groups[i], groups[j])
		}
	}
	search := func(from int, seen []bool, leads func(from, to int) bool) (count int) {
		seen[from] = true
		for open := []int{from}; len(open) > 0; count++ {
			at := open[len(open)-1]
			open = open[:len(open)-1]
			for next := range n {
				if !seen[next] && leads(at, next) {
					seen[next] = true
					open = append(open, next)
				}
			}
		}
		return count
	}
	down := func(from, to int) bool { return on[from][to] }
	up := func(from, to int) bool { return on[to][from] }
	candidate, seen := 0, make([]bool, n)
	for i := range n {
		if !seen[i] {
			search(i, seen, down)
			candidate = i
		}
	}
	if search(candidate, make([]bool, n), down) < n || search(candidate, make([]bool, n), up) > 1 {
		return -1, nil
	}
	return candidate, nil
}

func (m *merging) anyBuiltOn(p, q []holder) bool {
	for _, a := range p {
		for _, b := range q {
			if m.builtOn(a, b) {
				return true
			}
		}
	}
	return false
}

// builtOn reports whether one leaf takes up where another ends.
func (m *merging) builtOn(p, q holder) bool {
	if m.required[[2]string{p.leaf, q.leaf}] {
		return true
	}
	if p.From == "" || q.To == "" {
		return false
	}
	from, to := m.version(p.From), m.version(q.To)
	if from == nil || to == nil {
		return m.reader.Same(p.From, q.To)
	}
	c := from.Compare(*to)
	return c == 0 || c > 0 && from.Line() == to.Line()
}

func (m *merging) version(text string) *version.Version {
	v, known := m.read[text]
	if !known {
		if read, err := m.reader.Read(text); err == nil {
			v = &read
		}
		m.read[text] = v
	}
	return v
}

// lowest is the lowest version from which a leaf comes; one that cannot be read
// counts only where none can.
func (m *merging) lowest(holders []holder) (text string) {
	var least *version.Version
	for _, h := range holders {
		v := m.version(h.From)
		if v != nil && (least == nil || v.Compare(*least) < 0) {
			least, text = v, h.From
		}
		if least == nil && text == "" {
			text = h.From
		}
	}
	return text
}

func differing(holders []holder) string {
	says := make([]string, len(holders))
	for i, h := range holders {
		says[i] = fmt.Sprintf("%s has %s", h.leaf, h.Content.does())
	}
	return fmt.Sprintf("parts that differ on %s: %s, and none is built on all others", holders[0].Item, strings.Join(says, ", "))
}

// does tells action and versions in words.
func (c Content) does() string {
	switch {
	case c.From != "" && c.To != "" && c.Action != Rebuild:
		return fmt.Sprintf("%s from %s to %s", c.Action, c.From, c.To)
	case c.To != "":
		return fmt.Sprintf("%s %s", c.Action, c.To)
	case c.From != "":
		return fmt.Sprintf("%s %s", c.Action, c.From)
	}
	return string(c.Action)
}
