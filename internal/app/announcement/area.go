// Package announcement tells audiences of releases: it drafts what they are told from
// the plan, sends it once, and tells them what has changed (R14).
package announcement

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/impact"
	"releasegraph/internal/app/release"
	"releasegraph/internal/authz"
	"releasegraph/internal/plan/announcement"
)

// Area is what can be done with announcements.
type Area struct {
	estate   *estate.Estate
	impact   *impact.Area
	releases *release.Area
	writer   announcement.Writer
}

// New returns the area over the estate and the areas below it that it uses. The writer
// has the languages that announcements are written in.
func New(e *estate.Estate, impact *impact.Area, releases *release.Area, writer announcement.Writer) *Area {
	return &Area{estate: e, impact: impact, releases: releases, writer: writer}
}

// announces is the action of the area, which the Catalog declares.
const announces authz.Action = "announce"

// rules are what the area has to say about what is proposed.
type rules struct{ *Area }
