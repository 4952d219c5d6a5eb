package importer_test

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/benchtest"
	"releasegraph/internal/importer"
)

// squeezed is a text many times over, as gzip makes it small.
func squeezed(t *testing.T, text string, times int) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	part := strings.Repeat(text, 1<<16)
	for range times {
		if _, err := z.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAFileInWhichNoRecordComesIsGivenUp(t *testing.T) {
	a, _ := newApp(t)
	for name, c := range map[string]struct{ text, node, want string }{
		"a.ndjson.gz": {squeezed(t, "\n", 1<<9), "", "there are only blank lines in the 16 MiB before line"},
		"b.ndjson.gz": {squeezed(t, "x", 1<<9), "", "line 1 does not end within 16 MiB"},
		"c.csv.gz":    {squeezed(t, "\n", 1<<9), "Site", "longer than 4 MiB"},
	} {
		began := benchtest.CPU()
		got := problems(t, a, importer.Options{Files: []string{file(t, name, c.text)}, NodeKind: c.node})
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
		if took := benchtest.CPU() - began; took > 10*time.Second {
			t.Errorf("%s took %v of the processor", name, took)
		}
	}
	if out := export(t, a); out != "" {
		t.Errorf("something was written:\n%s", out)
	}
}

func TestBlankLinesBetweenRecordsAreSkipped(t *testing.T) {
	a, _ := newApp(t)
	blank := strings.Repeat("\n \r\n", 1<<18)
	text := blank + `{"node":"Site","key":"a","name":"A"}` + blank + `{"node":"Site","key":"b","name":"B"}` + blank
	if sum := run(t, a, importer.Options{Files: []string{file(t, "a.ndjson", text)}}); sum.Created() != 2 {
		t.Errorf("%+v", sum)
	}
}
