package release_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/release"
)

func leaf(key string, contents ...release.Content) release.Leaf {
	return release.Leaf{Release: key, Type: release.Minor, Contents: contents}
}

func merged(t testing.TB, requires map[string][]string, leaves ...release.Leaf) *release.Merger {
	t.Helper()
	m, err := release.Merge(context.Background(), leaves, requires, semver)
	require.NoError(t, err)
	return m
}

func TestRebuildYieldsAndEqualVersionsMerge_R2(t *testing.T) {
	rebuild := release.Content{Item: "x", Action: release.Rebuild, From: "1.0.0", To: "1.0.0", Coexists: true}
	apart := modify("x", "1.0.0", "1.1.0+b")
	apart.Coexists = false
	m := merged(t, nil, leaf("C", rebuild), leaf("B", apart), leaf("A", modify("x", "1.0.0", "1.1.0"), rebuild2("y")), leaf("D", rebuild2("y")))
	require.Empty(t, m.Lacks)
	require.Equal(t, []release.MergedItem{
		{Content: release.Content{Item: "x", Action: release.Modify, From: "1.0.0", To: "1.1.0"}, Leaves: []string{"A", "B", "C"}},
		{Content: rebuild2("y"), Leaves: []string{"A", "D"}},
	}, m.Items)
	require.Equal(t, release.Minor, m.Type)
}

func rebuild2(item string) release.Content {
	return release.Content{Item: item, Action: release.Rebuild, From: "2.0.0", To: "2.0.0", Coexists: true}
}

func TestTheLeafBuiltOnAllOthersWins_R2(t *testing.T) {
	add := release.Content{Item: "x", Action: release.Add, To: "1.0.0", Coexists: true}
	remove := release.Content{Item: "x", Action: release.Remove, From: "1.2.0", Coexists: true}
	for _, c := range []struct {
		about    string
		requires map[string][]string
		leaves   []release.Leaf
		want     release.Content
	}{
		{"it begins where the other ends", nil, []release.Leaf{leaf("B", modify("x", "1.1.0", "2.0.0")), leaf("A", modify("x", "1.0.0", "1.1.0"))}, modify("x", "1.0.0", "2.0.0")},
		{"it goes on on the line", nil, []release.Leaf{leaf("A", modify("x", "1.1.0", "1.1.1")), leaf("B", modify("x", "1.1.3", "1.1.4"))}, modify("x", "1.1.0", "1.1.4")},
		{"by a chain of versions", nil, []release.Leaf{leaf("A", modify("x", "1.0.0", "2.0.0")), leaf("B", modify("x", "2.0.0", "3.0.0")), leaf("C", modify("x", "3.0.0", "4.0.0"))}, modify("x", "1.0.0", "4.0.0")},
		{"by a chain of requirements", map[string][]string{"A": {"far"}, "far": {"B"}}, []release.Leaf{leaf("A", modify("x", "1.0.0", "2.0.0")), leaf("B", modify("x", "1.0.0", "3.0.0"))}, modify("x", "1.0.0", "2.0.0")},
		{"an added item stays one", nil, []release.Leaf{leaf("A", add), leaf("B", modify("x", "1.0.0", "1.2.0"))}, release.Content{Item: "x", Action: release.Add, To: "1.2.0", Coexists: true}},
		{"a removal is built on what it removes", nil, []release.Leaf{leaf("A", modify("x", "1.1.0", "1.2.0")), leaf("B", remove)}, release.Content{Item: "x", Action: release.Remove, From: "1.1.0", Coexists: true}},
	} {
		m := merged(t, c.requires, c.leaves...)
		require.Empty(t, m.Lacks, c.about)
		require.Equal(t, c.want, m.Items[0].Content, c.about)
	}
}

func TestPartsThatDifferAreRefused_R2(t *testing.T) {
	m := merged(t, nil, leaf("A", modify("x", "1.0.0", "1.1.0")), leaf("B", modify("x", "1.0.0", "1.2.0")), leaf("C", modify("y", "1.0.0", "1.1.0")))
	require.Equal(t, []string{
		"CONTENT_ONE x: parts that differ on x: A has MODIFY from 1.0.0 to 1.1.0, B has MODIFY from 1.0.0 to 1.2.0, and none is built on all others",
	}, told(m.Lacks))
	require.Len(t, m.Items, 1)
	m = merged(t, nil, leaf("A", modify("x", "1.0.0", "2.0.0")), leaf("B", modify("x", "2.0.0", "1.0.0")))
	require.Len(t, m.Lacks, 1, "each is built on the other")
}

