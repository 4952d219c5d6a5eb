//go:build race

package neo4jtest

// mostDraws bounds the draws of property tests under the race detector, which
// costs ten times as much: each draw takes the same paths through memory.
const mostDraws = 5
