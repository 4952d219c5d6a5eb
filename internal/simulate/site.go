package simulate

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"time"

	"releasegraph/internal/domain"
)

// Receipt is what a site gets, or loses, of one item.
type Receipt struct {
	Item   string
	Action domain.ChangeAction
	To     string // the version; "" where it is removed
}

// site is one site: what it has, what it is going to do, and what it has to say.
type site struct {
	key     string
	manners Manners
	rand    *rand.Rand
	// has are the versions of what is installed, by item; had those before the release,
	// nil as long as it was not installed.
	has, had map[string]string
	// runs are the versions of what runs, ran those before the release.
	runs, ran map[string]string
	// waits says that what is installed runs from a common activation on alone, checked
	// that the present attempt is being verified.
	waits, checked bool
	// kit is the SHA-256 of what the site is to fetch, foul says that it fetched another.
	kit  string
	foul bool
	// ahead is by how much its clock is ahead of the time, stated the last time that it
	// told, taken the last one that was believed: its clock never goes back behind that.
	ahead         time.Duration
	stated, taken time.Time
	deaf, eager   bool
	fails         bool // its first attempt fails
	// audits says that what it has is looked at before and after its work, surplus what is
	// found there besides; "" for nothing (D3).
	audits   bool
	surplus  string
	attempt  int // the one that it has begun, 0: none
	back     bool
	receives []Receipt
	tasks    []task // in the order of their times
	unsent   []*Report
	made     int // how many reports
}

// task is something that a site is going to do.
type task struct {
	at time.Time
	to domain.SiteRolloutStatus
}

func newSite(key string, has map[string]string, m Manners, r *rand.Rand) *site {
	s := &site{key: key, manners: m, rand: r, has: maps.Clone(has), runs: maps.Clone(has)}
	s.deaf, s.eager = s.chance(m.Deaf), s.chance(m.Eager)
	if s.chance(m.Wrong) {
		s.ahead = s.between(-36*time.Hour, 36*time.Hour)
	}
	return s
}

func (s *site) chance(percent int) bool { return s.rand.IntN(100) < percent }

func (s *site) between(from, to time.Duration) time.Duration {
	return from + time.Duration(s.rand.Int64N(int64(to-from)+1))
}

// begin begins an attempt.
func (s *site) begin(attempt int, receives []Receipt, now time.Time) {
	s.attempt, s.receives, s.tasks, s.checked, s.foul = attempt, receives, nil, false, false
	at := now
	then := func(to domain.SiteRolloutStatus) {
		at = at.Add(s.between(s.manners.Work/2, s.manners.Work*2))
		s.tasks = append(s.tasks, task{at, to})
	}
	then(domain.SiteDistributed)
	share := s.rand.IntN(100)
	switch m := s.manners; {
	case s.fails && attempt == 1:
		then(domain.SiteFailed)
	case share < m.Stops:
	case share < m.Stops+m.Fails:
		then(domain.SiteFailed)
	case s.kit != "" && share >= 100-m.Foul:
		s.foul = true
		then(domain.SiteInstalled)
	case share < m.Stops+m.Fails+m.Breaks:
		then(domain.SiteInstalled)
		then(domain.SiteFailed)
	default:
		then(domain.SiteInstalled)
		if !s.waits {
			then(domain.SiteVerified)
		}
	}
}

// activate hears that what is installed runs from now on: that is looked at, and told.
func (s *site) activate(now time.Time) {
	if !s.waits || s.had == nil {
		return
	}
	s.run()
	if !s.checked && len(s.tasks) == 0 {
		s.checked = true
		s.tasks = []task{{now.Add(s.between(s.manners.Work/2, s.manners.Work*2)), domain.SiteVerified}}
	}
}

// run has what was installed run.
func (s *site) run() {
	for _, r := range s.receives {
		if r.Action != domain.RemoveItem {
			s.runs[r.Item] = r.To
		}
	}
}

// takeBack begins to take the release back.
func (s *site) takeBack(now time.Time) {
	s.back = true
	s.tasks = []task{{now.Add(s.between(s.manners.Work/2, s.manners.Work*2)), domain.SiteBackedOut}}
}

