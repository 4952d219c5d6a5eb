package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"releasegraph/examples"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

func TestMain(m *testing.M) { neo4jtest.Main(m) }

// The life of a change as its actors live it: a requester, an assessor, three
// members of the board and one who stands in, and the change manager (H1 to H4).
func TestAChangeWalksThroughItsLifeOnSQLite(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	walk(t, "change", s)
}

func TestNeo4jWalksAChangeThroughItsLife(t *testing.T) {
	uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
	s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
	if err != nil {
		t.Fatal(err)
	}
	walk(t, "change", s)
}

// The life of releases: an emergency that is none, and one that is; a major, first
// as a delta and then in full; a package of two; the fixes of a month (R1 to R9).
func TestReleasesWalkThroughTheirLifeOnSQLite(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	walk(t, "release", s)
}

func TestNeo4jWalksReleasesThroughTheirLife(t *testing.T) {
	uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
	s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
	if err != nil {
		t.Fatal(err)
	}
	walk(t, "release", s)
}

// The acceptance of a release as its actors live it: rejected and planned anew, an
// inconclusive run that is judged, a signature that falls, and those who would judge
// what they made (R7, R8, R21, R22).
func TestAReleaseWalksThroughAcceptanceOnSQLite(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	walk(t, "acceptance", s)
}

func TestNeo4jWalksAReleaseThroughAcceptance(t *testing.T) {
	uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
	s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
	if err != nil {
		t.Fatal(err)
	}
	walk(t, "acceptance", s)
}

// A release that is being rolled out, a regression that is found at a site, and what
// follows when the release is closed, and when it is taken back (D8, L3).
func TestAReleaseThatWasRolledOutIsClosedAndTakenBackOnSQLite(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	walk(t, "rolled_out", s)
}

func TestNeo4jWalksAReleaseThatWasRolledOut(t *testing.T) {
	uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
	s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
	if err != nil {
		t.Fatal(err)
	}
	walk(t, "rolled_out", s)
}

// What audiences are told of a release whose calendar moves, and that is given up: what
// was sent stays, and nobody is told twice (R14).
func TestWhatIsToldOfAReleaseFollowsItsPlanOnSQLite(t *testing.T) {
	s, err := sqlite.Open(t.Context(), sqlite.Memory, entity.Schema(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	walk(t, "announcement", s)
}

func TestNeo4jWalksThroughWhatIsToldOfARelease(t *testing.T) {
	uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
	s, err := neo4j.Open(t.Context(), uri, neo4j.Options{User: user, Password: password}, entity.Schema())
	if err != nil {
		t.Fatal(err)
	}
	walk(t, "announcement", s)
}

func walk(t *testing.T, name string, s store.Store) {
	t.Helper()
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	steps, err := examples.Walk(name)
	if err != nil || len(steps) == 0 {
		t.Fatal(len(steps), err)
	}
	a := appOver(s)
	r := start(t, server.Config{}, func(*fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: resolvers.New(a, zerolog.Nop())}, nil
		}
	})
	r.awaitReady()
	for i, step := range steps {
		r.take(strconv.Itoa(i+1)+", "+step.Says, step)
	}
}

// take takes one step, and holds the answer to what must come of it.
func (r *running) take(name string, step examples.Step) {
	r.t.Helper()
	body, err := json.Marshal(map[string]any{"query": step.Query, "variables": step.Variables})
	if err != nil {
		r.t.Fatal(err)
	}
	got := r.do(http.MethodPost, "/graphql", string(body), header{"Content-Type": "application/json", server.ActAs: step.Who})
	var answer struct {
		Data   map[string]any
		Errors []struct {
			Extensions examples.Refusal
		}
	}
	if err := json.Unmarshal([]byte(got.body), &answer); err != nil {
		r.t.Fatalf("%s: %v in %s", name, err, got.body)
	}
	switch {
	case step.Refused == nil && len(answer.Errors) > 0:
		r.t.Fatalf("%s: %s", name, got.body)
	case step.Refused != nil && (len(answer.Errors) == 0 || answer.Errors[0].Extensions != *step.Refused):
		r.t.Fatalf("%s: not refused by %v: %s", name, *step.Refused, got.body)
	}
	for path, want := range step.Expect {
		if found := at(answer.Data, path); !reflect.DeepEqual(found, want) {
			r.t.Fatalf("%s: %s is %v, not %v, in %s", name, path, found, want, got.body)
		}
	}
}

// at reads a value by its path: "boardAgenda.nodes.0.quorum".
func at(v any, path string) any {
	for part := range strings.SplitSeq(path, ".") {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[part]
		case []any:
			if i, err := strconv.Atoi(part); err == nil && i < len(inner) {
				v = inner[i]
			}
		}
	}
	return v
}
