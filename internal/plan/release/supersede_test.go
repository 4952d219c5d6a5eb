package release_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/plan/version"
)

var begin = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// live is a release of the unit pay that went live on a day.
func live(day int, key, number string, kind release.Type, contents ...release.Content) release.Live {
	return release.Live{Release: key, Type: kind, LiveAt: begin.AddDate(0, 0, day), Units: []release.Held{
		{Unit: release.Unit{Key: "pay"}, Number: number, Contents: contents},
	}}
}

func supersedes(r release.Live, others []release.Live, numbers, items *version.Reader) []release.Superseded {
	return must(release.Supersedes(context.Background(), r, others, numbers, items))
}

func names(list []release.Superseded) (keys []string) {
	for _, s := range list {
		keys = append(keys, s.Release)
	}
	return keys
}

// TestSupersession is example 10.
func TestSupersession_R1(t *testing.T) {
	calc := func(to string) release.Content { return modify("pay-calc", "", to) }
	earlier := []release.Live{
		live(1, "M1", "1.0.0", release.Major, calc("1.0.0")), live(2, "N14", "1.4.0", release.Minor, calc("1.4.0")),
		live(3, "M2", "2.0.0", release.Major, calc("2.0.0")), live(4, "E21", "2.0.1", release.Emergency, calc("2.0.1")),
		live(5, "N21", "2.1.0", release.Minor, calc("2.1.0")), live(6, "E22", "2.1.1", release.Emergency, calc("2.1.1")),
		live(7, "E14", "1.4.1", release.Emergency, calc("1.4.1")), live(8, "E23", "2.1.2", release.Emergency, modify("pay-ui", "", "2.1.2")),
	}
	minor := live(9, "R", "2.2.0", release.Minor, calc("2.2.0"))
	require.Equal(t, []release.Superseded{{Release: "E22", Units: units("pay")}}, supersedes(minor, earlier, semver, semver))
	major := live(9, "R", "3.0.0", release.Major, calc("3.0.0"), release.Content{Item: "pay-ui", Action: release.Rebuild, To: "2.1.2"})
	require.Equal(t, []string{"E14", "E21", "E22", "E23", "M1", "M2", "N14", "N21"}, names(supersedes(major, earlier, semver, semver)))
	require.Empty(t, supersedes(live(9, "R", "2.1.3", release.Emergency, calc("2.1.3")), earlier, semver, semver), "an EMERGENCY supersedes nothing")

	kept := earlier[5]
	kept.KeptInForce = true
	require.Empty(t, supersedes(minor, []release.Live{kept}, semver, semver))
	later := earlier[5]
	later.LiveAt = minor.LiveAt
	require.Empty(t, supersedes(minor, []release.Live{later}, semver, semver), "it did not go live before")
}

func TestAPackageSupersedesItsHighestLeaf_R1(t *testing.T) {
	e1, e2 := live(1, "E1", "1.4.2", release.Emergency, modify("pay-calc", "", "1.4.2")), live(2, "E2", "1.4.3", release.Emergency, modify("pay-ui", "", "1.4.3"))
	p := live(3, "P", "1.4.3", release.Minor, modify("pay-calc", "", "1.4.2"), modify("pay-ui", "", "1.4.3"))
	require.Equal(t, []string{"E1"}, names(supersedes(p, []release.Live{e1, e2}, semver, semver)))
	p.Leaves = []string{"E1", "E2"}
	require.Equal(t, []string{"E1", "E2"}, names(supersedes(p, []release.Live{e1, e2}, semver, semver)))
	require.Equal(t, "1.4.3", release.HighestNumber(release.Unit{Key: "pay"}, []release.Numbered{
		numbered("E1", "1.4.2", release.Emergency, release.Closed), numbered("E2", "1.4.3", release.Emergency, release.Closed), numbered("E9", "x", release.Emergency, release.Closed),
	}, semver))
	require.Empty(t, release.HighestNumber(release.Unit{Key: "ui"}, nil, semver))
}

func TestWhatLiesBetweenIsStrictlyBetween_R1(t *testing.T) {
	fix, r := live(1, "E", "1.4.0", release.Emergency, modify("a", "", "1.4.0")), live(9, "R", "1.6.0", release.Minor, modify("a", "", "1.6.0"))
	for number, want := range map[string]int{"1.3.0": 1, "1.4.0": 1, "1.5.0": 0, "1.6.0": 1, "1.7.0": 1} {
		other := live(2, "N", number, release.Minor, modify("b", "", "1.0.0"))
		require.Len(t, supersedes(r, []release.Live{fix, other}, semver, semver), want, number)
	}
}

