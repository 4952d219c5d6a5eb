package domain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

func TestSpellingsOfOneNameAreOnePerson(t *testing.T) { // section 9
	for _, spelling := range []string{
		"renée", "Renée", "RENÉE", " renée ", "rene\u0301e", "ｒｅｎéｅ", "ren\u200bée", "renée\n", "\u202erenée", "ren\u00adée", "renée\u3164",
	} {
		require.True(t, domain.SameName("renée", spelling), "%q", spelling)
		require.True(t, domain.SamePerson(domain.Doer{Name: "renée"}, domain.Doer{Name: spelling}), "%q", spelling)
	}
	require.True(t, domain.SameName("Straße 1", "STRASSE  1"))
	for _, other := range []string{"rene", "renee", "renée2", ""} {
		require.False(t, domain.SameName("renée", other), "%q", other)
	}
}

func TestNamesThatLookAlikeAreOnePersonWhereDutiesAreSeparate(t *testing.T) { // section 9
	ace := domain.Doer{Name: "ace"}
	cyrillic := domain.Doer{Name: "асе"} // all three letters Cyrillic
	require.True(t, domain.SamePerson(ace, cyrillic))
	require.False(t, domain.SameName(ace.Name, cyrillic.Name), "nobody gets anything by looking like another")
	require.False(t, ace.Owns(cyrillic))
}

func TestOneIdentityIsOnePersonUnderAnyName(t *testing.T) { // section 9
	ann := domain.Doer{Name: "ann", Identities: []string{"https://login.example.com#7"}}
	married := domain.Doer{Name: "ann-smith", Identities: []string{"https://login.example.com#7"}}
	other := domain.Doer{Name: "bob", Identities: []string{"https://login.example.com#8"}}
	require.True(t, domain.SamePerson(ann, married))
	require.True(t, married.Owns(ann))
	require.False(t, domain.SamePerson(ann, other))
	namesake := domain.Doer{Name: "Ann", Identities: []string{"https://login.example.com#9"}}
	require.True(t, domain.SamePerson(ann, namesake), "of two who cannot be told apart, neither does what the other may not")
	require.False(t, namesake.Owns(ann), "nor has what is the other's")
	require.True(t, domain.Doer{Name: "Ann"}.Owns(ann), "where no more is known than a name")
	token := domain.Doer{Name: "token:ci", Identities: []string{"token:1", domain.NameIdentity("Bob")}}
	require.True(t, domain.SamePerson(token, domain.Doer{Name: "bob"}), "a token has its owner's duties")
}

func TestNamesThatCannotBeToldApartAreRefusedWhereTheyEnter(t *testing.T) { // section 9
	for name, why := range map[string]string{
		"":               "must not be empty",
		" ann":           "blank",
		"ann\n":          "blank",
		"a\u0085nn":      "control",
		"ann\u200b":      "cannot be seen",
		"an\u00adn":      "cannot be seen",
		"an\u2066n":      "direction of writing",
		"ann\u00a0smith": "cannot be seen",
		"ann\u3164":      "cannot be seen",
		"ann\ufe0f":      "cannot be seen",
		"аnn":            "Latin",
		"αnn":            "Latin",
		"ann\ue000":      "cannot be seen",
	} {
		require.ErrorContains(t, domain.CheckPersonName(name), why, "%q", name)
	}
	for _, name := range []string{
		"ann", "Ann Smith", "o'neill", "ann@example.com", "José", "Владимир", "Ελένη", "山田太郎", "Yamada 太郎", "김철수 (Kim)", "نادية", "bob-2_x.y",
	} {
		require.NoError(t, domain.CheckPersonName(name), "%q", name)
	}
	require.ErrorContains(t, domain.CheckCaller("Token:ci"), "names API tokens")
}

// spelling writes a name in another way.
func spelling(t *rapid.T, name string) string {
	s := name
	for _, how := range rapid.SliceOfN(rapid.IntRange(0, 7), 0, 4).Draw(t, "spelt") {
		switch how {
		case 0:
			s = strings.ToUpper(s)
		case 1:
			first := []rune(s)
			s = strings.ToTitle(string(first[:1])) + string(first[1:])
		case 2:
			s = width.Widen.String(s)
		case 3:
			s = norm.NFD.String(s)
		case 4:
			s = norm.NFC.String(s)
		case 5:
			s = " " + s
		case 6:
			s += "\t "
		case 7:
			s += "\u200b"
		}
	}
	return s
}

func TestEverySpellingFoldsToOneName(t *testing.T) { // section 9
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(people).Draw(t, "name")
		other := rapid.SampledFrom(people).Draw(t, "other")
		require.Equal(t, name == other, domain.SameName(spelling(t, name), spelling(t, other)))
		folded := domain.FoldName(rapid.String().Draw(t, "any"))
		require.Equal(t, folded, domain.FoldName(folded), "folding once is enough")
	})
}

// people are who acts in the tests of separate duties.
var people = []string{"ann", "bob", "cid", "renée", "rita", "zoe"}
