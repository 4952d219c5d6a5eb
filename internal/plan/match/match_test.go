package match_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/plan/match"
	"releasegraph/internal/plan/plantest"
)

func TestVersionsAreNamedByTextBySemanticVersionOrByRange(t *testing.T) {
	for _, c := range []struct {
		said, version string
		want          bool
	}{
		{"14.2.0", "14.2.0", true},
		{" 14.2.0 ", "14.2.0", true},
		{"14.2", "14.2.0", true},
		{"v14.2.0", "14.2.0", true},
		{"14.2", "14.2.7", false},
		{"14.2.x", "14.2.7", true},
		{"~14.2", "14.3.0", false},
		{">=14.0, <14.3", "14.2.7", true},
		{">=14.0, <14.3", "14.3.0", false},
		{">=14.0, <14.3", "14.2.0-rc.1", true},
		{"<14 || >=16", "16.1.0", true},
		{"build 7 (May)", "build 7 (May)", true},
		{"build 7 (May)", "build 8", false},
		{">=14.0", "build 8", false},
		{"14.2.0", "14.2.0+a", true}, // what was built of it does not matter
	} {
		if got := match.Names(c.said, c.version); got != c.want {
			t.Errorf("%q names %q: %v, want %v", c.said, c.version, got, c.want)
		}
	}
}

func parts(m match.Match) string {
	var list []string
	for _, p := range m.Parts {
		list = append(list, fmt.Sprintf("%s %d/%d %s", p.Kind, p.Score, p.Most, p.Text))
	}
	return strings.Join(list, "; ")
}

func TestAMatchExplainsEachOfItsParts(t *testing.T) {
	sought := match.Sought{
		Items: []match.Item{
			{ID: "1", Key: "shop", Versions: []string{"2.4.0"}},
			{ID: "2", Key: "db", Steps: 1, Versions: []string{"14.2.0", "14.4.0"}},
			{ID: "3", Key: "os", Steps: 3},
		},
		Words: []string{"checkout", "hangs", "payment"},
	}
	got := plantest.Done(match.Rank(context.Background(), sought, []match.Candidate{
		{ID: "a", Key: "KE-a", Present: []match.Presence{{Item: "1", Versions: []string{"2.4.x"}}}, Words: []string{"checkout", "hangs", "payment"}},
		{ID: "b", Key: "KE-b", Present: []match.Presence{{Item: "2", Versions: []string{"<14.3"}}}, Words: []string{"slow"}},
		{ID: "c", Key: "KE-c", Present: []match.Presence{{Item: "1", Versions: []string{"1.x"}}}},
		{ID: "d", Key: "KE-d", Present: []match.Presence{{Item: "3", Versions: []string{"1.0"}}}, Words: []string{"payment", "page"}},
		{ID: "e", Key: "KE-e", Present: []match.Presence{{Item: "1"}, {Item: "2"}}},
		{ID: "f", Key: "KE-f", Present: []match.Presence{{Item: "elsewhere"}}, Words: []string{"checkout", "hangs", "payment"}},
	}))
	want := []string{
		"KE-a 100 1 ITEM 40/40 is in shop; VERSION 20/20 2.4.0 runs, which 2.4.x names; SYMPTOMS 40/40 shares 3 of 3 words: checkout, hangs, payment",
		"KE-e 50 1 ITEM 40/40 is in shop; VERSION 10/20 is said to be in any version; SYMPTOMS 0/40 shares no word",
		"KE-b 40 2 ITEM 20/40 is in db, on which an item of the problem depends; VERSION 20/20 14.2.0 runs, which <14.3 names; SYMPTOMS 0/40 shares no word",
		"KE-f 40  ITEM 0/40 is in none of the items, nor in what they depend on; VERSION 0/20 no item to compare versions of; SYMPTOMS 40/40 shares 3 of 3 words: checkout, hangs, payment",
		"KE-d 25 3 ITEM 10/40 is in os, on which an item of the problem depends by 3 steps; VERSION 5/20 is in 1.0; which version of os runs is not known; SYMPTOMS 10/40 shares 1 of 3 words: payment",
	}
	var told []string
	for _, m := range got {
		told = append(told, fmt.Sprintf("%s %d %s %s", m.Key, m.Score, m.Item, parts(m)))
	}
	if !slices.Equal(told, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
}

func TestAKnownErrorOfAnotherVersionFitsByItsSymptomsOnly(t *testing.T) {
	got := plantest.Done(match.Rank(context.Background(),
		match.Sought{Items: []match.Item{{ID: "1", Key: "db", Versions: []string{"15.1"}}}, Words: []string{"locks"}},
		[]match.Candidate{{ID: "a", Key: "KE-a", Present: []match.Presence{{Item: "1", Versions: []string{"14.x"}}}, Words: []string{"locks"}}},
	))
	if len(got) != 1 || got[0].Score != match.MostSymptoms || got[0].Item != "" {
		t.Fatalf("got %+v", got)
	}
	if text := parts(got[0]); !strings.Contains(text, "is in db, but not in the version that runs") || !strings.Contains(text, "is in 14.x, and 15.1 runs") {
		t.Errorf("explained as %s", text)
	}
}

func drawSought(t *rapid.T) match.Sought {
	words := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}), 0, 5, rapid.ID).Draw(t, "words")
	var items []match.Item
	for i := range rapid.IntRange(0, 4).Draw(t, "items") {
		items = append(items, match.Item{
			ID: fmt.Sprint(i), Key: fmt.Sprint("i", i), Steps: rapid.IntRange(0, 3).Draw(t, "steps"),
			Versions: rapid.SliceOfN(rapid.SampledFrom([]string{"1.0.0", "1.2.0", "2.0.0", "odd"}), 0, 2).Draw(t, "runs"),
		})
	}
	return match.Sought{Items: items, Words: words}
}

