package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app/configuration"
)

// AttributeBreachConnection is a page of breaches of attribute definitions.
type AttributeBreachConnection = relay.Connection[configuration.AttributeBreach, AttributeBreachEdge]

// AttributeBreachEdge is one of a page of breaches.
type AttributeBreachEdge = relay.Edge[configuration.AttributeBreach]

// DependencyCycleConnection is a page of dependency cycles.
type DependencyCycleConnection = relay.Connection[configuration.SizedCycle, DependencyCycleEdge]

// DependencyCycleEdge is one of a page of dependency cycles.
type DependencyCycleEdge = relay.Edge[configuration.SizedCycle]

// DuplicateGroupConnection is a page of groups of duplicates.
type DuplicateGroupConnection struct {
	relay.Connection[configuration.DuplicateGroup, DuplicateGroupEdge]
	// Items counts the items in all groups.
	Items int
}

// DuplicateGroupEdge is one of a page of groups of duplicates.
type DuplicateGroupEdge = relay.Edge[configuration.DuplicateGroup]
