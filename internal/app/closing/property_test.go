package closing_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// drawn is an estate: a package P of the releases A and B, and C, which no package
// has; their requests, the problems that these resolve, and their defects.
type drawn struct {
	releases  map[string]domain.ReleaseStatus
	requests  map[string]domain.ChangeRequestStatus
	of        map[string]string // the release of a request
	resolves  map[string]string // the problem of a request
	problems  map[string]domain.ProblemStatus
	diagnosed map[string]bool
	defects   map[string]domain.KnownErrorStatus
	brought   map[string]string // the release of a defect
	described map[string]bool
	with      map[string]bool // parts that went with the package last
}

// moved is a release that comes to a status.
type moved struct {
	release string
	to      domain.ReleaseStatus
}

var parts = []string{"A", "B"}

func drawEstate(t *rapid.T) (*drawn, []moved) {
	d := &drawn{
		releases: map[string]domain.ReleaseStatus{}, requests: map[string]domain.ChangeRequestStatus{}, of: map[string]string{}, resolves: map[string]string{},
		problems: map[string]domain.ProblemStatus{}, diagnosed: map[string]bool{}, defects: map[string]domain.KnownErrorStatus{}, brought: map[string]string{},
		described: map[string]bool{}, with: map[string]bool{},
	}
	statuses := []domain.ReleaseStatus{domain.ReleaseAccepted, domain.ReleaseDeploying, domain.ReleaseVerifying, domain.ReleaseClosed, domain.ReleaseBackedOut}
	for _, k := range []string{"A", "B", "C", "P"} {
		d.releases[k] = rapid.SampledFrom(statuses[:4]).Draw(t, "status of "+k)
	}
	for i := range 3 {
		k := fmt.Sprint("PR", i)
		d.problems[k] = rapid.SampledFrom([]domain.ProblemStatus{domain.ProblemOpen, domain.ProblemDiagnosed, domain.ProblemClosed}).Draw(t, k)
		d.diagnosed[k] = d.problems[k] != domain.ProblemOpen || rapid.Bool().Draw(t, "its cause is known")
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "requests") {
		k := fmt.Sprint("C", i)
		d.of[k] = rapid.SampledFrom([]string{"A", "B", "C", ""}).Draw(t, k)
		d.resolves[k] = rapid.SampledFrom(slices.Sorted(maps.Keys(d.problems))).Draw(t, "resolves")
		d.requests[k] = rapid.SampledFrom([]domain.ChangeRequestStatus{domain.ChangeAuthorised, domain.ChangeInRelease, domain.ChangeImplemented, domain.ChangeClosed}).Draw(t, "status")
	}
	for i := range 2 {
		k := fmt.Sprint("K", i)
		d.brought[k] = rapid.SampledFrom([]string{"A", "C"}).Draw(t, k)
		d.described[k] = rapid.Bool().Draw(t, "described")
		d.defects[k] = domain.KnownErrorDraft
	}
	moves := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) moved {
		return moved{rapid.SampledFrom([]string{"A", "C", "P", "P"}).Draw(t, "release"), rapid.SampledFrom(statuses).Draw(t, "to")}
	}), 1, 4).Draw(t, "moves")
	return d, moves
}

// lines are the estate as an import brings it.
func (d *drawn) lines() []string {
	lines := slices.Clone(paying)
	for k, status := range d.releases {
		if k == "P" {
			lines = append(lines, fmt.Sprintf(`{"node":"Release","key":"P","name":"P","releaseVersion":"26.1","type":"MINOR","category":"PACKAGE","status":%q}`, status))
			continue
		}
		lines = append(lines, of(k, map[string]string{"A": "2.2.0", "B": "2.2.1", "C": "2.1.9"}[k], map[string]string{"A": "MAJOR", "B": "MINOR", "C": "EMERGENCY"}[k], "DELTA", string(status), "", map[string]string{"A": "pay-calc", "B": "pay-ui", "C": "pay-calc"}[k])...)
	}
	for _, k := range parts {
		lines = append(lines, fmt.Sprintf(`{"edge":"BUNDLES","from":"Release:P","to":"Release:%s"}`, k))
	}
	for k, status := range d.problems {
		cause := ""
		if d.diagnosed[k] {
			cause = `,"cause":"a fault"`
		}
		lines = append(lines, fmt.Sprintf(`{"node":"Problem","key":%q,"name":"P","status":%q%s}`, k, status, cause))
	}
	for k, status := range d.requests {
		lines = append(lines, request(k, string(status), d.of[k], d.resolves[k])...)
	}
	for k := range d.defects {
		said := ""
		if d.described[k] {
			said = `,"symptoms":"slow","workaround":"wait"`
		}
		lines = append(lines, fmt.Sprintf(`{"node":"KnownError","key":%q,"name":"K"%s}`, k, said), fmt.Sprintf(`{"edge":"INTRODUCED_BY","from":"KnownError:%s","to":"Release:%s"}`, k, d.brought[k]))
	}
	return lines
}

