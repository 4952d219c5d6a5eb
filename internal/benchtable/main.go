// Benchtable reads what `go test -bench` prints and writes it as one table:
// a row a benchmark, with its time, its memory and the figures that it reports
// itself, the ratios against its baseline among them.
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
	t.AppendHeader(table.Row{"benchmark", "time", "memory", "figures"})
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "pkg: "):
			t.AppendSeparator()
			t.AppendRow(table.Row{strings.TrimPrefix(line, "pkg: ")})
		case strings.HasPrefix(line, "Benchmark"):
			if r, ok := row(line); ok {
				t.AppendRow(r)
			}
		case strings.HasPrefix(line, "FAIL"), strings.HasPrefix(line, "--- FAIL"), strings.HasPrefix(line, "panic:"):
			failed = true
			fmt.Fprintln(out, line)
		}
	}
	t.Render()
	return failed, lines.Err()
}

// row splits a line of the form "BenchmarkX-2  100  12 ns/op  3 B/op  4.5 ratio".
func row(line string) (table.Row, bool) {
	fields := strings.Fields(line)
	if len(fields) < 4 {
		return nil, false
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(fields[0], "Benchmark"), "-")
	var time, memory string
	var figures []string
	for i := 2; i+1 < len(fields); i += 2 {
		switch value, unit := fields[i], fields[i+1]; unit {
		case "ns/op":
			time = duration(value)
		case "B/op":
			memory = value + " B"
		case "allocs/op":
			memory += ", " + value + " allocs"
		default:
			figures = append(figures, value+" "+unit)
		}
	}
	return table.Row{"  " + name, time, memory, strings.Join(figures, ", ")}, true
}

// duration writes nanoseconds in the unit that suits them.
func duration(ns string) string {
	var v float64
	if _, err := fmt.Sscan(ns, &v); err != nil {
		return ns + " ns"
	}
	for _, unit := range []string{"ns", "µs", "ms"} {
		if v < 1000 {
			return fmt.Sprintf("%.3g %s", v, unit)
		}
		v /= 1000
	}
	return fmt.Sprintf("%.3g s", v)
}
