package importer_test

import (
	"strings"
	"testing"

	"releasegraph/internal/importer"
)

func TestLinesMayStandInAnyOrder(t *testing.T) {
	a, _ := newApp(t)
	s := run(t, a, importer.Options{Files: []string{file(t, "estate.ndjson", estate)}})
	if s.Created() != 11 || s.Updated() != 0 || s.Unchanged() != 0 {
		t.Errorf("created %d, updated %d, unchanged %d", s.Created(), s.Updated(), s.Unchanged())
	}
	out := export(t, a)
	if n := strings.Count(out, "\n"); n != 11 {
		t.Errorf("%d lines:\n%s", n, out)
	}
	t.Log(out)
}
