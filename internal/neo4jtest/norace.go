//go:build !race

package neo4jtest

import "math"

// mostDraws bounds nothing without the race detector.
const mostDraws = math.MaxInt
