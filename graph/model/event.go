package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app/event"
)

// EventConnection is a page of events.
type EventConnection = relay.Connection[event.Event, EventEdge]

// EventEdge is one of a page of events.
type EventEdge = relay.Edge[event.Event]
