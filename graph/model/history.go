package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app/history"
	"releasegraph/internal/domain"
)

// ChangeConnection is a page of changes.
type ChangeConnection = relay.Connection[domain.Change, ChangeEdge]

// ChangeEdge is one of a page of changes.
type ChangeEdge = relay.Edge[domain.Change]

// ChangeSetConnection is a page of change sets.
type ChangeSetConnection struct {
	relay.Connection[history.ChangeSet, ChangeSetEdge]
	Cut bool
}

// ChangeSetEdge is one of a page of change sets.
type ChangeSetEdge = relay.Edge[history.ChangeSet]
