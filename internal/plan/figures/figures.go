// Package figures counts what became of releases and their roll-outs in a period (M1),
// with the four measures of DORA among it. It is pure: records go in as values.
package figures

import (
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Release is a release that went live in the period.
type Release struct {
	Key    string
	Type   domain.ReleaseType
	LiveAt time.Time
	// PublishedTo is until when it was to be live, as it was published (M3); nil: that
	// was not published.
	PublishedTo *time.Time
	// Asked are when the requests that it carries out were made.
	Asked []Request
	// Added, Changed and Removed count the items that it adds, changes and removes.
	Added, Changed, Removed int
	// InBudget says whether what was spent on its preparation is within what was published
	// (M3); nil: no budget was.
	InBudget *bool
}

// Request is a request for change that a release carries out.
type Request struct {
	Key string
	At  time.Time // when it was made
}

func (r *Release) ref() Ref { return Ref{domain.KindRelease, r.Key} }

// late says whether it was live later than was published, nil: nothing was (M3).
func (r *Release) late() *bool {
	if r.PublishedTo == nil {
		return nil
	}
	late := r.LiveAt.After(*r.PublishedTo)
	return &late
}

// Deployment is a deployment that came to its end in the period: at all its sites, or by
// being given up or taken back.
type Deployment struct {
	Key    string
	Status domain.DeploymentStatus
	Ended  time.Time
	// PlannedTo is when its last wave was to end, nil: that is not known.
	PlannedTo *time.Time
	// Sites are those that were to get the release, Reached those that have it.
	Sites, Reached int
	// Troubled says that a problem was caused by it, or by its release.
	Troubled bool
	// MissedFault says that one of these was not known in acceptance.
	MissedFault bool
	// LostMinutes is how many minutes of service it took away, Outages the keys of what
	// tells them (D11).
	LostMinutes int
	Outages     []string
}

func (d *Deployment) ref() Ref { return Ref{domain.KindDeployment, d.Key} }

func (d *Deployment) givenUp() bool { return d.Status == domain.DeploymentAborted }

func (d *Deployment) takenBack() bool {
	return d.Status == domain.DeploymentBackedOut || d.Status == domain.DeploymentBackingOut
}

// Failed reports whether the deployment was given up, was taken back, or caused a problem:
// it counts as a failed change.
func (d *Deployment) Failed() bool {
	return d.Troubled || d.givenUp() || d.takenBack()
}

// Period is all that the figures of a period are counted from.
type Period struct {
	During      domain.TimeRange
	Releases    []Release
	Deployments []Deployment
	// Problems are those that a release or a deployment caused.
	Problems []Problem
	// Over are the deployments whose planned time was over in the period, and that had not
	// come to their end by its end.
	Over []string
}

// Problem is a problem that a release or a deployment caused.
type Problem struct {
	Key string
	// Category is the sort of fault, empty where nobody said it.
	Category string
	// Restored is how long it took until it was resolved, nil: it is not.
	Restored *time.Duration
}

// TypeCount is how many releases of a type went live.
type TypeCount struct {
	Type  domain.ReleaseType
	Count int
}

// Percentiles are how long something took: half of the times at most P50, nine of ten at
// most P90. They are nil of no times.
type Percentiles struct{ P50, P90 *time.Duration }

// Figures are what a period came to (M1). Rates are shares from 0 to 1, nil of nothing.
type Figures struct {
	Releases []TypeCount // in the order of domain.ReleaseTypes
	// ReleasesInTime and ReleasesLate count those whose times were published (M3).
	ReleasesInTime, ReleasesLate int
	Emergency                    *float64
	Added, Changed, Removed      int

	Deployments, InTime, Late, Aborted, BackedOut int
	// Frequency is how many deployments came to all their sites, a day.
	Frequency *float64
	// FailureRate is the share of deployments that failed.
	FailureRate *float64
	// Reached is the share of the intended sites that have the release.
	Reached *float64
	// LeadTime is from when a request was made until its release was live.
	LeadTime Percentiles
	// Restore is how long it took to restore what was broken.
	Restore Percentiles
}

// Of counts the figures of a period.
func Of(p Period) *Figures {
	f := &Figures{}
	f.releases(p)
	f.deployments(p)
	var restored []time.Duration
	for _, one := range p.Problems {
		if one.Restored != nil {
			restored = append(restored, *one.Restored)
		}
	}
	f.Restore = percentiles(restored)
	return f
}

func (f *Figures) releases(p Period) {
	counts, leads := map[domain.ReleaseType]int{}, []time.Duration{}
	for _, r := range p.Releases {
		counts[r.Type]++
		f.Added, f.Changed, f.Removed = f.Added+r.Added, f.Changed+r.Changed, f.Removed+r.Removed
		switch late := r.late(); {
		case late == nil:
		case *late:
			f.ReleasesLate++
		default:
			f.ReleasesInTime++
		}
		for _, asked := range r.Asked {
			leads = append(leads, max(0, r.LiveAt.Sub(asked.At)))
		}
	}
	for _, t := range domain.ReleaseTypes {
		f.Releases = append(f.Releases, TypeCount{t, counts[t]})
	}
	f.Emergency = share(counts[domain.EmergencyRelease], len(p.Releases))
	f.LeadTime = percentiles(leads)
}

func (f *Figures) deployments(p Period) {
	failed, done, sites, reached := 0, 0, 0, 0
	for i := range p.Deployments {
		d := &p.Deployments[i]
		if d.Failed() {
			failed++
		}
		sites, reached = sites+d.Sites, reached+d.Reached
		switch d.Status {
		case domain.DeploymentAborted:
			f.Aborted++
			continue
		case domain.DeploymentBackedOut, domain.DeploymentBackingOut:
			f.BackedOut++
			continue
		}
		done++
		switch {
		case d.PlannedTo == nil:
		case d.Ended.After(*d.PlannedTo):
			f.Late++
		default:
			f.InTime++
		}
	}
	f.Deployments, f.FailureRate, f.Reached = len(p.Deployments), share(failed, len(p.Deployments)), share(reached, sites)
	if days := p.During.Length().Hours() / 24; days > 0 {
		perDay := float64(done) / days
		f.Frequency = &perDay
	}
}

func share(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	s := float64(part) / float64(whole)
	return &s
}

// percentiles are by the nearest rank: a value that occurs.
func percentiles(times []time.Duration) Percentiles {
	if len(times) == 0 {
		return Percentiles{}
	}
	sorted := slices.Sorted(slices.Values(times))
	rank := func(percent int) *time.Duration { return &sorted[(len(sorted)*percent+99)/100-1] }
	return Percentiles{P50: rank(50), P90: rank(90)}
}
