package policy

import (
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/version"
)

// schemeOf is a policy's scheme, as package version reads by it.
func schemeOf(s *domain.VersionScheme) version.Scheme {
	scheme := version.Scheme{Kind: version.Kind(s.Scheme), Ignore: s.Ignore, Line: s.Line}
	if s.Pattern != nil {
		scheme.Pattern = *s.Pattern
	}
	for _, part := range s.Order {
		group := version.Group{Name: part.Group, As: version.GroupKind(part.Compare), Ranks: part.Ranks}
		if part.Absent != nil {
			group.Absent = version.Absence(*part.Absent)
		}
		scheme.Order = append(scheme.Order, group)
	}
	return scheme
}

// Numbering reads the numbers of releases and the versions of items, by a whole
// policy.
type Numbering struct{ Releases, Items *version.Reader }

// NumberingOf makes the readers of a whole policy. One that does not read was
// refused when it was written; an older one is read as the default.
func NumberingOf(p *domain.ReleasePolicy) Numbering {
	reader := func(s *domain.VersionScheme, otherwise version.Kind) *version.Reader {
		r, err := schemeOf(s).Reader()
		if err != nil {
			r, _ = version.Scheme{Kind: otherwise}.Reader() // which has nothing to be wrong
		}
		return r
	}
	return Numbering{reader(p.Numbering, version.Semver), reader(p.ItemNumbering, version.Natural)}
}
