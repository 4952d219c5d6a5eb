package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app"
)

// ConcernConnection is a page of what bears on items.
type ConcernConnection = relay.Connection[app.Concern, ConcernEdge]

// ConcernEdge is one of a page of what bears on items.
type ConcernEdge = relay.Edge[app.Concern]

// ServiceOpeningConnection is a page of maintenance windows and freezes.
type ServiceOpeningConnection = relay.Connection[app.ServiceOpening, ServiceOpeningEdge]

// ServiceOpeningEdge is one of a page of maintenance windows and freezes.
type ServiceOpeningEdge = relay.Edge[app.ServiceOpening]
