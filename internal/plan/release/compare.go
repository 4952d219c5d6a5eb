package release

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/plan/version"
)

// Compared is a release as it is compared with another.
type Compared struct {
	Contents []Content
	// Sets are the keys of what else it has, by what they are: requests, problems,
	// known errors, deliverables, media.
	Sets map[string][]string
}

// ItemDifference is an item that two releases leave in different states. One of
// First and Second is nil where that release does nothing to the item.
type ItemDifference struct {
	Item          string
	First, Second *Content
}

// SetDifference are keys that one of two releases has.
type SetDifference struct {
	Name                  string
	OnlyFirst, OnlySecond []string // by key
}

// Comparison is how a second release differs from a first one (R11).
type Comparison struct {
	Added   []ItemDifference // only the second does something to it
	Dropped []ItemDifference // only the first does
	Changed []ItemDifference // they leave it in different versions, or one removes it
	Same    []string         // items that both leave alike
	Sets    []SetDifference  // by name; those that do not differ are left out
}

// Compare tells how two releases differ, item by item and set by set, by key. An
// item is alike where both leave the same version of it, or both remove it.
func Compare(first, second Compared, versions *version.Reader) Comparison {
	var c Comparison
	a, b := byKey(first.Contents), byKey(second.Contents)
	for _, item := range keysOf(a, b) {
		x, y := a[item], b[item]
		d := ItemDifference{item, x, y}
		switch {
		case x == nil:
			c.Added = append(c.Added, d)
		case y == nil:
			c.Dropped = append(c.Dropped, d)
		case (x.Action == Remove) == (y.Action == Remove) && (x.Action == Remove || versions.Same(x.To, y.To)):
			c.Same = append(c.Same, item)
		default:
			c.Changed = append(c.Changed, d)
		}
	}
	for _, name := range keysOf(first.Sets, second.Sets) {
		s := SetDifference{name, without(first.Sets[name], second.Sets[name]), without(second.Sets[name], first.Sets[name])}
		if len(s.OnlyFirst)+len(s.OnlySecond) > 0 {
			c.Sets = append(c.Sets, s)
		}
	}
	return c
}

// Differences are the items in which a release differs from the one before it, by
// key, each with what the two do to it.
func Differences(before, now []Content, versions *version.Reader) []NotedDifference {
	c := Compare(Compared{Contents: before}, Compared{Contents: now}, versions)
	list := []NotedDifference{}
	for _, d := range slices.Concat(c.Added, c.Dropped, c.Changed) {
		list = append(list, NotedDifference{Item: d.Item, Before: d.First.Does(), Now: d.Second.Does()})
	}
	slices.SortFunc(list, func(a, b NotedDifference) int { return cmp.Compare(a.Item, b.Item) })
	return list
}

// Does says what a release does to an item: "MODIFY 1.1.0"; nothing of nil.
func (c *Content) Does() string {
	if c == nil {
		return ""
	}
	return strings.TrimSpace(string(c.Action) + " " + c.To)
}

func byKey(contents []Content) map[string]*Content {
	items := make(map[string]*Content, len(contents))
	for _, c := range contents {
		items[c.Item] = &c
	}
	return items
}

// keysOf are the keys of both maps, each once, in order.
func keysOf[V any](a, b map[string]V) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}

func without(keys, others []string) []string {
	other := make(map[string]bool, len(others))
	for _, k := range others {
		other[k] = true
	}
	list := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return other[k] })
	slices.Sort(list)
	return slices.Compact(list)
}
