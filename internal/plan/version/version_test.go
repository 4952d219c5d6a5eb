package version_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/plan/version"
)

func reader(t testing.TB, s version.Scheme) *version.Reader {
	t.Helper()
	r, err := s.Reader()
	require.NoError(t, err)
	return r
}

// rising are texts of a scheme, each lower than the next.
var rising = map[version.Kind][]string{
	version.Semver: {
		"0.9.9", "1.0.0-0", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0--", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
		"1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.0.18446744073709551616", "1.0.340282366920938463463374607431768211456", "1.1.0", "1.10.0", "2.0.0",
	},
	version.Natural: {
		"1.0~rc1", "1.0-rc2", "1.0", "1.0a", "1.0b", "1.0.z", "1.0.1", "1.0.9", "1.0.10", "1.0.99999999999999999999999", "1.1", "2024.01", "2024.2",
	},
}

func TestVersionsRise_R3(t *testing.T) {
	for kind, texts := range rising {
		r := reader(t, version.Scheme{Kind: kind})
		for i, a := range texts {
			for j, b := range texts {
				got, err := r.Compare(a, b)
				require.NoError(t, err)
				require.Equal(t, i-j < 0, got < 0, "%s: %s and %s", kind, a, b)
				require.Equal(t, i == j, got == 0, "%s: %s and %s", kind, a, b)
			}
		}
	}
}

func TestTextsAreOneNumber_R3(t *testing.T) {
	for _, c := range []struct {
		kind version.Kind
		a, b string
	}{
		{version.Semver, "1.0.0+a", "1.0.0+b"},
		{version.Semver, "1.0.0-rc.1", "1.0.0-rc.1+build-5"},
		{version.Natural, "v1.2", " 1.2 "},
		{version.Natural, "V1.2", "1.2"},
		{version.Natural, "1.02", "1_2"},
		{version.Natural, "1.2RC", "1.2rc+77"},
		{version.Natural, "1.2-rc", "1.2~rc"},
		{version.Natural, "1-2", "1.2"},
		{version.Natural, "cafe\u0301 1", "caf\u00e9 1"},
	} {
		r := reader(t, version.Scheme{Kind: c.kind})
		require.True(t, r.Same(c.a, c.b), "%s and %s", c.a, c.b)
		require.Equal(t, r.Identity(c.a), r.Identity(c.b))
	}
	r := reader(t, version.Scheme{Kind: version.Natural})
	require.False(t, r.Same("1.\u0663", "1.\u0664"), "numerals of other scripts tell versions apart")
	require.False(t, r.Same("version", "ersion"))
}

func TestUnreadableTextsAreRefusedWithTheReason_R3(t *testing.T) {
	semver, natural := reader(t, version.Scheme{Kind: version.Semver}), reader(t, version.Scheme{Kind: version.Natural})
	for text, why := range map[string]string{
		"": "it is empty", "v1.0.0": "begins with", "1.0": "three numbers", "1.0.0.0": "three numbers", "1..0": "a number is missing", "1.0.x": `"x" is no number`,
		"01.0.0": `"01" begins with 0`, "1.0.0-": "an identifier is empty", "1.0.0-a..b": "an identifier is empty", "1.0.0-01": `"01" begins with 0`,
		"1.0.0+": "in its build data an identifier is empty", "1.0.0-ä": `holds 'ä'`, "1.0.0+a+b": `holds '+'`, " 1.0.0": "is no number",
	} {
		_, err := semver.Read(text)
		require.ErrorContains(t, err, why, "%q", text)
	}
	for _, text := range []string{"", " ", "...", "+1", "\u0301", "~-"} {
		_, err := natural.Read(text)
		require.ErrorContains(t, err, "neither a letter nor a digit", "%q", text)
		require.True(t, natural.Same(text, text))
	}
	require.False(t, semver.Same("1.0", "1.0.0"), "no scheme guesses")
}

func TestALineIsMajorAndMinor_R3(t *testing.T) {
	for _, c := range []struct {
		kind version.Kind
		a, b string
		one  bool
	}{
		{version.Semver, "1.4.1", "1.4.9-rc", true},
		{version.Semver, "1.4.1", "1.5.1", false},
		{version.Natural, "release 1.4.1", "v1.04-beta", true},
		{version.Natural, "1.4", "1", false},
		{version.Natural, "alpha", "beta", true},
	} {
		r := reader(t, version.Scheme{Kind: c.kind})
		a, err := r.Read(c.a)
		require.NoError(t, err)
		b, err := r.Read(c.b)
		require.NoError(t, err)
		require.Equal(t, c.one, a.Line() == b.Line(), "%s and %s", c.a, c.b)
	}
}

// banking is a scheme such as "R2024Q3-beta (b17)".
func banking() version.Scheme {
	return version.Scheme{
		Kind: version.Pattern, Pattern: `R(?P<year>\d{4})(?:Q(?P<quarter>\d))?(?:-(?P<stage>[a-z]+))?(?: (?P<name>\pL+))?(?: \((?P<build>\w+)\))?`,
		Order: []version.Group{
			{Name: "year", As: version.Number}, {Name: "quarter", As: version.Number, Absent: version.First},
			{Name: "stage", As: version.Rank, Ranks: []string{"alpha", "beta", "rc"}, Absent: version.Last}, {Name: "name", As: version.Text},
		},
		Ignore: []string{"build"},
	}
}

