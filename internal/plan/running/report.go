package running

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
)

// Report is what a site, or somebody for it, says of a step (D5).
type Report struct {
	Status domain.SiteRolloutStatus
	At     time.Time
	// Attempt is the one that it is about, 0: the present one.
	Attempt int
	// Kit is the SHA-256 digest of what the site has, "" where it does not say.
	Kit string
	// Detail is what it says besides.
	Detail string
	// Audits are those of the site that were made so far, or that it brings (D3).
	Audits []Audit
	// Unhealthy says that the deployment tooling of the site is not healthy (D3).
	Unhealthy bool
}

// Refusal is why a report is not taken: a code that a machine can act on, and words.
type Refusal struct{ Code, Text string }

// The codes of refusals.
const (
	FromTheFuture = "FROM_THE_FUTURE"
	NotStarted    = "NOT_STARTED"
	WaveNotBegun  = "WAVE_NOT_BEGUN"
	NoSuchAttempt = "NO_SUCH_ATTEMPT"
	NotReportable = "NOT_REPORTABLE"
	Unproved      = "UNPROVED"
)

// Outcome is what comes of a report that is taken: the states that the step passes, in
// their order, none where it stays. Finding says what is odd about it, "" for nothing.
type Outcome struct {
	Path    []domain.SiteRolloutStatus
	Why     string
	Finding string
}

// skew is how far the clock of a site may be ahead.
const skew = 5 * time.Minute

// way is the order of the states that sites report.
var way = []domain.SiteRolloutStatus{domain.SitePending, domain.SiteDistributed, domain.SiteInstalled, domain.SiteActivated, domain.SiteVerified}

func placeOf(status domain.SiteRolloutStatus) int {
	for i, one := range way {
		if one == status {
			return i
		}
	}
	return -1
}

// Take says what comes of a report on a step of a wave (D5). A state that was passed
// already is recorded and moves nothing; one further on takes those between along.
func (r *Rollout) Take(w *Wave, s *Step, report Report, now time.Time) (Outcome, *Refusal) {
	if refused := r.refused(w, s, report, now); refused != nil {
		return Outcome{}, refused
	}
	switch r.Deployment.Status {
	case domain.DeploymentAborted, domain.DeploymentBackedOut, domain.DeploymentClosed:
		return Outcome{Finding: fmt.Sprintf("%s reported %s after %s was %s: take it back", s.Key, report.Status, r.Deployment.Key, r.Deployment.Status)}, nil
	}
	switch {
	case report.Status == domain.SiteBackedOut:
		return r.takenBack(w, s, report)
	case report.Attempt != 0 && report.Attempt < s.Attempt:
		return Outcome{Finding: fmt.Sprintf("%s reported %s of attempt %d, and the present one is %d", s.Key, report.Status, report.Attempt, s.Attempt)}, nil
	case s.Status == domain.SiteFailed && report.Status != domain.SiteFailed:
		return Outcome{Finding: fmt.Sprintf("%s reported %s after it had failed: try it again, or take it back", s.Key, report.Status)}, nil
	case s.Status == domain.SiteSkipped || s.Status == domain.SiteBackedOut:
		return Outcome{Finding: fmt.Sprintf("%s reported %s, and was %s", s.Key, report.Status, s.Status)}, nil
	case report.Status == domain.SiteFailed:
		return failed(s, report.Detail), nil
	case placeOf(report.Status) <= placeOf(s.Status):
		return Outcome{}, nil
	}
	return r.forward(s, report)
}

// failed is the outcome of a failure; what is verified stays so.
func failed(s *Step, why string) Outcome {
	if s.Status == domain.SiteFailed || s.Status == domain.SiteVerified {
		return Outcome{}
	}
	return Outcome{Path: []domain.SiteRolloutStatus{domain.SiteFailed}, Why: why}
}

// takenBack is the outcome of a site that says that it was taken back, as all are (D7):
// wave by wave, from the last one on.
func (r *Rollout) takenBack(w *Wave, s *Step, report Report) (Outcome, *Refusal) {
	switch {
	case s.Status == domain.SiteBackedOut:
		return Outcome{}, nil
	case !s.Status.Begun():
		return Outcome{Finding: fmt.Sprintf("%s reported %s, and was %s", s.Key, report.Status, s.Status)}, nil
	}
	for _, later := range r.Waves {
		if later.Ordinal > w.Ordinal && later.Have() > 0 { // who reports may not see it
			return Outcome{}, &Refusal{Unproved, fmt.Sprintf("waves are taken back from the last one on, and one that comes after %s still has the release", w.Key)}
		}
	}
	return Outcome{Path: []domain.SiteRolloutStatus{domain.SiteBackedOut}, Why: report.Detail}, nil
}

