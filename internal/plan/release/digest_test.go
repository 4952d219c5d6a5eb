package release_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/plan/release"
)

func signed() release.Signed {
	return release.Signed{
		Release: "REL-1", ReleaseVersion: "1.1.0", Type: release.Minor, Category: release.Delta, Natures: []string{"NEW_IN_HOUSE_APPLICATION"}, Units: []string{"pay"},
		Contents: []release.Content{modify("pay-calc", "1.0.0", "1.1.0")}, Requests: []release.SignedRequest{{Key: "C-1", ContentVersion: 2}},
		Kit: []release.KitItem{{Key: "pay-1.1.0", Sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}},
	}
}

// TestASignatureFalls is example 14.
func TestASignatureFalls_R21(t *testing.T) {
	text, err := signed().Document()
	require.NoError(t, err)
	require.Equal(t, `{"category":"DELTA","changeRequests":[{"contentVersion":2,"key":"C-1"}],"contents":[{"action":"MODIFY","coexists":true,"from":"1.0.0","item":"pay-calc","to":"1.1.0"}],"defects":[],"deliverables":[],"form":"release-content/1","kit":[{"key":"pay-1.1.0","sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}],"natures":["NEW_IN_HOUSE_APPLICATION"],"release":"REL-1","releaseVersion":"1.1.0","type":"MINOR","units":["pay"]}`, string(text))
	const want = "11d4b001cb4498fea04379cbf96d1b6ce6f1ffe5437cd085ccad73d1cb9f6a87"
	got, err := signed().ContentDigest()
	require.NoError(t, err)
	require.Equal(t, want, got)

	kit, err := release.KitDigest(signed().Kit)
	require.NoError(t, err)
	defect := signed()
	defect.Defects = []string{"KE-1"}
	got, err = defect.ContentDigest()
	require.NoError(t, err)
	require.NotEqual(t, want, got, "the signatures fall")
	same, err := release.KitDigest(defect.Kit)
	require.NoError(t, err)
	require.Equal(t, kit, same, "the runs on the kit count")
}

func TestTheOrderOfRecordsDoesNotMatter_R21(t *testing.T) {
	s := signed()
	s.Natures, s.Units, s.Defects = []string{"b", "a"}, []string{"u2", "u1"}, []string{"K2", "K1"}
	s.Parts = []string{"R2", "R1"}
	s.Contents = append(s.Contents, modify("a", "1", "2"))
	s.Requests = append(s.Requests, release.SignedRequest{Key: "A", ContentVersion: 1})
	s.Kit = append(s.Kit, release.KitItem{Key: "a", Sha256: "00"})
	s.Deliverables = []release.SignedDeliverable{{Key: "b", Kind: "SBOM"}, {Key: "a", Kind: "OTHER", Sha256: "01"}}
	s.Policy = &release.SignedPolicy{Key: "p", PolicyVersion: 3}
	before, err := s.ContentDigest()
	require.NoError(t, err)
	for _, list := range []any{s.Natures, s.Units, s.Defects, s.Parts, s.Contents, s.Requests, s.Kit, s.Deliverables} {
		swap := reflect.Swapper(list)
		swap(0, 1)
		after, err := s.ContentDigest()
		require.NoError(t, err)
		require.Equal(t, before, after)
	}
	s.Policy.PolicyVersion++
	after, err := s.ContentDigest()
	require.NoError(t, err)
	require.NotEqual(t, before, after)
}

func TestASectionOfADossierIsProvedWithoutTheRest_R21(t *testing.T) {
	sections := map[string]any{}
	for _, name := range release.Sections {
		sections[name] = map[string]any{"of": name}
	}
	text, err := signed().Document()
	require.NoError(t, err)
	sections["content"] = json.RawMessage(text)
	d, err := release.MakeDossier("REL-1", sections)
	require.NoError(t, err)
	require.Equal(t, "11d4b001cb4498fea04379cbf96d1b6ce6f1ffe5437cd085ccad73d1cb9f6a87", d.Sections["content"])
	before, err := d.Digest()
	require.NoError(t, err)

	sections["votes"] = []string{"none"}
	other, err := release.MakeDossier("REL-1", sections)
	require.NoError(t, err)
	after, err := other.Digest()
	require.NoError(t, err)
	require.NotEqual(t, before, after)
	for _, name := range release.Sections {
		require.Equal(t, name != "votes", d.Sections[name] == other.Sections[name], name)
	}

	delete(sections, "votes")
	_, err = release.MakeDossier("REL-1", sections)
	require.ErrorContains(t, err, "a dossier has the sections")
	require.True(t, slices.IsSorted(release.Sections))
}
