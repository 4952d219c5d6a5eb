package figures

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Unit is what a figure is counted in.
type Unit string

// The units.
const (
	Count   Unit = "COUNT"
	Share   Unit = "SHARE" // from 0 to 1
	PerDay  Unit = "PER_DAY"
	Seconds Unit = "SECONDS"
	Minutes Unit = "MINUTES"
)

// Units lists all units.
var Units = []Unit{Count, Share, PerDay, Seconds, Minutes}

// Ref names a record.
type Ref struct{ Kind, Key string }

// Row is a figure, with the records that it is counted from (M1).
type Row struct {
	// Figure is its name, Of what it is about where there are several: a type, a category,
	// a record.
	Figure, Of string
	// Value is nil of nothing.
	Value   *float64
	Unit    Unit
	Records []Ref
}

// rows gathers rows.
type rows []Row

func (l *rows) add(figure, of string, value *float64, unit Unit, records []Ref) {
	*l = append(*l, Row{figure, of, value, unit, records})
}

func (l *rows) count(figure, of string, records []Ref) {
	n := float64(len(records))
	l.add(figure, of, &n, Count, records)
}

// Rows lists all figures of a period, in their order (M1).
func Rows(p Period) []Row {
	f, l := Of(p), &rows{}
	l.releases(p, f)
	l.deployments(p, f)
	l.problems(p, f)
	l.lost(p)
	return *l
}

func (l *rows) releases(p Period, f *Figures) {
	all := func(counts func(*Release) bool) []Ref { return releasesOf(p, counts) }
	for _, t := range domain.ReleaseTypes {
		l.count("releases", string(t), all(func(r *Release) bool { return r.Type == t }))
	}
	l.count("releasesInTime", "", all(func(r *Release) bool { return r.late() != nil && !*r.late() }))
	l.count("releasesLate", "", all(func(r *Release) bool { return r.late() != nil && *r.late() }))
	l.count("releasesInBudget", "", all(func(r *Release) bool { return r.InBudget != nil && *r.InBudget }))
	l.count("releasesOverBudget", "", all(func(r *Release) bool { return r.InBudget != nil && !*r.InBudget }))
	l.add("emergencyShare", "", f.Emergency, Share, all(func(r *Release) bool { return r.Type == domain.EmergencyRelease }))
	for i := range p.Releases {
		r := &p.Releases[i]
		for _, one := range []struct {
			figure string
			n      int
		}{{"itemsAdded", r.Added}, {"itemsChanged", r.Changed}, {"itemsRemoved", r.Removed}} {
			n := float64(one.n)
			l.add(one.figure, r.Key, &n, Count, []Ref{r.ref()})
		}
	}
	var times []taken
	for i := range p.Releases {
		r := &p.Releases[i]
		for _, asked := range r.Asked {
			times = append(times, taken{max(0, r.LiveAt.Sub(asked.At)), Ref{domain.KindChangeRequest, asked.Key}})
		}
	}
	l.percentiles("leadTime", times)
}

func releasesOf(p Period, counts func(*Release) bool) []Ref {
	list := []Ref{}
	for i := range p.Releases {
		if r := &p.Releases[i]; counts(r) {
			list = append(list, r.ref())
		}
	}
	return list
}

func (l *rows) deployments(p Period, f *Figures) {
	all := func(counts func(*Deployment) bool) []Ref {
		list := []Ref{}
		for i := range p.Deployments {
			if d := &p.Deployments[i]; counts(d) {
				list = append(list, d.ref())
			}
		}
		return list
	}
	done := func(d *Deployment) bool { return !d.givenUp() && !d.takenBack() }
	l.count("deployments", "", all(func(*Deployment) bool { return true }))
	l.count("deploymentsInTime", "", all(func(d *Deployment) bool { return done(d) && d.PlannedTo != nil && !d.Ended.After(*d.PlannedTo) }))
	l.count("deploymentsLate", "", all(func(d *Deployment) bool { return done(d) && d.PlannedTo != nil && d.Ended.After(*d.PlannedTo) }))
	over := []Ref{}
	for _, key := range p.Over {
		over = append(over, Ref{domain.KindDeployment, key})
	}
	l.count("deploymentsOver", "", over)
	l.count("aborted", "", all((*Deployment).givenUp))
	l.count("backedOut", "", all((*Deployment).takenBack))
	l.count("backedOutByMissedFault", "", all(func(d *Deployment) bool { return d.takenBack() && d.MissedFault }))
	l.add("deploymentFrequency", "", f.Frequency, PerDay, all(done))
	l.add("changeFailureRate", "", f.FailureRate, Share, all((*Deployment).Failed))
	l.add("sitesReached", "", f.Reached, Share, all(func(d *Deployment) bool { return d.Sites > 0 }))
}

func (l *rows) problems(p Period, _ *Figures) {
	by, times := map[string][]Ref{}, []taken{}
	for _, one := range p.Problems {
		ref := Ref{domain.KindProblem, one.Key}
		by[one.Category] = append(by[one.Category], ref)
		if one.Restored != nil {
			times = append(times, taken{*one.Restored, ref})
		}
	}
	for _, category := range slices.Sorted(maps.Keys(by)) {
		l.count("problemsCaused", category, by[category])
	}
	if len(by) == 0 {
		l.count("problemsCaused", "", []Ref{})
	}
	l.percentiles("timeToRestore", times)
}

func (l *rows) lost(p Period) {
	for i := range p.Deployments {
		d := &p.Deployments[i]
		n, records := float64(d.LostMinutes), []Ref{}
		for _, key := range d.Outages {
			records = append(records, Ref{domain.KindOutage, key})
		}
		l.add("minutesLost", d.Key, &n, Minutes, records)
	}
}

// taken is how long something took, and what.
type taken struct {
	time time.Duration
	of   Ref
}

// percentiles are those of times; each opens to what took at most as long.
func (l *rows) percentiles(figure string, times []taken) {
	slices.SortStableFunc(times, func(a, b taken) int {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.of.Key, b.of.Key))
	})
	for _, percent := range []int{50, 75, 90, 95} {
		of := fmt.Sprintf("p%d", percent)
		if len(times) == 0 {
			l.add(figure, of, nil, Seconds, []Ref{})
			continue
		}
		n := (len(times)*percent + 99) / 100
		seconds, records := times[n-1].time.Seconds(), []Ref{}
		for _, t := range times[:n] {
			if !slices.Contains(records, t.of) {
				records = append(records, t.of)
			}
		}
		l.add(figure, of, &seconds, Seconds, records)
	}
}
