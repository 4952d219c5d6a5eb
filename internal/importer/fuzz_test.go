package importer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"releasegraph/internal/interchange"
)

// FuzzLine: any line gives a checked item or errors, never a panic, and an
// item's own line gives the item again.
func FuzzLine(f *testing.F) {
	f.Add([]byte(`{"node":"Site","key":"par-1","name":"Paris 1","users":420}`))
	f.Add([]byte(`{"node":"ConfigurationItem","key":"a","name":"\u00e9\ud83d\ude80","class":"SERVICE","attributes":{"tier":"1"}}`))
	f.Add([]byte(`{"edge":"DEPENDS_ON","from":"ConfigurationItem:a","to":"ConfigurationItem:b","minimum":1,"redundancyGroup":"g"}`))
	f.Add([]byte(`{"edge":"INSTALLED_AT","from":"a","to":"Site:b","since":"2026-03-01T08:00:00Z", "x": [1, {"y": null}] }`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		record, errs := interchange.Parse(line)
		if len(errs) > 0 {
			return
		}
		item, errs := interchange.Prepare(record)
		if len(errs) > 0 {
			return
		}
		again, err := item.Line()
		if err != nil {
			t.Fatal(err)
		}
		record, errs = interchange.Parse(again)
		if len(errs) > 0 {
			t.Fatalf("%s: %v", again, errs)
		}
		same, errs := interchange.Prepare(record)
		if len(errs) > 0 || same.Fingerprint() != item.Fingerprint() || same.Digest() != item.Digest() {
			t.Fatalf("%s became %s: %v", line, again, errs)
		}
	})
}