// Have is how many sites of the wave have the release, or may have it, and are not left
// as they are.
func (w *Wave) Have() int {
	c := w.count()
	have := c[domain.SiteInstalled] + c[domain.SiteActivated] + c[domain.SiteVerified] + c[domain.SiteFailed]
	for _, s := range w.Steps {
		if s.Stays && s.Status.Begun() && s.Status != domain.SiteBackedOut {
			have--
		}
	}
	return have
}

// refused says why a report is not taken at all.
func (r *Rollout) refused(w *Wave, s *Step, report Report, now time.Time) *Refusal {
	switch {
	case report.At.After(now.Add(skew)):
		return &Refusal{FromTheFuture, fmt.Sprintf("it is of %s, more than %s ahead of now", report.At.UTC().Format(time.RFC3339), skew)}
	case report.Status == domain.SiteBackedOut && r.Deployment.Status != domain.DeploymentBackingOut:
		return &Refusal{NotReportable, fmt.Sprintf("BACKED_OUT is reported while a deployment is BACKING_OUT, and %s is %s: backOut takes a site back", r.Deployment.Key, r.Deployment.Status)}
	case report.Status != domain.SiteFailed && report.Status != domain.SiteBackedOut && placeOf(report.Status) < placeOf(domain.SiteDistributed):
		return &Refusal{NotReportable, fmt.Sprintf("%s is not reported: a site reports DISTRIBUTED, INSTALLED, ACTIVATED, VERIFIED and FAILED", report.Status)}
	case report.Attempt > s.Attempt:
		return &Refusal{NoSuchAttempt, fmt.Sprintf("it is of attempt %d, and the present one is %d", report.Attempt, s.Attempt)}
	case r.Deployment.Status == domain.DeploymentPlanned:
		return &Refusal{NotStarted, fmt.Sprintf("%s is PLANNED: nothing of it has begun", r.Deployment.Key)}
	case report.Status != domain.SiteDistributed && (w.Status == domain.WavePending || w.Status == domain.WaveReady) && r.Deployment.Status != domain.DeploymentAborted:
		return &Refusal{WaveNotBegun, fmt.Sprintf("%s is %s: before it has begun only DISTRIBUTED is reported", w.Key, w.Status)}
	}
	return nil
}

// forward takes a step on to a state, through those between (D5), if what each needs is
// there (D3).
func (r *Rollout) forward(s *Step, report Report) (Outcome, *Refusal) {
	from, to := placeOf(s.Status), placeOf(report.Status)
	installed := placeOf(domain.SiteInstalled)
	if from < installed && to >= installed {
		if len(s.Kits) > 0 && report.Kit != "" && !slices.Contains(s.Kits, strings.ToLower(report.Kit)) {
			return failed(s, fmt.Sprintf("it has another kit than the release: %s", report.Kit)), nil
		}
		if lacks := append(s.lacks(report), r.Unaudited(s, domain.SiteInstalled, report.Audits)...); len(lacks) > 0 {
			return Outcome{}, &Refusal{Unproved, "before it is installed it needs " + strings.Join(lacks, "; ")}
		}
	}
	if to >= placeOf(domain.SiteActivated) && !r.active(report.At) {
		return Outcome{}, &Refusal{Unproved, "what is installed does not run before the common activation"}
	}
	if lacks := r.Unaudited(s, domain.SiteVerified, report.Audits); to == placeOf(domain.SiteVerified) && len(lacks) > 0 {
		return Outcome{}, &Refusal{Unproved, "before it is verified it needs " + strings.Join(lacks, "; ")}
	}
	if to == installed && r.active(report.At) {
		to = placeOf(domain.SiteActivated) // in the same change set
	}
	return Outcome{Path: way[from+1 : to+1], Why: report.Detail}, nil
}

// active reports whether what is installed at a moment runs from then on (P8).
func (r *Rollout) active(at time.Time) bool {
	switch d := r.Deployment; d.Activation {
	case domain.Scheduled:
		return d.ActivateAt != nil && !at.Before(*d.ActivateAt)
	case domain.Triggered:
		return d.ActivateAt != nil && !at.Before(*d.ActivateAt)
	}
	return true
}

// lacks lists what is missing before anything may be installed (D3, L2).
func (s *Step) lacks(report Report) []string {
	lacks := append([]string(nil), s.Unproved...)
	if report.Unhealthy {
		lacks = append(lacks, "deployment tooling that is healthy")
	}
	if len(s.Kits) > 0 && report.Kit == "" {
		lacks = append(lacks, "kitSha256, the digest of the kit that the site has")
	}
	if s.WindowFrom != nil && report.At.Before(*s.WindowFrom) {
		lacks = append(lacks, "its window, which opens at "+s.WindowFrom.UTC().Format(time.RFC3339))
	}
	for _, f := range s.Frozen {
		if !report.At.Before(f.From) && report.At.Before(f.To) {
			lacks = append(lacks, "the end of a freeze at "+f.To.UTC().Format(time.RFC3339))
		}
	}
	return lacks
}