func drawCandidates(t *rapid.T) []match.Candidate {
	var list []match.Candidate
	for i := range rapid.IntRange(0, 6).Draw(t, "candidates") {
		c := match.Candidate{
			ID: fmt.Sprint(i), Key: fmt.Sprint("k", i),
			Words: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}), 0, 5, rapid.ID).Draw(t, "known"),
		}
		for range rapid.IntRange(0, 2).Draw(t, "presences") {
			c.Present = append(c.Present, match.Presence{
				Item:     fmt.Sprint(rapid.IntRange(0, 5).Draw(t, "in")),
				Versions: rapid.SliceOfN(rapid.SampledFrom([]string{"1.x", "1.2.0", ">=2", "odd"}), 0, 2).Draw(t, "versions"),
			})
		}
		list = append(list, c)
	}
	return list
}

func TestAScoreIsTheSumOfItsPartsAndDoesNotDependOnTheOrderOfTheCandidates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sought, candidates := drawSought(t), drawCandidates(t)
		got := plantest.Done(match.Rank(context.Background(), sought, candidates))
		for i, m := range got {
			sum := 0
			for _, p := range m.Parts {
				if p.Score < 0 || p.Score > p.Most || p.Text == "" {
					t.Fatalf("part %+v of %s", p, m.Key)
				}
				sum += p.Score
			}
			if sum != m.Score || m.Score < match.Least || m.Score > 100 || len(m.Parts) != 3 {
				t.Fatalf("%+v", m)
			}
			if i > 0 && (got[i-1].Score < m.Score || got[i-1].Score == m.Score && got[i-1].Key >= m.Key) {
				t.Fatalf("%v comes before %v", got[i-1], m)
			}
		}
		again := plantest.Done(match.Rank(context.Background(), sought, rapid.Permutation(candidates).Draw(t, "order")))
		if fmt.Sprint(again) != fmt.Sprint(got) {
			t.Fatalf("in another order %v, not %v", again, got)
		}
	})
}

func TestANearerItemNeverScoresLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sought, candidates := drawSought(t), drawCandidates(t)
		score := func(s match.Sought) map[string]int {
			scores := map[string]int{}
			for _, m := range plantest.Done(match.Rank(context.Background(), s, candidates)) {
				scores[m.Key] = m.Score
			}
			return scores
		}
		far := score(sought)
		for i := range sought.Items {
			sought.Items[i].Steps = max(0, sought.Items[i].Steps-1)
		}
		for key, near := range score(sought) {
			if near < far[key] {
				t.Fatalf("%s scores %d, from farther away %d", key, near, far[key])
			}
		}
	})
}