// restore has again what it had before the release.
func (s *site) restore() {
	if s.had != nil {
		s.has, s.had = s.had, nil
		s.runs, s.ran = s.ran, nil
	}
}

// works does what is to be done by now.
func (s *site) works(now time.Time) {
	for len(s.tasks) > 0 && !s.tasks[0].at.After(now) {
		one := s.tasks[0]
		s.tasks = s.tasks[1:]
		switch one.to {
		case domain.SiteInstalled:
			if !s.foul {
				s.install()
			}
		case domain.SiteBackedOut:
			s.restore()
		}
		s.says(one.to, one.at)
	}
}

func (s *site) install() {
	if s.had == nil {
		s.had, s.ran = maps.Clone(s.has), maps.Clone(s.runs)
	}
	for _, r := range s.receives {
		if r.Action == domain.RemoveItem {
			delete(s.has, r.Item)
			delete(s.runs, r.Item)
		} else {
			s.has[r.Item] = r.To
		}
	}
	if !s.waits {
		s.run()
	}
}

// says writes a report of what was done at a time.
func (s *site) says(status domain.SiteRolloutStatus, at time.Time) {
	s.made++
	r := &Report{Site: s.key, ID: fmt.Sprintf("%s/%d", s.key, s.made), Status: status, At: s.clock(at), Attempt: s.attempt, send: at}
	if r.Kit = s.kit; s.foul {
		r.Kit = strings.Repeat("0", 64)
	}
	switch {
	case !s.audits:
	case status == domain.SiteInstalled && s.had != nil:
		r.Audit, r.Found = domain.AuditBefore, s.finds(s.had)
	case status == domain.SiteVerified:
		r.Audit, r.Found = domain.AuditAfter, s.finds(s.has)
	}
	if status == domain.SiteFailed {
		r.Detail = "the disk is full"
	}
	if s.chance(s.manners.Late) {
		r.send = at.Add(s.between(0, s.manners.Delay))
	}
	s.unsent = append(s.unsent, r)
}

// finds is what an audit finds.
func (s *site) finds(has map[string]string) map[string]string {
	found := maps.Clone(has)
	if s.surplus != "" {
		found[s.surplus] = ""
	}
	return found
}

// clock is what the clock of the site shows at a time.
func (s *site) clock(at time.Time) time.Time {
	shows := at.Add(s.ahead).Truncate(time.Millisecond)
	if !shows.After(s.stated) {
		shows = s.stated.Add(time.Millisecond)
	}
	s.stated = shows
	return shows
}

// hears takes the answer to a report. One that was not taken is sent again, a while later:
// with another time, if the clock was wrong.
func (s *site) hears(r *Report, a Answer, now time.Time) {
	at := -1
	for i, one := range s.unsent {
		if one == r {
			at = i
		}
	}
	if at < 0 {
		return
	}
	if a.Taken {
		if r.At.After(s.taken) {
			s.taken = r.At
		}
		if s.unsent = append(s.unsent[:at:at], s.unsent[at+1:]...); !r.once && s.chance(s.manners.Twice) {
			again := *r
			again.once, again.send = true, now.Add(s.between(0, s.manners.Delay))
			s.unsent = append(s.unsent, &again)
		}
		return
	}
	r.send = now.Add(s.between(time.Minute, s.manners.Work*2))
	if s.ahead != 0 && (a.Code == "FROM_THE_FUTURE" || a.Code == "UNPROVED") {
		s.setClock(now)
	}
}

// setClock puts the clock of the site right, and with it the times of the reports that
// nobody took.
func (s *site) setClock(now time.Time) {
	s.ahead, s.stated = 0, s.taken
	waiting := 0
	for _, r := range s.unsent {
		if !r.once {
			waiting++
		}
	}
	for _, r := range s.unsent {
		if !r.once {
			r.At = s.clock(now.Add(-time.Duration(waiting) * time.Second))
			waiting--
		}
	}
}
