package checker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/checker"
	"releasegraph/internal/plan/rollout/rollouttest"
)

// row is a step of a plan that is written by hand.
type row struct {
	wave          int
	site, release string
	from, to      string
	install       []rollout.Action
	remove        []rollout.Action
	reasons       []rollout.Reason
	stage         domain.Ring
}

// modify is an installation of a higher version.
func modify(item, from, to string) rollout.Action {
	return rollout.Action{Item: item, Kind: rollout.Modify, From: from, To: to}
}

// alone is one that does not coexist.
func alone(item, from, to string) rollout.Action {
	a := modify(item, from, to)
	a.Alone = true
	return a
}

// because makes a reason of its code and parameters "name=value".
func because(code rollout.Code, parameters string, chain ...rollout.Edge) rollout.Reason {
	rule, _, _ := strings.Cut(string(code), ".")
	r := rollout.Reason{Rule: rule, Code: code, Text: string(code), Parameters: map[string]string{}, Chain: chain}
	for _, p := range strings.Split(parameters, "; ") {
		if name, value, ok := strings.Cut(p, "="); ok {
			r.Parameters[name] = value
		}
	}
	return r
}

// over writes a chain of items, or of sites.
func over(relationship, kind string, keys ...string) (chain []rollout.Edge) {
	for i := range keys[1:] {
		chain = append(chain, rollout.Edge{Relationship: relationship, From: kind + ":" + keys[i], To: kind + ":" + keys[i+1]})
	}
	return chain
}

func needs(items ...string) []rollout.Edge {
	return over(domain.RelDependsOn, domain.KindConfigurationItem, items...)
}

// hand makes an answer of rows.
func hand(in *rollout.Input, bound int, rows ...row) (*rollout.Answer, [][]rollout.Reason) {
	p := &rollout.Plan{Release: "REL-1", Approach: in.Approach, Activation: domain.AtInstall, LowerBound: bound, Proved: true}
	var reasons [][]rollout.Reason
	for _, r := range rows {
		s := rollout.Step{Site: r.site, Release: "REL-1", Wave: r.wave, Content: len(p.Contents)}
		if r.release != "" {
			s.Release = r.release
		}
		s.Window = domain.TimeRange{From: rollouttest.Instant(r.from), To: rollouttest.Instant(r.to)}
		s.Effort.Duration = s.Window.Length()
		s.Users = *in.Sites[rollouttest.Site(in, r.site)].Users
		p.Contents = append(p.Contents, rollout.Content{Install: r.install, Remove: r.remove})
		for _, a := range slices.Concat(r.install, r.remove) {
			r.reasons = append(r.reasons, because(rollout.Receives, fmt.Sprintf("item=%s; from=%s; to=%s", a.Item, a.From, a.To)))
		}
		if r.wave > len(p.Waves) {
			p.Waves = append(p.Waves, rollout.Wave{Ordinal: r.wave, First: len(p.Steps), Stage: domain.General})
		}
		w := &p.Waves[r.wave-1]
		if r.stage != "" {
			w.Stage = r.stage
		}
		w.Window = w.Window.Span(s.Window)
		w.Count, w.Sites, w.Users = w.Count+1, w.Sites+1, w.Users+s.Users
		p.Steps, reasons = append(p.Steps, s), append(reasons, r.reasons)
	}
	return &rollout.Answer{Plan: p}, reasons
}

const (
	hour0, hour1, hour2, hour3 = "2027-01-01T00:00:00Z", "2027-01-01T01:00:00Z", "2027-01-01T02:00:00Z", "2027-01-01T03:00:00Z"
)

var (
	app, db = modify("app", "1.0.0", "2.0.0"), modify("db", "1.0.0", "2.0.0")
	chain   = needs("app", "api", "db")
)

func only(actions ...rollout.Action) []rollout.Action { return actions }

func why(reasons ...rollout.Reason) []rollout.Reason { return reasons }

