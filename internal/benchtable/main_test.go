package main

import (
	"strings"
	"testing"
)

// squeezed is the table of some lines, with single spaces.
func squeezed(t *testing.T, lines string) string {
	t.Helper()
	var out strings.Builder
	failed, err := tabulate(strings.NewReader(lines), &out)
	if err != nil || failed {
		t.Fatal(failed, err)
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

func TestAFigureStandsBesideItsBaselineItsRatioAndItsGoal(t *testing.T) {
	got := squeezed(t, `pkg: releasegraph/internal/x
BenchmarkLoad-2   	 3	  3158009806 ns/op	 278.6 bytes/item	 400.0 max-bytes/item	 5.000 max-s	 6.25 s
BenchmarkImport-2 	 3	  3158009806 ns/op	 60000 baseline-records/s	 0.3333 min-ratio	 0.5 ratio	 30000 records/s
BenchmarkImpact/reach=1000-2 	 3	 2500000 ns/op	 0.00125 baseline-best-s	 0.0025 best-s	 1.5 max-ratio	 2 ratio	 9 hits
PASS
`)
	for _, want := range []string{
		"│ releasegraph/internal/x │",
		"│ Load │ 278.6 bytes/item │ │ │ at most 400: met │",
		"│ │ 6.25 s │ │ │ at most 5: MISSED │",
		"│ Import │ 30000 records/s │ 60000 records/s │ 0.50 │ at least 0.3333: met │",
		"│ Impact/reach=1000 │ 2.5 ms │ 1.25 ms │ 2.00 │ at most 1.5: MISSED │ │ │ 9 hits │",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestWhatReportsNothingElseShowsItsTime(t *testing.T) {
	got := squeezed(t, "BenchmarkX/a-b-2 \t 100 \t 2500 ns/op \t 512 B/op\nBenchmarkY 1 12 ns/op\n")
	for _, want := range []string{"│ X/a-b │ 512 B/op │", "│ Y │ 12 ns │"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
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
