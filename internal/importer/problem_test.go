package importer_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"releasegraph/internal/importer"
)

func TestEveryWrongLineIsNamedAndNothingIsWritten(t *testing.T) {
	good := `{"node":"Site","key":"par-1","name":"Paris"}`
	item := `{"node":"ConfigurationItem","key":"%s","name":"x","class":"SERVICE"}`
	for name, c := range map[string]struct{ lines, want string }{
		"malformed line":    {`{"node":"Site","key":`, "a.ndjson:2: not valid JSON at character"},
		"two values":        {`{"node":"Site"} {}`, "a.ndjson:2: not valid JSON"},
		"no object":         {`["Site"]`, "a.ndjson:2: a line holds one JSON object"},
		"neither":           {`{"key":"x"}`, `a.ndjson:2: a line says what it is`},
		"both":              {`{"node":"Site","edge":"PART_OF"}`, `a.ndjson:2: a line is a "node" or an "edge"`},
		"unknown kind":      {`{"node":"Sit","key":"x","name":"x"}`, `a.ndjson:2: node: there is no kind of record "Sit", there are ConfigurationItem, Site`},
		"kind is no text":   {`{"node":7,"key":"x"}`, `a.ndjson:2: node: must be a text`},
		"unknown relation":  {`{"edge":"LIKES","from":"Site:a","to":"Site:b"}`, `a.ndjson:2: edge: there is no relationship "LIKES"`},
		"unknown field":     {`{"node":"Site","key":"x","name":"x","colour":"red"}`, "a.ndjson:2: colour: Site has no such field"},
		"field given twice": {`{"node":"Site","key":"x","key":"y","name":"x"}`, `a.ndjson:2: the field "key" is given twice`},
		"missing field":     {`{"node":"ConfigurationItem","key":"x","name":"x"}`, "a.ndjson:2: class: is missing"},
		"missing key":       {`{"node":"Site","name":"x"}`, "a.ndjson:2: key: "},
		"missing end":       {`{"edge":"PART_OF","from":"Site:par-1"}`, "a.ndjson:2: to: is missing"},
		"wrong enum":        {`{"node":"Site","key":"x","name":"x","ring":"SATURN"}`, `a.ndjson:2: ring: cannot be "SATURN"; it is one of PILOT_ALPHA`},
		"wrong type":        {`{"node":"Site","key":"x","name":"x","users":"many"}`, `a.ndjson:2: users: must be a whole number`},
		"fraction":          {`{"node":"Site","key":"x","name":"x","users":1.5}`, `a.ndjson:2: users: must be a whole number`},
		"beyond 32 bits":    {`{"node":"Site","key":"x","name":"x","users":3000000000}`, `a.ndjson:2: users: is 3000000000`},
		"null key":          {`{"node":"Site","key":null,"name":"x"}`, `a.ndjson:2: key: `},
		"key of 10 kB":      {fmt.Sprintf(item, strings.Repeat("k", 10<<10)), "a.ndjson:2: key: is 10240 bytes long, at most 256"},
		"end of 10 kB":      {`{"edge":"PART_OF","from":"Site:par-1","to":"Site:` + strings.Repeat("k", 10<<10) + `"}`, "a.ndjson:2: to: the key is 10240 bytes long"},
		"control character": {`{"node":"Site","key":"a\u0007b","name":"x"}`, "a.ndjson:2: key: must not hold control characters"},
		"not UTF-8":         {"{\"node\":\"Site\",\"key\":\"\xff\",\"name\":\"x\"}", "a.ndjson:2: the line is not valid UTF-8"},
		"long line":         {`{"node":"Site","key":"x","name":"` + strings.Repeat("n", 5<<20) + `"}`, "a.ndjson:2: the line is longer than 4 MiB"},
		"attribute":         {`{"node":"ConfigurationItem","key":"x","name":"x","class":"SERVICE","attributes":{"a":1}}`, "a.ndjson:2: attributes: "},
		"duplicate key":     {fmt.Sprintf(item, "a") + "\n" + fmt.Sprintf(item, "b") + "\n" + fmt.Sprintf(item, "a"), "a.ndjson:4: key: ConfigurationItem:a was given already at a.ndjson:2"},
		"edge to nowhere":   {`{"edge":"PART_OF","from":"Site:par-1","to":"Site:moon"}`, `a.ndjson:2: to: there is no Site with the key "moon", neither in the files nor in the store`},
		"wrong kind of end": {`{"edge":"PART_OF","from":"Site:par-1","to":"ReleaseUnit:x"}`, `a.ndjson:2: to: PART_OF leads from Site to Site`},
		"self-dependency":   {fmt.Sprintf(item, "a") + "\n" + `{"edge":"DEPENDS_ON","from":"ConfigurationItem:a","to":"ConfigurationItem:a"}`, "a.ndjson:3: to: an item cannot depend on itself"},
		"minimum alone, I5": {fmt.Sprintf(item, "a") + "\n" + fmt.Sprintf(item, "b") + "\n" + `{"edge":"DEPENDS_ON","from":"ConfigurationItem:a","to":"ConfigurationItem:b","minimum":2}`, "a.ndjson:4: minimum: is the minimum of a redundancyGroup"},
		"two parents":       {`{"node":"Site","key":"a","name":"A"}` + "\n" + `{"node":"Site","key":"b","name":"B"}` + "\n" + `{"edge":"PART_OF","from":"Site:par-1","to":"Site:a"}` + "\n" + `{"edge":"PART_OF","from":"Site:par-1","to":"Site:b"}`, "a.ndjson:5: PART_OF from Site:par-1 to Site:b was given with other values at a.ndjson:4"},
		"circle of sites":   {`{"node":"Site","key":"a","name":"A"}` + "\n" + `{"edge":"PART_OF","from":"Site:par-1","to":"Site:a"}` + "\n" + `{"edge":"PART_OF","from":"Site:a","to":"Site:par-1"}`, "a.ndjson:3: to: PART_OF must stay a tree"},
		"same link, other values": {fmt.Sprintf(item, "a") + "\n" + fmt.Sprintf(item, "b") + "\n" + `{"edge":"DEPENDS_ON","from":"ConfigurationItem:a","to":"ConfigurationItem:b","impact":"FULL"}` + "\n" +
			`{"edge":"DEPENDS_ON","from":"ConfigurationItem:a","to":"ConfigurationItem:b","impact":"NONE"}`, "a.ndjson:5: DEPENDS_ON from ConfigurationItem:a to ConfigurationItem:b was given with other values at a.ndjson:4"},
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := newApp(t)
			got := problems(t, a, importer.Options{Files: []string{file(t, "a.ndjson", good+"\n"+c.lines+"\n")}})
			if !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if out := export(t, a); out != "" {
				t.Errorf("something was written:\n%s", out)
			}
		})
	}
}

