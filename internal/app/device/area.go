// Package device tells the devices of a site what there is to install, and takes what they
// say of it: for fleets that speak a protocol of their own (D5). What may be installed, and
// what comes of a report, is decided where all reports are.
package device

import (
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/running"
)

// Area is what devices can do.
type Area struct {
	estate  *estate.Estate
	running *running.Area
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, r *running.Area) *Area { return &Area{e, r} }
