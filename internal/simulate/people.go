package simulate

import (
	"math/rand/v2"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Ending is how a roll-out is to end.
type Ending int

// The endings.
const (
	Closes   Ending = iota // it comes to all its sites
	BacksOut               // it is taken back at some time
	Aborts                 // it is given up at some time
)

// People watch a roll-out: what they do about what they see follows from their seed.
type People struct {
	rand   *rand.Rand
	ending Ending
	// ends is after how many looks they take it back, or give it up.
	ends, looks int
	// waits are since when sites were seen to do nothing, by key.
	waits map[string]time.Time
}

// NewPeople returns people who want the roll-out to end in a way.
func NewPeople(seed uint64, ending Ending) *People {
	r := rand.New(rand.NewPCG(seed, 1<<40))
	return &People{rand: r, ending: ending, ends: 5 + r.IntN(30), waits: map[string]time.Time{}}
}

func (p *People) chance(percent int) bool { return p.rand.IntN(100) < percent }

// Act says what people do about how the roll-out stands, nothing for most of the time.
func (p *People) Act(s *State, now time.Time) []Act {
	p.looks++
	if p.looks >= p.ends && !s.Over() {
		switch {
		case p.ending == BacksOut && s.Status != domain.DeploymentBackingOut:
			return []Act{because("backOut", "it loses orders")}
		case p.ending == Aborts && (s.Status == domain.DeploymentRunning || s.Status == domain.DeploymentPaused):
			return []Act{because("abortDeployment", "the supplier called")}
		}
	}
	switch {
	case s.Status == domain.DeploymentPaused && p.chance(40):
		return append(p.mend(s), because("resumeDeployment", "it was looked into"))
	case s.Status == domain.DeploymentRunning && p.chance(2):
		return []Act{because("pauseDeployment", "somebody is not sure")}
	case s.Status == domain.DeploymentRunning:
		return slices.Concat(p.mend(s), p.gates(s), p.leaveOut(s, now), p.switchOn(s), p.regret(s))
	}
	return nil
}

func because(verb, reason string) Act {
	return Act{Verb: verb, Input: map[string]any{"reason": reason}}
}

// switchOn has all run that is installed, once every wave has it, where that is for people
// to say (P8).
func (p *People) switchOn(s *State) []Act {
	if s.Activation != domain.Triggered || s.ActivateAt != nil {
		return nil
	}
	for _, w := range s.Waves {
		if w.Status != domain.WaveSucceeded && w.Status != domain.WaveSkipped {
			return nil
		}
	}
	return []Act{{Verb: "activateDeployment", Input: map[string]any{}}}
}

// regret takes one site back that is done, now and then (D7). Where others need it there
// that is refused.
func (p *People) regret(s *State) []Act {
	if !p.chance(4) {
		return nil
	}
	for _, w := range slices.Backward(s.Waves) {
		for _, one := range w.Sites {
			if w.Status == domain.WaveSucceeded && one.Status == domain.SiteVerified {
				return []Act{ofSite("backOut", one.Key, "this one loses orders")}
			}
		}
	}
	return nil
}

// mend tries sites again that failed.
func (p *People) mend(s *State) (list []Act) {
	for _, w := range s.Waves {
		for _, one := range w.Sites {
			if one.Status == domain.SiteFailed && p.chance(30) {
				list = append(list, ofSite("retrySiteRollout", one.Key, "the disk was emptied"))
			}
		}
	}
	return list
}

// gates opens gates that wait for a person.
func (p *People) gates(s *State) (list []Act) {
	for _, w := range s.Waves {
		if w.Status == domain.WaveReady && w.Gate == domain.PersonGate && w.GateVerdict == nil && p.chance(30) {
			list = append(list, Act{Verb: "openGate", Input: map[string]any{"wave": w.Ordinal, "verdict": "GO"}})
		}
	}
	return list
}

// patience is how long people wait for a site of which nothing is heard.
const patience = 24 * time.Hour

// leaveOut leaves out sites that were to begin, and of which nothing is heard.
func (p *People) leaveOut(s *State, now time.Time) (list []Act) {
	for _, w := range s.Waves {
		for _, one := range w.Sites {
			waiting := w.Goes() && (one.Status == domain.SitePending || one.Status == domain.SiteDistributed) &&
				(one.WindowFrom == nil || now.After(*one.WindowFrom))
			since, known := p.waits[one.Key]
			switch {
			case !waiting:
				delete(p.waits, one.Key)
			case !known:
				p.waits[one.Key] = now
			case now.Sub(since) > patience:
				list = append(list, ofSite("skipSiteRollout", one.Key, "nobody answers there"))
			}
		}
	}
	return list
}

func ofSite(verb, site, reason string) Act {
	return Act{Verb: verb, Input: map[string]any{"site": map[string]any{"key": site}, "reason": reason}}
}
