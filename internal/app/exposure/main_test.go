package exposure_test

import (
	"testing"

	"releasegraph/internal/neo4jtest"
)

func TestMain(m *testing.M) { neo4jtest.Main(m) }
