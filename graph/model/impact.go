// Package model names, for the generated code, the types behind the schema.
package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app/impact"
)

// ImpactHitConnection is a page of hits.
type ImpactHitConnection = relay.Connection[impact.ImpactHit, ImpactHitEdge]

// ImpactHitEdge is one of a page of hits.
type ImpactHitEdge = relay.Edge[impact.ImpactHit]

// PartyToTellConnection is a page of parties to tell.
type PartyToTellConnection = relay.Connection[impact.ToTell, PartyToTellEdge]

// PartyToTellEdge is one of a page of parties to tell.
type PartyToTellEdge = relay.Edge[impact.ToTell]
