package main

import (
	"strings"
	"testing"
)

func TestABenchmarksLineBecomesARowWithItsFigures(t *testing.T) {
	var out strings.Builder
	failed, err := tabulate(strings.NewReader(`pkg: releasegraph/internal/x
BenchmarkImpact/reach=1000-2   	     100	  2500000 ns/op	         1.7 x-bare	     512 B/op	       3 allocs/op
PASS
`), &out)
	if err != nil || failed {
		t.Fatal(failed, err)
	}
	for _, want := range []string{"releasegraph/internal/x", "Impact/reach=1000 ", "2.5 ms", "512 B, 3 allocs", "1.7 x-bare"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestAFailureIsToldAndNotTabulatedAway(t *testing.T) {
	var out strings.Builder
	failed, err := tabulate(strings.NewReader("--- FAIL: BenchmarkX\nFAIL\n"), &out)
	if err != nil || !failed || !strings.Contains(out.String(), "--- FAIL: BenchmarkX") {
		t.Fatal(failed, err, out.String())
	}
}
