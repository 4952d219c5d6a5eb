package release_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
)

func closed(t testing.TB, e release.Estate, category release.Category, changes ...release.Content) *release.Holding {
	t.Helper()
	h, err := release.Close(context.Background(), e, category, changes)
	require.NoError(t, err)
	return h
}

// TestAChangedProgramRebuildsItsApplication is example 3.
func TestAChangedProgramRebuildsItsApplication_R2(t *testing.T) {
	e := &estate{units: map[string][]release.Member{"pay": {member("pay-calc"), member("pay-ui")}}}
	change := modify("pay-calc", "1.0.0", "1.1.0")

	full := closed(t, e, release.Full, change)
	require.Equal(t, []release.HeldItem{
		{Content: change},
		{
			Content: release.Content{Item: "pay-ui", Action: release.Rebuild, From: "1.0.0", To: "1.0.0", Coexists: true},
			Because: &release.Brought{Unit: "pay", By: "pay-calc"}, Status: domain.ItemLive,
		},
	}, full.Items)
	require.Empty(t, full.LeftOut)

	delta := closed(t, e, release.Delta, change)
	require.Equal(t, []release.Content{change}, delta.Contents())
	require.Equal(t, []release.LeftOut{{Item: "pay-ui", Unit: "pay"}}, delta.LeftOut)
	require.Equal(t, units("pay"), delta.Units)
}

func TestSharingAnItemJoinsTwoUnits_R2(t *testing.T) {
	e := &estate{units: map[string][]release.Member{
		"a": {member("x"), member("y")}, "b": {member("y"), member("z")}, "c": {member("z")}, "far": {member("q")},
	}}
	h := closed(t, e, release.Full, release.Content{Item: "x", Action: release.Remove, From: "1"}, modify("alone", "1", "2"))
	require.Equal(t, []release.Unit{{Key: "a"}, {Key: "b"}, {Key: "c"}, {Key: "alone", Own: true}}, h.Units, "a REMOVE holds its unit too")
	require.Equal(t, []string{"alone", "x", "y", "z"}, itemsOf(h))
	require.Equal(t, &release.Brought{Unit: "b", By: "y"}, h.Items[3].Because)
}

func TestUnitsOfOneLevelAreHeldByKey_R2(t *testing.T) {
	e := &estate{units: map[string][]release.Member{"z": {member("x"), member("p")}, "b": {member("y"), member("p")}}}
	h := closed(t, e, release.Full, modify("y", "1", "2"), modify("x", "1", "2"))
	require.Equal(t, units("b", "z"), h.Units)
	require.Equal(t, &release.Brought{Unit: "b", By: "y"}, h.Items[2].Because)
}

func TestWhatIsWithdrawnDoesNotJoinAndWhatIsNotBuiltBlocks_R2(t *testing.T) {
	of := func(item string, s domain.ItemStatus) release.Member { return release.Member{Item: item, Status: s} }
	e := &estate{units: map[string][]release.Member{
		"a":   {member("x"), of("gone", domain.ItemWithdrawn), of("sold", domain.ItemDisposed), of("new", domain.ItemInDevelopment), of("due", domain.ItemOrdered)},
		"old": {of("gone", domain.ItemWithdrawn), member("behind")},
	}}
	h := closed(t, e, release.Full, modify("x", "1", "2"))
	require.Equal(t, []string{"x", "due", "new"}, itemsOf(h))
	require.Equal(t, []string{
		"CONTENT_COMPLETE due: due of unit a is ORDERED and held: ADD it or take it from the unit",
		"CONTENT_COMPLETE new: new of unit a is IN_DEVELOPMENT and held: ADD it or take it from the unit",
	}, told(h.Incomplete()))
	h = closed(t, e, release.Full, modify("x", "1", "2"), release.Content{Item: "new", Action: release.Add}, release.Content{Item: "due", Action: release.Add})
	require.Empty(t, h.Incomplete())
	require.Equal(t, []release.LeftOut{{Item: "due", Unit: "a"}, {Item: "new", Unit: "a"}}, closed(t, e, release.Delta, modify("x", "1", "2")).LeftOut)
}

func itemsOf(h *release.Holding) (list []string) {
	for _, i := range h.Items {
		list = append(list, i.Item)
	}
	return list
}

