package importer_test

import (
	"os"
	"strings"
	"testing"

	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
)

func TestABillOfMaterialsInCycloneDXBecomesItems(t *testing.T) {
	a, _ := newApp(t)
	o := importer.Options{Files: []string{examples + "data/sbom/shop.cdx.json"}}
	if s := run(t, a, o); s.Created() != 5+5+4 {
		t.Errorf("%+v", s)
	}
	out := export(t, a)
	for _, want := range []string{
		`{"node":"ConfigurationItem","key":"web-shop","name":"web-shop","class":"PROGRAM","productVersion":"4.2.0","status":"LIVE","environment":"LIVE","attributes":{"type":"application"}}`,
		`"key":"pkg:maven/org.springframework/spring-core@6.1.4?type=jar","name":"org.springframework/spring-core","class":"PROGRAM","productVersion":"6.1.4","status":"LIVE","environment":"LIVE","supplier":"VMware","attributes":{"hash.SHA-256":"2b1ac0b2d2a0a4b6b8a1b5c0f6ae24e4a4a3f0c9e7c2d0d6b1f5f4f1b5a4d3c2","licence":"Apache-2.0","type":"library"}}`,
		`"from":"ConfigurationItem:web-shop","to":"ConfigurationItem:assets","kind":"USES","impact":"FULL"}`,
		`"from":"ConfigurationItem:pkg:npm/jquery@3.7.1","to":"ConfigurationItem:assets","kind":"PART_OF","impact":"NONE"}`,
		`"from":"ConfigurationItem:assets","to":"ConfigurationItem:web-shop","kind":"PART_OF","impact":"NONE"}`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %s in\n%s", want, out)
		}
	}
	if s := run(t, a, o); !s.Same() {
		t.Errorf("again: %+v", s)
	}
}

func TestABillOfMaterialsInSPDXBecomesItems(t *testing.T) {
	a, _ := newApp(t)
	o := importer.Options{Files: []string{examples + "data/sbom/orders.spdx.json"}}
	if s := run(t, a, o); s.Created() != 3+2+2 {
		t.Errorf("%+v", s)
	}
	out := export(t, a)
	for _, want := range []string{
		`"key":"orders@2.1.0","name":"orders","class":"PROGRAM","productVersion":"2.1.0","status":"LIVE","environment":"LIVE","supplier":"Example Ltd","attributes":{"licence":"Apache-2.0","spdxId":"SPDXRef-orders","type":"APPLICATION"}}`,
		`"key":"pkg:golang/github.com/jackc/pgx/v5@v5.5.3","name":"github.com/jackc/pgx/v5","class":"PROGRAM","productVersion":"v5.5.3"`,
		`"hash.SHA256":"9f8d1b6c2a7e4b3f8c6d5e4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c"`,
		`"from":"ConfigurationItem:orders@2.1.0","to":"ConfigurationItem:pkg:golang/github.com/jackc/pgx/v5@v5.5.3","kind":"USES","impact":"FULL"}`,
		`"from":"ConfigurationItem:pkg:golang/github.com/jackc/pgx/v5@v5.5.3","to":"ConfigurationItem:pkg:golang/golang.org/x/text@v0.14.0","kind":"USES"`,
		`"from":"ConfigurationItem:pkg:golang/golang.org/x/text@v0.14.0","to":"ConfigurationItem:orders@2.1.0","kind":"PART_OF","impact":"NONE"}`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %s in\n%s", want, out)
		}
	}
}

