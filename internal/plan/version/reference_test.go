package version_test

import (
	"cmp"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/Masterminds/semver/v3"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/version"
)

func sign(n int) int { return cmp.Compare(n, 0) }

// TestSemverIsThatOfOthers compares with a library wherever its 64 bits do.
func TestSemverIsThatOfOthers_R3(t *testing.T) {
	r := reader(t, version.Scheme{Kind: version.Semver})
	form := rapid.StringMatching(`(0|1|2|10|01)\.(0|3|20)\.(0|1|9|10)(-(0|1|01|rc|a-|-|[a-c0-2]{1,3})(\.([0-9]{1,3}|[a-z]{0,2}))?)?(\+[a-z0-9.]{0,3})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := form.Draw(t, "a"), form.Draw(t, "b")
		v, mine := r.Read(a)
		o, theirs := semver.StrictNewVersion(a)
		require.Equal(t, theirs == nil, mine == nil, "%q: %v, %v", a, theirs, mine)
		w, err := r.Read(b)
		p, other := semver.StrictNewVersion(b)
		if mine != nil || err != nil || other != nil {
			return
		}
		require.Equal(t, o.Compare(p), sign(v.Compare(w)), "%s and %s", a, b)
		require.Equal(t, v.Compare(w) == 0, v.Identity() == w.Identity())
		require.Equal(t, o.Major() == p.Major() && o.Minor() == p.Minor(), v.Line() == w.Line())
	})
}

var token = regexp.MustCompile(`[0-9]+|[a-z]+|[~-][a-z]`)

// slowly compares texts of ASCII as the rule for NATURAL is worded.
func slowly(a, b string) int {
	tokens := func(s string) (list []string) {
		s = strings.TrimSpace(s)
		s = regexp.MustCompile(`^[vV]([0-9])`).ReplaceAllString(s, "$1")
		s = strings.ToLower(strings.Split(s, "+")[0])
		for s != "" {
			at := token.FindStringIndex(s)
			if at == nil {
				break
			}
			one := s[at[0]:at[1]]
			if one[0] == '~' || one[0] == '-' {
				at[1]--
				one = "~"
			}
			list = append(list, one)
			s = s[at[1]:]
		}
		return append(list, "")
	}
	kind := func(s string) int {
		switch {
		case s == "~":
			return 0
		case s == "":
			return 1
		case s[0] > '9':
			return 2
		}
		return 3
	}
	x, y := tokens(a), tokens(b)
	for i := range min(len(x), len(y)) {
		if c := cmp.Compare(kind(x[i]), kind(y[i])); c != 0 {
			return c
		}
		if kind(x[i]) == 3 {
			m, _ := new(big.Int).SetString(x[i], 10)
			n, _ := new(big.Int).SetString(y[i], 10)
			if c := m.Cmp(n); c != 0 {
				return c
			}
		} else if c := strings.Compare(x[i], y[i]); c != 0 {
			return c
		}
	}
	return 0
}

func TestNaturalIsAsTheRuleIsWorded_R3(t *testing.T) {
	r := reader(t, version.Scheme{Kind: version.Natural})
	form := rapid.StringMatching(` ?[vV]?[0-9]{1,2}([.~_+-]{0,2}([0-9]{1,2}|[aAbv]{1,2})){0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := form.Draw(t, "a"), form.Draw(t, "b")
		v, err := r.Read(a)
		require.NoError(t, err)
		w, err := r.Read(b)
		require.NoError(t, err)
		require.Equal(t, slowly(a, b), sign(v.Compare(w)), "%q and %q", a, b)
		require.Equal(t, v.Compare(w) == 0, v.Identity() == w.Identity(), "%q and %q", a, b)
	})
}

// FuzzVersions holds the order of each scheme to the laws of an order, whatever
// the texts.
func FuzzVersions(f *testing.F) {
	f.Add("1.0.0-rc.1+b", "v1.0~a", "R2024Q3-beta")
	f.Add("", "\xff", "R0000-")
	var readers []*version.Reader
	for _, s := range []version.Scheme{{Kind: version.Semver}, {Kind: version.Natural}, banking()} {
		readers = append(readers, reader(f, s))
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, r := range readers {
			require.Equal(t, r.Same(a, b), r.Identity(a) == r.Identity(b))
			u, err1 := r.Read(a)
			v, err2 := r.Read(b)
			w, err3 := r.Read(c)
			if err1 != nil || err2 != nil || err3 != nil {
				continue
			}
			require.Zero(t, u.Compare(u))
			require.Equal(t, sign(u.Compare(v)), -sign(v.Compare(u)))
			require.Equal(t, u.Compare(v) == 0, u.Identity() == v.Identity())
			if u.Compare(v) <= 0 && v.Compare(w) <= 0 {
				require.LessOrEqual(t, u.Compare(w), 0)
			}
		}
	})
}

// FuzzScheme holds Check to what Reader then does.
func FuzzScheme(f *testing.F) {
	f.Add(`(?P<a>\d+)`, "a", "12")
	f.Add(`(?P<a>x)|(`, "a", "")
	f.Fuzz(func(t *testing.T, pattern, name, text string) {
		s := version.Scheme{Kind: version.Pattern, Pattern: pattern, Order: []version.Group{{Name: name, As: version.Number}}}
		r, err := s.Reader()
		require.Equal(t, len(s.Check()) == 0, err == nil)
		if err == nil {
			if v, err := r.Read(text); err == nil {
				require.Zero(t, v.Compare(v))
			}
		}
	})
}
