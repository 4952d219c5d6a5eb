// Package overview tells of plans of roll-outs what people judge them by: figures, risks
// and pictures, and when they come to each region.
package overview

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/planning"
)

// Area is what can be asked about plans.
type Area struct {
	estate   *estate.Estate
	planning *planning.Area
}

// New returns the area over the estate and the area below it that it uses.
func New(e *estate.Estate, p *planning.Area) *Area { return &Area{estate: e, planning: p} }
