// Benchtable reads what `go test -bench` prints and writes it as one table: a
// row for each figure of a benchmark, with the baseline of the same run, the
// ratio of the two, and whether the goal is met. The metrics are named as
// internal/benchtest does.
//
//	go test -run '^$' -bench . ./... | go run ./internal/benchtable
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

func main() {
	failed, err := tabulate(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if failed {
		os.Exit(1)
	}
}

// tabulate reports whether a package failed.
func tabulate(in io.Reader, out io.Writer) (failed bool, err error) {
	t := table.NewWriter()
	t.SetOutputMirror(out)
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"benchmark", "figure", "baseline", "ratio", "goal"})
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "pkg: "):
			t.AppendSeparator()
			t.AppendRow(table.Row{strings.TrimPrefix(line, "pkg: ")})
		case strings.HasPrefix(line, "Benchmark"):
			if r, ok := parse(line); ok {
				t.AppendRows(r.rows())
			}
		case strings.HasPrefix(line, "FAIL"), strings.HasPrefix(line, "--- FAIL"), strings.HasPrefix(line, "panic:"):
			failed = true
			fmt.Fprintln(out, line)
		}
	}
	t.Render()
	return failed, lines.Err()
}
