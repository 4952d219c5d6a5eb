package identity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/identity"
)

func TestAllThatIsWrongWithAMappingIsToldAtOnce(t *testing.T) {
	_, err := identity.ParseMapping([]byte(`
issuer: http://login.example.com
clockSkew: 1h
roles:
  claim: groups
  map:
    admins: [ADMIN, BOSS]
exclusive:
  - [RELEASE_MANAGER]
`))
	for _, want := range []string{
		"issuer: \"http://login.example.com\" must begin with https://", "audience: name what tokens must be for",
		"clockSkew: must lie between", `roles.map.admins: there is no role "BOSS"; the roles are`, "exclusive.0: name at least two roles",
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestAMappingWithUnknownFieldsIsRefusedWhereTheyStand(t *testing.T) {
	_, err := identity.ParseMapping([]byte("issuer: https://login.example.com\naudiance: x\n"))
	require.ErrorContains(t, err, "audiance")
	require.ErrorContains(t, err, "2:1")
	_, err = identity.ParseMapping([]byte("clockSkew: soon\n"))
	require.ErrorContains(t, err, "soon is no duration")
}

func TestAnEmptyMappingTakesAPITokensOnly(t *testing.T) {
	m, err := identity.ParseMapping(nil)
	require.NoError(t, err)
	require.Empty(t, m.Issuer)
	require.Equal(t, 30*time.Second, time.Duration(m.ClockSkew))
	require.Equal(t, domain.SeparateDuties, m.Exclusive)
}

func FuzzMappingsAreReadOrRefused(f *testing.F) {
	f.Add([]byte(mappingText + "https://login.example.com"))
	f.Add([]byte("exclusive: []\nclockSkew: \"1m\""))
	f.Add([]byte("roles: {map: {a: [ADMIN], b: []}, default: [VIEWER]}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := identity.ParseMapping(text)
		if err == nil && m.Issuer != "" && m.Audience == "" {
			t.Fatal("a token for anyone would do")
		}
	})
}

func FuzzTokensAreBelievedOnlyWhenSigned(f *testing.F) {
	m, err := identity.ParseMapping([]byte(mappingText + "http://127.0.0.1:1"))
	if err != nil {
		f.Fatal(err)
	}
	p := identity.NewProvider(m, time.Now)
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add("a.b.c")
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := p.Identity(t.Context(), token); err == nil {
			t.Fatal("believed")
		}
	})
}
