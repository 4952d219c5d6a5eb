package release

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"releasegraph/internal/pace"
	"releasegraph/internal/plan/version"
)

// Standing is an item of a unit at a site. Active is the version that runs, empty
// where it is the installed one.
type Standing struct {
	Item, Site      string
	Version, Active string
}

// running is the version that a site has of the item.
func (s Standing) running() string { return cmp.Or(s.Active, s.Version) }

// Arrived is a release as it was deployed at a site.
type Arrived struct {
	Release  string
	Site     string
	At       time.Time
	Contents []Content
}

// MatrixRow is what a site has of a unit.
type MatrixRow struct {
	Site     string
	Versions map[string]string // by item
	// Release is the last one deployed there that agrees with the versions, empty
	// when none does.
	Release string
}

// Matrix lists, by site, what each has of a unit (R18): one row for each site
// where an item of the unit is installed. A release agrees with a row when the
// site has what the release brought of the unit's items, and has none that it
// removed. Items are those of the unit; what else a release did is not looked at.
// It stops when its context ends.
func Matrix(ctx context.Context, items []string, standing []Standing, deployed []Arrived, versions *version.Reader) ([]MatrixRow, error) {
	inUnit := map[string]bool{}
	for _, item := range items {
		inUnit[item] = true
	}
	steps := pace.Of(ctx)
	rows, err := rowsOf(steps, inUnit, standing)
	if err != nil {
		return nil, err
	}
	arrived := map[string][]Arrived{}
	for _, d := range deployed {
		if err := steps.Step(); err != nil {
			return nil, err
		}
		arrived[d.Site] = append(arrived[d.Site], d)
	}
	list := make([]MatrixRow, 0, len(rows))
	for _, site := range slices.Sorted(maps.Keys(rows)) {
		row := MatrixRow{Site: site, Versions: rows[site]}
		latest := slices.SortedFunc(slices.Values(arrived[site]), func(a, b Arrived) int {
			return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Release, a.Release))
		})
		for _, d := range latest {
			if err := steps.Steps(1 + len(d.Contents)); err != nil {
				return nil, err
			}
			if row.agrees(d, inUnit, versions) {
				row.Release = d.Release
				break
			}
		}
		list = append(list, row)
	}
	return list, nil
}

func rowsOf(steps *pace.Pace, inUnit map[string]bool, standing []Standing) (map[string]map[string]string, error) {
	rows := map[string]map[string]string{}
	for _, s := range standing {
		if err := steps.Step(); err != nil {
			return nil, err
		}
		if !inUnit[s.Item] {
			continue
		}
		if rows[s.Site] == nil {
			rows[s.Site] = map[string]string{}
		}
		rows[s.Site][s.Item] = s.running()
	}
	return rows, nil
}

func (r MatrixRow) agrees(d Arrived, inUnit map[string]bool, versions *version.Reader) bool {
	looked := false
	for _, c := range d.Contents {
		if !inUnit[c.Item] {
			continue
		}
		looked = true
		has, there := r.Versions[c.Item]
		if there == (c.Action == Remove) || there && !versions.Same(has, c.To) {
			return false
		}
	}
	return looked
}

// Spread is how many variants of a unit are live at once.
type Spread struct{ Now, During, After int }

// Variants counts the variants of a unit, which are the distinct rows of its
// matrix, and what a planned release makes of them at its sites (R18). After is
// how many there are once the sites have it. During is how many there are at
// most while they get it one after another: those of now and the new ones; with
// bigBang the sites change together, and nothing is added.
//
// A release that brings part of a unit to sites that differ leaves them
// different: it may make several new variants, and During counts each. It stops when
// its context ends.
func Variants(ctx context.Context, items []string, standing []Standing, contents []Content, sites []string, bigBang bool, versions *version.Reader) (Spread, error) {
	inUnit := map[string]bool{}
	for _, item := range items {
		inUnit[item] = true
	}
	steps := pace.Of(ctx)
	rows, err := rowsOf(steps, inUnit, standing)
	if err != nil {
		return Spread{}, err
	}
	now, err := distinct(steps, rows, versions)
	if err != nil {
		return Spread{}, err
	}
	changed := map[string]map[string]string{}
	for _, site := range sites {
		if err := steps.Steps(1 + len(contents)); err != nil {
			return Spread{}, err
		}
		if row := apply(rows[site], contents, inUnit); len(row) > 0 {
			changed[site], rows[site] = row, row
		} else {
			delete(rows, site)
		}
	}
	after, err := distinct(steps, rows, versions)
	if err != nil {
		return Spread{}, err
	}
	during := now
	if !bigBang {
		if during, err = distinct(steps, changed, versions); err != nil {
			return Spread{}, err
		}
		maps.Copy(during, now)
	}
	return Spread{len(now), len(during), len(after)}, nil
}

// distinct are the variants among rows.
func distinct(steps *pace.Pace, rows map[string]map[string]string, versions *version.Reader) (map[string]bool, error) {
	variants := map[string]bool{}
	for _, row := range rows {
		if err := steps.Steps(1 + len(row)); err != nil {
			return nil, err
		}
		variants[variant(row, versions)] = true
	}
	return variants, nil
}

// apply is a row once a site has the release.
func apply(row map[string]string, contents []Content, inUnit map[string]bool) map[string]string {
	row = maps.Clone(row)
	if row == nil {
		row = map[string]string{}
	}
	for _, c := range contents {
		switch {
		case !inUnit[c.Item]:
		case c.Action == Remove:
			delete(row, c.Item)
		default:
			row[c.Item] = c.To
		}
	}
	return row
}

// variant is a text that rows share exactly when they are the same.
func variant(row map[string]string, versions *version.Reader) string {
	var b strings.Builder
	for _, item := range slices.Sorted(maps.Keys(row)) {
		b.WriteString(strconv.Quote(item))
		b.WriteString(strconv.Quote(versions.Identity(row[item])))
	}
	return b.String()
}

// TooManyVariants is the need VARIANTS, which only warns: a release would raise
// the number of variants of a unit, during its roll-out or after it, above what
// the policy allows.
func TooManyVariants(unit Unit, s Spread, allowed int) []Lack {
	most := max(s.During, s.After)
	if most <= allowed || most <= s.Now {
		return nil
	}
	return NeedVariants.only(unit.Key, "fewer variants of %s: %d now, %d during the roll-out and %d after it, the policy allows %d", unit, s.Now, s.During, s.After, allowed)
}
