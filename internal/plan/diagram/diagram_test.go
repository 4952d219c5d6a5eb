package diagram_test

import (
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"releasegraph/internal/plan/diagram"
)

func one(label string) diagram.Diagram {
	return diagram.Diagram{
		Nodes: []diagram.Node{{Lines: []string{"source"}, Role: diagram.Source}, {Lines: []string{label, "key"}, Role: diagram.Full}},
		Links: []diagram.Link{{From: 1, To: 0, Label: "HOSTED_ON"}},
	}
}

var (
	mermaidNode = regexp.MustCompile(`^  (?:n\d+|omitted)\["((?:[^"#\[\]{}|` + "`" + `\\;&]|#\d+;)*)"\]:::[a-z]+$`)
	mermaidLink = regexp.MustCompile(`^  n\d+ -->\|"(?:[A-Za-z0-9 ]|#\d+;)*"\| n\d+$`)
	mermaidRest = regexp.MustCompile(`^(flowchart TB|  %% \d+ more items? (is|are) not drawn|  classDef [a-z]+ (fill|stroke|color):#[0-9a-f]{6}(,(stroke|color):#[0-9a-f]{6})*)$`)
	entity      = regexp.MustCompile(`#(\d+);`)
)

// mermaidLabels reads a flowchart by the grammar above, and returns the labels
// of its nodes as a reader would see them.
func mermaidLabels(t *testing.T, text string) (labels []string) {
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if m := mermaidNode.FindStringSubmatch(line); m != nil {
			labels = append(labels, entity.ReplaceAllStringFunc(m[1], func(s string) string {
				n, _ := strconv.Atoi(s[1 : len(s)-1])
				return string(rune(n))
			}))
		} else if !mermaidLink.MatchString(line) && !mermaidRest.MatchString(line) {
			t.Fatalf("no line of a flowchart: %q", line)
		}
	}
	return labels
}

var (
	dotQuoted = regexp.MustCompile(`"((?:[^"\\]|\\["\\n])*)"`)
	dotLine   = regexp.MustCompile(`^(digraph impact \{|\}|  rankdir=TB|  // \d+ more items? (is|are) not drawn|  (n\d+( -> n\d+)?|omitted|node|edge) \[[a-z]+=(Q|box|\d+)(, [a-z]+=(Q|box|\d+))*\])$`)
)

func dotLabels(t *testing.T, text string) (labels []string) {
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if bare := dotQuoted.ReplaceAllString(line, "Q"); !dotLine.MatchString(bare) {
			t.Fatalf("no line of a digraph: %q (%q)", line, bare)
		}
		if strings.HasPrefix(line, "  n") && !strings.HasPrefix(line, "  node") && !strings.Contains(line, " -> ") {
			label := dotQuoted.FindStringSubmatch(line)[1]
			label = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n").Replace(label)
			labels = append(labels, html.UnescapeString(label))
		}
	}
	return labels
}

func TestAnyTextStandsInALabelAsItIs(t *testing.T) {
	for _, label := range []string{
		`say "hello"`, `a\b\n\N`, `&lt;&quot;`, `<script>alert(1)</script>`, "`code`", `**bold** _it_`, `1. list`, `- item`,
		`#35; #quot;`, `]]:::x`, `a|b`, `{x}`, `%% comment`, `end`, `subgraph`, `http://example.com`, `a@b.example`, `🚀 Ünïcødé 日本`,
		`; drop`, `"]`, `-->`, `$$x^2$$`, `fa:fa-car`,
	} {
		if got := mermaidLabels(t, diagram.Mermaid(one(label)))[1]; got != label+"<br/>key" {
			t.Errorf("Mermaid shows %q as %q", label, got)
		}
		if got := dotLabels(t, diagram.DOT(one(label)))[1]; got != label+"\nkey" {
			t.Errorf("DOT shows %q as %q", label, got)
		}
	}
}

func TestLinesAndControlsDoNotBreakALabel(t *testing.T) {
	for label, want := range map[string]string{
		"two\nlines\r\n": "two lines", "tab\tnul\x00bell\a": "tab nul bell ", "\u202egpj.exe": "\ufffdgpj.exe", "": " ",
		strings.Repeat("x", 61): strings.Repeat("x", 60) + "…",
	} {
		got := dotLabels(t, diagram.DOT(one(label)))[1]
		if strings.TrimSpace(got) != strings.TrimSpace(want+"\nkey") {
			t.Errorf("%q is shown as %q, want %q", label, got, want)
		}
	}
}

func many(n int, label string) diagram.Diagram {
	d := diagram.Diagram{}
	for i := range n {
		d.Nodes = append(d.Nodes, diagram.Node{Lines: []string{label + strconv.Itoa(i), label}, Role: diagram.Degraded})
		if i > 0 {
			d.Links = append(d.Links, diagram.Link{From: i, To: i - 1, Label: "USES"})
		}
	}
	return d
}

// I8.
func TestALargeDiagramSaysWhatItLeavesOut(t *testing.T) {
	d := many(250, "x")
	d.Omitted = 7
	mermaid, dot := diagram.Mermaid(d), diagram.DOT(d)
	for about, text := range map[string]string{"Mermaid": mermaid, "DOT": dot} {
		if strings.Count(text, "57 more items are not drawn") != 2 {
			t.Errorf("%s does not say in a comment and a node that 57 are missing", about)
		}
		if strings.Contains(text, "n200") || !strings.Contains(text, "n199") {
			t.Errorf("%s does not draw 200 nodes", about)
		}
	}
	if got := len(dotLabels(t, dot)); got != diagram.MaxNodes {
		t.Errorf("DOT draws %d nodes", got)
	}
}

// Mermaid refuses text of more than 50,000 characters.
func TestMermaidStaysWithinItsLimitWhateverTheLabels(t *testing.T) {
	text := diagram.Mermaid(many(diagram.MaxNodes, strings.Repeat("<", 100)))
	drawn := len(mermaidLabels(t, text)) - 1
	if len(text) > 50_000 || drawn < 40 {
		t.Errorf("%d bytes, %d nodes", len(text), drawn)
	}
	if note := fmt.Sprintf("%d more items are not drawn", diagram.MaxNodes-drawn); !strings.Contains(text, note) {
		t.Errorf("does not say %q", note)
	}
}

func FuzzLabels(f *testing.F) {
	for _, s := range []string{`"`, `\`, "#1;", "]\n[", "&", "`", "\u2028", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, label string) {
		if n := len(mermaidLabels(t, diagram.Mermaid(one(label)))); n != 2 {
			t.Errorf("%q makes %d nodes of two", label, n)
		}
		if n := len(dotLabels(t, diagram.DOT(one(label)))); n != 2 {
			t.Errorf("%q makes %d nodes of two", label, n)
		}
		if !utf8.ValidString(diagram.DOT(one(label))) || !utf8.ValidString(diagram.Mermaid(one(label))) {
			t.Errorf("%q is not written as UTF-8", label)
		}
	})
}
