package apptest

import (
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
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
func OfRelease(k string) release.Verb {
	return release.Verb{Ref: Key(k), Reason: Some("it is time")}
}
