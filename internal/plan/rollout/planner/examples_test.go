package planner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/planner"
)

// reasons writes the reasons of a site's step, those of P2 aside: code, main
// parameter and chain.
func reasons(t testing.TB, made *planner.Made, site string) (list []string) {
	for i, s := range made.Plan.Steps {
		if s.Site != site {
			continue
		}
		found, err := made.Explain(t.Context(), i)
		require.NoError(t, err)
		for _, r := range found {
			if r.Rule == "P2" {
				continue
			}
			require.True(t, strings.HasPrefix(string(r.Code), r.Rule+"."), r.Code)
			require.Contains(t, rollout.Codes, r.Code)
			require.NotEmpty(t, r.Text)
			words := []string{string(r.Code)}
			for _, name := range []string{"site", "sites", "pilot", "ring", "limit", "record", "release"} {
				if v := r.Parameters[name]; v != "" {
					words = append(words, v)
				}
			}
			for k, e := range r.Chain {
				if k == 0 {
					words = append(words, "by", e.From)
				} else {
					require.Equal(t, r.Chain[k-1].To, e.From, "a chain goes on where it ended")
				}
				words = append(words, e.To)
			}
			list = append(list, strings.NewReplacer("ConfigurationItem:", "", "Site:", "").Replace(strings.Join(words, " ")))
		}
	}
	return list
}

func window(made *planner.Made, site string, wave int) string {
	for _, s := range made.Plan.Steps {
		if s.Site == site && s.Wave == wave {
			return s.Window.From.Format("01-02T15:04") + " " + s.Window.To.Format("01-02T15:04")
		}
	}
	return ""
}

// The worked examples have exact answers.
func TestTheTwelveExamplesHaveTheirAnswers(t *testing.T) {
	for n, want := range map[string]struct {
		ask     func(*rollout.Input)
		waves   string
		reasons map[string][]string
		windows map[string]string // by site and wave
	}{
		"1": {waves: "c | a", reasons: map[string][]string{"c": nil, "a": {"P4.AFTER c by app api db"}}},
		"2": {
			waves:   "c a",
			reasons: map[string][]string{"a": {"P4.TOGETHER c by app api db"}, "c": {"P4.TOGETHER a by app api db"}},
			windows: map[string]string{"c 1": "12-01T00:00 12-01T01:00", "a 1": "12-01T01:00 12-01T02:00"},
		},
		"3": {waves: "a b", reasons: map[string][]string{
			"a": {"P4.CYCLE a,b by app api db", "P4.CYCLE a,b by job app"}, "b": {"P4.CYCLE a,b by job app", "P4.CYCLE a,b by app api db"},
		}},
		"4": {waves: "b | a | c", reasons: map[string][]string{
			"b": {"P5.GAVE_WAY a PILOT_ALPHA by app api db"},
			"a": {"P5.RING PILOT_ALPHA", "P4.AFTER b by app api db"},
			"c": {"P5.AFTER_PILOTS PILOT_ALPHA"},
		}},
		"5": {
			ask: func(in *rollout.Input) {
				in.Limits = rollout.Limits{SitesPerWave: pointer(3), UsersPerWave: pointer(100)}
			},
			waves:   "a | b | c",
			reasons: map[string][]string{"a": nil, "b": {"P6.FULL usersPerWave"}, "c": {"P6.FULL usersPerWave"}},
		},
		"6": {waves: "a c | b", reasons: map[string][]string{"a": nil, "c": nil, "b": {"P13.PAIR a"}}},
		"7": {waves: "c | a", reasons: map[string][]string{"c": nil, "a": {"P4.NEEDS_SITE c by a b c"}}},
		"8": {
			ask: func(in *rollout.Input) {
				in.NotBefore, in.WorkDuration = pointer(moment("2027-03-27T23:00:00Z")), time.Hour
			},
			waves:   "a d",
			reasons: map[string][]string{"a": {"P7.WINDOW MaintenanceWindow:w-a"}, "d": {"P7.WINDOW MaintenanceWindow:w-d"}},
			windows: map[string]string{"a 1": "03-28T01:30 03-28T02:30", "d 1": "03-28T06:30 03-28T07:30"},
		},
		"9": {
			ask: func(in *rollout.Input) {
				in.NotBefore, in.Soak, in.WorkDuration = pointer(moment("2027-01-28T12:00:00Z")), 24*time.Hour, 2*time.Hour
			},
			waves:   "b | a",
			reasons: map[string][]string{"b": {"P7.WINDOW MaintenanceWindow:w"}, "a": {"P4.AFTER b by app api db", "P7.SOAK", "P7.FREEZE Freeze:f"}},
			windows: map[string]string{"b 1": "01-29T00:00 01-29T02:00", "a 2": "02-03T00:00 02-03T02:00"},
		},
		"11": {
			waves:   "a/REL-0 b | a",
			reasons: map[string][]string{"a": {"P9.FIRST REL-1", "P9.AFTER REL-0"}, "b": nil},
		},
		"12": {
			ask:   func(in *rollout.Input) { in.Limits.SitesPerWave = pointer(3) },
			waves: "c a b",
			reasons: map[string][]string{
				"a": {"P6.BIG_BANG REL-1", "P4.TOGETHER c by app api db", "P4.ITEM b", "P5.RING PILOT_ALPHA"},
				"b": {"P6.BIG_BANG REL-1", "P4.TOGETHER c by app api db", "P4.ITEM a", "P5.GAVE_WAY a PILOT_ALPHA"},
				"c": {"P6.BIG_BANG REL-1", "P4.TOGETHER a,b by app api db", "P5.GAVE_WAY a PILOT_ALPHA by app api db"},
			},
			windows: map[string]string{"c 1": "12-01T00:00 12-01T01:00", "a 1": "12-01T01:00 12-01T02:00", "b 1": "12-01T01:00 12-01T02:00"},
		},
	} {
		t.Run(n, func(t *testing.T) {
			in := example(t, n)
			if want.ask != nil {
				want.ask(in)
			}
			made := plan(t, in)
			require.NotNil(t, made.Plan, made.Answer)
			require.Equal(t, want.waves, waves(made.Plan))
			require.True(t, made.Plan.Proved)
			require.Equal(t, len(made.Plan.Waves), made.Plan.LowerBound)
			for site, codes := range want.reasons {
				require.Equal(t, codes, reasons(t, made, site), site)
			}
			for at, hours := range want.windows {
				site, wave, _ := strings.Cut(at, " ")
				require.Equal(t, hours, window(made, site, int(wave[0]-'0')), at)
			}
			require.Equal(t, map[bool]domain.RolloutApproach{true: domain.BigBang, false: domain.Phased}[n == "12"], made.Plan.Approach)
		})
	}
}

