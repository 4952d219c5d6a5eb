package media_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
)

// mastered are the master copies of two versions of pay-calc.
func mastered(versions ...string) (lines []string) {
	for _, v := range versions {
		lines = append(lines,
			fmt.Sprintf(`{"node":"MediaItem","key":"pay-%s","name":"m","productVersion":%q,"sha256":"%s","size":3,"status":"ACCEPTED"}`, v, v, digest),
			fmt.Sprintf(`{"edge":"MASTER_OF","from":"MediaItem:pay-%s","to":"ConfigurationItem:pay-calc"}`, v))
	}
	return lines
}

// rolledOut is a deployment with one wave that brought a release to a site.
func rolledOut(key, release, site, status, more string) []string {
	return []string{
		fmt.Sprintf(`{"node":"Deployment","key":%q,"name":"D","status":"BACKING_OUT"}`, key),
		fmt.Sprintf(`{"edge":"DEPLOYS","from":"Deployment:%s","to":"Release:%s"}`, key, release),
		fmt.Sprintf(`{"node":"Wave","key":%q,"name":"W","ordinal":1,"status":"RUNNING"}`, key),
		fmt.Sprintf(`{"edge":"HAS_WAVE","from":"Deployment:%s","to":"Wave:%s"}`, key, key),
		fmt.Sprintf(`{"node":"SiteRollout","key":%q,"name":"S","status":%q%s}`, key, status, more),
		fmt.Sprintf(`{"edge":"TARGETS","from":"Wave:%s","to":"SiteRollout:%s"}`, key, key),
		fmt.Sprintf(`{"edge":"TARGETS","from":"SiteRollout:%s","to":"Site:%s"}`, key, site),
	}
}

// release is one that went live and changed pay-calc.
func release(key, from, to string) []string {
	return []string{
		fmt.Sprintf(`{"node":"Release","key":%q,"name":%q,"releaseVersion":%q,"type":"MINOR","category":"DELTA","status":"CLOSED","liveAt":"2026-01-01T00:00:00Z"}`, key, key, to),
		fmt.Sprintf(`{"edge":"CHANGES","from":"Release:%s","to":"ConfigurationItem:pay-calc","action":"MODIFY","fromVersion":%q,"toVersion":%q}`, key, from, to),
	}
}

func installed(site, version, active string) string {
	return fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay-calc","to":"Site:%s","version":%q,"activeVersion":%q}`, site, version, active)
}

// found tells the findings, each with its chain of evidence: the installation, the
// roll-out and the masters.
func found(t *testing.T, f *apptest.Fixture) (list []string) {
	t.Helper()
	page, err := f.Media.LibraryFindings(f.Ctx, nil, nil)
	require.NoError(t, err)
	for _, one := range page.Nodes {
		version, deployed, by := "-", "-", "-"
		if one.Version != nil {
			version = *one.Version
		}
		if one.Deployed != nil {
			deployed = *one.Deployed
		}
		if one.Rollout != nil {
			by = one.Rollout.Key
		}
		var masters []string
		for _, m := range one.Masters {
			masters = append(masters, m.Key)
		}
		list = append(list, fmt.Sprintf("%s %s %s, deployed %s by %s, masters %v", one.Kind, one.Site.Key, version, deployed, by, masters))
	}
	return list
}

// Example 8 of the rules of releases: what is installed and not active yet is right
// until the site is ACTIVATED.
func TestWhatIsInstalledAndNotActiveYetIsNoFinding_L3_P8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(append(software[:1:1], `{"node":"Site","key":"par","name":"Paris"}`, installed("par", "1.1.0", "1.0.0"))...)
		f.Brings(mastered("1.0.0", "1.1.0")...)
		f.Brings(append(release("R", "1.0.0", "1.1.0"), rolledOut("D", "R", "par", "INSTALLED", "")...)...)
		require.Empty(t, found(t, f))
		f.Brings(`{"node":"SiteRollout","key":"D","status":"ACTIVATED"}`)
		require.Equal(t, []string{"REGRESSION par 1.0.0, deployed 1.1.0 by D, masters [pay-1.0.0]"}, found(t, f))
	})
}

