// Package running carries roll-outs out: what people do with a deployment, what sites
// report, and what happens by itself as time passes (D1 to D8). What is decided package
// plan/running says; this one reads for it, and writes what comes of it: the roll-out,
// its release, and what is installed where, in one change set.
package running

import (
	"context"
	"time"

	"releasegraph/internal/app/audit"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/occasion"
	"releasegraph/internal/app/readiness"
	"releasegraph/internal/app/release"
	"releasegraph/internal/app/traversal"
	"releasegraph/internal/authz"
	"releasegraph/internal/turn"
)

// The actions of the area.
const (
	rollsOut  authz.Action = "rollOut"
	halts     authz.Action = "halt"
	opensGate authz.Action = "openGate"
	reports   authz.Action = "reportSite"
	takesBack authz.Action = "takeBack"
)

// Area is what can be done with roll-outs that run.
type Area struct {
	estate    *estate.Estate
	releases  *release.Area
	readiness *readiness.Area
	traversal *traversal.Area
	audits    *audit.Area
	occasions *occasion.Area
	turns     *turn.Turns
	// Measures has gates measured that are due to be; nil: nobody does.
	Measures func(context.Context) error
	// Moves moves the clock; nil: it is real.
	Moves func(time.Duration)
}

// New returns the area over the estate and the areas below it that it uses.
func New(e *estate.Estate, r *release.Area, ready *readiness.Area, t *traversal.Area, audits *audit.Area, o *occasion.Area) *Area {
	return &Area{estate: e, releases: r, readiness: ready, traversal: t, audits: audits, occasions: o, turns: turn.New()}
}