// constraints writes the members of a contradiction, with what relaxing each gives.
func constraints(c *rollout.Contradiction) (list []string) {
	for _, one := range c.Constraints {
		text := one.Rule + " " + strings.Join(one.Records, " ")
		if one.Relaxed != nil && one.Relaxed.Possible {
			text += one.Relaxed.Ends.Format(" 01-02T15:04")
		}
		list = append(list, text)
	}
	slices.Sort(list)
	return list
}

// Example 10: no plan, with what cannot hold together and what each part costs.
func TestAnInstantThatComesTooSoonIsExplained_P8(t *testing.T) {
	in := example(t, "10")
	in.NotBefore, in.Soak, in.WorkDuration = pointer(moment("2027-02-20T00:00:00Z")), 72*time.Hour, time.Hour
	in.Activation, in.ActivateAt = domain.Scheduled, pointer(moment("2027-02-25T00:00:00Z"))
	made := plan(t, in)
	require.Nil(t, made.Plan)
	require.Equal(t, []string{
		"P4 Site:a Site:c 02-20T22:00", "P7 Site:a 02-23T02:00", "P7 soak 02-20T22:00", "P8 activateAt 02-27T22:00",
	}, constraints(made.Contradiction))
	require.Contains(t, made.Contradiction.Text, "2027-02-27T22:00Z")
	require.Contains(t, made.Contradiction.Text, "app > api > db")
	require.Len(t, made.Violations, 4)
}

// Example 12 with too small a limit.
func TestABigBangThatDoesNotFitIsAContradiction_P6(t *testing.T) {
	in := example(t, "12")
	in.Limits.SitesPerWave = pointer(2)
	made := plan(t, in)
	require.Nil(t, made.Plan)
	require.Equal(t, []string{"P6 BIG_BANG", "P6 limit:sitesPerWave 12-01T02:00"}, constraints(made.Contradiction))
}

// The same records in another order give the same plan and the same reasons.
func TestAPlanDoesNotFollowFromTheOrderOfTheRecords_P10(t *testing.T) {
	told := func(in *rollout.Input) string {
		made := plan(t, in)
		text := fmt.Sprintf("%+v", made.Plan.Waves) + fmt.Sprintf("%+v", made.Plan.Contents)
		for i, s := range made.Plan.Steps {
			found, err := made.Explain(t.Context(), i)
			require.NoError(t, err)
			text += fmt.Sprintf("\n%+v %+v", s, found)
		}
		return text
	}
	for n := 1; n <= 12; n++ {
		in, other := example(t, fmt.Sprint(n)), example(t, fmt.Sprint(n))
		turn(other)
		require.Equal(t, told(in), told(other), n)
	}
}

// turn puts all lists of an input into the opposite order.
func turn(in *rollout.Input) {
	item := func(i *rollout.ItemNo) { *i = rollout.ItemNo(len(in.Items)-1) - *i }
	site := func(i *rollout.SiteNo) { *i = rollout.SiteNo(len(in.Sites)-1) - *i }
	release := func(i *rollout.ReleaseNo) { *i = rollout.ReleaseNo(len(in.Releases)-1) - *i }
	for i := range in.Dependencies {
		item(&in.Dependencies[i].From)
		item(&in.Dependencies[i].To)
	}
	for i := range in.Installed {
		item(&in.Installed[i].Item)
		site(&in.Installed[i].Site)
	}
	for _, links := range [][]rollout.SiteLink{in.Needs, in.StandIns} {
		for i := range links {
			site(&links[i].From)
			site(&links[i].To)
		}
	}
	for r := range in.Releases {
		for i := range in.Releases[r].Changes {
			item(&in.Releases[r].Changes[i].Item)
		}
		for i := range in.Releases[r].Requires {
			release(&in.Releases[r].Requires[i])
		}
		slices.Reverse(in.Releases[r].Changes)
	}
	for i := range in.Windows {
		for k := range in.Windows[i].Sites {
			site(&in.Windows[i].Sites[k])
		}
	}
	release(&in.Release)
	slices.Reverse(in.Items)
	slices.Reverse(in.Sites)
	slices.Reverse(in.Releases)
	slices.Reverse(in.Dependencies)
	slices.Reverse(in.Installed)
	slices.Reverse(in.Windows)
	slices.Reverse(in.Needs)
	slices.Reverse(in.StandIns)
}
