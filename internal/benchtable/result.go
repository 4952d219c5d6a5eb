package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
)

// result is what one benchmark reported: figures by unit.
type result struct {
	name  string
	units []string // as they were reported
	value map[string]float64
}

// processors is what go test adds to the names of benchmarks.
var processors = regexp.MustCompile(`-\d+$`)

// parse splits a line such as "BenchmarkX-2  100  12 ns/op  4.5 ratio".
func parse(line string) (r result, ok bool) {
	fields := strings.Fields(line)
	if len(fields) < 4 {
		return r, false
	}
	r.name = processors.ReplaceAllString(strings.TrimPrefix(fields[0], "Benchmark"), "")
	r.value = map[string]float64{}
	for i := 2; i+1 < len(fields); i += 2 {
		v, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return r, false
		}
		r.units = append(r.units, fields[i+1])
		r.value[fields[i+1]] = v
	}
	return r, true
}

// rows makes a row of each figure; the first has the benchmark's name.
func (r result) rows() []table.Row {
	var rows []table.Row
	for _, unit := range r.figures() {
		row := table.Row{"", figure(r.value[unit], unit), "", "", r.goal(unit)}
		if base, ok := r.value["baseline-"+unit]; ok {
			ratio := r.value[unit] / base
			row[2], row[3], row[4] = figure(base, unit), fmt.Sprintf("%.2f", ratio), r.goal("ratio")
		}
		rows = append(rows, row)
	}
	rows[0][0] = "  " + r.name
	return rows
}

// figures lists the units that have a row of their own: those with a baseline
// or a goal first, and the time of a run only where nothing else was reported.
func (r result) figures() []string {
	var list []string
	based := slices.ContainsFunc(r.units, func(unit string) bool { return strings.HasPrefix(unit, "baseline-") })
	for _, unit := range r.units {
		kind, _, _ := strings.Cut(unit, "-")
		beside := kind == "baseline" || kind == "max" || kind == "min"
		if !beside && unit != "ns/op" && (unit != "ratio" || !based) {
			list = append(list, unit)
		}
	}
	if len(list) == 0 {
		return []string{"ns/op"}
	}
	slices.SortStableFunc(list, func(a, b string) int { return r.rank(a) - r.rank(b) })
	return list
}

func (r result) rank(unit string) int {
	if _, ok := r.value["baseline-"+unit]; ok || r.goal(unit) != "" {
		return 0
	}
	return 1
}

// goal tells what was wished for and whether it is so.
func (r result) goal(unit string) string {
	got := r.value[unit]
	if most, ok := r.value["max-"+unit]; ok {
		return fmt.Sprintf("at most %.4g: %s", most, met(got <= most))
	}
	if least, ok := r.value["min-"+unit]; ok {
		return fmt.Sprintf("at least %.4g: %s", least, met(got >= least))
	}
	return ""
}

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "MISSED"
}

// scales are the units of time, in seconds.
var scales = map[string]float64{"ns/op": 1e-9, "best-ns": 1e-9, "s": 1, "best-s": 1}

// figure writes a value in the unit that suits it.
func figure(v float64, unit string) string {
	scale, isTime := scales[unit]
	if !isTime {
		return fmt.Sprintf("%s %s", short(v), unit)
	}
	v *= scale
	for _, u := range []struct {
		name string
		size float64
	}{{"s", 1}, {"ms", 1e-3}, {"µs", 1e-6}} {
		if v >= u.size {
			return fmt.Sprintf("%.3g %s", v/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.3g ns", v*1e9)
}

// short writes large numbers without an exponent.
func short(v float64) string {
	if v >= 1000 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}
