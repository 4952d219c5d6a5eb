package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app"
)

// AttributeBreachConnection is a page of breaches of attribute definitions.
type AttributeBreachConnection = relay.Connection[app.AttributeBreach, AttributeBreachEdge]

// AttributeBreachEdge is one of a page of breaches.
type AttributeBreachEdge = relay.Edge[app.AttributeBreach]

// DependencyCycleConnection is a page of dependency cycles.
type DependencyCycleConnection = relay.Connection[app.SizedCycle, DependencyCycleEdge]

// DependencyCycleEdge is one of a page of dependency cycles.
type DependencyCycleEdge = relay.Edge[app.SizedCycle]

// DuplicateGroupConnection is a page of groups of duplicates.
type DuplicateGroupConnection struct {
	relay.Connection[app.DuplicateGroup, DuplicateGroupEdge]
	// Items counts the items in all groups.
	Items int
}

// DuplicateGroupEdge is one of a page of groups of duplicates.
type DuplicateGroupEdge = relay.Edge[app.DuplicateGroup]