func TestCyclesOfDependenciesAreAllowed(t *testing.T) { // C2
	a, _ := newApp(t)
	lines := `{"node":"ConfigurationItem","key":"a","name":"A","class":"SERVICE"}
{"node":"ConfigurationItem","key":"b","name":"B","class":"SERVICE"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:a","to":"ConfigurationItem:b"}
{"edge":"DEPENDS_ON","from":"ConfigurationItem:b","to":"ConfigurationItem:a"}
`
	if s := run(t, a, importer.Options{Files: []string{file(t, "a.ndjson", lines)}}); s.Created() != 4 {
		t.Errorf("created %d", s.Created())
	}
}

func TestProblemsBeyondAHundredAreCounted(t *testing.T) {
	a, _ := newApp(t)
	f := file(t, "a.ndjson", strings.Repeat("x\n", 250))
	_, err := importer.Run(context.Background(), importer.Local(a), importer.Options{Files: []string{f}})
	p, ok := err.(*importer.Problems)
	if !ok || len(p.List) != 100 || p.More != 150 || !strings.HasSuffix(err.Error(), "\nand 150 more") {
		t.Errorf("%T %v", err, err)
	}
	if p.List[99].Line != 100 {
		t.Errorf("the last listed line is %d", p.List[99].Line)
	}
}

