// Package blob keeps contents by their digest: in a folder, or in a bucket of an
// object store. A content is there whole or not at all, and only under its own
// digest.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	"releasegraph/internal/digest"
)

// The errors. Beside them, a content that is not as declared is a
// *digest.MismatchError or a *digest.SizeError.
var (
	ErrEmpty    = errors.New("an empty content cannot be kept")
	ErrNotFound = errors.New("there is no such content")
	ErrFull     = errors.New("there is no space left")
)

// Info is what is known of a content without reading it.
type Info struct {
	Digest digest.SHA256
	Size   int64
}

// Content is an opened content.
type Content interface {
	io.ReadSeekCloser
	// Size is that of the whole content.
	Size() int64
}

// Cutter ends uploads to an object store that were cut off.
type Cutter interface {
	// Cut ends the uploads of keys with a prefix that began before a moment, and
	// returns how many there were.
	Cut(ctx context.Context, prefix string, before time.Time) (int, error)
}

// Store keeps contents in one bucket.
type Store struct {
	bucket *blob.Bucket
	folder string // "" of a bucket that is no folder
	cutter Cutter // nil: what is cut off leaves nothing
}

// NewFolder returns a store in a folder, which it makes when it is not there.
func NewFolder(folder string) (*Store, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	// Temporary files stand beside the contents: a rename from another file
	// system would fail.
	bucket, err := fileblob.OpenBucket(folder, &fileblob.Options{
		CreateDir: true, DirFileMode: 0o750, NoTempDir: true, Metadata: fileblob.MetadataDontWrite,
	})
	if err != nil {
		return nil, err
	}
	return &Store{bucket: bucket, folder: folder}, nil
}

// NewStore returns a store in a bucket of an object store.
func NewStore(bucket *blob.Bucket, cutter Cutter) *Store {
	return &Store{bucket: bucket, cutter: cutter}
}

// Close ends the use of the store.
func (s *Store) Close() error { return s.bucket.Close() }

const (
	// root is the prefix of all keys.
	root = "sha256/"
	// part and parts bound the memory of one upload to an object store.
	part, parts = 8 << 20, 2
	// piece is how much is read and written at once.
	piece = 256 << 10
)

// Key is where a content lies in its bucket: sha256/ab/ab12….
func Key(d digest.SHA256) string {
	text := d.String()
	return root + text[:2] + "/" + text
}

// Put keeps a content, hashed while it streams. It comes into sight whole and
// synced to the disk, or not at all. What is kept already is written again, which
// mends it where it was damaged; of several who put the same at once, each is
// right.
func (s *Store) Put(ctx context.Context, from io.Reader, want digest.SHA256, size int64) error {
	if size < 1 {
		return ErrEmpty
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var file *os.File // nil of an object store
	w, err := s.bucket.NewWriter(ctx, Key(want), &blob.WriterOptions{
		ContentType: "application/octet-stream", BufferSize: part, MaxConcurrency: parts,
		BeforeWrite: func(as func(any) bool) error { as(&file); return nil },
	})
	if err != nil {
		return translated(err)
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{w}, &heeding{ctx, digest.NewReader(from, want, size)}, make([]byte, piece))
	if err == nil && file != nil {
		err = file.Sync()
	}
	if err != nil {
		cancel() // or Close would publish what came
		return translated(errors.Join(err, ignoreCancelled(w.Close())))
	}
	if err := w.Close(); err != nil {
		return translated(err)
	}
	return s.syncFolders(want)
}

// heeding reads no further once its context has ended.
type heeding struct {
	ctx  context.Context
	from io.Reader
}

// Read implements io.Reader.
func (h *heeding) Read(into []byte) (int, error) {
	if err := context.Cause(h.ctx); err != nil {
		return 0, err
	}
	return h.from.Read(into)
}

// ignoreCancelled drops what a writer says of the end that it was told of.
func ignoreCancelled(err error) error {
	if errors.Is(err, context.Canceled) || gcerrors.Code(err) == gcerrors.Canceled {
		return nil
	}
	return err
}

// Adopt moves a file into a store that is a folder of the same file system, and
// reports whether it could. Whoever calls it has hashed the file as it was
// written.
func (s *Store) Adopt(file string, d digest.SHA256) (bool, error) {
	if s.folder == "" {
		return false, nil
	}
	to := s.path(d)
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return false, translated(err)
	}
	if err := syncFile(file); err != nil {
		return false, translated(err)
	}
	switch err := os.Rename(file, to); {
	case errors.Is(err, syscall.EXDEV):
		return false, nil
	case err != nil:
		return false, translated(err)
	}
	return true, s.syncFolders(d)
}

