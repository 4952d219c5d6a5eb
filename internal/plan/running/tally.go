package running

import "releasegraph/internal/domain"

// Counts are how many steps are where, by status.
type Counts map[domain.SiteRolloutStatus]int

// CountOf counts steps.
func CountOf(steps []*Step) Counts {
	c := Counts{}
	for _, s := range steps {
		c[s.Status]++
	}
	return c
}

// Open is how many steps are not done with.
func (c Counts) Open() (n int) {
	for status, of := range c {
		if !status.Final() {
			n += of
		}
	}
	return n
}

// count is how many of all steps of the wave are where.
func (w *Wave) count() Counts {
	if w.Counts != nil {
		return *w.Counts
	}
	return CountOf(w.Steps)
}

// final reports whether all steps are done with.
func (w *Wave) final() bool { return w.count().Open() == 0 }

// Tally counts the steps of a wave as its thresholds do (D4): Total leaves out what was
// skipped, Failed counts what failed or was backed out.
type Tally struct{ Total, Failed, Verified int }

// Tally counts steps for the thresholds. Before one common activation what is INSTALLED
// counts as verified.
func (c Counts) Tally(activation domain.Activation) (t Tally) {
	for status, n := range c {
		switch status {
		case domain.SiteSkipped:
			continue
		case domain.SiteFailed, domain.SiteBackedOut:
			t.Failed += n
		case domain.SiteVerified:
			t.Verified += n
		case domain.SiteInstalled:
			if activation != domain.AtInstall {
				t.Verified += n
			}
		}
		t.Total += n
	}
	return t
}

// TooManyFailed reports whether more than a percentage of the steps failed (D4).
func (t Tally) TooManyFailed(percent int) bool { return t.Failed*100 > percent*t.Total }

// Enough reports whether a percentage of the steps or more are verified (D4). Of no
// steps there are never enough: a wave without any is SKIPPED.
func (t Tally) Enough(percent int) bool { return t.Total > 0 && t.Verified*100 >= percent*t.Total }
