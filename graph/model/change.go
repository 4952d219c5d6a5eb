package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app/change"
)

// AgendaItemConnection is a page of an agenda.
type AgendaItemConnection = relay.Connection[change.AgendaItem, AgendaItemEdge]

// AgendaItemEdge is one of a page of an agenda.
type AgendaItemEdge = relay.Edge[change.AgendaItem]
