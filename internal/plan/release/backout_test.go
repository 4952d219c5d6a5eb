package release_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
)

func undone(item string, height int, coexists bool, requests ...release.UndoneRequest) release.Undone {
	return release.Undone{Content: release.Content{Item: item, Action: release.Modify, Coexists: coexists}, Height: height, Requests: requests}
}

func by(key string, kind domain.BackOutKind) release.UndoneRequest {
	return release.UndoneRequest{Key: key, Kind: kind}
}

func backOut(t testing.TB, items []release.Undone, needs ...release.Dependency) *release.BackOutPlan {
	t.Helper()
	p, err := release.BackOut(context.Background(), items, needs, semver)
	require.NoError(t, err)
	return p
}

func steps(p *release.BackOutPlan) (list []string) {
	for _, s := range p.Steps {
		list = append(list, strings.TrimSpace(fmt.Sprint(s.Item, " ", s.Request, " ", s.Does, " ", strings.Join(s.Stays.Chain(), ">"))))
	}
	return list
}

// TestALegalDateWithNoReturn is example 7.
func TestALegalDateWithNoReturn_R10(t *testing.T) {
	needs := []release.Dependency{{From: "shop-web", To: "shop-app"}, {From: "shop-app", To: "shop-db"}}
	items := func(db bool, dbKind domain.BackOutKind) []release.Undone {
		return []release.Undone{
			undone("shop-app", 2, false, by("C-2", domain.BackOutNone)), undone("shop-db", 1, db, by("C-1", dbKind)), undone("shop-web", 3, false, by("C-3", domain.BackOutFull)),
		}
	}
	p := backOut(t, items(false, domain.BackOutFull), needs...)
	require.Equal(t, domain.BackOutNone, p.Reversible)
	require.Equal(t, "C-2", p.Steps[p.LeastReversible].Request)
	require.Equal(t, []string{
		"shop-web C-3 UNDO shop-app>shop-web", "shop-app C-2 MITIGATE shop-app", "shop-db C-1 UNDO shop-app>shop-db",
	}, steps(p))

	p = backOut(t, items(true, domain.BackOutPartial), needs...)
	require.Equal(t, []string{"shop-web C-3 UNDO shop-app>shop-web", "shop-app C-2 MITIGATE shop-app", "shop-db C-1 UNDO"}, steps(p), "shop-db coexists")
	require.Equal(t, domain.BackOutPartial, p.Steps[2].Kind)
	require.Equal(t, []string{"REVERSIBLE C-2: a release that can be undone FULL: it is so only NONE, by C-2"}, told(release.Reversible(p, domain.BackOutFull)))
	require.Empty(t, release.Reversible(p, domain.BackOutNone))
}

func TestABackOutGoesInReverseOrderOfInstallation_R10(t *testing.T) {
	added := undone("new", 1, true)
	added.Action = release.Add
	p := backOut(t, []release.Undone{
		added, undone("b", 2, true), undone("a", 2, true, release.UndoneRequest{Key: "C-1", Version: "1.9.0", Kind: domain.BackOutFull},
			release.UndoneRequest{Key: "C-3", Version: "1.10.0", Kind: domain.BackOutPartial}, release.UndoneRequest{Key: "C-2", Version: "1.10.0", Kind: domain.BackOutPartial},
			release.UndoneRequest{Key: "C-0", Version: "?", Kind: domain.BackOutFull}),
	})
	require.Equal(t, []string{"a C-2 UNDO", "a C-3 UNDO", "a C-1 UNDO", "a C-0 UNDO", "b  PUT_BACK", "new  TAKE_AWAY"}, steps(p))
	require.Equal(t, domain.BackOutPartial, p.Reversible)
	require.Zero(t, p.LeastReversible, "the first step of that kind")
	p = backOut(t, nil)
	require.Equal(t, domain.BackOutFull, p.Reversible)
	require.Equal(t, -1, p.LeastReversible)
}

func TestARequestThatDoesNotSayCannotBeUndone_R10(t *testing.T) {
	require.Equal(t, domain.BackOutNone, backOut(t, []release.Undone{undone("a", 1, true, by("C-1", ""))}).Reversible)
	require.Equal(t, []string{
		"BACK_OUT_PLANS C-1: how far C-1 can be undone: its backOutKind",
		"BACK_OUT_PLANS C-2: a back-out plan of C-2, since its backOutKind is PARTIAL",
		"BACK_OUT_PLANS C-3: a mitigation of C-3, since its backOutKind is NONE",
	}, told(release.BackOutPlans([]release.PlannedUndo{
		{Key: "C-3", Kind: domain.BackOutNone, Plan: true}, {Key: "C-2", Kind: domain.BackOutPartial, Mitigation: true}, {Key: "C-1", Plan: true, Mitigation: true},
		{Key: "C-4", Kind: domain.BackOutFull, Plan: true}, {Key: "C-5", Kind: domain.BackOutNone, Mitigation: true},
	})))
}