// FuzzToldLine: any line of a history gives an item or errors, and what is known
// by it can be looked at.
func FuzzToldLine(f *testing.F) {
	f.Add([]byte(`{"node":"Board","key":"b","quorum":2,"members":[],"sources":{}}`))
	f.Add([]byte(`{"node":"ConfigurationItem","key":"a","formerly":"b","attributes":{"tier":"1"},"status":null,"listings":["cmdb=*"],"withdrawnFrom":"LIVE"}`))
	f.Add([]byte(`{"edge":"EXCLUDES","from":"C1","to":"a","reason":"r","by":"ann","since":"2026-03-01T08:00:00Z"}`))
	f.Add([]byte(`{"op":"remove","edge":"EXCLUDES","from":"C1","to":"a"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		record, errs := interchange.Parse(line)
		if len(errs) > 0 || record.Change != nil {
			return
		}
		item, errs := interchange.PrepareTold(record)
		if len(errs) > 0 || item.Remove {
			return
		}
		var known interchange.Known
		for range 2 {
			if err := known.Add(item); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := known.Breaches(nil); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	})
}

// FuzzScan: what the scanner reads is what the standard library reads.
func FuzzScan(f *testing.F) {
	f.Add(`{"node":"a","b":{"c":"d\n"},"e":[1,true,null,-2.5e3]}`)
	f.Fuzz(func(t *testing.T, line string) {
		record, errs := interchange.Parse([]byte(line))
		if len(errs) > 0 || record.Node == "" {
			return
		}
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.UseNumber()
		var want map[string]any
		if err := decoder.Decode(&want); err != nil {
			t.Fatal(err)
		}
		delete(want, "node")
		got, _ := json.Marshal(record.Values)
		expected, _ := json.Marshal(want)
		if string(got) != string(expected) {
			t.Fatalf("%s: got %s, want %s", line, got, expected)
		}
	})
}

// FuzzCSV: any text gives records or errors, and comes to an end.
func FuzzCSV(f *testing.F) {
	f.Add("key,name\na,b\n")
	f.Add("key,name,users\n\"a\n\",b,\"7\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		rd := &reader{nodeKind: "Site"}
		format, err := rd.openCSV(&source{name: "a.csv"}, bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		for {
			r, err := format.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range format.parse(r, everything) {
				checked.entry(r.line, p)
			}
		}
	})
}

// FuzzMapping: any text is refused or can be used on any row.
func FuzzMapping(f *testing.F) {
	f.Add("outputs: [{node: Site, fields: {key: a, name: {template: \"{a}-{b}\"}}}]", "x", "y")
	f.Add("outputs: [{edge: PART_OF, each: {column: b, split: \",\", as: p}, from: a, to: {column: p, map: {x: y}, default: z}}]", "x", "y,z")
	f.Add("where: [{column: a, in: [x]}]\noutputs: [{node: Site, constants: {users: 3}}]", "x", "")
	f.Fuzz(func(t *testing.T, text, a, b string) {
		m, err := parseMapping([]byte(text), "", "")
		if err != nil {
			return
		}
		sheet, err := m.sheet("a.csv")
		if err != nil || len(m.Lookups) > 0 {
			return
		}
		rules, err := sheet.compile([]string{"a", "b"}, nil)
		if err != nil {
			return
		}
		format := csvFormat{rules: rules}
		for _, p := range format.parse(raw{row: []string{a, b}}, everything) {
			checked.entry(1, p)
		}
	})
}

// FuzzCycloneDX: any text gives records or errors.
func FuzzCycloneDX(f *testing.F) {
	seedBill(f, "shop.cdx.json")
	f.Add([]byte(`{"bomFormat":"CycloneDX","specVersion":"1.5","components":[null,{"type":"library","name":"a","components":[{"name":"b"}]}],"dependencies":[{"ref":"x","dependsOn":null}]}`))
	f.Add([]byte(`<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><metadata><component type="application" bom-ref="w"><name>w</name></component></metadata>
<components><component type="library" bom-ref="a"><group>g</group><name>a</name><licenses><license><id>MIT</id></license></licenses><components><component><name>b</name></component></components></component></components>
<dependencies><dependency ref="w"><dependency ref="a"/></dependency></dependencies></bom>`))
	f.Fuzz(func(t *testing.T, text []byte) { readBill(t, openCycloneDX, text) })
}

// FuzzSPDX: any text gives records or errors.
func FuzzSPDX(f *testing.F) {
	seedBill(f, "orders.spdx.json")
	f.Add([]byte(`{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[null,{"SPDXID":"SPDXRef-a","name":"a","hasFiles":["SPDXRef-x"]}],"relationships":[null,{"spdxElementId":"SPDXRef-a","relationshipType":"CONTAINS","relatedSpdxElement":"SPDXRef-a"}]}`))
	f.Add([]byte(`{"spdxVersion":"SPDX-2.1","packages":[null,{"hasFiles":["a"]}],"relationships":[null,{}]}`))
	f.Add([]byte("# a\nSPDXVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\nPackageName: a\nSPDXID: SPDXRef-a\nPackageComment: <text>x\ny</text>\nFileName: f\nSPDXID: SPDXRef-f\n" +
		"PackageName: b\nSPDXID: SPDXRef-b\nExternalRef: PACKAGE-MANAGER purl pkg:npm/b@1\nRelationship: SPDXRef-a CONTAINS SPDXRef-b\n"))
	f.Fuzz(func(t *testing.T, text []byte) { readBill(t, openSPDX, text) })
}

func seedBill(f *testing.F, name string) {
	f.Helper()
	text, err := os.ReadFile("../../examples/data/sbom/" + name)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(text[:len(text)/2])
}

func readBill(t *testing.T, open func(io.Reader) (format, error), text []byte) {
	format, err := open(bytes.NewReader(text))
	if err != nil {
		return
	}
	lines := 1 + bytes.Count(text, []byte("\n"))
	for {
		r, err := format.next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil || r.line < 1 || r.line > lines {
			t.Fatalf("line %d of %d: %v", r.line, lines, err)
		}
		for _, p := range format.parse(r, everything) {
			checked.entry(r.line, p)
		}
	}
}

// checked reads lines by the rules of today.
var checked = reading{prepare: interchange.Prepare}