func TestACircleThroughTheStoreIsFoundBeforeAnythingIsWritten(t *testing.T) {
	a, _ := newApp(t)
	run(t, a, importer.Options{Files: []string{file(t, "a.ndjson", `{"node":"Site","key":"a","name":"A"}
{"node":"Site","key":"b","name":"B"}
{"edge":"PART_OF","from":"Site:a","to":"Site:b"}
`)}})
	before := export(t, a)
	got := problems(t, a, importer.Options{Files: []string{file(t, "b.ndjson", `{"node":"Site","key":"c","name":"C"}
{"edge":"PART_OF","from":"Site:b","to":"Site:c"}
{"edge":"PART_OF","from":"Site:c","to":"Site:a"}
`)}})
	if !strings.Contains(got, "b.ndjson:2: to: PART_OF must stay a tree") || !strings.Contains(got, "b.ndjson:3: ") {
		t.Error(got)
	}
	if export(t, a) != before {
		t.Error("something was written")
	}
}

func TestADamagedFileIsRefusedAsAWhole(t *testing.T) {
	a, _ := newApp(t)
	name := file(t, "a.ndjson.gz", "")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	for i := range 20_000 {
		fmt.Fprintf(z, `{"node":"Site","key":"s%d","name":"%d"}`+"\n", i, i*7919)
	}
	_ = z.Close()
	info, _ := f.Stat()
	if err := f.Truncate(info.Size() / 2); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	if got := problems(t, a, importer.Options{Files: []string{name}}); !strings.Contains(got, "a.ndjson.gz: cannot be read to its end") {
		t.Error(got)
	}
	if export(t, a) != "" {
		t.Error("something was written")
	}
}

func TestCSVProblemsNameTheirLineAndColumn(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string
		options    importer.Options
	}{
		"not told what":  {"key,name\na,b\n", "a.csv: is CSV: say what its rows are", importer.Options{}},
		"unknown kind":   {"key,name\na,b\n", `there is no kind of record "Sit"`, importer.Options{NodeKind: "Sit"}},
		"unknown column": {"key,name,colour\na,b,c\n", "a.csv: colour: Site has no such field", importer.Options{NodeKind: "Site"}},
		"column twice":   {"key,key\na,b\n", `a.csv: the column "key" stands there twice`, importer.Options{NodeKind: "Site"}},
		"short row":      {"key,name\na,b\nc\n", "a.csv:3: the row has not as many cells", importer.Options{NodeKind: "Site"}},
		"bare quote":     {"key,name\na,\"b\"c\n", "a.csv:2: ", importer.Options{NodeKind: "Site"}},
		"no number":      {"key,name,users\na,b,many\n", "a.csv:2: users: must be a", importer.Options{NodeKind: "Site"}},
		"after newlines": {"key,name,users\na,\"b\nb\nb\",1\nc,d,x\n", "a.csv:5: users: must be a", importer.Options{NodeKind: "Site"}},
		"no ends":        {"a,b\n1,2\n", "a.csv: a: SITE_NEEDS has no fields", importer.Options{EdgeRel: "SITE_NEEDS"}},
		"empty":          {"", "a.csv: is empty", importer.Options{NodeKind: "Site"}},
		"nowhere":        {"from,to\na,b\n", `a.csv:2: from: there is no Site with the key "a"`, importer.Options{EdgeRel: "SITE_NEEDS"}},
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := newApp(t)
			c.options.Files = []string{file(t, "a.csv", c.text)}
			if got := problems(t, a, c.options); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