// expected are the plans of the worked examples, by their numbers.
var expected = map[int]func(*rollout.Input) (*rollout.Answer, [][]rollout.Reason){
	1: func(in *rollout.Input) (*rollout.Answer, [][]rollout.Reason) {
		return hand(in, 2,
			row{wave: 1, site: "c", from: hour0, to: hour1, install: only(db)},
			row{wave: 2, site: "a", from: hour1, to: hour2, install: only(app), reasons: why(because(rollout.After, "site=c; items=app, api, db", chain...))},
		)
	},
	2: func(in *rollout.Input) (*rollout.Answer, [][]rollout.Reason) {
		together := because(rollout.Together, "sites=a, c; item=db", chain...)
		return hand(in, 1,
			row{wave: 1, site: "c", from: hour0, to: hour1, install: only(alone("db", "1.0.0", "2.0.0")), reasons: why(together)},
			row{wave: 1, site: "a", from: hour1, to: hour2, install: only(app), reasons: why(together)},
		)
	},
	3: func(in *rollout.Input) (*rollout.Answer, [][]rollout.Reason) {
		cycle := why(because(rollout.CycleOf, "sites=a, b", chain...), because(rollout.CycleOf, "sites=a, b", needs("job", "app")...))
		return hand(in, 1,
			row{wave: 1, site: "a", from: hour0, to: hour1, install: only(app), reasons: cycle},
			row{wave: 1, site: "b", from: hour0, to: hour1, install: only(db, modify("job", "1.0.0", "2.0.0")), reasons: cycle},
		)
	},
	4: func(in *rollout.Input) (*rollout.Answer, [][]rollout.Reason) {
		return hand(in, 3,
			row{wave: 1, site: "b", from: hour0, to: hour1, install: only(db), stage: domain.PilotAlpha, reasons: why(because(rollout.GaveWay, "ring=GENERAL; pilot=a", chain...))},
			row{wave: 2, site: "a", from: hour1, to: hour2, install: only(app), stage: domain.PilotAlpha, reasons: why(
				because(rollout.RingOf, "ring=PILOT_ALPHA"), because(rollout.After, "site=b; items=app, api, db", chain...))},
			row{wave: 3, site: "c", from: hour2, to: hour3, install: only(app), reasons: why(because(rollout.AfterPilots, "ring=GENERAL; pilots=a"))},
		)
	},
	5: func(in *rollout.Input) (*rollout.Answer, [][]rollout.Reason) {
		full := because(rollout.Full, "limit=usersPerWave; value=100; load=60; adds=60")
		return hand(in, 2,
			row{wave: 1, site: "a", from: hour0, to: hour1, install: only(app)},
			row{wave: 2, site: "b", from: hour1, to: hour2, install: only(app), reasons: why(full)},
			row{wave: 3, site: "c", from: hour2, to: hour3, install: only(app), reasons: why(full)},
		)
	},
	6: func(in *rollout.Input) (*rollout.Answer, [][]rollout.Reason) {
		return hand(in, 2,
			row{wave: 1, site: "a", from: hour0, to: hour1, install: only(app)},
			row{wave: 1, site: "c", from: hour0, to: hour1, install: only(app)},
			row{wave: 2, site: "b", from: hour1, to: hour2, install: only(app), reasons: why(because(rollout.Pair, "site=a"))},
		)
	},
	7: func(in *rollout.Input) (*rollout.Answer, [][]rollout.Reason) {
		return hand(in, 2,
			row{wave: 1, site: "c", from: hour0, to: hour1, install: only(modify("fax", "1.0.0", "2.0.0"))},
			row{wave: 2, site: "a", from: hour1, to: hour2, install: only(app), reasons: why(
				because(rollout.NeedsSite, "site=c", over(domain.RelSiteNeeds, domain.KindSite, "a", "b", "c")...))},
		)
	},
	8: func(in *rollout.Input) (*rollout.Answer, [][]rollout.Reason) {
		return hand(in, 1,
			row{wave: 1, site: "a", from: "2027-03-28T01:30:00Z", to: "2027-03-28T02:30:00Z", install: only(app), reasons: why(
				because(rollout.InWindow, "record=MaintenanceWindow:w-a; local=2027-03-28T03:30; from=2027-03-27T23:00:00Z"))},
			row{wave: 1, site: "d", from: "2027-03-28T06:30:00Z", to: "2027-03-28T07:30:00Z", install: only(app), reasons: why(
				because(rollout.InWindow, "record=MaintenanceWindow:w-d; local=2027-03-28T02:30; from=2027-03-27T23:00:00Z"))},
		)
	},
	9: func(in *rollout.Input) (*rollout.Answer, [][]rollout.Reason) {
		return hand(in, 2,
			row{wave: 1, site: "b", from: "2027-01-29T00:00:00Z", to: "2027-01-29T02:00:00Z", install: only(db), reasons: why(
				because(rollout.InWindow, "record=MaintenanceWindow:w; local=2027-01-29T01:00; from=2027-01-28T12:00:00Z"))},
			row{wave: 2, site: "a", from: "2027-02-03T00:00:00Z", to: "2027-02-03T02:00:00Z", install: only(app), reasons: why(
				because(rollout.After, "site=b; items=app, api, db", chain...),
				because(rollout.AfterFreeze, "record=Freeze:f; local=2027-02-03T01:00; from=2027-01-30T02:00:00Z"))},
		)
	},
	11: func(in *rollout.Input) (*rollout.Answer, [][]rollout.Reason) {
		return hand(in, 2,
			row{wave: 1, site: "a", release: "REL-0", from: hour0, to: hour1, install: only(modify("app", "1.0.0", "1.5.0")), reasons: why(because(rollout.FirstOf, "release=REL-1"))},
			row{wave: 1, site: "b", from: hour0, to: hour1, install: only(modify("app", "1.5.0", "2.0.0"))},
			row{wave: 2, site: "a", from: hour1, to: hour2, install: only(modify("app", "1.5.0", "2.0.0")), reasons: why(because(rollout.AfterRelease, "release=REL-0"))},
		)
	},
	12: func(in *rollout.Input) (*rollout.Answer, [][]rollout.Reason) {
		bang := because(rollout.AllAtOne, "release=REL-1")
		late := because(rollout.GaveWay, "ring=GENERAL; pilot=a")
		a, r := hand(in, 1,
			row{wave: 1, site: "c", from: hour0, to: hour1, install: only(alone("db", "1.0.0", "2.0.0")), stage: domain.PilotAlpha, reasons: why(bang, because(late.Code, "ring=GENERAL; pilot=a", chain...))},
			row{wave: 1, site: "a", from: hour1, to: hour2, install: only(alone("app", "1.0.0", "2.0.0")), reasons: why(bang, because(rollout.RingOf, "ring=PILOT_ALPHA"))},
			row{wave: 1, site: "b", from: hour1, to: hour2, install: only(alone("app", "1.0.0", "2.0.0")), reasons: why(bang, late)},
		)
		a.Plan.Approach = domain.BigBang
		return a, r
	},
}