func TestAPackageIsMajorWithAMajorLeafElseMinor_R2(t *testing.T) {
	require.Equal(t, release.Minor, merged(t, nil, release.Leaf{Release: "E", Type: release.Emergency}).Type)
	require.Equal(t, release.Major, merged(t, nil, release.Leaf{Release: "E", Type: release.Emergency}, release.Leaf{Release: "M", Type: release.Major}).Type)
}

// TestMergingIsAsTheRuleIsWorded compares with closing "built on" leaf by leaf.
func TestMergingIsAsTheRuleIsWorded_R2(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("1.%d.%d", rapid.IntRange(0, 1).Draw(t, "minor"), rapid.IntRange(0, 3).Draw(t, "patch"))
		})
		n := rapid.IntRange(1, 4).Draw(t, "leaves")
		requires := map[string][]string{}
		var leaves []release.Leaf
		for i := range n {
			key := fmt.Sprint(i)
			action := rapid.SampledFrom(release.Actions).Draw(t, "action")
			c := release.Content{Item: "x", Action: action, Coexists: true}
			if action != release.Add {
				c.From = number.Draw(t, "from")
			}
			switch action {
			case release.Rebuild:
				c.To = c.From
			case release.Add, release.Modify:
				c.To = number.Draw(t, "to")
			}
			leaves = append(leaves, leaf(key, c))
			for j := range i {
				if rapid.IntRange(0, 3).Draw(t, "requires") == 0 {
					requires[key] = append(requires[key], fmt.Sprint(j))
				}
			}
		}
		m, err := release.Merge(context.Background(), leaves, requires, semver)
		require.NoError(t, err)
		want, ok := slowMerge(leaves, requires)
		require.Equal(t, !ok, len(m.Lacks) == 1)
		if ok {
			require.Equal(t, want, m.Items[0].Content)
		}
	})
}

func slowMerge(leaves []release.Leaf, requires map[string][]string) (release.Content, bool) {
	var of []release.Leaf
	for _, l := range leaves {
		if l.Contents[0].Action != release.Rebuild {
			of = append(of, l)
		}
	}
	if len(of) == 0 {
		of = leaves
	}
	var chain func(a, b string) bool
	chain = func(a, b string) bool {
		return slices.ContainsFunc(requires[a], func(next string) bool { return next == b || chain(next, b) })
	}
	alike := func(a, b release.Leaf) bool {
		return a.Contents[0].Action == b.Contents[0].Action && a.Contents[0].To == b.Contents[0].To
	}
	n := len(of)
	on := make([][]bool, n)
	for i, p := range of {
		on[i] = make([]bool, n)
		for j, q := range of {
			from, to := p.Contents[0].From, q.Contents[0].To
			line := from != "" && to != "" && from[:3] == to[:3] && from >= to
			on[i][j] = i != j && (chain(p.Release, q.Release) || line)
		}
	}
	for range n { // what is alike is built on the same, and built on by the same
		for i := range n {
			for j := range n {
				for k := range n {
					on[i][j] = on[i][j] || on[i][k] && on[k][j] || alike(of[i], of[k]) && on[k][j] || alike(of[j], of[k]) && on[i][k]
				}
			}
		}
	}
	var tops []release.Leaf
	for i, p := range of {
		top := true
		for j, q := range of {
			top = top && (alike(p, q) || on[i][j] && !on[j][i])
		}
		if top {
			tops = append(tops, p)
		}
	}
	if len(tops) == 0 {
		return release.Content{}, false
	}
	c := tops[0].Contents[0]
	c.From = ""
	added := false
	for _, l := range of {
		added = added || l.Contents[0].Action == release.Add
		if f := l.Contents[0].From; f != "" && (c.From == "" || f < c.From) {
			c.From = f
		}
	}
	if c.Action == release.Modify && added {
		c.Action = release.Add
	}
	if c.Action == release.Add {
		c.From = ""
	}
	return c, true
}
