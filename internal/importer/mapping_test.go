package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"releasegraph/internal/importer"
)

const examples = "../../examples/"

func TestTheExampleMappingsReadTheExampleData(t *testing.T) {
	for name, c := range map[string]struct {
		files   []string
		created int
	}{
		"debian-packages":     {[]string{"packages/nodes.csv", "packages/edges.csv"}, 5 + 4},
		"debian-alternatives": {[]string{"packages/nodes.csv", "packages/edges.csv"}, 5 + 5},
		"microservices":       {[]string{"microservices/units.csv", "microservices/graphs.csv"}, 5 + 4},
		"openstack-releases":  {[]string{"openstack/deliverables.csv", "openstack/components.csv", "openstack/releases.csv"}, 2 + 3 + 3 + 4 + 3},
		"servicenow":          {[]string{"servicenow/cmdb_ci.csv", "servicenow/cmdb_rel_ci.csv"}, 6 + 1 + 3 + 6},
		"netbox": {[]string{"netbox/dcim_region.csv", "netbox/dcim_site.csv", "netbox/dcim_device.csv",
			"netbox/virtualization_cluster.csv", "netbox/virtualization_virtualmachine.csv"}, 3 + 2 + 2 + 1 + 2 + 3 + 3 + 3},
	} {
		a, _ := newApp(t)
		o := importer.Options{MappingFile: examples + "mappings/" + name + ".yaml"}
		for _, f := range c.files {
			o.Files = append(o.Files, examples+"data/"+f)
		}
		if s := run(t, a, o); s.Created() != c.created {
			t.Errorf("%s created %d, not %d:\n%s", name, s.Created(), c.created, export(t, a))
		}
		if s := run(t, a, o); !s.Same() {
			t.Errorf("%s again: %+v", name, s)
		}
	}
}

func TestTheExampleEstateIsImported(t *testing.T) {
	a, _ := newApp(t)
	if s := run(t, a, importer.Options{Files: []string{examples + "data/estate.ndjson"}}); s.Created() < 10 {
		t.Errorf("%+v", s)
	}
}

func TestAMappingMayLeaveToTheCommandWhatItsRowsAre(t *testing.T) {
	a, _ := newApp(t)
	m := file(t, "m.yaml", "outputs: [{fields: {key: a, name: b}}]")
	s := run(t, a, importer.Options{Files: []string{file(t, "a.csv", "a,b\nx,y\n")}, MappingFile: m, NodeKind: "Site"})
	if s.Created() != 1 {
		t.Errorf("%+v", s)
	}
}

func TestAMappingSaysWhatIsWrongWithIt(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":         {"{}", `a mapping has "outputs"`},
		"unknown word":    {"outputz: []", `outputz`},
		"unknown kind":    {"outputs: [{node: Sit, fields: {key: a}}]", `outputs[0].node: there is no kind of record "Sit"`},
		"unknown field":   {"outputs: [{node: Site, fields: {colour: a}}]", "fields.colour: Site has no such field"},
		"no ends":         {"outputs: [{edge: PART_OF, from: a}]", "an edge needs from and to"},
		"two sources":     {"outputs: [{node: Site, fields: {key: {column: a, template: b}}}]", "give one of column, template and constant"},
		"unknown lookup":  {"outputs: [{node: Site, fields: {key: {column: a, lookup: x}}}]", `there is no lookup "x"`},
		"unknown column":  {"outputs: [{node: Site, fields: {key: z, name: a}}]", `a.csv: outputs[0]: fields.key: there is no column "z", there are a, b`},
		"several columns": {"outputs: [{node: Site, fields: {key: z, name: {template: '{y}'}}}]", `fields.key: there is no column "z", there are a, b; fields.name: there is no column "y"`},
		"other file":      {"files: [{name: x.csv, outputs: [{node: Site, fields: {key: a}}]}]", "a.csv: the mapping says nothing of a file with this name, only of x.csv"},
		"unmapped value":  {"outputs: [{node: Site, fields: {key: a, name: b, ring: {column: a, map: {y: GENERAL}}}}]", `a.csv:2: ring: the mapping does not say what "x" becomes`},
		"missing row":     {"lookups: {l: {file: l.csv, key: id, value: v}}\noutputs: [{node: Site, fields: {key: {column: a, lookup: l}, name: b}}]", `a.csv:2: key: l.csv has no row with id "x"`},
		"empty condition": {"where: [{column: a}]\noutputs: [{node: Site, fields: {key: a, name: b}}]", "the condition on a says nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := newApp(t)
			data := file(t, "a.csv", "a,b\nx,y\n")
			if err := os.WriteFile(filepath.Join(filepath.Dir(data), "l.csv"), []byte("id,v\n1,one\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			got := problems(t, a, importer.Options{Files: []string{data}, MappingFile: file(t, "m.yaml", c.text)})
			if !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestARowBecomesWhatItsMappingSays(t *testing.T) {
	a, _ := newApp(t)
	data := file(t, "a.csv", "id;needs;state\n1;2, 3;On\n2;;on\n3;;OFF\n9;;gone\n")
	m := file(t, "m.yaml", `
delimiter: ";"
where: [{column: state, notIn: [gone]}]
outputs:
  - node: ConfigurationItem
    constants: {class: SERVICE, users: 3}
    fields:
      key: {template: "svc-{id}"}
      name: {template: "Service {id}"}
      status: {column: state, case: upper, else: id}
      attributes.first: {column: needs, split: ",", part: 1, prefix: "svc-", default: none}
  - edge: DEPENDS_ON
    each: {column: needs, split: ",", as: need}
    from: {template: "svc-{id}"}
    to: {column: need, prefix: svc-}
`)
	got := problems(t, a, importer.Options{Files: []string{data}, MappingFile: m})
	if !strings.Contains(got, `a.csv:2: status: cannot be "ON"`) {
		t.Error(got)
	}
	text, err := os.ReadFile(m)
	if err != nil {
		t.Fatal(err)
	}
	m = file(t, "m.yaml", strings.Replace(string(text), "{column: state, case: upper, else: id}", "{column: state, map: {On: LIVE, on: LIVE}, default: WITHDRAWN}", 1))
	run(t, a, importer.Options{Files: []string{data}, MappingFile: m})
	want := `{"node":"ConfigurationItem","key":"svc-1","name":"Service 1","class":"SERVICE","status":"LIVE","environment":"LIVE","users":3,"attributes":{"first":"svc-2"}}
{"node":"ConfigurationItem","key":"svc-2","name":"Service 2","class":"SERVICE","status":"LIVE","environment":"LIVE","users":3,"attributes":{"first":"none"}}
{"node":"ConfigurationItem","key":"svc-3","name":"Service 3","class":"SERVICE","status":"WITHDRAWN","environment":"LIVE","users":3,"attributes":{"first":"none"}}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:svc-1","to":"ConfigurationItem:svc-2","kind":"USES","impact":"FULL"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:svc-1","to":"ConfigurationItem:svc-3","kind":"USES","impact":"FULL"}
`
	if got := export(t, a); got != want {
		t.Errorf("got\n%s", got)
	}
}
