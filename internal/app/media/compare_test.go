package media_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

// damaged are the locations whose copies are wrong.
type damaged struct{ at []string }

func (d *damaged) Wrong(_ context.Context, m *domain.MediaItem) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(d.at), func(at string) bool { return !slices.Contains(m.Copies, at) }), nil
}

// What a comparison finds wrong is deployed from no more, until it is put again.
func TestNothingIsDeployedFromAWrongCopy_L2_L6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		carl := f.As("carl", domain.ConfigurationManager)
		compare := func() *domain.MediaItem {
			w, err := f.Media.CompareMediaItem(carl, domain.Verb{Ref: apptest.Key("kit")}, nil)
			require.NoError(t, err)
			return w.Record.(*domain.MediaItem)
		}
		f.Create(domain.KindMediaItem, "kit", apptest.Values{"productVersion": "1.0.0", "sha256": digest, "size": 4})
		_, err := f.Media.CompareMediaItem(carl, domain.Verb{Ref: apptest.Key("kit")}, nil)
		require.ErrorContains(t, err, "no media library")
		copies := &damaged{}
		f.Media.CompareBy(copies)
		_, err = f.Media.CompareMediaItem(carl, domain.Verb{Ref: apptest.Key("kit")}, nil)
		require.ErrorContains(t, err, "has no bytes")
		for _, at := range []string{"main", "archive"} {
			require.NoError(t, f.Media.Stored(carl, "kit", digest, 4, at))
		}
		head := f.Head()
		require.Empty(t, compare().WrongCopies)
		require.Equal(t, head, f.Head(), "nothing is noted where nothing is wrong")

		copies.at = []string{"main"}
		require.Equal(t, []string{"archive"}, compare().SoundCopies())
		sent, err := f.Media.Send(f.Ctx, "kit")
		require.NoError(t, err)
		require.Equal(t, []string{"archive"}, sent.SoundCopies())

		copies.at = []string{"main", "archive"}
		require.Equal(t, []string{"archive", "main"}, compare().WrongCopies)
		_, err = f.Media.Send(f.Ctx, "kit")
		require.ErrorContains(t, err, "no copy of kit")
		_, err = f.Media.AcceptMediaItem(f.As("cora", domain.ConfigurationManager), domain.Verb{Ref: apptest.Key("kit")}, nil)
		require.ErrorContains(t, err, "a copy that is as it was declared")

		require.NoError(t, f.Media.Stored(carl, "kit", digest, 4, "main"), "which mends it")
		_, err = f.Media.AcceptMediaItem(f.As("cora", domain.ConfigurationManager), domain.Verb{Ref: apptest.Key("kit")}, nil)
		require.NoError(t, err)
		_, err = f.Media.CompareMediaItem(f.As("vera", domain.Viewer), domain.Verb{Ref: apptest.Key("kit")}, nil)
		require.Error(t, err)
	})
}
