package release

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/plan/canonical"
)

// Signed is what the signatures of a release stand for (R21). Its digest is that
// of its canonical JSON. Names, texts, dates, tasks, runs and signatures are not
// in it.
type Signed struct {
	Release        string
	ReleaseVersion string
	Type           Type
	Category       Category
	Natures        []string
	Parts          []string // of a package; nil for any other
	Units          []string
	Contents       []Content
	Requests       []SignedRequest
	Kit            []KitItem
	Deliverables   []SignedDeliverable
	Defects        []string // accepted ones
	Policy         *SignedPolicy
}

// SignedRequest is a request as it was signed.
type SignedRequest struct {
	Key            string `json:"key"`
	ContentVersion int    `json:"contentVersion"`
}

// KitItem is a part of the kit: the key of its media item, and its digest.
type KitItem struct {
	Key    string `json:"key"`
	Sha256 string `json:"sha256"`
}

// SignedDeliverable is a deliverable as it was signed.
type SignedDeliverable struct {
	Key    string `json:"key"`
	Kind   string `json:"kind"`
	Sha256 string `json:"sha256,omitzero"`
}

// SignedPolicy is the policy that the release follows.
type SignedPolicy struct {
	Key           string `json:"key"`
	PolicyVersion int    `json:"policyVersion"`
}

// signedContent is a Content in the digest.
type signedContent struct {
	Item     string `json:"item"`
	Action   Action `json:"action"`
	From     string `json:"from,omitzero"`
	To       string `json:"to,omitzero"`
	Coexists bool   `json:"coexists"`
}

// form is the document that is digested.
type form struct {
	Form           string              `json:"form"`
	Release        string              `json:"release"`
	ReleaseVersion string              `json:"releaseVersion,omitzero"`
	Type           Type                `json:"type"`
	Category       Category            `json:"category"`
	Natures        []string            `json:"natures"`
	Parts          []string            `json:"parts,omitzero"`
	Units          []string            `json:"units"`
	Contents       []signedContent     `json:"contents"`
	ChangeRequests []SignedRequest     `json:"changeRequests"`
	Kit            []KitItem           `json:"kit"`
	Deliverables   []SignedDeliverable `json:"deliverables"`
	Defects        []string            `json:"defects"`
	Policy         *SignedPolicy       `json:"policy,omitzero"`
}

// Document is the canonical JSON that ContentDigest is the digest of.
func (s Signed) Document() ([]byte, error) { return canonical.JSON(s.form()) }

// ContentDigest is the digest of what the signatures stand for.
func (s Signed) ContentDigest() (string, error) { return canonical.Digest(s.form()) }

// KitDigest is the digest of the kit alone, for which the test runs stand.
func KitDigest(kit []KitItem) (string, error) { return canonical.Digest(sortedKit(kit)) }

func (s Signed) form() form {
	f := form{
		Form: "release-content/1", Release: s.Release, ReleaseVersion: s.ReleaseVersion, Type: s.Type, Category: s.Category,
		Natures: sorted(s.Natures), Units: sorted(s.Units), Kit: sortedKit(s.Kit), Defects: sorted(s.Defects), Policy: s.Policy,
		ChangeRequests: slices.SortedFunc(slices.Values(s.Requests), func(a, b SignedRequest) int { return cmp.Compare(a.Key, b.Key) }),
		Deliverables:   slices.SortedFunc(slices.Values(s.Deliverables), func(a, b SignedDeliverable) int { return cmp.Compare(a.Key, b.Key) }),
	}
	if s.Parts != nil {
		f.Parts = sorted(s.Parts)
	}
	for _, c := range slices.SortedFunc(slices.Values(s.Contents), func(a, b Content) int { return cmp.Compare(a.Item, b.Item) }) {
		f.Contents = append(f.Contents, signedContent(c))
	}
	return f
}

func sorted(keys []string) []string {
	list := slices.Clone(keys)
	slices.Sort(list)
	return list
}

func sortedKit(kit []KitItem) []KitItem {
	return slices.SortedFunc(slices.Values(kit), func(a, b KitItem) int { return cmp.Compare(a.Key, b.Key) })
}

// Sections are those of a dossier, each of which can be proved without the rest.
var Sections = []string{"backOut", "content", "defects", "deliverables", "licences", "sbom", "signatures", "tasks", "tests", "votes"}

// Dossier is all that led to the acceptance of a release, as digests.
type Dossier struct {
	Form     string            `json:"form"`
	Release  string            `json:"release"`
	Sections map[string]string `json:"sections"`
}

// MakeDossier digests each of the sections, which must be those of Sections. A
// section is any value that can be written as JSON; that of the content is what
// Document gives.
func MakeDossier(release string, sections map[string]any) (*Dossier, error) {
	if given := slices.Sorted(maps.Keys(sections)); !slices.Equal(given, Sections) {
		return nil, fmt.Errorf("a dossier has the sections %s, not %s", strings.Join(Sections, ", "), strings.Join(given, ", "))
	}
	d := &Dossier{Form: "release-dossier/1", Release: release, Sections: map[string]string{}}
	for _, name := range Sections {
		digest, err := canonical.Digest(sections[name])
		if err != nil {
			return nil, fmt.Errorf("section %s: %w", name, err)
		}
		d.Sections[name] = digest
	}
	return d, nil
}

// Digest is that of the whole dossier.
func (d *Dossier) Digest() (string, error) { return canonical.Digest(d) }
