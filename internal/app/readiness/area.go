// Package readiness tells what a release lacks before it goes live, and its deployment
// before that can start (R1, R12, R13, R22, R23, P7, P9, P11).
package readiness

import (
	"releasegraph/internal/app/announcement"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/preparation"
	"releasegraph/internal/app/release"
)

// Area is what can be asked of the readiness of releases.
type Area struct {
	estate        *estate.Estate
	releases      *release.Area
	preparation   *preparation.Area
	announcements *announcement.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, r *release.Area, p *preparation.Area, n *announcement.Area) *Area {
	return &Area{estate: e, releases: r, preparation: p, announcements: n}
}
