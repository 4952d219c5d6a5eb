package resolvers_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"releasegraph/internal/app/acting"

	"github.com/rs/zerolog"
	"pgregory.net/rapid"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/neo4jtest"
	"releasegraph/resolvers"
)

const (
	everything = `subscription($after: Revision, $kinds: [GraphKind!]) { events(after: $after, filter: {kinds: $kinds}) {
		revision type kind actor resumeAfter from { key } to { key } changes { field before after }
		subject { __typename key name ... on ConfigurationItem { dependsOn { totalCount nodes { key name } } installedAt { nodes { key } } suppliedBy { nodes { key } } } } } }`
	nearby = `subscription($key: String!, $after: Revision) { configurationChanges(item: {key: $key}, depth: 2, after: $after) {
		revision actor changes { totalCount nodes { type kind key from { key } to { key } fields { field before after } } } } }`
)

// stage is an estate with those who follow it.
type stage struct {
	app           *app.App
	shared, alone audience
}

func newStage(t *testing.T, rt *rapid.T, e *drawnEstate) *stage {
	_, a := newWatched(t)
	s := &stage{app: a, shared: newAudience(resolvers.New(a, zerolog.Nop())), alone: newAudience(resolvers.Unshared(a, zerolog.Nop()))}
	for _, n := range e.nodes {
		values := vars{"key": n.key, "name": "The " + n.key}
		switch n.kind {
		case item:
			values["class"] = "SERVICE"
		case party:
			values["type"] = "TEAM"
		}
		_, err := s.app.Records.Create(context.Background(), n.kind, values, nil)
		must(rt, err)
	}
	for _, r := range e.arcs {
		_, err := s.app.Records.Connect(context.Background(), r.rel, domain.Ref{Key: &r.from.key}, domain.Ref{Key: &r.to.key}, nil, nil)
		must(rt, err)
	}
	return s
}

func must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// end writes what everyone hears of, so that all know when they have heard all.
func (s *stage) end(t *rapid.T, e *drawnEstate, word string) {
	for _, n := range e.nodes {
		if n.kind == item {
			_, err := s.app.Records.Update(context.Background(), item, domain.Ref{Key: &n.key}, map[string]any{"name": word}, nil, nil)
			must(t, err)
		}
	}
	_, err := s.app.Records.Create(context.Background(), domain.KindAttributeDefinition, vars{"key": word, "name": word, "attribute": word, "type": "STRING"}, nil)
	must(t, err)
}

// listener hears the same twice: with others, and alone.
type listener struct {
	caller           domain.Actor
	item             *end // nil: all that there is
	document         string
	variables        vars
	together, alone  func() string
	heard, heardSolo []string
}

func (s *stage) listen(ctx context.Context, caller domain.Actor, document string, variables vars) *listener {
	as := acting.WithActor(ctx, caller)
	return &listener{
		caller: caller, document: document, variables: variables,
		together: s.shared.subscribe(as, document, variables), alone: s.alone.subscribe(as, document, variables),
	}
}

// listeners are, for each of some callers who see different parts, several of
// different names; they follow the estate, and an item that they see.
func (s *stage) listeners(ctx context.Context, t *rapid.T, e *drawnEstate, after any) (all []*listener) {
	for i := range 3 {
		caller := drawCaller(t, e)
		seen := slices.DeleteFunc(slices.Clone(e.nodes), func(n end) bool { return n.kind != item || !e.sees(caller, n) })
		for j := range 3 {
			caller.Name = fmt.Sprintf("caller-%d-%d", i, j)
			all = append(all, s.listen(ctx, caller, everything, vars{"after": after}))
			if len(seen) > 0 {
				near := s.listen(ctx, caller, nearby, vars{"after": after, "key": seen[0].key})
				near.item = &seen[0]
				all = append(all, near)
			}
		}
	}
	return all
}

// agree has all listen up to a word at once, and holds what each hears with
// others against what they hear alone.
func agree(t *rapid.T, all []*listener, word string) {
	var wait sync.WaitGroup
	for _, l := range all {
		wait.Go(func() { l.heard = until(l.together, word) })
	}
	wait.Wait()
	for _, l := range all {
		if l.heardSolo = until(l.alone, word); !slices.Equal(l.heard, l.heardSolo) {
			t.Fatalf("%+v is told of %s %v\n%s\nand alone\n%s", l.caller, l.document, l.variables, strings.Join(l.heard, "\n"), strings.Join(l.heardSolo, "\n"))
		}
	}
}

// For random estates and callers who see different parts: who shares answers
// with others is told the same as alone, to the byte, and nothing of what they
// may not see; from the log as well as live, also when what they see has changed
// since an answer was worked out.
func TestSharedAnswersAreThoseThatEachWouldHaveAlone(t *testing.T) {
	neo4jtest.FewerDraws(25)
	rapid.Check(t, func(rt *rapid.T) {
		e := drawEstate(rt)
		s := newStage(t, rt, e)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		live := s.listeners(ctx, rt, e, nil)
		s.end(rt, e, "thePast")
		past := s.listeners(ctx, rt, e, "0")
		agree(rt, past, "thePast")
		for _, l := range past {
			onlySeen(rt, e, l)
		}
		s.moves(rt, e)
		s.end(rt, e, "theEnd")
		all := slices.DeleteFunc(append(live, past...), func(l *listener) bool { return l.item != nil && !e.sees(l.caller, *l.item) })
		agree(rt, all, "theEnd")
	})
}

// moves changes what callers see.
func (s *stage) moves(t *rapid.T, e *drawnEstate) {
	e.arcs = slices.DeleteFunc(e.arcs, func(r arc) bool {
		if rapid.IntRange(0, 2).Draw(t, "stays") > 0 {
			return false
		}
		_, err := s.app.Records.Disconnect(context.Background(), r.rel, domain.Ref{Key: &r.from.key}, domain.Ref{Key: &r.to.key}, nil, nil)
		must(t, err)
		return true
	})
	for _, n := range e.nodes {
		if rapid.IntRange(0, 3).Draw(t, "renamed") == 0 {
			_, err := s.app.Records.Update(context.Background(), n.kind, domain.Ref{Key: &n.key}, map[string]any{"name": "Another " + n.key}, nil, nil)
			must(t, err)
		}
	}
}

// onlySeen wants no key in answers but of what the caller sees.
func onlySeen(t *rapid.T, e *drawnEstate, l *listener) {
	for _, n := range e.nodes {
		for _, a := range l.heard {
			if strings.Contains(a, `"`+n.key+`"`) && !e.sees(l.caller, n) {
				t.Fatalf("%+v may not see %s, and is told %s", l.caller, n.key, a)
			}
		}
	}
}
