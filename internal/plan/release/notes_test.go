package release_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/release"
)

func notes() release.Notes {
	return release.Notes{
		Changes:  []release.NotedChange{{"NORMAL", "C-2", "faster search"}, {"EMERGENCY", "C-9", "no crash"}, {"NORMAL", "C-1", "new colours"}},
		Problems: []release.NotedProblem{{"software", "P-1", "it crashed"}},
		Errors:   []release.NotedError{{"K-2", "late mails", "mails are late", "wait"}, {"K-1", "odd dates", "dates are odd", "read twice"}},
		Asked:    []release.NotedStep{{"LOGIN", "T-1", "log in again"}},
		Items:    []release.NotedItem{{Content: rebuild2("ui")}, {Content: modify("calc", "1", "2")}, {Content: release.Content{Item: "new", Action: release.Add, To: "1"}}},
		Contacts: []release.NotedContact{{"SUPPORTED_BY", "desk", "Service desk", "1234"}},
		Calendar: []release.NotedStep{{"WAVE", "w-1", "Monday"}},
		Install:  []string{"calc", "ui"}, BackOut: []release.UndoStep{{Item: "ui"}, {Item: "calc"}}, Kit: []release.KitItem{{"m2", "bb"}, {"m1", "aa"}},
	}
}

func TestNotesAreForTheirAudience_R11(t *testing.T) {
	n := notes()
	require.Equal(t, release.Notes{
		Changes:  []release.NotedChange{{"EMERGENCY", "", "no crash"}, {"NORMAL", "", "new colours"}, {"NORMAL", "", "faster search"}},
		Problems: []release.NotedProblem{{"software", "", "it crashed"}},
		Errors:   []release.NotedError{{"", "odd dates", "", "read twice"}, {"", "late mails", "", "wait"}},
		Asked:    []release.NotedStep{{"LOGIN", "", "log in again"}},
	}, n.ForAudience(release.Customers))

	support := n.ForAudience(release.Support)
	require.Equal(t, "dates are odd", support.Errors[0].Symptoms)
	require.Equal(t, []string{"new", "calc", "ui"}, []string{support.Items[0].Item, support.Items[1].Item, support.Items[2].Item})
	require.Empty(t, support.Kit)
	require.Empty(t, support.Changes[0].Key)

	technical := n.ForAudience(release.Technical)
	require.Equal(t, "C-9", technical.Changes[0].Key)
	require.Equal(t, "m1", technical.Kit[0].Key)
	require.Equal(t, n.Install, technical.Install)
	require.Equal(t, notes(), n, "what was given stays as it is")
}

// TestNoItemKeyReachesCustomers writes the notes out and looks for keys.
func TestNoItemKeyReachesCustomers_R11(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.StringMatching(`KEY[A-Z]{3}`)
		n := release.Notes{Install: []string{key.Draw(t, "install")}}
		for range rapid.IntRange(0, 3).Draw(t, "lists") {
			k := key.Draw(t, "key")
			n.Changes = append(n.Changes, release.NotedChange{Key: k})
			n.Problems = append(n.Problems, release.NotedProblem{Key: k})
			n.Errors = append(n.Errors, release.NotedError{Key: k})
			n.Asked = append(n.Asked, release.NotedStep{Key: k})
			n.Items = append(n.Items, release.NotedItem{Content: modify(k, "1", "2")})
			n.Contacts = append(n.Contacts, release.NotedContact{Key: k})
			n.Calendar = append(n.Calendar, release.NotedStep{Key: k})
			n.BackOut = append(n.BackOut, release.UndoStep{Item: k})
			n.Kit = append(n.Kit, release.KitItem{Key: k})
		}
		text, err := json.Marshal(n.ForAudience(release.Customers))
		require.NoError(t, err)
		require.False(t, strings.Contains(string(text), "KEY"), string(text))
	})
}

func TestTwoReleasesAreCompared_R11(t *testing.T) {
	gone := release.Content{Item: "gone", Action: release.Remove, From: "1.0.0"}
	first := release.Compared{
		Contents: []release.Content{modify("calc", "1.0.0", "1.1.0"), modify("same", "1.0.0", "1.1.0"), modify("gone", "0.9.0", "1.0.0"), modify("left", "1.0.0", "1.1.0"), {Item: "both", Action: release.Remove}},
		Sets:     map[string][]string{"requests": {"C-2", "C-1"}, "problems": {"P-1"}, "known errors": {"K-1"}},
	}
	second := release.Compared{
		Contents: []release.Content{modify("calc", "1.1.0", "1.2.0"), rebuilt("same", "1.1.0+b"), gone, modify("new", "1.0.0", "1.1.0"), {Item: "both", Action: release.Remove}},
		Sets:     map[string][]string{"requests": {"C-3", "C-2"}, "problems": {"P-1"}, "deliverables": {"d"}},
	}
	c := release.Compare(first, second, semver)
	require.Equal(t, []release.ItemDifference{{Item: "new", Second: &second.Contents[3]}}, c.Added)
	require.Equal(t, []release.ItemDifference{{Item: "left", First: &first.Contents[3]}}, c.Dropped)
	require.Equal(t, []release.ItemDifference{{"calc", &first.Contents[0], &second.Contents[0]}, {"gone", &first.Contents[2], &gone}}, c.Changed)
	require.Equal(t, []string{"both", "same"}, c.Same)
	require.Equal(t, []release.SetDifference{
		{Name: "deliverables", OnlySecond: []string{"d"}, OnlyFirst: nil}, {Name: "known errors", OnlyFirst: []string{"K-1"}, OnlySecond: nil}, {Name: "requests", OnlyFirst: []string{"C-1"}, OnlySecond: []string{"C-3"}},
	}, c.Sets)
}

func rebuilt(item, v string) release.Content {
	return release.Content{Item: item, Action: release.Rebuild, From: v, To: v, Coexists: true}
}

// TestComparingBackwardsIsTheMirror holds Compare to itself.
func TestComparingBackwardsIsTheMirror_R11(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func() (c release.Compared) {
			for _, item := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 3, rapid.ID).Draw(t, "items") {
				c.Contents = append(c.Contents, release.Content{Item: item, Action: rapid.SampledFrom(release.Actions).Draw(t, "action"), To: rapid.SampledFrom([]string{"1", "2", "?"}).Draw(t, "to")})
			}
			c.Sets = map[string][]string{"x": rapid.SliceOf(rapid.SampledFrom([]string{"k", "l"})).Draw(t, "set")}
			return c
		}
		first, second := draw(), draw()
		there, back := release.Compare(first, second, natural), release.Compare(second, first, natural)
		require.Len(t, back.Dropped, len(there.Added))
		require.Len(t, back.Added, len(there.Dropped))
		require.Len(t, back.Changed, len(there.Changed))
		require.Equal(t, there.Same, back.Same)
		items := map[string]bool{}
		for _, c := range append(first.Contents, second.Contents...) {
			items[c.Item] = true
		}
		require.Equal(t, len(items), len(there.Added)+len(there.Dropped)+len(there.Changed)+len(there.Same))
		itself := release.Compare(first, first, natural)
		require.Empty(t, itself.Sets)
		require.Len(t, itself.Same, len(first.Contents))
	})
}