// follow works out by the words of the rules what a move leaves.
func (d *drawn) follow(m moved) {
	was := d.releases[m.release]
	if was == m.to {
		return
	}
	goes := []string{m.release}
	live := func(s domain.ReleaseStatus) bool {
		return s == domain.ReleaseDeploying || s == domain.ReleaseVerifying || s == domain.ReleaseClosed
	}
	if m.release == "P" {
		for _, part := range parts {
			together := d.with[part] && d.releases[part] == was && live(was)
			if together || d.releases[part] == domain.ReleaseAccepted && live(m.to) {
				goes = append(goes, part)
				d.with[part] = true
			}
		}
	} else {
		d.with[m.release] = false
	}
	before := maps.Clone(d.requests)
	for _, k := range goes {
		d.releases[k] = m.to
	}
	own := func(request string) bool { return slices.Contains(goes, d.of[request]) }
	for k, status := range d.requests {
		if !own(k) {
			continue
		}
		switch {
		case m.to == domain.ReleaseVerifying && status == domain.ChangeInRelease:
			d.requests[k] = domain.ChangeImplemented
		case m.to == domain.ReleaseClosed && (status == domain.ChangeInRelease || status == domain.ChangeImplemented):
			d.requests[k] = domain.ChangeClosed
		case m.to == domain.ReleaseBackedOut && status != domain.ChangeAuthorised:
			d.requests[k] = domain.ChangeBackedOut
		}
	}
	for p := range d.problems {
		d.problems[p] = d.problem(p, m.to, before, own)
	}
	for k, status := range d.defects {
		switch {
		case !slices.Contains(goes, d.brought[k]):
		case m.to == domain.ReleaseClosed && status == domain.KnownErrorDraft && d.described[k]:
			d.defects[k] = domain.KnownErrorPublished
		case m.to == domain.ReleaseBackedOut && status == domain.KnownErrorPublished:
			d.defects[k] = domain.KnownErrorRetired
		}
	}
}

// problem is where a problem stands after releases came to a status.
func (d *drawn) problem(p string, to domain.ReleaseStatus, before map[string]domain.ChangeRequestStatus, own func(string) bool) domain.ProblemStatus {
	touched, open, done := false, false, false
	for k, status := range before {
		if d.resolves[k] != p {
			continue
		}
		finished := status == domain.ChangeImplemented || status == domain.ChangeClosed
		if own(k) {
			touched = true
			open = open || !finished && status != domain.ChangeInRelease
			continue
		}
		open, done = open || status != domain.ChangeClosed, done || finished
	}
	switch {
	case !touched:
	case to == domain.ReleaseClosed && d.diagnosed[p] && !open:
		return domain.ProblemClosed
	case to == domain.ReleaseBackedOut && d.problems[p] == domain.ProblemClosed && !done:
		return domain.ProblemOpen
	}
	return d.problems[p]
}

// told is all that follows, as it stands in a store.
func told(f *apptest.Fixture, d *drawn) map[string]string {
	list := map[string]string{}
	for k := range d.releases {
		r := f.Release(k)
		list[k] = fmt.Sprint(r.Status, r.LiveAt != nil, places(f, r))
	}
	for k := range d.requests {
		list[k] = string(f.Status(k))
	}
	for k := range d.problems {
		list[k] = string(problem(f, k))
	}
	for k := range d.defects {
		list[k] = string(defect(f, k).Status)
	}
	return list
}

