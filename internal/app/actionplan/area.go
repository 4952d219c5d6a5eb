// Package actionplan tells what is done at a site when it gets a release, step by step,
// with what is kept ready and how it is undone (P12).
package actionplan

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/release"
	"releasegraph/internal/plan/actionplan"
)

// Area is what can be asked about the work at sites.
type Area struct {
	estate   *estate.Estate
	releases *release.Area
	writer   actionplan.Writer
}

// New returns the area over the estate and the area below it that it uses. The writer has
// the languages that sheets are written in.
func New(e *estate.Estate, r *release.Area, w actionplan.Writer) *Area {
	return &Area{estate: e, releases: r, writer: w}
}
