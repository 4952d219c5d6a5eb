// Package model names, for the generated code, the types behind the schema.
package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app"
)

// ImpactHitConnection is a page of hits.
type ImpactHitConnection = relay.Connection[app.ImpactHit, ImpactHitEdge]

// ImpactHitEdge is one of a page of hits.
type ImpactHitEdge = relay.Edge[app.ImpactHit]

// PartyToTellConnection is a page of parties to tell.
type PartyToTellConnection = relay.Connection[app.ToTell, PartyToTellEdge]

// PartyToTellEdge is one of a page of parties to tell.
type PartyToTellEdge = relay.Edge[app.ToTell]
