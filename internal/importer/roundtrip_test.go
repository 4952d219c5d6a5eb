package importer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/importer"
)

// drawEstate makes up an estate, as lines in no particular order.
func drawEstate(t *rapid.T) string {
	var lines []string
	add := func(fields map[string]any) {
		line, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	name := rapid.StringMatching(`[a-zA-Z0-9"'\\<>& éß🚀\n]{0,8}[a-z]`)
	items, sites := rapid.IntRange(0, 12).Draw(t, "items"), rapid.IntRange(0, 6).Draw(t, "sites")
	for i := range items {
		n := map[string]any{
			"node": "ConfigurationItem", "key": fmt.Sprintf("i:%d", i), "name": name.Draw(t, "name"),
			"class": rapid.SampledFrom([]string{"SERVICE", "DATABASE", "SERVER"}).Draw(t, "class"),
		}
		if rapid.Bool().Draw(t, "more") {
			n["criticality"] = rapid.IntRange(1, 5).Draw(t, "criticality")
			n["description"] = name.Draw(t, "description")
			n["attributes"] = map[string]string{"a.b": name.Draw(t, "attribute"), "c": ""}
		}
		add(n)
	}
	for i := range sites {
		add(map[string]any{"node": "Site", "key": fmt.Sprintf("s%d", i), "name": name.Draw(t, "name"), "timeZone": "Asia/Tokyo"})
		if i > 0 && rapid.Bool().Draw(t, "part") {
			add(map[string]any{"edge": "PART_OF", "from": fmt.Sprintf("Site:s%d", i), "to": fmt.Sprintf("Site:s%d", rapid.IntRange(0, i-1).Draw(t, "of"))})
		}
	}
	seen := map[string]bool{}
	for range rapid.IntRange(0, items*3).Draw(t, "links") {
		from, to := rapid.IntRange(0, items-1).Draw(t, "from"), rapid.IntRange(0, items-1).Draw(t, "to")
		group := rapid.SampledFrom([]string{"", "g/1", "g\\2"}).Draw(t, "group")
		if id := fmt.Sprint(from, to, group); from != to && !seen[id] {
			seen[id] = true
			e := map[string]any{"edge": "DEPENDS_ON", "from": fmt.Sprintf("ConfigurationItem:i:%d", from), "to": fmt.Sprintf("ConfigurationItem:i:%d", to),
				"impact": rapid.SampledFrom([]string{"FULL", "DEGRADED", "NONE"}).Draw(t, "impact")}
			if group != "" {
				e["redundancyGroup"], e["minimumPercent"] = group, 50
			}
			add(e)
		}
	}
	return strings.Join(rapid.Permutation(lines).Draw(t, "order"), "\n")
}

func TestWhatIsExportedAndImportedElsewhereIsTheSameGraph(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lines := drawEstate(rt)
		a, _ := newApp(t)
		b, _ := newApp(t)
		first := run(t, a, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(lines)})
		out := export(t, a)
		if n := strings.Count(out, "\n"); n != first.Created() {
			rt.Fatalf("created %d, exported %d", first.Created(), n)
		}
		run(t, b, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(out)})
		if again := export(t, b); again != out {
			rt.Fatalf("first\n%s\nthen\n%s", out, again)
		}
		if s := run(t, a, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(out)}); !s.Same() {
			rt.Fatalf("an export changes its own graph: %+v", s)
		}
	})
}

func TestAPartOfTheGraphIsExported(t *testing.T) {
	a, _ := newApp(t)
	run(t, a, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(estate)})
	for name, c := range map[string]struct {
		options                importer.ExportOptions
		records, relationships int
	}{
		"a kind":               {importer.ExportOptions{Kinds: []string{"Site"}}, 2, 1},
		"two kinds":            {importer.ExportOptions{Kinds: []string{"ReleaseUnit", "ConfigurationItem"}}, 4, 3},
		"from a root":          {importer.ExportOptions{Roots: []string{"ConfigurationItem:shop"}}, 5, 4},
		"from a root, 1 deep":  {importer.ExportOptions{Roots: []string{"shop"}, Depth: 1}, 3, 2},
		"what needs a root":    {importer.ExportOptions{Roots: []string{"db-1"}, Dependents: true}, 3, 2},
		"from a root, of kind": {importer.ExportOptions{Roots: []string{"shop"}, Kinds: []string{"ConfigurationItem"}}, 3, 2},
	} {
		var out strings.Builder
		done, err := importer.Export(context.Background(), a, &out, c.options)
		if err != nil || done.Records != c.records || done.Relationships != c.relationships {
			t.Errorf("%s: %+v %v\n%s", name, done, err, out.String())
		}
		b, _ := newApp(t)
		run(t, b, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(out.String())})
	}
	var out strings.Builder
	if _, err := importer.Export(context.Background(), a, &out, importer.ExportOptions{Roots: []string{"Site:moon"}}); err == nil {
		t.Error("a root that does not exist was accepted")
	}
}
