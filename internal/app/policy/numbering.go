package policy

import (
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/version"
)

// Numbering reads the numbers of releases and the versions of items, by a whole
// policy.
type Numbering struct{ Releases, Items *version.Reader }

// NumberingOf makes the readers of a whole policy. One that does not read was
// refused when it was written; an older one is read as the default.
func NumberingOf(p *domain.ReleasePolicy) Numbering {
	reader := func(s *domain.VersionScheme, otherwise version.Kind) *version.Reader {
		r, err := s.Rules().Reader()
		if err != nil {
			r, _ = version.Scheme{Kind: otherwise}.Reader() // which has nothing to be wrong
		}
		return r
	}
	return Numbering{reader(p.Numbering, version.Semver), reader(p.ItemNumbering, version.Natural)}
}