// places are the releases whose place one has taken.
func places(f *apptest.Fixture, r *domain.Release) (keys []string) {
	far, err := f.Store.Edges(f.Ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(r.ID)}, Rel: domain.RelSupersedes, Direction: store.Out})
	require.NoError(f.T, err)
	for _, n := range far[0].Nodes {
		keys = append(keys, n.Props.Text("key"))
	}
	slices.Sort(keys)
	return keys
}

// verb moves a release as a verb of an area does.
func verb(f *apptest.Fixture, m moved) {
	f.T.Helper()
	now := apptest.March(2, 0).Add(time.Duration(f.Head()) * time.Minute) // later than all before
	e := estate.New(f.Store, func() time.Time { now = now.Add(time.Second); return now }, func() string { return uuid.Must(uuid.NewV7()).String() })
	e.Rules, e.Consequences = f.Rules(), f.Consequences()
	e.Admits, e.Committed = func(context.Context, bool) error { return nil }, func(context.Context, *store.Change) {}
	_, err := e.Mutate(f.Ctx, estate.Mutation{Action: authz.Lead, Kind: domain.KindRelease}, func(*entity.Kind) (*estate.Draft, entity.Record, error) {
		before := f.Release(m.release)
		after := entity.Clone(before).(*domain.Release)
		if before.Status != m.to {
			after.Move(m.to, now)
		}
		draft := &estate.Draft{}
		draft.Decide(before, after)
		return draft, after, nil
	})
	require.NoError(f.T, err)
}

// Whatever brings a release to a status, the same follows, and what the rules say;
// the same again adds nothing (D8, R1, R4, ADR 15).
func TestWhatFollowsFromTheStatusOfReleasesIsWhatTheRulesSay_D8(t *testing.T) {
	for kind, on := range map[string]struct {
		draws int
		open  func(*testing.T) store.Store
	}{
		"sqlite": {25, func(t *testing.T) store.Store { return apptest.OpenSQLite(t) }},
		"neo4j":  {3, apptest.OpenNeo4j},
	} {
		t.Run(kind, func(t *testing.T) {
			superseded := 0
			for seed := range on.draws {
				var moves []moved
				d := rapid.Custom(func(t *rapid.T) (d *drawn) {
					d, moves = drawEstate(t)
					return d
				}).Example(seed)
				imported := played(t, on.open(t), d, moves, func(f *apptest.Fixture, m moved) { comes(f, m.release, m.to) })
				by := played(t, on.open(t), d, moves, verb)
				require.Equal(t, imported, by, "draw %d: %v", seed, moves)
				for _, m := range moves {
					d.follow(m)
				}
				last := imported[len(imported)-1]
				for _, step := range imported {
					if step["A"] == fmt.Sprint(domain.ReleaseClosed, true, []string{"C"}) {
						superseded++
					}
				}
				for k, status := range d.releases {
					require.Contains(t, last[k], string(status), "draw %d: %s after %v", seed, k, moves)
				}
				for k, status := range d.requests {
					require.Equal(t, string(status), last[k], "draw %d: %s after %v", seed, k, moves)
				}
				for k, status := range d.problems {
					require.Equal(t, string(status), last[k], "draw %d: %s after %v", seed, k, moves)
				}
				for k, status := range d.defects {
					require.Equal(t, string(status), last[k], "draw %d: %s after %v", seed, k, moves)
				}
			}
			require.NotZero(t, superseded, "some supersede others")
		})
	}
}

// played makes the moves on an estate of its own, and tells what followed from each.
func played(t *testing.T, s store.Store, d *drawn, moves []moved, move func(*apptest.Fixture, moved)) (list []map[string]string) {
	t.Helper()
	f := apptest.NewFixture(t, s)
	f.Brings(d.lines()...)
	for _, m := range moves {
		move(f, m)
		list = append(list, told(f, d))
		head := f.Head()
		move(f, m)
		require.Equal(t, head, f.Head(), "the same again adds nothing")
	}
	return list
}
