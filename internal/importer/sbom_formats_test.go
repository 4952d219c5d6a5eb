package importer_test

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/tagvalue"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/importer"
)

// shopXML is the example of CycloneDX in XML.
func shopXML(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(examples + "data/sbom/shop.cdx.json")
	require.NoError(t, err)
	var bom cdx.BOM
	require.NoError(t, cdx.NewBOMDecoder(bytes.NewReader(text), cdx.BOMFileFormatJSON).Decode(&bom))
	var out strings.Builder
	require.NoError(t, cdx.NewBOMEncoder(&out, cdx.BOMFileFormatXML).SetPretty(true).EncodeVersion(&bom, cdx.SpecVersion1_6))
	return out.String()
}

// ordersTags is the example of SPDX in tag-value.
func ordersTags(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(examples + "data/sbom/orders.spdx.json")
	require.NoError(t, err)
	doc, err := spdxjson.Read(bytes.NewReader(text))
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, tagvalue.Write(doc, &out))
	return out.String()
}

// A bill says the same in whatever format it is written.
func TestABillOfMaterialsIsTheSameInEachFormat(t *testing.T) {
	for example, text := range map[string]string{"shop.cdx.json": shopXML(t), "orders.spdx.json": "# a comment\n" + ordersTags(t)} {
		t.Run(example, func(t *testing.T) {
			a, _ := newApp(t)
			run(t, a, importer.Options{Files: []string{examples + "data/sbom/" + example}})
			b, _ := newApp(t)
			run(t, b, importer.Options{Files: []string{file(t, "bill", text)}})
			require.Equal(t, export(t, a), export(t, b))

			json, err := os.Open(examples + "data/sbom/" + example)
			require.NoError(t, err)
			defer json.Close()
			want, err := importer.Components(json)
			require.NoError(t, err)
			got, err := importer.Components(strings.NewReader(text))
			require.NoError(t, err)
			require.ElementsMatch(t, want, got)
		})
	}
}

func TestAMalformedBillInXMLOrTagsSaysWhereItIsWrong(t *testing.T) {
	xml, tags := shopXML(t), ordersTags(t)
	lineOf := func(text, part string) string {
		before, _, found := strings.Cut(text, part)
		require.True(t, found, part)
		return ":" + strconv.Itoa(1+strings.Count(before, "\n")) + ": "
	}
	text := strings.Replace(tags, "PackageName: golang.org/x/text", "PackageComment: <text>PackageName: a\nRelationship: b\n</text>\nPackageName: golang.org/x/text", 1)
	unknown := strings.Replace(text, "DEPENDS_ON SPDXRef-pgx", "DEPENDS_ON SPDXRef-nope", 1)
	for name, c := range map[string]struct{ text, want string }{
		"cut off":              {xml[:len(xml)/2], "is no CycloneDX: line"},
		"no such version":      {strings.Replace(xml, "schema/bom/1.6", "schema/bom/7.1", 1), "the namespace of bom must be that of a version from 1.0 to 1.7"},
		"another document":     {`<html xmlns="http://cyclonedx.org/schema/bom/1.6"/>`, "is no CycloneDX: expected element type <bom>"},
		"no name":              {strings.Replace(xml, "<name>spring-core</name>", "", 1), lineOf(xml, `<component bom-ref="pkg:maven/org.springframework`) + "name: is missing"},
		"unknown bom-ref":      {strings.Replace(xml, `<dependency ref="jquery-a"></dependency>`, `<dependency ref="jquery-z"></dependency>`, 1), `there is no component with the bom-ref "jquery-z"`},
		"twice":                {strings.ReplaceAll(xml, `bom-ref="jquery-b"`, `bom-ref="assets"`), `"assets" is given twice`},
		"spdx cut off":         {tags + "PackageComment: <text>so", "is no SPDX: ends in the middle of a text"},
		"spdx version":         {strings.Replace(tags, "SPDX-2.3", "SPDX-9.9", 1), "is no SPDX: unsupported SPDX version"},
		"spdx no colon":        {tags + "\nNonsense\n", "is no SPDX: line " + strconv.Itoa(2+strings.Count(tags, "\n"))},
		"spdx unknown element": {unknown, lineOf(unknown, "Relationship: SPDXRef-orders DEPENDS_ON SPDXRef-nope") + "the document has no element SPDXRef-nope"},
		"spdx twice":           {strings.Replace(tags, "SPDXID: SPDXRef-text", "SPDXID: SPDXRef-pgx", 1), `"pgx" is given twice`},
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := newApp(t)
			require.Contains(t, problems(t, a, importer.Options{Files: []string{file(t, "bill", c.text)}}), c.want)
		})
	}
}

// What is no bill that can be read says which can.
func TestWhatIsNoBillOfMaterialsNamesThoseThatAreRead(t *testing.T) {
	for _, text := range []string{"", "{}", "<html/>", `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}`, "spdxVersion: SPDX-2.3\n"} {
		_, err := importer.Components(strings.NewReader(text))
		require.ErrorContains(t, err, "CycloneDX in JSON or XML, SPDX 2 in JSON or tag-value")
	}
}