// TestAClosureIsTheLeastFixpoint compares with adding items until nothing
// changes, and counts how often the estate is asked.
func TestAClosureIsTheLeastFixpoint_R2(t *testing.T) {
	item := rapid.Custom(func(t *rapid.T) string { return fmt.Sprint("i", rapid.IntRange(0, 9).Draw(t, "item")) })
	rapid.Check(t, func(t *rapid.T) {
		e := &estate{units: map[string][]release.Member{}}
		status := map[string]domain.ItemStatus{}
		for i := range 10 {
			status[fmt.Sprint("i", i)] = rapid.SampledFrom(domain.ItemStatuses).Draw(t, "status")
		}
		for u, items := range rapid.MapOfN(rapid.StringMatching(`u[0-9]`), rapid.SliceOfNDistinct(item, 0, 3, rapid.ID), 0, 6).Draw(t, "units") {
			for _, i := range items {
				e.units[u] = append(e.units[u], release.Member{Item: i, Status: status[i]})
			}
		}
		changed := rapid.SliceOfNDistinct(item, 1, 3, rapid.ID).Draw(t, "changes")
		var changes []release.Content
		for _, i := range changed {
			changes = append(changes, modify(i, "1", "2"))
		}
		h, err := release.Close(context.Background(), e, release.Full, changes)
		require.NoError(t, err)

		want, depth := map[string]bool{}, map[string]int{}
		for _, i := range changed {
			want[i] = true
		}
		for level, more := 1, true; more; level++ {
			more = false
			before := maps.Clone(want)
			for _, members := range e.units {
				if !slices.ContainsFunc(members, func(m release.Member) bool { return before[m.Item] }) {
					continue
				}
				for _, m := range members {
					if !want[m.Item] && m.Status != domain.ItemWithdrawn && m.Status != domain.ItemDisposed {
						want[m.Item], depth[m.Item], more = true, level, true
					}
				}
			}
		}
		require.ElementsMatch(t, slices.Collect(maps.Keys(want)), itemsOf(h))
		last := 0
		for _, i := range h.Items {
			require.GreaterOrEqual(t, depth[i.Item], last, "breadth first")
			last = depth[i.Item]
			if i.Because != nil {
				require.Equal(t, depth[i.Item]-1, depth[i.Because.By], "brought by what is one level nearer")
				grouped := e.units[i.Because.Unit]
				for _, key := range []string{i.Item, i.Because.By} {
					require.True(t, slices.ContainsFunc(grouped, func(m release.Member) bool { return m.Item == key }))
				}
			}
		}
		require.LessOrEqual(t, e.asked, 2*(last+2), "once a level for units, once for items")
	})
}

func TestAClosureTellsWhatFails(t *testing.T) {
	boom := errors.New("boom")
	_, err := release.Close(context.Background(), failing{boom}, release.Full, []release.Content{modify("x", "1", "2")})
	require.ErrorIs(t, err, boom)
}

type failing struct{ err error }

func (f failing) UnitsOf(context.Context, []string) (map[string][]string, error) { return nil, f.err }
func (f failing) ItemsOf(context.Context, []string) (map[string][]release.Member, error) {
	return nil, f.err
}

func TestLeavesAreFoundOnceEach_R2(t *testing.T) {
	leaves, err := release.Leaves(context.Background(), map[string][]string{"p": {"q", "b", "a"}, "q": {"a", "c"}}, "p")
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, leaves)
	_, err = release.Leaves(context.Background(), nil, "p")
	require.EqualError(t, err, "p bundles no release")
}

func BenchmarkClosure(b *testing.B) {
	e := prepared{}
	for u := range 20_000 {
		for i := range 6 {
			e.add(fmt.Sprint("u", u), fmt.Sprint("i", u*5+i))
		}
	}
	for b.Loop() {
		h := closed(b, e, release.Full, modify("i0", "1", "2"))
		if len(h.Items) != 100_001 {
			b.Fatal(len(h.Items))
		}
	}
}

// prepared answers from maps, by "u" and "i".
type prepared map[string][]string

func (p prepared) add(unit, item string) {
	p[unit], p[item] = append(p[unit], item), append(p[item], unit)
}

func (p prepared) UnitsOf(_ context.Context, items []string) (map[string][]string, error) {
	return p, nil
}

func (p prepared) ItemsOf(_ context.Context, units []string) (map[string][]release.Member, error) {
	of := map[string][]release.Member{}
	for _, u := range units {
		for _, i := range p[u] {
			of[u] = append(of[u], member(i))
		}
	}
	return of, nil
}
