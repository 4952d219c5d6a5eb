package neo4jtest

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// Access says where a server is and how to get in.
type Access struct{ URI, User, Password string }

var shared struct {
	once   sync.Once
	access Access
	err    error
	end    func()
	main   bool // runs the tests
	used   bool // by a test of this process, after it was wiped
}

// Main runs the tests of a package and gives back the server that they used.
// Call it from TestMain. A server of the pool is kept by the binary of the tests
// that first needed it: then Main does that instead.
func Main(m *testing.M) {
	if socket := os.Getenv(keeperSocket); socket != "" {
		if err := keep(socket); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	shared.main = true
	boundDraws()
	code := m.Run()
	if shared.end != nil {
		shared.end()
	}
	os.Exit(code)
}

// Address tells where the process's server is, and takes one when it is the
// first to ask; what it holds is left over from whoever had it before. Where no
// server can be had the test is skipped, or fails when RELEASEGRAPH_REQUIRE_NEO4J
// is 1.
func Address(t testing.TB) (uri, user, password string) {
	t.Helper()
	shared.once.Do(func() { shared.access, shared.end, shared.err = find() })
	require(t, shared.err)
	return shared.access.URI, shared.access.User, shared.access.Password
}

// Fresh is Address of an emptied database: no nodes, no constraints, no
// indexes.
func Fresh(t testing.TB) (uri, user, password string) {
	t.Helper()
	uri, user, password = Address(t)
	if err := wipe(t.Context(), Access{uri, user, password}); err != nil {
		t.Fatalf("emptying the Neo4j at %s: %v", uri, err)
	}
	return uri, user, password
}

// Emptied is Address of a database without nodes. The constraints and indexes
// of the test before are still there, which spares the next one the seconds of
// making them anew: for packages all of whose tests open the same schema.
func Emptied(t testing.TB) (uri, user, password string) {
	t.Helper()
	if !shared.used {
		shared.used = true
		return Fresh(t)
	}
	uri, user, password = Address(t)
	if err := empty(t.Context(), Access{uri, user, password}); err != nil {
		t.Fatalf("emptying the Neo4j at %s: %v", uri, err)
	}
	return uri, user, password
}

// EmptiedOf is Emptied for tests all of which open one schema: where the process
// that had the server before opened the same one, its constraints and indexes are
// still there, and so are the plans that the server made for it.
func EmptiedOf(t testing.TB, schema any) (uri, user, password string) {
	t.Helper()
	if shared.used {
		return Emptied(t)
	}
	uri, user, password = Address(t)
	a, mark := Access{uri, user, password}, markOf(schema)
	kept, err := marked(t.Context(), a, mark)
	if err == nil && kept {
		shared.used = true
		return Emptied(t)
	}
	uri, user, password = Emptied(t)
	if err := setMark(t.Context(), a, mark); err != nil {
		t.Fatalf("marking the Neo4j at %s: %v", uri, err)
	}
	return uri, user, password
}

// find tries, in order, the environment, a container and the pool.
func find() (Access, func(), error) {
	if !shared.main {
		panic("neo4jtest: the package has no TestMain that calls Main")
	}
	if uri := os.Getenv("RELEASEGRAPH_TEST_NEO4J"); uri != "" {
		a := Access{uri, os.Getenv("RELEASEGRAPH_TEST_NEO4J_USER"), os.Getenv("RELEASEGRAPH_TEST_NEO4J_PASSWORD")}
		end, err := reserve(uri)
		return a, end, err
	}
	a, end, containerErr := container()
	if containerErr == nil {
		return a, end, nil
	}
	l, err := common().lend()
	if err == nil {
		return l.access, func() { _ = l.Close() }, nil
	}
	return Access{}, nil, fmt.Errorf("no Neo4j for tests: RELEASEGRAPH_TEST_NEO4J is not set; %w; %w", containerErr, err)
}

// require ends the test when there is no server.
func require(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("RELEASEGRAPH_REQUIRE_NEO4J") == "1":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}
