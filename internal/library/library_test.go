package library_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
	"releasegraph/internal/library"
	"releasegraph/internal/store/blob"
)

// two opens a library of two locations in a folder.
func two(t *testing.T, folder string) *library.Library {
	t.Helper()
	l, err := library.Open(t.Context(), []library.Location{
		{Name: "main", URL: filepath.Join(folder, "main")},
		{Name: "archive", URL: "file://" + filepath.Join(folder, "archive"), Writers: []domain.Role{domain.ConfigurationManager, domain.BuildManager}},
	}, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func put(t *testing.T, l *library.Library, location, text string) digest.SHA256 {
	t.Helper()
	d := digest.Of([]byte(text))
	require.NoError(t, l.Put(t.Context(), location, bytes.NewReader([]byte(text)), d, int64(len(text))))
	return d
}

// file is where a content lies.
func file(folder, location string, d digest.SHA256) string {
	return filepath.Join(folder, location, filepath.FromSlash(blob.Key(d)))
}

func TestALocationIsForItsWriters_L6(t *testing.T) {
	l := two(t, t.TempDir())
	for _, c := range []struct {
		location string
		roles    []domain.Role
		want     string
		code     domain.Code
	}{
		{"", nil, "main", ""},
		{"main", []domain.Role{domain.Viewer}, "main", ""},
		{"archive", []domain.Role{domain.Viewer, domain.BuildManager}, "archive", ""},
		{"archive", []domain.Role{domain.Admin}, "archive", ""},
		{"archive", []domain.Role{domain.Viewer}, "", domain.Forbidden},
		{"archive", nil, "", domain.Forbidden},
		{"moon", []domain.Role{domain.Admin}, "", domain.Invalid},
	} {
		got, err := l.Writable(c.location, c.roles)
		require.Equal(t, c.want, got)
		if c.code == "" {
			require.NoError(t, err)
			continue
		}
		var e *domain.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, []string{string(c.code), "L6", "location"}, []string{string(e.Code), e.Rule, e.Field})
	}
}

func TestAllThatIsWrongWithLocationsIsTold_L6(t *testing.T) {
	err := library.CheckLocations([]library.Location{
		{Name: "main", URL: "/a"}, {Name: "main", URL: "/b"}, {Name: " x", URL: "/c"}, {Name: "y"}, {Name: "z", URL: "/d", Writers: []domain.Role{"KING"}},
	})
	for _, want := range []string{"main: there are two", "location 3: its name must not begin", "y: its url", `z: "KING" is no role`} {
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, library.CheckLocations(nil), "one at least")
	_, err = library.Open(t.Context(), []library.Location{{Name: "a", URL: "gopher://x"}, {Name: "b", URL: "ftp://y"}}, nil)
	require.ErrorContains(t, err, "gopher://x")
	require.ErrorContains(t, err, "ftp://y")
}

func TestAContentIsOpenedWhereverItIs(t *testing.T) {
	folder := t.TempDir()
	l := two(t, folder)
	d := put(t, l, "archive", "a kit")
	read := func(locations ...string) (string, string) {
		c, at, err := l.Open(t.Context(), d, locations)
		require.NoError(t, err)
		defer c.Close()
		text, err := io.ReadAll(c)
		require.NoError(t, err)
		return string(text), at
	}
	text, at := read()
	require.Equal(t, []string{"a kit", "archive"}, []string{text, at})
	_, _, err := l.Open(t.Context(), d, []string{"main"})
	require.ErrorIs(t, err, blob.ErrNotFound)

	require.NoError(t, l.Copy(t.Context(), d, "archive", "main"))
	_, at = read()
	require.Equal(t, "main", at)
	_, at = read("archive")
	require.Equal(t, "archive", at)
	require.NoError(t, l.Delete(t.Context(), d))
	_, _, err = l.Open(t.Context(), d, nil)
	require.ErrorIs(t, err, blob.ErrNotFound)
}

func TestADamagedContentIsNotCopied_L6(t *testing.T) {
	folder := t.TempDir()
	l := two(t, folder)
	d := put(t, l, "main", "a kit")
	require.NoError(t, os.WriteFile(file(folder, "main", d), []byte("a cat"), 0o600))
	require.ErrorAs(t, l.Copy(t.Context(), d, "main", "archive"), new(*digest.MismatchError))
	copies, err := l.Compare(t.Context(), d, 5)
	require.NoError(t, err)
	require.Equal(t, []library.State{library.Different, library.Missing}, []library.State{copies[0].State, copies[1].State})
}

func TestCopiesAreCompared_L6(t *testing.T) {
	folder := t.TempDir()
	l := two(t, folder)
	whole, damaged, cut, lost, foreign := put(t, l, "", "whole"), put(t, l, "", "damaged"), put(t, l, "", "cut"), put(t, l, "", "lost"), put(t, l, "archive", "foreign")
	put(t, l, "archive", "whole")
	require.NoError(t, os.WriteFile(file(folder, "main", damaged), []byte("Damaged"), 0o600))
	require.NoError(t, os.WriteFile(file(folder, "main", cut), []byte("c"), 0o600))
	require.NoError(t, os.Remove(file(folder, "main", lost)))
	items := []library.Item{
		{Key: "whole", Digest: whole, Size: 5, Locations: []string{"main", "archive"}},
		{Key: "damaged", Digest: damaged, Size: 7, Locations: []string{"main"}},
		{Key: "cut", Digest: cut, Size: 3},
		{Key: "lost", Digest: lost, Size: 4, Locations: []string{"main"}},
		{Key: "lost everywhere", Digest: lost, Size: 4},
		{Key: "foreign", Digest: foreign, Size: 7, Locations: []string{"archive", "moon"}},
	}
	found := map[string]library.State{}
	done, err := l.Check(t.Context(), each(items), func(f library.Finding) { found[f.Key+" at "+f.Location] = f.State })
	require.NoError(t, err)
	require.Equal(t, library.Checked{Items: 6, Copies: 3, Bytes: 17}, done)
	require.Equal(t, map[string]library.State{
		"damaged at main": library.Different, "cut at main": library.Different, "cut at ": library.Missing,
		"lost at main": library.Missing, "lost everywhere at ": library.Missing, "foreign at moon": library.Missing,
	}, found)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = l.Check(ctx, each(items), func(library.Finding) {})
	require.ErrorIs(t, err, context.Canceled)
	broken := errors.New("the store is away")
	_, err = l.Check(t.Context(), func(yield func(library.Item, error) bool) { yield(library.Item{}, broken) }, nil)
	require.ErrorIs(t, err, broken)
}

func each(items []library.Item) iter.Seq2[library.Item, error] {
	return func(yield func(library.Item, error) bool) {
		for i := range slices.Values(items) {
			if !yield(i, nil) {
				return
			}
		}
	}
}

func TestAFileIsCopiedToAnObjectStore(t *testing.T) {
	l, err := library.Open(t.Context(), []library.Location{{Name: "far", URL: "mem://"}}, map[string]library.Opener{
		"mem": func(context.Context, string) (*blob.Store, error) {
			return blob.NewStore(memblob.OpenBucket(nil), nil), nil
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	name := filepath.Join(t.TempDir(), "upload")
	require.NoError(t, os.WriteFile(name, []byte("a kit"), 0o600))
	d := digest.Of([]byte("a cat"))
	require.ErrorAs(t, l.Take(t.Context(), "", name, d, 5), new(*digest.MismatchError), "what is copied is hashed again")
	require.FileExists(t, name)
	d = digest.Of([]byte("a kit"))
	require.NoError(t, l.Take(t.Context(), "", name, d, 5))
	require.NoFileExists(t, name)
	copies, err := l.Compare(t.Context(), d, 5)
	require.NoError(t, err)
	require.Equal(t, []library.Copy{{Location: "far", State: library.Equal}}, copies)
	var listed []blob.Info
	for c, err := range l.Contents(t.Context(), "far") {
		require.NoError(t, err)
		listed = append(listed, c)
	}
	require.Equal(t, []blob.Info{{Digest: d, Size: 5}}, listed)
	for _, err := range l.Contents(t.Context(), "moon") {
		require.ErrorContains(t, err, "there are far")
	}
}

func TestAFileIsMovedIntoAFolder(t *testing.T) {
	folder := t.TempDir()
	l := two(t, folder)
	name := filepath.Join(folder, "upload")
	require.NoError(t, os.WriteFile(name, []byte("a kit"), 0o600))
	d := digest.Of([]byte("a kit"))
	require.NoError(t, l.Take(t.Context(), "archive", name, d, 5))
	require.NoFileExists(t, name)
	copies, err := l.Compare(t.Context(), d, 5)
	require.NoError(t, err)
	require.Equal(t, library.Equal, copies[1].State)
	require.ErrorIs(t, l.Take(t.Context(), "archive", name, d, 5), os.ErrNotExist)
}
