package library_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/plan/version"
)

var semver = func() *version.Reader {
	r, err := version.Scheme{Kind: version.Semver}.Reader()
	if err != nil {
		panic(err)
	}
	return r
}()

// found is an installation of 1.1.0 in order, deployed by the roll-out s-1.
func found() library.Found {
	return library.Found{
		Item: "pay", Site: "par", Class: domain.Application, Version: "1.1.0", Versions: semver,
		Masters: []library.Master{{Key: "pay-1.0.0", Version: "1.0.0", Approved: true}, {Key: "pay-1.1.0", Version: "1.1.0+b", Approved: true}},
		Rollout: &library.Rollout{Key: "s-1", Release: "R", To: "1.1.0", Before: "1.0.0"},
	}
}

func findings(f library.Found) (list []string) {
	for _, row := range library.Judge(f) {
		list = append(list, fmt.Sprintf("%s %q, deployed %q by %q, masters %v", row.Kind, row.Version, row.Deployed, row.Rollout, row.Masters))
	}
	return list
}

// TestInstallingApartFromActivatingIsNoFinding is example 8.
func TestInstallingApartFromActivatingIsNoFinding_L3(t *testing.T) {
	f := found()
	f.Active = "1.0.0"
	require.Empty(t, findings(f))
	f.Rollout.Activated = true
	require.Equal(t, []string{`REGRESSION "1.0.0", deployed "1.1.0" by "s-1", masters [pay-1.0.0]`}, findings(f))
}

func TestInstallationsAreComparedWithWhatWasDeployed_L3(t *testing.T) {
	for _, c := range []struct {
		about string
		edit  func(*library.Found)
		want  []string
	}{
		{"in order", func(*library.Found) {}, nil},
		{"hardware", func(f *library.Found) { f.Class, f.Masters = domain.Server, nil }, nil},
		{"a document", func(f *library.Found) { f.Class, f.Masters = domain.Document, nil }, nil},
		{"no master", func(f *library.Found) { f.Masters = f.Masters[:1] }, []string{`UNAUTHORISED_COPY "1.1.0", deployed "1.1.0" by "s-1", masters []`}},
		{"a master in quarantine", func(f *library.Found) { f.Masters[1].Approved = false }, []string{`UNAUTHORISED_COPY "1.1.0", deployed "1.1.0" by "s-1", masters [pay-1.1.0]`}},
		{"older", func(f *library.Found) { f.Version = "1.0.0" }, []string{`REGRESSION "1.0.0", deployed "1.1.0" by "s-1", masters [pay-1.0.0]`}},
		{"newer", func(f *library.Found) { f.Rollout.To = "1.0.9" }, []string{`WRONG_VERSION "1.1.0", deployed "1.0.9" by "s-1", masters [pay-1.1.0]`}},
		{"not comparable", func(f *library.Found) { f.Rollout.To = "one" }, []string{`WRONG_VERSION "1.1.0", deployed "one" by "s-1", masters [pay-1.1.0]`}},
		{"the graver of two", func(f *library.Found) {
			f.Rollout.To, f.Rollout.Activated, f.Version, f.Active = "1.0.5", true, "1.1.0", "1.0.0"
		}, []string{`REGRESSION "1.0.0", deployed "1.0.5" by "s-1", masters [pay-1.0.0]`}},
		{"backed out", func(f *library.Found) { f.Rollout.BackedOut = true }, []string{`WRONG_VERSION "1.1.0", deployed "1.0.0" by "s-1", masters [pay-1.1.0]`}},
		{"backed out to nothing", func(f *library.Found) { f.Rollout.BackedOut, f.Rollout.Before = true, "" }, []string{`WRONG_VERSION "1.1.0", deployed "" by "s-1", masters [pay-1.1.0]`}},
		{"removed", func(f *library.Found) { f.Rollout.Removes = true }, []string{`WRONG_VERSION "1.1.0", deployed "" by "s-1", masters [pay-1.1.0]`}},
		{"a removal backed out", func(f *library.Found) {
			f.Rollout.Removes, f.Rollout.BackedOut, f.Rollout.Before = true, true, "1.1.0"
		}, nil},
		{"released elsewhere", func(f *library.Found) { f.Rollout, f.Released = nil, []string{"1.1.0"} }, nil},
		{"wild", func(f *library.Found) { f.Rollout, f.Released = nil, []string{"1.0.0"} }, []string{`WILD_INSTALLATION "1.1.0", deployed "" by "", masters [pay-1.1.0]`}},
		{"no version", func(f *library.Found) { f.Version = "" }, []string{`UNKNOWN_VERSION "", deployed "1.1.0" by "s-1", masters []`}},
	} {
		f := found()
		c.edit(&f)
		require.Equal(t, c.want, findings(f), c.about)
	}
}

// TestAnInstallationHasAtMostOneRowAgainstItsRollout compares with the rule read
// from the other end: what each kind needs.
func TestAnInstallationHasAtMostOneRowAgainstItsRollout_L3(t *testing.T) {
	text := rapid.SampledFrom([]string{"", "1", "2", "3"})
	rapid.Check(t, func(t *rapid.T) {
		f := library.Found{Class: domain.Program, Version: text.Draw(t, "version"), Active: text.Draw(t, "active"), Versions: natural()}
		r := library.Rollout{To: rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "to"), Activated: rapid.Bool().Draw(t, "activated")}
		f.Rollout = &r
		kinds := map[library.FindingKind]int{}
		for _, row := range library.Judge(f) {
			kinds[row.Kind]++
		}
		installed := f.Version
		if installed == "" {
			installed = f.Active
		}
		active := r.Activated && f.Active != ""
		lower := installed != "" && installed < r.To || active && f.Active < r.To
		higher := installed > r.To || active && f.Active > r.To
		require.Equal(t, lower, kinds[library.Regression] == 1)
		require.Equal(t, higher && !lower, kinds[library.WrongVersion] == 1)
		require.LessOrEqual(t, kinds[library.Regression]+kinds[library.WrongVersion], 1)
		require.Equal(t, installed == "", kinds[library.UnknownVersion] == 1)
	})
}

func natural() *version.Reader {
	r, err := version.Scheme{Kind: version.Natural}.Reader()
	if err != nil {
		panic(err)
	}
	return r
}
