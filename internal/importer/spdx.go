package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx"
	"github.com/spdx/tools-golang/spdx/v2/common"

	"releasegraph/internal/domain"
)

// openSPDX reads a bill of materials in SPDX 2, in JSON or in tag-value: its
// packages, and those relationships between them that say what is part of what, and
// what needs what. Files and snippets are not items.
func openSPDX(r io.Reader) (format, error) {
	text, err := readWhole(r)
	if err != nil {
		return nil, err
	}
	doc, places, err := decodeSPDX(text)
	if err != nil {
		return nil, fmt.Errorf("is no SPDX: %w", err)
	}
	s := spdxBill{newBill(places), map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for i, p := range doc.Packages {
		if p != nil {
			s.pkg(p, fmt.Sprintf("packages/%d", i))
			s.files(p.Files)
		}
	}
	s.files(doc.Files)
	for _, sn := range doc.Snippets {
		s.other[string(sn.SnippetSPDXIdentifier)] = true
	}
	s.other[string(doc.SPDXIdentifier)] = true
	for i, rel := range doc.Relationships {
		if rel != nil {
			s.relationship(rel, fmt.Sprintf("relationships/%d", i))
		}
	}
	s.parts(doc)
	return s.format(), nil
}

// decodeSPDX reads a document, and tells the lines of its elements.
func decodeSPDX(text []byte) (doc *spdx.Document, places map[string]int, err error) {
	defer stumbled(&err)
	if !isJSON(text) {
		return decodeTagValue(text)
	}
	doc, err = spdxjson.Read(bytes.NewReader(text))
	if err == nil && doc == nil {
		err = errors.New("the document is empty")
	}
	return doc, elementLines(text), notJSON(text, err)
}

// spdxBill also knows what is no package, what the document describes, and
// which packages are part of another.
type spdxBill struct {
	*bill
	other, described, part map[string]bool
}

// files takes note of what is no package.
func (s spdxBill) files(list []*spdx.File) {
	for _, f := range list {
		if f != nil {
			s.other[string(f.FileSPDXIdentifier)] = true
		}
	}
}

func (s spdxBill) pkg(p *spdx.Package, at string) {
	one := billed{
		ref: string(p.PackageSPDXIdentifier), at: at, name: p.PackageName, version: p.PackageVersion, about: p.PackageDescription,
		more: map[string]string{"spdxId": "SPDXRef-" + string(p.PackageSPDXIdentifier), "type": p.PrimaryPackagePurpose},
	}
	if one.ref == "" {
		s.refuse(at, "SPDXID", "is missing: each package has one")
		return
	}
	for _, licence := range []string{p.PackageLicenseConcluded, p.PackageLicenseDeclared} {
		if one.more["licence"] == "" {
			one.more["licence"] = asserted(licence)
		}
	}
	if p.PackageSupplier != nil {
		one.maker = asserted(p.PackageSupplier.Supplier)
	}
	for _, sum := range p.PackageChecksums {
		one.more["hash."+string(sum.Algorithm)] = sum.Value
	}
	for _, ref := range p.PackageExternalReferences {
		if ref != nil && strings.HasSuffix(ref.RefType, common.TypePackageManagerPURL) && one.purl == "" {
			one.purl = ref.Locator
		}
	}
	s.item(one)
}

// asserted leaves out what SPDX writes for nothing.
func asserted(text string) string {
	if text == "NOASSERTION" || text == "NONE" {
		return ""
	}
	return text
}

// spdxLinks are the relationships that are read: from the first to the second
// element, or reversed.
var spdxLinks = map[string]struct {
	kind     domain.DependencyKind
	reversed bool
}{
	common.TypeRelationshipDependsOn:            {domain.Uses, false},
	common.TypeRelationshipHasPrerequisite:      {domain.Uses, false},
	common.TypeRelationshipDynamicLink:          {domain.Uses, false},
	common.TypeRelationshipStaticLink:           {domain.Uses, false},
	common.TypeRelationshipDependencyOf:         {domain.Uses, true},
	common.TypeRelationshipRuntimeDependencyOf:  {domain.Uses, true},
	common.TypeRelationshipBuildDependencyOf:    {domain.Uses, true},
	common.TypeRelationshipOptionalDependencyOf: {domain.Uses, true},
	common.TypeRelationshipProvidedDependencyOf: {domain.Uses, true},
	common.TypeRelationshipPrerequisiteFor:      {domain.Uses, true},
	common.TypeRelationshipContainedBy:          {domain.PartOf, false},
	common.TypeRelationshipPackageOf:            {domain.PartOf, false},
	common.TypeRelationshipContains:             {domain.PartOf, true},
}

func (s spdxBill) relationship(rel *spdx.Relationship, at string) {
	switch rel.Relationship {
	case common.TypeRelationshipDescribe:
		s.described[string(rel.RefB.ElementRefID)] = true
		return
	case common.TypeRelationshipDescribeBy:
		s.described[string(rel.RefA.ElementRefID)] = true
		return
	}
	link, ok := spdxLinks[rel.Relationship]
	if !ok {
		return
	}
	from, to := rel.RefA, rel.RefB
	if link.reversed {
		from, to = to, from
	}
	fromKey, okFrom := s.key(from, at)
	toKey, okTo := s.key(to, at)
	if !okFrom || !okTo {
		return
	}
	if link.kind == domain.PartOf {
		s.part[string(from.ElementRefID)] = true
	}
	s.link(at, fromKey, toKey, link.kind)
}

// key finds the item that an element is. Files, other documents, NONE and
// NOASSERTION are none; what the document does not have is an error.
func (s spdxBill) key(id spdx.DocElementID, at string) (string, bool) {
	ref := string(id.ElementRefID)
	key, ok := s.keys[ref]
	if !ok && id.DocumentRefID == "" && id.SpecialID == "" && !s.other[ref] {
		s.refuse(at, "", "the document has no element SPDXRef-%s", ref)
	}
	return key, ok && id.DocumentRefID == ""
}

// parts makes all packages parts of the one that the document describes, but
// for those that are part of another.
func (s spdxBill) parts(doc *spdx.Document) {
	whole := ""
	for ref := range s.described {
		if key, ok := s.keys[ref]; ok {
			if whole != "" && whole != key {
				return // it describes several: nothing says which
			}
			whole = key
		}
	}
	if whole == "" {
		return
	}
	for i, p := range doc.Packages {
		if p == nil || s.part[string(p.PackageSPDXIdentifier)] {
			continue
		}
		if key, ok := s.keys[string(p.PackageSPDXIdentifier)]; ok {
			s.link(fmt.Sprintf("packages/%d", i), key, whole, domain.PartOf)
		}
	}
}
