package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app/impact"
	"releasegraph/internal/app/work"
)

// ConcernConnection is a page of what bears on items.
type ConcernConnection = relay.Connection[impact.Concern, ConcernEdge]

// ConcernEdge is one of a page of what bears on items.
type ConcernEdge = relay.Edge[impact.Concern]

// ServiceOpeningConnection is a page of maintenance windows and freezes.
type ServiceOpeningConnection = relay.Connection[work.ServiceOpening, ServiceOpeningEdge]

// ServiceOpeningEdge is one of a page of maintenance windows and freezes.
type ServiceOpeningEdge = relay.Edge[work.ServiceOpening]