func TestAPatternComparesItsGroups_R3(t *testing.T) {
	r := reader(t, banking())
	texts := []string{"R2023", "R2023Q1-alpha", "R2023Q1-beta", "R2023Q1-rc", "R2023Q1", "R2023Q1 Anna", "R2023Q1 Bert", "R2023Q4", "R2024"}
	for i := 1; i < len(texts); i++ {
		got, err := r.Compare(texts[i-1], texts[i])
		require.NoError(t, err)
		require.Negative(t, got, "%s and %s", texts[i-1], texts[i])
	}
	require.True(t, r.Same("R2024 (b1)", "R2024 (b2)"), "build is ignored")
	a, err := r.Read("R2024Q1")
	require.NoError(t, err)
	b, err := r.Read("R2024Q2-rc")
	require.NoError(t, err)
	require.Equal(t, a.Line(), b.Line(), "the line is the first group of order")

	_, err = r.Read("xR2024")
	require.ErrorContains(t, err, "does not match the pattern")
	_, err = r.Read("R2024-gamma")
	require.ErrorContains(t, err, `its stage, "gamma", is none of alpha, beta, rc`)

	s := banking()
	s.Line = []string{"year", "quarter"}
	r = reader(t, s)
	a, _ = r.Read("R2024Q1")
	b, _ = r.Read("R2024Q2-rc")
	require.NotEqual(t, a.Line(), b.Line())
}

func TestANumberOfAPatternIsOneInDigits_R3(t *testing.T) {
	r := reader(t, version.Scheme{Kind: version.Pattern, Pattern: `(?P<n>.+)`, Order: []version.Group{{Name: "n", As: version.Number}}})
	_, err := r.Read("1a")
	require.ErrorContains(t, err, `its n, "1a", is no number`)
	require.True(t, r.Same("007", "7"))
}

func TestAllFaultsOfASchemeAreToldAtOnce_R3(t *testing.T) {
	faults := func(s version.Scheme) (list []string) {
		for _, p := range s.Check() {
			list = append(list, p.Error())
		}
		return list
	}
	require.Empty(t, faults(banking()))
	require.Equal(t, []string{`kind must be one of SEMVER, NATURAL, PATTERN, not "ROMAN"`}, faults(version.Scheme{Kind: "ROMAN"}))
	require.Equal(t, []string{"pattern is for the scheme PATTERN only, not for SEMVER", "line is for the scheme PATTERN only, not for SEMVER"},
		faults(version.Scheme{Kind: version.Semver, Pattern: "x", Line: []string{"y"}}))
	require.Equal(t, []string{"pattern is needed by the scheme PATTERN"}, faults(version.Scheme{Kind: version.Pattern}))
	for _, p := range []string{"(", "a)|(b", `(?=x)`} {
		require.Contains(t, strings.Join(faults(version.Scheme{Kind: version.Pattern, Pattern: p}), ""), "pattern is no regular expression of RE2", p)
	}
	require.Equal(t, []string{`pattern has two groups "a"`}, faults(version.Scheme{
		Kind: version.Pattern, Pattern: `(?P<a>x)(?P<a>y)`, Order: []version.Group{{Name: "a", As: version.Text}},
	}))
	require.Equal(t, []string{
		`order[1].name names "a" a second time: each group is in order or ignore once`,
		`ignore[0] names "a" a second time: each group is in order or ignore once`,
		`ignore[1] names "z", which is no named group of the pattern`,
		`pattern has the group "c", which is neither in order nor in ignore`,
		"order[0].ranks are needed by a RANK, the lowest first",
		"order[1].ranks are for RANK only",
		`order[1].absent must be FIRST or LAST, not "NEVER"`,
		`order[2].as must be one of NUMBER, TEXT, RANK, not "ROMAN"`,
		`order[3].ranks[1] is "x" a second time`,
		"order[3].ranks[2] must not be empty: say with absent where versions without the group stand",
		`line[0] names "z", which is not in order`,
		`line[2] names "b" a second time`,
	}, faults(version.Scheme{
		Kind: version.Pattern, Pattern: `(?P<a>\d)(?P<b>\d)(?P<c>\d)(?P<d>\d)`,
		Order: []version.Group{
			{Name: "a", As: version.Rank}, {Name: "a", As: version.Number, Ranks: []string{"x"}, Absent: "NEVER"}, {Name: "b", As: "ROMAN"},
			{Name: "d", As: version.Rank, Ranks: []string{"x", "x", ""}},
		},
		Ignore: []string{"a", "z"}, Line: []string{"z", "b", "b"},
	}))
	_, err := version.Scheme{Kind: version.Pattern}.Reader()
	require.ErrorContains(t, err, "pattern is needed")
	require.Contains(t, faults(version.Scheme{Kind: version.Pattern, Pattern: "x"}), "order must name at least one group to compare by")
}

func TestSortingPutsAListOfReleasesInOrder_R3(t *testing.T) {
	r := reader(t, version.Scheme{Kind: version.Semver})
	var list []version.Version
	for _, text := range []string{"2.0.0", "1.10.0", "1.9.0", "1.10.0-rc"} {
		v, err := r.Read(text)
		require.NoError(t, err)
		list = append(list, v)
	}
	slices.SortFunc(list, version.Version.Compare)
	require.Equal(t, "1.9.0", list[0].String())
	require.Equal(t, "2.0.0", list[3].String())
}
