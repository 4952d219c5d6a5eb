// Package material compares the bills of materials in the kits of releases with
// what the graph says that their software is made of.
package material

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/bill"
)

// Reader reads bills of materials that are in the library.
type Reader interface {
	// Components lists what a bill names. An error that is a domain error says why
	// it cannot be read.
	Components(ctx context.Context, m *domain.MediaItem) ([]bill.Component, error)
}

// Area is what can be asked of bills of materials.
type Area struct {
	estate   *estate.Estate
	releases *release.Area
	reader   Reader // nil: there is no library
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, releases *release.Area) *Area {
	return &Area{estate: e, releases: releases}
}

// ReadBy has bills read by a reader. It is to be called before the first is.
func (a *Area) ReadBy(r Reader) { a.reader = r }