// I11: what is part of a whole documents, so that the whole, which needs its
// parts, makes no cycle with them.
func TestABillOfMaterialsMakesNoCycles(t *testing.T) {
	for _, bill := range []struct{ file, whole, part string }{
		{"shop.cdx.json", "web-shop", "pkg:npm/jquery@3.7.1"},
		{"orders.spdx.json", "orders@2.1.0", "pkg:golang/golang.org/x/text@v0.14.0"},
	} {
		a, _ := newApp(t)
		ctx := a.WithLoads(t.Context())
		run(t, a, importer.Options{Files: []string{examples + "data/sbom/" + bill.file}})
		q, err := a.Configuration.DataQuality(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		cycles, err := q.Cycles(ctx, nil, nil)
		if err != nil || len(cycles.Nodes) != 0 {
			t.Errorf("%s: %d cycles, %v", bill.file, len(cycles.Nodes), err)
		}
		whole, part := domain.Ref{Key: &bill.whole}, domain.Ref{Key: &bill.part}
		order, err := a.Impact.InstallationOrder(ctx, []*domain.Ref{&whole, &part}, nil, nil)
		if err != nil || len(order.Steps) != 2 || order.Steps[0].Cycle || order.Steps[1].Cycle {
			t.Errorf("%s: %+v, %v", bill.file, order, err)
		}
		if way, err := a.Impact.DependencyPath(ctx, whole, part, nil, nil); err != nil || way == nil {
			t.Errorf("%s: %s does not need %s, %v", bill.file, bill.whole, bill.part, err)
		}
		if way, err := a.Impact.DependencyPath(ctx, part, whole, nil, nil); err != nil || way != nil {
			t.Errorf("%s: %s needs %s, %v", bill.file, bill.part, bill.whole, err)
		}
	}
}

func TestAMalformedBillOfMaterialsSaysWhereItIsWrong(t *testing.T) {
	read := func(name string) string {
		text, err := os.ReadFile(examples + "data/sbom/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	cdx, spdx := read("shop.cdx.json"), read("orders.spdx.json")
	for name, c := range map[string]struct{ text, want string }{
		"cut off":            {cdx[:len(cdx)/2], "is no CycloneDX: line"},
		"no such version":    {strings.Replace(cdx, `"specVersion": "1.6"`, `"specVersion": "7.1"`, 1), "is no CycloneDX"},
		"not that format":    {strings.Replace(cdx, `"bomFormat": "CycloneDX"`, `"bomFormat": "Other"`, 1), `"bomFormat" must be "CycloneDX"`},
		"no name":            {strings.Replace(cdx, `"name": "spring-core",`, "", 1), ":17: name: is missing"},
		"unknown bom-ref":    {strings.Replace(cdx, `"dependsOn": ["jquery-a"]`, `"dependsOn": ["jquery-z"]`, 1), `:65: dependsOn: there is no component with the bom-ref "jquery-z"`},
		"twice":              {strings.Replace(cdx, `"jquery-b"`, `"assets"`, 1), `"assets" is given twice`},
		"wrong type":         {strings.Replace(cdx, `"version": "6.1.4",`, `"version": 6,`, 1), "components.version: cannot be a number"},
		"spdx cut off":       {spdx[:len(spdx)/2], "is no SPDX: line"},
		"spdx version":       {strings.Replace(spdx, "SPDX-2.3", "SPDX-9.9", 1), "is no SPDX"},
		"spdx unknown":       {strings.Replace(spdx, `"relatedSpdxElement": "SPDXRef-pgx"`, `"relatedSpdxElement": "SPDXRef-nope"`, 1), ":57: the document has no element SPDXRef-nope"},
		"spdx twice":         {strings.Replace(spdx, `"SPDXID": "SPDXRef-text"`, `"SPDXID": "SPDXRef-pgx"`, 1), `"pgx" is given twice`},
		"spdx without names": {strings.Replace(spdx, `"name": "golang.org/x/text",`, "", 1), ":33: name: is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			a, s := newApp(t)
			got := problems(t, a, importer.Options{Files: []string{file(t, "bill.json", c.text)}})
			if !strings.Contains(got, c.want) {
				t.Errorf("%s\nwant %s", got, c.want)
			}
			if head, err := s.Head(t.Context()); err != nil || head != 0 {
				t.Errorf("head %d, %v", head, err)
			}
		})
	}
}

func TestAnUnknownFormatIsToldWithThoseThereAre(t *testing.T) {
	a, _ := newApp(t)
	if got := problems(t, a, importer.Options{Files: []string{file(t, "a.json", "{}")}, Format: "xml"}); !strings.Contains(got, "there are ndjson, csv, cyclonedx, spdx") {
		t.Error(got)
	}
	if got := problems(t, a, importer.Options{Files: []string{file(t, "a.json", "{}")}, Format: "spdx"}); !strings.Contains(got, "is no SPDX") {
		t.Error(got)
	}
}

func TestItemsOfServiceNowGetTheirRelationships(t *testing.T) {
	a, _ := newApp(t)
	o := importer.Options{MappingFile: examples + "mappings/servicenow.yaml", Files: []string{examples + "data/servicenow/cmdb_ci.csv", examples + "data/servicenow/cmdb_rel_ci.csv"}}
	run(t, a, o)
	out := export(t, a)
	for _, want := range []string{
		`"key":"0a1c6f7ec0a8016500a5d2c4f3e2b105","name":"srv-par-02","class":"SERVER","status":"WITHDRAWN","environment":"LIVE","owner":"Li Wei"`,
		`"from":"ConfigurationItem:0a1c6f7ec0a8016500a5d2c4f3e2b103","to":"ConfigurationItem:0a1c6f7ec0a8016500a5d2c4f3e2b101","kind":"PART_OF","impact":"NONE"}`,
		`"from":"ConfigurationItem:0a1c6f7ec0a8016500a5d2c4f3e2b102","to":"ConfigurationItem:0a1c6f7ec0a8016500a5d2c4f3e2b104","kind":"HOSTED_ON","impact":"FULL"}`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %s in\n%s", want, out)
		}
	}
	dir := t.TempDir()
	write := func(name, text string) string {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir + "/" + name
	}
	items, err := os.ReadFile(o.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	write("cmdb_ci.csv", strings.Replace(string(items), `"srv-par-02"`, `"srv-par-01"`, 1))
	o.Files = []string{write("cmdb_rel_ci.csv", "parent,type,child\nshop-app,Runs on::Runs,srv-par-01\nshop-app,Likes::Liked by,shop-db\n")}
	got := problems(t, a, o)
	if !strings.Contains(got, `:2: to: cmdb_ci.csv has several rows with name "srv-par-01"`) || !strings.Contains(got, `:3: kind: the mapping does not say what "Likes::Liked by" becomes`) {
		t.Error(got)
	}
	o.Files = []string{write("cmdb_rel_ci.csv", "parent,kind,child\nshop-app,Runs on::Runs,srv-par-01\n")}
	if got := problems(t, a, o); !strings.Contains(got, `there is no column "type", there are parent, kind, child`) {
		t.Error(got)
	}
}
