// Package shape names the graph by which plans reckon.
package shape

import (
	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
)

// Graph is the shape of the estate in memory: what its records are, and how they hang
// together.
type Graph = adjacency.Graph[domain.Facts, domain.Link]