func TestSupersessionIsByContent_R1(t *testing.T) {
	q := live(1, "Q", "1.0.0", release.Minor, modify("a", "", "1.5"), release.Content{Item: "b", Action: release.Remove, From: "1"})
	for _, c := range []struct {
		about    string
		contains release.Content
		want     int
	}{
		{"at least as high", modify("a", "", "1.5"), 1}, {"removed", release.Content{Item: "a", Action: release.Remove}, 1},
		{"lower", modify("a", "", "1.4"), 0}, {"unreadable", modify("a", "", "?"), 0}, {"absent", modify("c", "", "2"), 0},
	} {
		require.Len(t, supersedes(live(2, "R", "2.0.0", release.Major, c.contains), []release.Live{q}, semver, natural), c.want, c.about)
	}
}

func TestAReleaseIsSupersededInAllOfItsUnits_R1(t *testing.T) {
	one, other := release.Superseded{Release: "A", Units: units("a")}, release.Superseded{Release: "B", Units: units("b", "c")}
	require.True(t, release.Whole(units("a", "b"), []release.Superseded{one, other}))
	require.False(t, release.Whole(units("a", "b"), []release.Superseded{one}))
	require.False(t, release.Whole(nil, nil))
}

// TestSupersessionIsAsTheRuleIsWorded compares with looking at each pair, and
// for each at all others.
func TestSupersessionIsAsTheRuleIsWorded_R1(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.IntRange(1, 4)
		draw := func(key string) release.Live {
			r := release.Live{Release: key, Type: rapid.SampledFrom(domain.ReleaseTypes).Draw(t, "type"), LiveAt: begin.AddDate(0, 0, rapid.IntRange(0, 9).Draw(t, "day"))}
			for _, u := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b"}), 1, 2, rapid.ID).Draw(t, "units") {
				h := release.Held{Unit: release.Unit{Key: u}, Number: fmt.Sprint(number.Draw(t, "number"))}
				for i := range 2 {
					if rapid.IntRange(0, 3).Draw(t, "has") > 0 {
						h.Contents = append(h.Contents, release.Content{Item: fmt.Sprint(u, i), Action: rapid.SampledFrom(release.Actions).Draw(t, "action"), To: fmt.Sprint(number.Draw(t, "to"))})
					}
				}
				r.Units = append(r.Units, h)
			}
			return r
		}
		r := draw("R")
		if rapid.Bool().Draw(t, "all") {
			for i := range r.Units {
				u := r.Units[i].Unit.Key
				r.Units[i].Contents = []release.Content{modify(u+"0", "", "9"), modify(u+"1", "", "9")}
			}
		}
		var others []release.Live
		for i := range rapid.IntRange(0, 6).Draw(t, "others") {
			others = append(others, draw(fmt.Sprint("Q", i)))
		}
		if rapid.Bool().Draw(t, "package") && len(others) > 0 {
			r.Leaves = []string{"Q0"}
		}
		want := map[string]bool{}
		for _, q := range others {
			for _, h := range q.Units {
				if slowlySupersedes(r, q, h, others) {
					want[q.Release+h.Unit.Key] = true
				}
			}
		}
		got := map[string]bool{}
		for _, s := range supersedes(r, others, natural, natural) {
			for _, u := range s.Units {
				got[s.Release+u.Key] = true
			}
		}
		require.Equal(t, want, got)
	})
}

func slowlySupersedes(r, q release.Live, h release.Held, others []release.Live) bool {
	for _, own := range r.Units {
		if own.Unit != h.Unit || !q.LiveAt.Before(r.LiveAt) || r.Type == release.Emergency {
			continue
		}
		leaf := len(r.Leaves) > 0 && r.Leaves[0] == q.Release
		if h.Number > own.Number || h.Number == own.Number && !leaf {
			return false
		}
		for _, c := range h.Contents {
			held := c.Action == release.Remove || c.Action == release.Rebuild
			for _, mine := range own.Contents {
				held = held || mine.Item == c.Item && (mine.Action == release.Remove || mine.To >= c.To)
			}
			if !held {
				return false
			}
		}
		if r.Type == release.Major {
			return true
		}
		if q.Type != release.Emergency {
			return false
		}
		for _, m := range others {
			for _, between := range m.Units {
				if m.Type != release.Emergency && m.LiveAt.Before(r.LiveAt) && between.Unit == h.Unit && h.Number < between.Number && between.Number < own.Number {
					return false
				}
			}
		}
		return true
	}
	return false
}