// member is a constraint of a contradiction, with what there is without it.
func member(rule, records string, ends string) rollout.Constraint {
	c := rollout.Constraint{Rule: rule, Records: strings.Fields(records), Text: rule}
	if ends != "" {
		c.Relaxed = &rollout.Relaxed{Possible: true, Waves: 2, Ends: rollouttest.Instant(ends)}
	}
	return c
}

func refused(members ...rollout.Constraint) *rollout.Answer {
	return &rollout.Answer{
		Violations:    []rollout.Violation{{Rule: "P8", Text: "it cannot be"}},
		Contradiction: &rollout.Contradiction{Constraints: members, Text: "it cannot be"},
	}
}

// example returns a worked example by its number.
func example(number int) rollouttest.Example {
	return rollouttest.Examples[slices.IndexFunc(rollouttest.Examples, func(x rollouttest.Example) bool { return x.Number == number })]
}

// What the rules' own examples say holds.
func TestTheWorkedExamplesHold(t *testing.T) {
	for _, x := range rollouttest.Examples {
		t.Run(x.Name, func(t *testing.T) {
			in := x.Input()
			if write := expected[x.Number]; write != nil {
				answer, reasons := write(&in)
				require.Empty(t, checker.Check(&in, answer, reasons))
				return
			}
			order := member("P4", "Site:a Site:c", "2027-02-20T22:00:00Z")
			answer := refused(order, member("P7", "Site:a", "2027-02-23T02:00:00Z"),
				member("P7", "soak", "2027-02-20T22:00:00Z"), member("P8", "activateAt", "2027-02-27T22:00:00Z"))
			order.Relaxed.Waves = 1
			require.Empty(t, checker.Check(&in, answer, nil))
		})
	}
}

// Nothing that coexists goes into one wave, which a smaller limit forbids.
func TestALimitBelowABigBangIsAContradiction_P6(t *testing.T) {
	in := example(12).With(func(q *rollout.Question) { two := 2; q.Limits.SitesPerWave = &two }).Input()
	require.Empty(t, checker.Check(&in, refused(member("P6", "BIG_BANG", ""), member("P6", "limit:sitesPerWave", "")), nil))
	require.NotEmpty(t, checker.Check(&in, refused(member("P6", "BIG_BANG", "")), nil))
	require.NotEmpty(t, checker.Check(&in, refused(member("P6", "BIG_BANG", ""), member("P6", "limit:sitesPerWave", ""), member("P5", "Site:a", "")), nil))
	answer, reasons := expected[12](&in)
	require.NotEmpty(t, checker.Check(&in, answer, reasons))
}
