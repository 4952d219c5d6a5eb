package apptest

import (
	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Lines imports an estate as it stands, one line each.
func (f *Fixture) Lines(lines ...string) {
	f.T.Helper()
	f.Brings(lines...)
}

// Release reads a release.
func (f *Fixture) Release(k string) *domain.Release {
	f.T.Helper()
	return f.Read(domain.KindRelease, k).(*domain.Release)
}

// Lacks tells what a move of a release lacks: "NEED: text".
func (f *Fixture) Lacks(k, verb string) (list []string) {
	f.T.Helper()
	moves, err := f.Releases.Moves(f.Ctx, f.Release(k))
	require.NoError(f.T, err)
	for _, m := range moves {
		if m.Verb != nil && *m.Verb == verb {
			for _, l := range m.Lacks {
				list = append(list, string(l.Need)+": "+l.Message)
			}
		}
	}
	return list
}

// OfRelease names a release as a verb does, with a reason.
func OfRelease(k string) domain.Verb {
	return domain.Verb{Ref: Key(k), Reason: Some("it is time")}
}

// Linked reports whether a relationship joins two records of its kinds.
func (f *Fixture) Linked(rel, from, to string) bool {
	f.T.Helper()
	r := entity.RelationshipsNamed(rel)[0]
	id := func(kind, key string) store.ID {
		return store.ID(entity.Meta(f.Read(kind, key)).ID)
	}
	key := store.EdgeKey{Rel: rel, From: id(r.From, from), To: id(r.To, to)}
	edges, err := f.Store.EdgesBetween(f.Ctx, key)
	require.NoError(f.T, err)
	_, there := edges[key]
	return there
}
