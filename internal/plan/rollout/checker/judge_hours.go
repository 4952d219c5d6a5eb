package checker

import (
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/rollout"
)

// when reads an instant, with seconds or without.
func when(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// timed judges P7: something moved the step from an instant to a later one, which is
// told in local time.
func (j *judge) timed(step int, r rollout.Reason) string {
	s, p := j.rules.steps[step], j.planned(step)
	if r.Code == rollout.Soaked {
		return j.soaked(step, r)
	}
	from, ok := when(r.Parameters["from"])
	if !ok || from.After(p.Window.From) || from.Before(j.from(max(1, j.wave(step)-1))) && !j.offers() {
		return "it moved from no instant at which the step could begin, in its wave or the one before"
	}
	missed := domain.TimeRange{From: from, To: p.Window.To}
	if !j.shows(step, r.Parameters["local"], missed) {
		return "the clocks of the site show that at no time in between"
	}
	record, open := key(r.Parameters["record"]), p.Window
	if !j.shows(step, r.Parameters["local"], p.Window) { // something else moved it on
		open = missed
	}
	switch r.Code {
	case rollout.InWindow:
		for _, windows := range j.things(step) {
			for _, w := range windows {
				if j.in.Windows[w].Key == record && len(j.calendars.windows[w].meet(open)) > 0 {
					return ""
				}
			}
		}
		return "it lies in no such window"
	case rollout.OutsideHours:
		if !j.serving(s.site, missed) {
			return "no service hours are near"
		}
	case rollout.AfterFreeze:
		for _, f := range j.frozen(step) {
			if j.in.Freezes[f].Key == record && len(j.calendars.freezes[f].meet(missed)) > 0 {
				return ""
			}
		}
		return "no such freeze held it"
	case rollout.AfterConflict:
		for _, w := range j.in.Works {
			kinds, kind := j.conflicts(step, w), domain.ConflictKind(r.Parameters["kind"])
			if w.Record == r.Parameters["record"] && w.When.Overlaps(missed) && len(kinds) > 0 && (kind == "" || slices.Contains(kinds, kind)) {
				return ""
			}
		}
		return "no such work was in its way"
	}
	return ""
}

// shows reports whether the clocks of a step's site show a local time at an instant
// of a range, to the quarter of an hour.
func (j *judge) shows(step int, local string, r domain.TimeRange) bool {
	z := zone(j.in.Sites[j.rules.steps[step].site].Zone)
	for at := r.From; at.Before(r.To); at = at.Add(15 * time.Minute) {
		wall := at.In(z)
		if strings.HasPrefix(local, wall.Format("2006-01-02")) && strings.Contains(local, wall.Format("15:04")) {
			return true
		}
	}
	return false
}

// soaked judges P7.SOAK: from the end of the wave before to when the next may begin.
func (j *judge) soaked(step int, r rollout.Reason) string {
	if j.in.Soak == 0 || j.wave(step) == 1 {
		return "nothing is watched before"
	}
	begins := j.from(j.wave(step))
	from, ok := when(r.Parameters["from"])
	if j.offers() { // each site ends when it chooses
		return ""
	}
	if r.Parameters["from"] != "" && (!ok || !from.Equal(begins.Add(-j.in.Soak))) {
		return "the wave before does not end then"
	}
	if !j.shows(step, r.Parameters["local"], domain.TimeRange{From: begins, To: begins.Add(time.Minute)}) {
		return "the clocks of the site show another time when it was watched"
	}
	return ""
}

// afterRelease judges P9.AFTER.
func (j *judge) afterRelease(step int, r rollout.Reason, last int, wrong complaint) bool {
	for _, mate := range j.groups[j.group[step]] {
		s := j.rules.steps[mate]
		for _, q := range j.required(s.release) {
			if j.release(q) != key(r.Parameters["release"]) {
				continue
			}
			if b, ok := j.brought(q, s.site); ok && key(r.Parameters["deployment"]) == b.Deployment {
				return false
			}
			for i, t := range j.rules.steps {
				if t.site == s.site && t.release == q && (mate == step || j.wave(i) == last) {
					return j.wave(i) == last
				}
			}
		}
	}
	wrong("the site does not get that release before")
	return false
}

// apartFrom judges P13.PAIR: the other site, or one of its group, is in the wave before.
func (j *judge) apartFrom(step int, r rollout.Reason, last int, wrong complaint) bool {
	other := j.siteOf(r.Parameters["site"])
	for _, mate := range j.groups[j.group[step]] {
		if other < 0 || !j.paired(j.rules.steps[mate].site, other) {
			continue
		}
		for i, s := range j.rules.steps {
			if s.site == other && j.wave(i) == last {
				return true
			}
		}
	}
	wrong("that site is no other half in wave %d", last)
	return false
}

// capacity judges P13.CAPACITY: of the wave before, or of a day before the step's.
func (j *judge) capacity(step int, r rollout.Reason, last int, wrong complaint) bool {
	party := slices.IndexFunc(j.in.Parties, func(p rollout.Party) bool { return p.Key == key(r.Parameters["party"]) })
	if party < 0 {
		wrong("there is no such party")
		return false
	}
	if last >= 1 {
		sites, users := j.asked(party, append(j.members(last), j.groups[j.group[step]]...))
		if _, value, _, over := j.over(party, sites, users); over && (number(r.Parameters["value"]) == value || r.Parameters["day"] == "") {
			return true
		}
	}
	n, u := j.asks(party, step)
	for at := j.bound(step, j.hard); n > 0 && !at.After(j.planned(step).Window.From); at = at.Add(12 * time.Hour) {
		sites, users := 0, 0
		for _, s := range j.sameDay(party, at) {
			if s != step {
				a, b := j.asks(party, s)
				sites, users = sites+a, users+b
			}
		}
		a, b := j.elsewhere(party, at)
		if j.rules.full(party, u, n+sites+a, u+users+b) {
			return last >= 1
		}
	}
	wrong("the party could take it")
	return false
}
