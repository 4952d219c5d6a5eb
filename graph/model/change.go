package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app"
)

// AgendaItemConnection is a page of an agenda.
type AgendaItemConnection = relay.Connection[app.AgendaItem, AgendaItemEdge]

// AgendaItemEdge is one of a page of an agenda.
type AgendaItemEdge = relay.Edge[app.AgendaItem]