// What stands at a site is compared with what the last roll-out put there.
func TestInstallationsAreComparedWithTheLastRollOutThere_L3(t *testing.T) {
	installed := func(more ...string) []string { return append([]string{installed("par", "1.1.0", "1.1.0")}, more...) }
	day := func(n int) string { return fmt.Sprintf(`,"installedAt":"2026-01-%02dT00:00:00Z"`, n) }
	first, second := release("R1", "1.0.0", "1.1.0"), release("R2", "1.1.0", "1.2.0")
	remove := []string{
		`{"node":"Release","key":"X","name":"X","releaseVersion":"2.0.0","type":"MAJOR","category":"DELTA","status":"CLOSED"}`,
		`{"edge":"CHANGES","from":"Release:X","to":"ConfigurationItem:pay-calc","action":"REMOVE","fromVersion":"1.1.0"}`,
	}
	type deployed struct {
		about string
		lines [][]string
		want  []string
	}
	cases := []deployed{
		{"in order", [][]string{first, rolledOut("D1", "R1", "par", "VERIFIED", day(1))}, nil},
		{"another version", [][]string{release("R1", "0.9.0", "1.0.9"), rolledOut("D1", "R1", "par", "VERIFIED", day(1))},
			[]string{"WRONG_VERSION par 1.1.0, deployed 1.0.9 by D1, masters [pay-1.1.0]"}},
		{"an older version", [][]string{first, second, rolledOut("D2", "R2", "par", "VERIFIED", day(2)), rolledOut("D1", "R1", "par", "VERIFIED", day(1))},
			[]string{"REGRESSION par 1.1.0, deployed 1.2.0 by D2, masters [pay-1.1.0]"}},
		{"backed out to the version before", [][]string{first, second, rolledOut("D1", "R1", "par", "VERIFIED", day(1)), rolledOut("D2", "R2", "par", "BACKED_OUT", day(2))}, nil},
		{"backed out and still there", [][]string{first, rolledOut("D1", "R1", "par", "BACKED_OUT", day(1))},
			[]string{"WRONG_VERSION par 1.1.0, deployed 1.0.0 by D1, masters [pay-1.1.0]"}},
		{"backed out further than the version before", [][]string{second, release("R3", "1.1.1", "1.2.1"), rolledOut("D3", "R3", "par", "BACKED_OUT", day(3))},
			[]string{"REGRESSION par 1.1.0, deployed 1.1.1 by D3, masters [pay-1.1.0]"}},
		{"the site says what stood there", [][]string{first, rolledOut("D1", "R1", "par", "BACKED_OUT", day(1)), {
			`{"edge":"RECEIVES","from":"SiteRollout:D1","to":"ConfigurationItem:pay-calc","action":"MODIFY","fromVersion":"1.1.0","toVersion":"1.2.0"}`,
		}}, nil},
		{"the site got other items", [][]string{first, rolledOut("D1", "R1", "par", "VERIFIED", day(1)), {
			`{"node":"ConfigurationItem","key":"other","name":"other","class":"PROGRAM"}`,
			`{"edge":"RECEIVES","from":"SiteRollout:D1","to":"ConfigurationItem:other","action":"MODIFY","toVersion":"1.2.0"}`,
		}}, nil},
		{"removed, and still there", [][]string{remove, rolledOut("DX", "X", "par", "VERIFIED", day(1))},
			[]string{"WRONG_VERSION par 1.1.0, deployed - by DX, masters [pay-1.1.0]"}},
		{"not installed yet", [][]string{first, second, rolledOut("D2", "R2", "par", "DISTRIBUTED", "")}, nil},
		{"failed before it was installed", [][]string{first, second, rolledOut("D2", "R2", "par", "FAILED", "")}, nil},
		{"failed after it was installed", [][]string{second, rolledOut("D2", "R2", "par", "FAILED", day(2))},
			[]string{"REGRESSION par 1.1.0, deployed 1.2.0 by D2, masters [pay-1.1.0]"}},
		{"rolled out to another site", [][]string{first, second, {`{"node":"Site","key":"lyo","name":"Lyon"}`}, rolledOut("D2", "R2", "lyo", "VERIFIED", day(1))}, nil},
		{"wild", [][]string{release("R0", "0.9.0", "1.0.0")}, []string{"WILD_INSTALLATION par 1.1.0, deployed - by -, masters [pay-1.1.0]"}},
		{"as a part of a package", [][]string{second, {
			`{"node":"Release","key":"P","name":"P","releaseVersion":"26.1","type":"MINOR","category":"PACKAGE","status":"CLOSED"}`, `{"edge":"BUNDLES","from":"Release:P","to":"Release:R2"}`,
		}, rolledOut("DP", "P", "par", "VERIFIED", day(1))}, []string{"REGRESSION par 1.1.0, deployed 1.2.0 by DP, masters [pay-1.1.0]"}},
		{"what another release of the plan requires", [][]string{first, second, rolledOut("D2", "R2", "par", "VERIFIED", day(1)), {
			`{"edge":"DEPLOYS","from":"SiteRollout:D2","to":"Release:R1"}`,
		}}, nil},
	}
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for i, c := range cases {
			f.Brings(apart(i, append(software[:1:1], installed(`{"node":"Site","key":"par","name":"Paris"}`)...))...)
			f.Brings(apart(i, mastered("1.1.0"))...)
			f.Brings(apart(i, slices.Concat(c.lines...))...)
		}
		told := found(t, f)
		for i, c := range cases {
			var of []string
			for _, one := range told {
				if mark := fmt.Sprintf("_%d", i); slices.Contains(strings.FieldsFunc(one, func(r rune) bool { return strings.ContainsRune(" ,[]", r) }), "par"+mark) {
					of = append(of, strings.ReplaceAll(one, mark, ""))
				}
			}
			require.Equal(t, c.want, of, c.about)
		}
	})
}

// keys are those of records in lines of an import.
var keys = regexp.MustCompile(`("key":"|"[A-Z][A-Za-z]+:)([^"]+)"`)

// apart gives the records of some lines keys of their own.
func apart(n int, lines []string) []string {
	list := make([]string, len(lines))
	for i, line := range lines {
		list[i] = keys.ReplaceAllString(line, fmt.Sprintf(`${1}${2}_%d"`, n))
	}
	return list
}
