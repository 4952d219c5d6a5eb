package upload

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"

	"github.com/tus/tusd/v2/pkg/handler"
)

// notFound is ErrNotFound as tusd tells it.
var notFound = handler.NewError("ERR_UPLOAD_NOT_FOUND", ErrNotFound.Error(), http.StatusNotFound)

// failed is what clients are told of what a disk did.
var failed = handler.NewError("ERR_UPLOAD_FAILED", "the upload could not be kept; the server's log says why", http.StatusInternalServerError)

// told keeps the texts of errors of the system out of answers.
func (s *Store) told(err error) error {
	var known handler.Error
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, ErrNotFound):
		return notFound
	}
	s.failed(err)
	return failed
}

// NewUpload implements handler.DataStore: the upload was begun already, by whoever
// chose its id.
func (s *Store) NewUpload(ctx context.Context, info handler.FileInfo) (handler.Upload, error) {
	return s.GetUpload(ctx, info.ID)
}

// GetUpload implements handler.DataStore.
func (s *Store) GetUpload(_ context.Context, id string) (handler.Upload, error) {
	u, err := s.Find(id)
	if err != nil {
		return nil, s.told(err)
	}
	return tus{u}, nil
}

// AsTerminatableUpload implements handler.TerminaterDataStore.
func (s *Store) AsTerminatableUpload(u handler.Upload) handler.TerminatableUpload { return u.(tus) }

// tus is an upload as tusd sees it.
type tus struct{ *Upload }

// GetInfo implements handler.Upload.
func (t tus) GetInfo(context.Context) (handler.FileInfo, error) {
	offset, err := t.Offset()
	if err != nil {
		return handler.FileInfo{}, t.store.told(err)
	}
	return handler.FileInfo{ID: t.ID, Size: t.Size, Offset: offset, MetaData: handler.MetaData{"key": t.Key, "sha256": t.Digest.String()}}, nil
}

// WriteChunk implements handler.Upload.
func (t tus) WriteChunk(ctx context.Context, offset int64, from io.Reader) (int64, error) {
	n, err := t.append(ctx, offset, from)
	return n, t.store.told(err)
}

// GetReader implements handler.Upload.
func (t tus) GetReader(context.Context) (io.ReadCloser, error) {
	f, err := os.Open(t.File())
	return f, t.store.told(err)
}

// FinishUpload implements handler.Upload: what follows is done by who answers.
func (t tus) FinishUpload(context.Context) error { return nil }

// Terminate implements handler.TerminatableUpload.
func (t tus) Terminate(context.Context) error { return t.store.told(t.Remove()) }
