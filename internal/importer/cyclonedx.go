package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"releasegraph/internal/domain"
)

// openCycloneDX reads a bill of materials in CycloneDX, in JSON or in XML.
func openCycloneDX(r io.Reader) (format, error) {
	text, err := readWhole(r)
	if err != nil {
		return nil, err
	}
	bom, places, err := decodeCycloneDX(text)
	if err != nil {
		return nil, fmt.Errorf("is no CycloneDX: %w", err)
	}
	c := cycloneDX{newBill(places)}
	described := ""
	if bom.Metadata != nil && bom.Metadata.Component != nil {
		described = c.component(bom.Metadata.Component, "metadata/component", "")
	}
	c.components(bom.Components, "components", described)
	if bom.Dependencies != nil {
		for i, d := range *bom.Dependencies {
			c.dependency(d, fmt.Sprintf("dependencies/%d", i))
		}
	}
	return c.format(), nil
}

// decodeCycloneDX reads a document, and tells the lines of its elements.
func decodeCycloneDX(text []byte) (bom *cdx.BOM, places map[string]int, err error) {
	defer stumbled(&err)
	bom = &cdx.BOM{}
	if isXML(text) {
		err = cdx.NewBOMDecoder(bytes.NewReader(text), cdx.BOMFileFormatXML).Decode(bom)
		if err == nil && bom.SpecVersion == 0 {
			err = fmt.Errorf("the namespace of bom must be that of a version from %s to %s, such as http://cyclonedx.org/schema/bom/%s",
				cdx.SpecVersion1_0, cdx.SpecVersion1_7, cdx.SpecVersion1_6)
		}
		return bom, xmlLines(text), notXML(err)
	}
	switch err = cdx.NewBOMDecoder(bytes.NewReader(text), cdx.BOMFileFormatJSON).Decode(bom); {
	case err != nil:
		return nil, nil, notJSON(text, err)
	case bom.BOMFormat != cdx.BOMFormat:
		return nil, nil, errors.New(`"bomFormat" must be "CycloneDX"`)
	}
	return bom, elementLines(text), nil
}

type cycloneDX struct{ *bill }

func (c cycloneDX) components(list *[]cdx.Component, path, whole string) {
	if list == nil {
		return
	}
	for i := range *list {
		c.component(&(*list)[i], fmt.Sprintf("%s/%d", path, i), whole)
	}
}

// component adds a component, a part of the whole, and its own parts. It gives
// its key.
func (c cycloneDX) component(in *cdx.Component, at, whole string) (key string) {
	one := billed{
		ref: in.BOMRef, at: at, purl: in.PackageURL, key: in.BOMRef, name: in.Name, version: in.Version, about: in.Description,
		maker: cdxMaker(in), more: map[string]string{"type": string(in.Type), "licence": cdxLicences(in.Licenses), "cpe": in.CPE},
	}
	if in.Group != "" {
		one.name = in.Group + "/" + in.Name
	}
	if in.Hashes != nil {
		for _, h := range *in.Hashes {
			one.more["hash."+string(h.Algorithm)] = h.Value
		}
	}
	if in.Name == "" {
		one.name = ""
	}
	if one.ref == "" { // nothing refers to it, but it has a key
		one.ref = "\x00" + at
	}
	c.item(one)
	key, ok := c.keys[one.ref]
	if !ok {
		return whole
	}
	if whole != "" {
		c.link(at, key, whole, domain.PartOf)
	}
	c.components(in.Components, at+"/components", key)
	return key
}

func cdxMaker(in *cdx.Component) string {
	switch {
	case in.Supplier != nil && in.Supplier.Name != "":
		return in.Supplier.Name
	case in.Manufacturer != nil && in.Manufacturer.Name != "":
		return in.Manufacturer.Name
	}
	return in.Publisher
}

// cdxLicences joins licences as one expression; a component is under all.
func cdxLicences(list *cdx.Licenses) string {
	if list == nil {
		return ""
	}
	var names []string
	for _, l := range *list {
		switch {
		case l.Expression != "":
			names = append(names, l.Expression)
		case l.License != nil && l.License.ID != "":
			names = append(names, l.License.ID)
		case l.License != nil && l.License.Name != "":
			names = append(names, l.License.Name)
		}
	}
	return strings.Join(names, " AND ")
}

func (c cycloneDX) dependency(d cdx.Dependency, at string) {
	from, ok := c.keys[d.Ref]
	if !ok {
		c.refuse(at, "ref", "there is no component with the bom-ref %q", d.Ref)
		return
	}
	if d.Dependencies == nil {
		return
	}
	for _, ref := range *d.Dependencies {
		if to, ok := c.keys[ref]; ok {
			c.link(at, from, to, domain.Uses)
		} else {
			c.refuse(at, "dependsOn", "there is no component with the bom-ref %q", ref)
		}
	}
}
