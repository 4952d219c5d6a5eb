package release

import (
	"cmp"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Verdict is what a test run came to.
type Verdict = domain.TestVerdict

// The verdicts of test runs.
const (
	Pass         = domain.TestPassed
	Fail         = domain.TestFailed
	Inconclusive = domain.TestInconclusive
)

// PlannedTest is a test that is planned for a release.
type PlannedTest struct {
	Key, Kind string
	Required  bool
	// Regression says that the test is one over all items.
	Regression bool
	// Mitigates is the request whose mitigation it tests, empty for none.
	Mitigates string
}

// Run is one run of a test.
type Run struct {
	Key, Test string
	Round     int
	KitDigest string
	Verdict   Verdict
	EndedAt   time.Time
}

// Round is a round of acceptance: its number, the kit that is tested, and all runs
// so far. A run of another round or kit is VOID and counts for nothing (R21).
type Round struct {
	Number    int
	KitDigest string
	Tests     []PlannedTest
	Runs      []Run
}

// Void reports whether a run counts no more.
func (r Round) Void(one Run) bool {
	return one.Round != r.Number || one.KitDigest != r.KitDigest
}

// Last are the last runs that count, by the keys of their tests.
func (r Round) Last() map[string]*Run {
	last := map[string]*Run{}
	for i := range r.Runs {
		one := &r.Runs[i]
		if before := last[one.Test]; !r.Void(*one) && (before == nil || cmp.Or(one.EndedAt.Compare(before.EndedAt), cmp.Compare(one.Key, before.Key)) > 0) {
			last[one.Test] = one
		}
	}
	return last
}

func (r Round) passed(is func(PlannedTest) bool) bool {
	all := r.Last()
	return slices.ContainsFunc(r.Tests, func(t PlannedTest) bool {
		last := all[t.Key]
		return is(t) && last != nil && last.Verdict == Pass
	})
}

// TestsPassed is the need TESTS: for each required test the last run of this
// round on this kit passed (R8). One whose last run is INCONCLUSIVE is told by
// Undecided.
func (r Round) TestsPassed() (list []Lack) {
	all := r.Last()
	for _, t := range r.Tests {
		if !t.Required {
			continue
		}
		switch last := all[t.Key]; {
		case last == nil:
			list = append(list, NeedTests.lack(t.Key, "a run of %s (%s) in round %d on the present kit", t.Key, t.Kind, r.Number))
		case last.Verdict == Fail:
			list = append(list, NeedTests.lack(t.Key, "a pass of %s (%s): its last run %s failed", t.Key, t.Kind, last.Key))
		}
	}
	return byAbout(list)
}

// Undecided is the need UNDECIDED: no last run of a required test waits to be
// judged (R7).
func (r Round) Undecided() (list []Lack) {
	all := r.Last()
	for _, t := range r.Tests {
		if last := all[t.Key]; t.Required && last != nil && last.Verdict == Inconclusive {
			list = append(list, NeedDecided.lack(last.Key, "a judgement: %s of %s is INCONCLUSIVE", last.Key, t.Key))
		}
	}
	return byAbout(list)
}

// BackOutTested is the need BACK_OUT_TESTED: a BACKOUT test passed, and one of
// each mitigation (R10). Mitigated are the requests that cannot be undone. Where
// all steps of the plan are mitigations, no other test is asked for.
func (r Round) BackOutTested(p *BackOutPlan) (list []Lack) {
	undoes := slices.ContainsFunc(p.Steps, func(s UndoStep) bool { return s.Does != Mitigate && s.Stays == nil })
	if undoes && !r.passed(func(t PlannedTest) bool { return t.Kind == "BACKOUT" && t.Mitigates == "" }) {
		list = append(list, NeedBackOutTested.lack("", "a tested back-out: a BACKOUT test that passed"))
	}
	told := map[string]bool{}
	for _, s := range p.Steps {
		if s.Does != Mitigate || told[s.Request] {
			continue
		}
		told[s.Request] = true
		if !r.passed(func(t PlannedTest) bool { return t.Mitigates == s.Request }) {
			list = append(list, NeedBackOutTested.lack(s.Request, "a tested mitigation: a run of that of %s that passed", s.Request))
		}
	}
	return byAbout(list)
}

// ActivationTested is the need ACTIVATION_TESTED of a release that is activated
// apart from its installation: an ACTIVATION test passed (P8).
func (r Round) ActivationTested() []Lack {
	if r.passed(func(t PlannedTest) bool { return t.Kind == "ACTIVATION" }) {
		return nil
	}
	return NeedActivationTested.only("", "a tested activation: an ACTIVATION test that passed")
}

// RegressionTested is the need REGRESSION of a FULL release: a test over all
// items passed (R20).
func (r Round) RegressionTested() []Lack {
	if r.passed(func(t PlannedTest) bool { return t.Regression }) {
		return nil
	}
	return NeedRegression.only("", "a regression test over all items that passed")
}

// Defect is a known error that was accepted with the release.
type Defect struct {
	Key                  string
	Symptoms, Workaround bool
}

// DefectsDescribed is the need DEFECTS: each accepted defect has symptoms and a
// workaround (R8).
func DefectsDescribed(defects []Defect) (list []Lack) {
	for _, d := range defects {
		if !d.Symptoms {
			list = append(list, NeedDefects.lack(d.Key, "symptoms of %s", d.Key))
		}
		if !d.Workaround {
			list = append(list, NeedDefects.lack(d.Key, "a workaround of %s", d.Key))
		}
	}
	return byAbout(list)
}

// Delivered is a deliverable that the release brings.
type Delivered struct {
	Key, Kind string
	Approved  bool
}

// DeliverablesApproved is the need DELIVERABLES: one of each demanded kind, and
// each that there is approved (R8).
func DeliverablesApproved(demanded []string, brought []Delivered) (list []Lack) {
	for _, kind := range demanded {
		if !slices.ContainsFunc(brought, func(d Delivered) bool { return d.Kind == kind }) {
			list = append(list, NeedDeliverables.lack("", "a deliverable of each demanded kind: none is %s", kind))
		}
	}
	for _, d := range brought {
		if !d.Approved {
			list = append(list, NeedDeliverables.lack(d.Key, "approved deliverables: %s (%s) is a DRAFT", d.Key, d.Kind))
		}
	}
	return byAbout(list)
}

// FewManualSteps is the need MANUAL_STEPS: steps that a person must do at a site
// are no more than the policy allows (R24). Steps are counted by site.
func FewManualSteps(steps map[string]int, allowed int) (list []Lack) {
	for site, n := range steps {
		if n > allowed {
			list = append(list, NeedManualSteps.lack(site, "fewer steps by hand: %s has %d, the policy allows %d", site, n, allowed))
		}
	}
	return byAbout(list)
}

// SameContent is the need SAME: what is to be deployed is what was accepted
// (R21).
func SameContent(content, accepted string) []Lack {
	if accepted != "" && content == accepted {
		return nil
	}
	return NeedSame.only("", "the content that was accepted: its digest is %s, that of the accepted content %s", content, cmp.Or(accepted, "none"))
}

// NotSuperseded is the need NOT_SUPERSEDED: no release supersedes it in all of
// its units (R1).
func NotSuperseded(units []Unit, by []Superseding) (list []Lack) {
	all := make([]Superseded, len(by))
	for i, s := range by {
		all[i] = Superseded{s.By, s.Units}
	}
	if !Whole(units, all) {
		return nil
	}
	for _, s := range by {
		list = append(list, NeedNotSuperseded.lack(s.By, "a release that is in force: %s supersedes it", s.By))
	}
	return byAbout(list)
}

// Superseding is a release that supersedes another, for some of its units.
type Superseding struct {
	By    string
	Units []Unit
}

// SupportTold is the need SUPPORT_TOLD: an announcement to SUPPORT was sent since
// the release was accepted (R23). Sent are the instants of those that were.
func SupportTold(accepted time.Time, sent []time.Time) []Lack {
	if slices.ContainsFunc(sent, func(t time.Time) bool { return !t.Before(accepted) }) {
		return nil
	}
	return NeedSupportTold.only("", "an announcement to SUPPORT that was sent since acceptance: contents, calendar and known errors")
}

// Hold is a freeze that is on for the release, and until when; the instant is in
// the freeze's own zone.
type Hold struct {
	Freeze string
	Until  time.Time
}

// NotHeld is the need NOT_HELD: no freeze is on (P7).
func NotHeld(holds []Hold) (list []Lack) {
	for _, h := range holds {
		list = append(list, NeedNotHeld.lack(h.Freeze, "a time outside freezes: %s until %s", h.Freeze, h.Until.Format("2006-01-02T15:04Z07:00")))
	}
	return byAbout(list)
}
