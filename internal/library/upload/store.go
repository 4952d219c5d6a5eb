// Package upload keeps uploads that may be resumed until they are whole: each as
// a file of what came and a file that tells of it. It is tusd's store of data,
// which beside its own one hashes what comes, syncs it, and outlives power cuts.
package upload

import (
	"context"
	"crypto/sha256"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/tus/tusd/v2/pkg/handler"

	"releasegraph/internal/digest"
)

// ErrNotFound says that there is no such upload.
var ErrNotFound = errors.New("there is no such upload; it may have been finished or forgotten")

// Store keeps uploads in a folder.
type Store struct {
	folder string
	failed func(error)
}

var (
	_ handler.DataStore           = (*Store)(nil)
	_ handler.TerminaterDataStore = (*Store)(nil)
)

// NewStore returns a store in a folder, which it makes when it is not there.
// Failed is told what clients are not: why a disk refused.
func NewStore(folder string, failed func(error)) (*Store, error) {
	return &Store{folder, failed}, os.MkdirAll(folder, 0o750)
}

// Upload is what is known of an upload.
type Upload struct {
	ID    string
	Key   string // of the item
	Owner string
	Size  int64
	// Digest is what the content is to have.
	Digest   digest.SHA256
	Location string
	// Kept says that all came and was kept in the library: the file is gone.
	Kept bool

	// Sum is the state of the hash over the first Hashed bytes.
	Sum    []byte
	Hashed int64

	store *Store
}

// NewID returns the id of an upload: the same for the same owner who puts the
// same, so that they find it again whatever they remember.
func NewID(owner, key, location string, d digest.SHA256, size int64) string {
	text, _ := json.Marshal([]any{owner, key, location, d, size}) // of texts and numbers: it cannot fail
	return digest.Of(text).String()[:32]
}

var ids = regexp.MustCompile(`^[0-9a-f]{32}$`)

const (
	dataSuffix, noteSuffix, halfSuffix = ".part", ".json", ".tmp"
	piece                              = 256 << 10
)

func (s *Store) data(id string) string { return filepath.Join(s.folder, id+dataSuffix) }
func (s *Store) note(id string) string { return filepath.Join(s.folder, id+noteSuffix) }

// Begin begins an upload, or finds it again.
func (s *Store) Begin(u Upload) (*Upload, error) {
	known, err := s.Find(u.ID)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return known, err
	}
	f, err := os.OpenFile(s.data(u.ID), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o640)
	if err != nil {
		return nil, err
	}
	u.store = s
	return &u, errors.Join(f.Close(), u.save())
}

// Find returns an upload by its id.
func (s *Store) Find(id string) (*Upload, error) {
	if !ids.MatchString(id) {
		return nil, ErrNotFound
	}
	text, err := os.ReadFile(s.note(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	u := &Upload{store: s}
	if err := json.Unmarshal(text, u); err != nil {
		return nil, fmt.Errorf("the upload %s cannot be read: %w", id, err)
	}
	return u, nil
}

// Each calls a function with each upload.
func (s *Store) Each(do func(*Upload) error) error {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name(), noteSuffix)
		if !ok {
			continue
		}
		u, err := s.Find(id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err == nil {
			err = do(u)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Sweep forgets the uploads of which nothing came since a moment, and returns
// them.
func (s *Store) Sweep(before time.Time) ([]*Upload, error) {
	var swept []*Upload
	err := s.Each(func(u *Upload) error {
		old, err := u.unusedSince(before)
		if err != nil || !old {
			return err
		}
		swept = append(swept, u)
		return u.Remove()
	})
	return swept, errors.Join(err, s.sweepRest(before))
}

// sweepRest removes the files that a process left which was killed between two
// steps.
func (s *Store) sweepRest(before time.Time) error {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		id, data := strings.CutSuffix(e.Name(), dataSuffix)
		half := strings.HasSuffix(e.Name(), halfSuffix)
		info, err := e.Info()
		if !data && !half || err != nil || !info.ModTime().Before(before) {
			continue
		}
		if _, err := s.Find(id); half || errors.Is(err, ErrNotFound) {
			if err := gone(os.Remove(filepath.Join(s.folder, e.Name()))); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u *Upload) unusedSince(moment time.Time) (bool, error) {
	for _, name := range []string{u.store.data(u.ID), u.store.note(u.ID)} {
		info, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || !info.ModTime().Before(moment) {
			return false, err
		}
	}
	return true, nil
}

// save writes what is known of an upload, whole or not at all.
func (u *Upload) save() error {
	text, err := json.Marshal(u)
	if err != nil {
		return err
	}
	half := u.store.note(u.ID) + halfSuffix
	f, err := os.OpenFile(half, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(half, u.store.note(u.ID))
}

// Remove forgets an upload, and what came of it.
func (u *Upload) Remove() error {
	return errors.Join(gone(os.Remove(u.store.data(u.ID))), gone(os.Remove(u.store.note(u.ID))))
}

func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// File is where what came lies.
func (u *Upload) File() string { return u.store.data(u.ID) }

// Offset is how much came: all, when the file is gone, since it goes where it is
// kept.
func (u *Upload) Offset() (int64, error) {
	info, err := os.Stat(u.File())
	if u.Kept || errors.Is(err, fs.ErrNotExist) {
		return u.Size, nil
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Keep notes that the content is in the library, and takes away what came.
func (u *Upload) Keep() error {
	u.Kept, u.Sum, u.Hashed = true, nil, 0
	return errors.Join(u.save(), gone(os.Remove(u.File())))
}

// hash returns the hash over what came up to an offset. Only what came after it
// was last saved is read.
func (u *Upload) hash(ctx context.Context, f io.ReaderAt, offset int64) (hash.Hash, error) {
	h := sha256.New()
	from := u.Hashed
	if from > offset || (from > 0 && h.(encoding.BinaryUnmarshaler).UnmarshalBinary(u.Sum) != nil) {
		h, from = sha256.New(), 0 // the file is shorter than it was: a power cut
	}
	for from < offset {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		n, err := io.Copy(h, io.NewSectionReader(f, from, min(offset-from, 64<<20)))
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, io.ErrUnexpectedEOF
		}
		from += n
	}
	return h, nil
}

// Came returns the digest of what came.
func (u *Upload) Came(ctx context.Context) (digest.SHA256, error) {
	f, err := os.Open(u.File())
	if err != nil {
		return digest.SHA256{}, err
	}
	defer f.Close()
	offset, err := u.Offset()
	if err != nil {
		return digest.SHA256{}, err
	}
	h, err := u.hash(ctx, f, offset)
	if err != nil {
		return digest.SHA256{}, err
	}
	return digest.SHA256(h.Sum(nil)), nil
}

// append writes what comes behind what came, hashes and syncs it.
func (u *Upload) append(ctx context.Context, offset int64, from io.Reader) (written int64, err error) {
	f, err := os.OpenFile(u.File(), os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h, err := u.hash(ctx, f, offset)
	if err != nil {
		return 0, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return 0, err
	}
	to := &flushing{File: f}
	written, copyErr := io.CopyBuffer(io.MultiWriter(to, h), struct{ io.Reader }{from}, make([]byte, piece))
	// What was hashed must be on the disk before the hash is said to hold it.
	if err := f.Sync(); err != nil {
		return written, errors.Join(copyErr, err)
	}
	u.Sum, err = h.(encoding.BinaryMarshaler).MarshalBinary()
	u.Hashed = offset + written
	if copyErr != nil {
		u.Sum, u.Hashed = nil, 0 // the last piece may be in one and not in the other
	}
	return written, errors.Join(copyErr, err, u.save())
}
