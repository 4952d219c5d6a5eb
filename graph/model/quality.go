package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app"
)

// AttributeBreachConnection is a page of breaches of attribute definitions.
type AttributeBreachConnection = relay.Connection[app.AttributeBreach, AttributeBreachEdge]

// AttributeBreachEdge is one of a page of breaches.
type AttributeBreachEdge = relay.Edge[app.AttributeBreach]
