package apptest

import (
	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
)

// Problem stores a problem that shows in some items.
func (f *Fixture) Problem(k string, items ...string) *domain.Problem {
	f.T.Helper()
	in := domain.NewProblem{Key: k, Name: "Problem " + k}
	for _, i := range items {
		in.Concerns = append(in.Concerns, Some(Key(i)))
	}
	made, err := f.Problems.CreateProblem(f.Ctx, in, nil)
	require.NoError(f.T, err)
	return made.Problem
}

// Create creates a record of a kind.
func (f *Fixture) Create(kind, k string, more Values) any {
	f.T.Helper()
	in := Values{"key": k, "name": "Record " + k}
	for name, v := range more {
		in[name] = v
	}
	w, err := f.Records.Create(f.Ctx, kind, in, nil)
	require.NoError(f.T, err)
	return w.Record
}

// Brings imports lines, of which none may be wrong, also over what people set.
func (f *Fixture) Brings(lines ...string) {
	f.T.Helper()
	got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: lines, Overwrite: true}, nil)
	require.NoError(f.T, err)
	require.Empty(f.T, got.Wrong)
}

// Read returns a record.
func (f *Fixture) Read(kind, k string) any {
	f.T.Helper()
	r, err := f.Records.Record(f.Ctx, kind, Key(k), nil)
	require.NoError(f.T, err)
	return r
}
