package release

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

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
func Matrix(items []string, standing []Standing, deployed []Arrived, versions *version.Reader) []MatrixRow {
	inUnit := map[string]bool{}
	for _, item := range items {
		inUnit[item] = true
	}
	rows := rowsOf(inUnit, standing)
	arrived := map[string][]Arrived{}
	for _, d := range deployed {
		arrived[d.Site] = append(arrived[d.Site], d)
	}
	list := make([]MatrixRow, 0, len(rows))
	for _, site := range slices.Sorted(maps.Keys(rows)) {
		row := MatrixRow{Site: site, Versions: rows[site]}
		latest := slices.SortedFunc(slices.Values(arrived[site]), func(a, b Arrived) int {
			return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Release, a.Release))
		})
		for _, d := range latest {
			if row.agrees(d, inUnit, versions) {
				row.Release = d.Release
				break
			}
		}
		list = append(list, row)
	}
	return list
}

func rowsOf(inUnit map[string]bool, standing []Standing) map[string]map[string]string {
	rows := map[string]map[string]string{}
	for _, s := range standing {
		if !inUnit[s.Item] {
			continue
		}
		if rows[s.Site] == nil {
			rows[s.Site] = map[string]string{}
		}
		rows[s.Site][s.Item] = s.running()
	}
	return rows
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
// different: it may make several new variants, and During counts each.
func Variants(items []string, standing []Standing, contents []Content, sites []string, bigBang bool, versions *version.Reader) Spread {
	inUnit := map[string]bool{}
	for _, item := range items {
		inUnit[item] = true
	}
	rows := rowsOf(inUnit, standing)
	now, during, after := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, row := range rows {
		now[variant(row, versions)] = true
	}
	maps.Copy(during, now)
	for _, site := range sites {
		rows[site] = apply(rows[site], contents, inUnit)
		if len(rows[site]) == 0 {
			delete(rows, site)
			continue
		}
		during[variant(rows[site], versions)] = true
	}
	for _, row := range rows {
		after[variant(row, versions)] = true
	}
	if bigBang {
		during = now
	}
	return Spread{len(now), len(during), len(after)}
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
