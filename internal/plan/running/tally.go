package running

import "releasegraph/internal/domain"

// Tally counts the steps of a wave as its thresholds do (D4): Total leaves out what was
// skipped, Failed counts what failed or was backed out.
type Tally struct{ Total, Failed, Verified int }

// TallyOf counts the steps of a wave. Before one common activation what is INSTALLED
// counts as verified.
func TallyOf(steps []*Step, activation domain.Activation) (t Tally) {
	for _, s := range steps {
		switch s.Status {
		case domain.SiteSkipped:
			continue
		case domain.SiteFailed, domain.SiteBackedOut:
			t.Failed++
		case domain.SiteVerified:
			t.Verified++
		case domain.SiteInstalled:
			if activation != domain.AtInstall {
				t.Verified++
			}
		}
		t.Total++
	}
	return t
}

// TooManyFailed reports whether more than a percentage of the steps failed (D4).
func (t Tally) TooManyFailed(percent int) bool { return t.Failed*100 > percent*t.Total }

// Enough reports whether a percentage of the steps or more are verified (D4). Of no
// steps there are never enough: a wave without any is SKIPPED.
func (t Tally) Enough(percent int) bool { return t.Total > 0 && t.Verified*100 >= percent*t.Total }