// TestWhatStaysIsAsTheRuleIsWorded compares with spreading until nothing
// changes, all chains beside one another.
func TestWhatStaysIsAsTheRuleIsWorded_R10(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 7).Draw(t, "items")
		var items []release.Undone
		coexists := map[string]bool{}
		chains := map[string][]string{}
		for i := range n {
			key := fmt.Sprint(i)
			kind := domain.BackOutNone
			if i > 0 {
				kind = rapid.SampledFrom([]domain.BackOutKind{domain.BackOutFull, domain.BackOutFull, domain.BackOutPartial, domain.BackOutNone}).Draw(t, "kind")
			}
			coexists[key] = rapid.IntRange(0, 3).Draw(t, "coexists") == 0
			items = append(items, undone(key, rapid.IntRange(1, 3).Draw(t, "height"), coexists[key], by("C-"+key, kind)))
			if kind == domain.BackOutNone {
				chains[key] = []string{key}
			}
		}
		var needs []release.Dependency
		for range rapid.IntRange(0, 14).Draw(t, "needs") {
			end := rapid.IntRange(0, n) // one is not of the contents
			needs = append(needs, release.Dependency{From: fmt.Sprint(end.Draw(t, "from")), To: fmt.Sprint(end.Draw(t, "to"))})
		}
		outside := fmt.Sprint(n)
		for more := true; more; {
			more = false
			for _, d := range needs {
				if coexists[d.To] || d.From == outside || d.To == outside {
					continue
				}
				for _, e := range [][2]string{{d.From, d.To}, {d.To, d.From}} {
					if chains[e[0]] == nil {
						continue
					}
					longer := append(slices.Clone(chains[e[0]]), e[1])
					if old := chains[e[1]]; old == nil || len(longer) < len(old) || len(longer) == len(old) && slices.Compare(longer, old) < 0 {
						chains[e[1]], more = longer, true
					}
				}
			}
		}
		p, err := release.BackOut(context.Background(), items, needs, semver)
		require.NoError(t, err)
		for i, s := range p.Steps {
			require.Equal(t, chains[s.Item], s.Stays.Chain())
			if i > 0 {
				require.GreaterOrEqual(t, height(items, p.Steps[i-1].Item), height(items, s.Item))
			}
		}
	})
}

func TestOfEquallyShortChainsTheFirstByKeyIsTold_R10(t *testing.T) {
	var items []release.Undone
	for _, key := range []string{"e", "d", "c", "b"} {
		items = append(items, undone(key, 1, false))
	}
	items = append(items, undone("a", 1, false, by("C", domain.BackOutNone)))
	p := backOut(t, items, release.Dependency{From: "a", To: "c"}, release.Dependency{From: "b", To: "a"}, release.Dependency{From: "d", To: "c"}, release.Dependency{From: "d", To: "b"})
	require.Equal(t, []string{"a C MITIGATE a", "b  PUT_BACK a>b", "c  PUT_BACK a>c", "d  PUT_BACK a>b>d", "e  PUT_BACK"}, steps(p))
}

func height(items []release.Undone, key string) int {
	return items[slices.IndexFunc(items, func(u release.Undone) bool { return u.Item == key })].Height
}

func BenchmarkBackOut(b *testing.B) {
	for _, n := range []int{200, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var items []release.Undone
			var needs []release.Dependency
			for i := range n {
				key := fmt.Sprintf("item-%05d", i)
				kind := domain.BackOutFull
				if i == 0 {
					kind = domain.BackOutNone
				}
				items = append(items, undone(key, n-i, false, release.UndoneRequest{Key: "C-" + key, Version: "1.2.3", Kind: kind}))
				if i > 0 {
					needs = append(needs, release.Dependency{From: key, To: fmt.Sprintf("item-%05d", i-1)})
				}
			}
			for b.Loop() {
				if p := backOut(b, items, needs...); p.Steps[n-1].Stays == nil {
					b.Fatal("it has to stay")
				}
			}
		})
	}
}
