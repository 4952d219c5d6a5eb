package release

import (
	"cmp"
	"slices"

	"releasegraph/internal/plan/version"
)

// Numbered is a release as its number is compared with those of others (R3).
type Numbered struct {
	Release string
	Number  string
	Type    Type
	Status  Status
	Units   []Unit // that it holds
}

// Number is the need NUMBER of a FULL or DELTA release: its number can be read,
// is free, and rises. Others are the releases that hold one of its units; itself
// may be among them.
func Number(r Numbered, others []Numbered, numbers *version.Reader, parallelLines bool) []Lack {
	v, err := numbers.Read(r.Number)
	if err != nil {
		return NeedNumber.only("", "a number that can be read: %v", err)
	}
	list := taken(r, v, others, numbers)
	if len(list) > 0 {
		return list
	}
	return rises(r, v, others, numbers, parallelLines)
}

// Taken tells which releases have the number of another already: those that hold
// one of its units, whatever their state.
func Taken(r Numbered, others []Numbered, numbers *version.Reader) []Lack {
	v, err := numbers.Read(r.Number)
	if err != nil {
		return NeedNumber.only("", "a number that can be read: %v", err)
	}
	return taken(r, v, others, numbers)
}

func taken(r Numbered, v version.Version, others []Numbered, numbers *version.Reader) (list []Lack) {
	holds := r.holds()
	for _, o := range others {
		unit := holds.first(o)
		if unit == nil || o.Release == r.Release {
			continue
		}
		if w, err := numbers.Read(o.Number); err == nil && w.Compare(v) == 0 {
			list = append(list, NeedNumber.lack(o.Release, "a free number: %s of %s is taken by %s of %s (%s)", r.Number, unit, o.Number, o.Release, o.Status))
		}
	}
	return byAbout(list)
}

// unitSet are the units that a release holds.
type unitSet map[Unit]bool

func (r Numbered) holds() unitSet {
	set := make(unitSet, len(r.Units))
	for _, u := range r.Units {
		set[u] = true
	}
	return set
}

// first is the first unit by key that a release holds too, nil when there is
// none.
func (s unitSet) first(o Numbered) (first *Unit) {
	for _, u := range o.Units {
		if s[u] && (first == nil || compareUnits(u, *first) < 0) {
			first = &u
		}
	}
	return first
}

func compareUnits(a, b Unit) int { return cmp.Or(cmp.Compare(a.Key, b.Key), order(a.Own, b.Own)) }

// order puts false before true.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// rises compares, unit by unit, with the releases that are DEPLOYING, VERIFYING
// or CLOSED: a number is above every one on its line; on a new line above all of
// the unit, unless lines may go on in parallel; that of a MAJOR above all,
// always. Of the numbers that are not below, the highest is named. One that is
// equal is taken, which has been told before.
func rises(r Numbered, v version.Version, others []Numbered, numbers *version.Reader, parallelLines bool) (list []Lack) {
	tops := highest(r, v, others, numbers)
	for _, unit := range slices.SortedFunc(slices.Values(r.Units), compareUnits) {
		top := tops[unit]
		above := top.line
		if r.Type == Major || top.line == nil && !parallelLines {
			above = top.all
		}
		if above != nil && v.Compare(above.version) < 0 {
			list = append(list, NeedNumber.lack(above.release, "a number that rises: %s of %s is below %s of %s", r.Number, unit, above.version, above.release))
		}
	}
	return list
}

// standing is a number that sites have.
type standing struct {
	release string
	version version.Version
}

// top are the highest live number of a unit, and the highest on one line.
type top struct{ all, line *standing }

// highest finds the tops of each unit of a release, for the line of v.
func highest(r Numbered, v version.Version, others []Numbered, numbers *version.Reader) map[Unit]top {
	holds, tops := r.holds(), map[Unit]top{}
	for _, o := range others {
		if o.Release == r.Release || !o.Status.WentLive() {
			continue
		}
		w, err := numbers.Read(o.Number)
		if err != nil {
			continue
		}
		s := &standing{o.Release, w}
		for _, unit := range o.Units {
			if !holds[unit] {
				continue
			}
			t := tops[unit]
			if s.higher(t.all) {
				t.all = s
			}
			if w.Line() == v.Line() && s.higher(t.line) {
				t.line = s
			}
			tops[unit] = t
		}
	}
	return tops
}

func (s *standing) higher(t *standing) bool {
	if t == nil {
		return true
	}
	return cmp.Or(s.version.Compare(t.version), cmp.Compare(t.release, s.release)) > 0
}

// PackageNumber is the need NUMBER of a PACKAGE: no other package of its policy
// has the number. A package's number is written after a pattern of its own, so
// the numbering of releases does not read it; texts that NATURAL takes for one
// number are one.
func PackageNumber(r Numbered, packages []Numbered) (list []Lack) {
	natural, err := version.Scheme{Kind: version.Natural}.Reader()
	if err != nil {
		panic(err) // the scheme is written here
	}
	if _, err := natural.Read(r.Number); err != nil {
		return NeedNumber.only("", "a number that can be read: %v", err)
	}
	for _, o := range packages {
		if o.Release != r.Release && natural.Same(r.Number, o.Number) {
			list = append(list, NeedNumber.lack(o.Release, "a free number: %s is taken by the package %s (%s)", r.Number, o.Release, o.Status))
		}
	}
	return byAbout(list)
}

// ItemVersions is the need ITEM_VERSIONS: no item falls, and each version can be
// read.
func ItemVersions(contents []Content, items *version.Reader) (list []Lack) {
	for _, c := range contents {
		if c.Action != Add && c.Action != Modify {
			continue
		}
		if c.To == "" {
			list = append(list, NeedItemVersions.lack(c.Item, "the version to which %s goes", c.Item))
			continue
		}
		to, err := items.Read(c.To)
		if err != nil {
			list = append(list, NeedItemVersions.lack(c.Item, "a version of %s that can be read: %v", c.Item, err))
			continue
		}
		if c.Action == Add || c.From == "" {
			continue
		}
		from, err := items.Read(c.From)
		switch {
		case err != nil:
			list = append(list, NeedItemVersions.lack(c.Item, "a version of %s that can be read: %v", c.Item, err))
		case to.Compare(from) < 0:
			list = append(list, NeedItemVersions.lack(c.Item, "a version that rises: %s falls from %s to %s", c.Item, c.From, c.To))
		}
	}
	return byAbout(list)
}

// Placement is what bringing a version to where another stands comes to.
type Placement string

// What bringing a version comes to.
const (
	Rises         Placement = "RISES"
	Skipped       Placement = "SKIPPED"        // the same version stands there
	Falls         Placement = "FALLS"          // refused: a release never goes back (R3)
	NotComparable Placement = "NOT_COMPARABLE" // a version cannot be read
)

// Place compares the version that a release brings with the one that stands at
// a site; nothing stands there when it is empty.
func Place(brings, stands string, items *version.Reader) Placement {
	if stands == "" {
		return Rises
	}
	c, err := items.Compare(brings, stands)
	switch {
	case err != nil && items.Same(brings, stands), err == nil && c == 0:
		return Skipped
	case err != nil:
		return NotComparable
	case c < 0:
		return Falls
	}
	return Rises
}
