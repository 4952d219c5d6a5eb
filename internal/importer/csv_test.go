package importer_test

import (
	"strings"
	"testing"

	"releasegraph/internal/importer"
)

// A quote that is never closed makes one cell of all that follows: it must be
// told, and not read into memory to the end.
func TestAQuoteThatIsNeverClosedIsToldBeforeTheFileEnds(t *testing.T) {
	a, _ := newApp(t)
	data := file(t, "a.csv", "key,name\nx,X\ny,\"Y\n"+strings.Repeat("some,more\n", 1<<20))
	got := problems(t, a, importer.Options{Files: []string{data}, NodeKind: "Site"})
	if !strings.Contains(got, "a.csv: ") || !strings.Contains(got, "the row after line 2 is longer than 4 MiB: is the quote that ends a cell missing?") {
		t.Error(got)
	}
	if out := export(t, a); out != "" {
		t.Errorf("something was written:\n%s", out)
	}
}

func TestAFileInAnotherEncodingIsToldWithItsLine(t *testing.T) {
	a, _ := newApp(t)
	for text, want := range map[string]string{
		"key,name,descripti\xf3n\nx,X,\n": "a.csv: line 1 is not valid UTF-8: save the file in that encoding",
		"key,name\nx,X\ny,caf\xe9\n":      "a.csv:3: the row is not valid UTF-8: save the file in that encoding",
	} {
		if got := problems(t, a, importer.Options{Files: []string{file(t, "a.csv", text)}, NodeKind: "Site"}); !strings.Contains(got, want) {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

func TestAnotherDelimiterIsToldOnce(t *testing.T) {
	a, _ := newApp(t)
	got := problems(t, a, importer.Options{Files: []string{file(t, "a.csv", "key;name\nx;X\ny;Y\n")}, NodeKind: "Site"})
	if !strings.Contains(got, `line 1 is one cell, with ";" in it`) || !strings.Contains(got, `delimiter: ";"`) || strings.Contains(got, "\n") {
		t.Error(got)
	}
}