// Open opens a content. It is not checked: what was damaged since reads as it is.
func (s *Store) Open(ctx context.Context, d digest.SHA256) (Content, error) {
	if s.folder != "" {
		return s.openFile(d)
	}
	r, err := s.bucket.NewReader(ctx, Key(d), nil)
	if err != nil {
		return nil, translated(err)
	}
	return r, nil
}

// file is a content of a folder.
type file struct {
	*os.File
	size int64
}

// Size implements Content.
func (f file) Size() int64 { return f.size }

func (s *Store) openFile(d digest.SHA256) (Content, error) {
	f, err := os.Open(s.path(d))
	if err != nil {
		return nil, translated(err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(translated(err), f.Close())
	}
	return file{f, info.Size()}, nil
}

// Stat tells of a content without reading it.
func (s *Store) Stat(ctx context.Context, d digest.SHA256) (Info, error) {
	a, err := s.bucket.Attributes(ctx, Key(d))
	if err != nil {
		return Info{}, translated(err)
	}
	return Info{Digest: d, Size: a.Size}, nil
}

// Written tells when a content was last written.
func (s *Store) Written(ctx context.Context, d digest.SHA256) (time.Time, error) {
	a, err := s.bucket.Attributes(ctx, Key(d))
	if err != nil {
		return time.Time{}, translated(err)
	}
	return a.ModTime, nil
}

// Has reports whether a content is there.
func (s *Store) Has(ctx context.Context, d digest.SHA256) (bool, error) {
	_, err := s.Stat(ctx, d)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Delete takes a content away. What is not there stays away.
func (s *Store) Delete(ctx context.Context, d digest.SHA256) error {
	err := translated(s.bucket.Delete(ctx, Key(d)))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return errors.Join(err, s.syncFolders(d))
}

// Verify reads a content and says whether it still is what it was: nil, an error
// of package digest, or why it cannot be read.
func (s *Store) Verify(ctx context.Context, d digest.SHA256) error {
	c, err := s.Open(ctx, d)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, &heeding{ctx, digest.NewReader(c, d, c.Size())}, make([]byte, piece))
	return translated(err)
}

// All lists what is kept, by digest.
func (s *Store) All(ctx context.Context) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if s.folder == "" {
			s.list(ctx, root, yield)
			return
		}
		// The driver walks a folder anew for each page of a list, so that short
		// lists are cheaper than a long one.
		for first := range 256 {
			if !s.list(ctx, fmt.Sprintf("%s%02x/", root, first), yield) {
				return
			}
		}
	}
}

func (s *Store) list(ctx context.Context, prefix string, yield func(Info, error) bool) bool {
	list := s.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := list.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			yield(Info{}, translated(err))
			return false
		}
		d, err := digest.Parse(path.Base(o.Key))
		if err != nil || Key(d) != o.Key {
			continue // a temporary file
		}
		if !yield(Info{Digest: d, Size: o.Size}, nil) {
			return false
		}
	}
}

// translated turns the errors of drivers into those of this package.
func translated(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", ErrFull, err)
	case errors.Is(err, os.ErrNotExist) || gcerrors.Code(err) == gcerrors.NotFound:
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return err
}

// path is where a content lies in the folder.
func (s *Store) path(d digest.SHA256) string {
	return filepath.Join(s.folder, filepath.FromSlash(Key(d)))
}

// temporary reports whether a file of a folder is one that was being written.
func temporary(name string) bool {
	return strings.HasSuffix(name, ".tmp")
}
