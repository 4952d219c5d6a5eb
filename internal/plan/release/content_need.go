package release

import (
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/period"
)

// SomeContent is the need CONTENT: something that the release changes, or parts
// of a package.
func SomeContent(category Category, changes, parts int) []Lack {
	switch {
	case category == Package && parts == 0:
		return NeedContent.only("", "parts: the releases that the package bundles")
	case category != Package && changes == 0:
		return NeedContent.only("", "content: at least one item that it changes")
	}
	return nil
}

// OnePolicy is the need POLICY: one policy that the release follows. Winners are
// those of its changed items; named is the one that its manager named, empty for
// none.
func OnePolicy(winners []string, named string) []Lack {
	switch {
	case len(winners) == 0:
		return NeedPolicy.only("", "a policy: none in force is for its items")
	case len(winners) > 1 && named == "":
		return NeedPolicy.only("", "one policy: its items follow %s; name one of them, with a reason", join(winners))
	case named != "" && !slices.Contains(winners, named):
		return NeedPolicy.only(named, "a policy of its items: they follow %s, not %s", join(winners), named)
	}
	return nil
}

// CarriedOut is a request that a release carries out.
type CarriedOut struct {
	Key    string
	Status domain.ChangeRequestStatus
	// Here says that the request is IN_RELEASE by this very release.
	Here    bool
	Affects []string // items
}

// AuthorisedToStart is the need AUTHORISED of the first move: every request is
// AUTHORISED, or IN_RELEASE by this release already (H4).
func AuthorisedToStart(requests []CarriedOut) (list []Lack) {
	for _, r := range requests {
		if r.Status != domain.ChangeAuthorised && (r.Status != domain.ChangeInRelease || !r.Here) {
			list = append(list, NeedAuthorised.lack(r.Key, "authorised requests: %s is %s", r.Key, r.Status))
		}
	}
	return byAbout(list)
}

// StillAuthorised is the need AUTHORISED of the later moves: every request is
// IN_RELEASE by this release.
func StillAuthorised(requests []CarriedOut) (list []Lack) {
	for _, r := range requests {
		switch {
		case r.Status != domain.ChangeInRelease:
			list = append(list, NeedAuthorised.lack(r.Key, "requests that it carries out: %s is %s, no longer IN_RELEASE", r.Key, r.Status))
		case !r.Here:
			list = append(list, NeedAuthorised.lack(r.Key, "requests that it carries out: another release carries out %s", r.Key))
		}
	}
	return byAbout(list)
}

// Traced is the need TRACED: each item that the release CHANGES is affected by
// one of its requests, and each request affects something that it holds (R5).
func Traced(changes []string, held []Content, requests []CarriedOut) (list []Lack) {
	affected, holds := map[string]bool{}, map[string]bool{}
	for _, c := range held {
		holds[c.Item] = true
	}
	for _, r := range requests {
		touches := false
		for _, item := range r.Affects {
			affected[item] = true
			touches = touches || holds[item]
		}
		if !touches {
			list = append(list, NeedTraced.lack(r.Key, "requests that are about its content: %s touches nothing in it", r.Key))
		}
	}
	for _, item := range changes {
		if !affected[item] {
			list = append(list, NeedTraced.lack(item, "items that its requests are about: %s is affected by none of its requests", item))
		}
	}
	return byAbout(list)
}

// Calendar is the need CALENDAR: planned from and to, nil where not set.
func Calendar(from, to *time.Time) []Lack {
	switch {
	case from == nil || to == nil:
		return NeedCalendar.only("", "a calendar: plannedFrom and plannedTo")
	case !from.Before(*to):
		return NeedCalendar.only("", "a calendar that goes forward: plannedFrom is not before plannedTo")
	}
	return nil
}

// Method is the need METHOD: an approach.
func Method(approach string) []Lack {
	if approach == "" {
		return NeedMethod.only("", "a method: its approach")
	}
	return nil
}

// Managers are the people of a release, their names folded.
type Managers struct{ Manager, Build, Test, Deployment string }

// Roles is the need ROLES: all four are named, and the test manager is neither
// the manager nor the build manager (R5, R7).
func Roles(m Managers) (list []Lack) {
	for _, r := range []struct{ field, name string }{
		{"manager", m.Manager}, {"buildManager", m.Build}, {"testManager", m.Test}, {"deploymentManager", m.Deployment},
	} {
		if r.name == "" {
			list = append(list, NeedRoles.lack("", "all four roles: its %s is not named", r.field))
		}
	}
	if m.Test != "" && m.Test == m.Manager {
		list = append(list, NeedRoles.lack("", "a testManager who is not the manager too: both are %s", m.Test))
	}
	if m.Test != "" && m.Test == m.Build {
		list = append(list, NeedRoles.lack("", "a testManager who is not the buildManager too: both are %s", m.Test))
	}
	return list
}

// TestsPlanned is the need TEST_PLAN: a planned test of each kind that is
// demanded (R21).
func TestsPlanned(demanded, planned []string) (list []Lack) {
	for _, kind := range demanded {
		if !slices.Contains(planned, kind) {
			list = append(list, NeedTestPlan.lack("", "a planned test of each demanded kind: none is %s", kind))
		}
	}
	return list
}

// Audited is the need PRODUCTION_AUDIT: each site of the release was audited, and
// the audit is younger than the policy's age (R5). Audits are the last ones, by
// site.
func Audited(sites []string, audits map[string]time.Time, maxAge period.Period, now time.Time) (list []Lack) {
	for _, site := range sites {
		switch last, known := audits[site]; {
		case !known:
			list = append(list, NeedProductionAudit.lack(site, "an audit of %s: there is none", site))
		case !now.Before(maxAge.After(last)):
			list = append(list, NeedProductionAudit.lack(site, "an audit of %s that is younger than %s: the last is of %s", site, maxAge, last.Format(time.DateOnly)))
		}
	}
	return byAbout(list)
}

// LastLive is when a release of a type last went live for a unit.
type LastLive struct {
	Unit    Unit
	Release string
	At      time.Time
}

// Frequent is the need FREQUENCY: releases of a type come no more often than the
// policy says, unit by unit (R3). A change manager may waive it.
func Frequent(t Type, last []LastLive, every period.Period, now time.Time) (list []Lack) {
	for _, l := range last {
		if now.Before(every.After(l.At)) {
			days := int(now.Sub(l.At) / (24 * time.Hour))
			list = append(list, NeedFrequency.lack(l.Unit.Key, "a longer pause: the last %s of %s, %s, was %d days ago, the policy says %s", t, l.Unit, l.Release, days, every))
		}
	}
	return byAbout(list)
}

// Part is a leaf of a package.
type Part struct {
	Release string
	Status  Status
}

// PartsAccepted is the need PARTS: each leaf of a package is ACCEPTED, or live
// (R2).
func PartsAccepted(leaves []Part) (list []Lack) {
	for _, l := range leaves {
		if l.Status != Accepted && !l.Status.WentLive() {
			list = append(list, NeedParts.lack(l.Release, "parts that are ACCEPTED, DEPLOYING, VERIFYING or CLOSED: %s is %s", l.Release, l.Status))
		}
	}
	return byAbout(list)
}
