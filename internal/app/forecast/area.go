// Package forecast counts what planned releases are going to use.
package forecast

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/media"
	"releasegraph/internal/app/release"
)

// Area is what can be foreseen of releases.
type Area struct {
	estate   *estate.Estate
	media    *media.Area
	releases *release.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, media *media.Area, releases *release.Area) *Area {
	return &Area{estate: e, media: media, releases: releases}
}
