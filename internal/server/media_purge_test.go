package server_test

import (
	"context"
	"net/http"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/digest"
	"releasegraph/internal/library"
	"releasegraph/internal/server"
)

// purging are items of which a sweep looks for what to discard at the worst
// moment: when a content is there, and its item does not say so yet.
type purging struct {
	*items
	library *library.Library
	swept   int
}

func (p *purging) Stored(ctx context.Context, s library.Stored) error {
	gone, err := p.library.Discard(ctx, s.Digest, time.Now().Add(time.Hour), func(context.Context, digest.SHA256) (bool, error) { return false, nil })
	if err == nil && !gone {
		p.swept++
		err = p.items.Stored(ctx, s)
	}
	return err
}

func TestAContentIsHeldFromItsFirstByteUntilItIsRecorded_L5(t *testing.T) {
	folder := t.TempDir()
	l, err := library.Open(t.Context(), []library.Location{{Name: "main", URL: filepath.Join(folder, "main")}}, nil)
	require.NoError(t, err)
	kept := &purging{items: &items{declared: map[string]library.Expected{}, stored: map[string]library.Stored{}}, library: l}
	m := &mediaServer{items: kept.items, library: l, folder: folder}
	m.running = start(t, server.Config{}, func(f *fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: f, Media: &server.Media{Library: l, Items: kept, Uploads: filepath.Join(folder, "uploads")}}, nil
		}
	})
	m.awaitReady()
	text := randomBytes(1000)
	m.items.declare("kit", text)
	m.do(http.MethodPut, "/media/kit", string(text), nil).wants(t, http.StatusCreated)
	m.get("/media/kit").wants(t, http.StatusOK)

	other := randomBytes(1000)
	m.items.declare("resumed", other)
	begun := m.begin("resumed", len(other), nil)
	m.patch(begun.header.Get("Location"), 0, other, nil).wants(t, http.StatusNoContent)
	m.get("/media/resumed").wants(t, http.StatusOK)
	require.Equal(t, 2, kept.swept)
	require.Equal(t, strconv.Itoa(len(other)), m.offset(begun.header.Get("Location")))

	gone, err := l.Discard(t.Context(), digest.Of(text), time.Now().Add(time.Hour), func(context.Context, digest.SHA256) (bool, error) { return false, nil })
	require.NoError(t, err)
	require.True(t, gone, "nothing holds it any more")
}
