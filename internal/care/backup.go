package care

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"releasegraph/internal/durable"
	"releasegraph/internal/store"
	"releasegraph/internal/store/dump"
)

// partSuffix names a backup until it is complete.
const partSuffix = ".part"

// Taken tells what a backup holds.
type Taken struct {
	Revision store.Revision `json:"revision"`
	Bytes    int64          `json:"bytes"`
	Logical  bool           `json:"logical"`
	dump.End
}

// Dump writes the store's logical stream.
func Dump(ctx context.Context, s store.Store, w io.Writer, h dump.Header, progress dump.Progress) (Taken, error) {
	counted := &counter{w: w}
	out := bufio.NewWriterSize(counted, 1<<18)
	end, err := dump.Write(ctx, s, out, h, progress)
	if err = errors.Join(err, out.Flush()); errors.Is(err, store.ErrCompacted) {
		err = fmt.Errorf("the log was compacted while the backup ran; run it again: %w", err)
	}
	return Taken{Revision: end.Revision, Bytes: counted.n, Logical: true, End: end}, err
}

type counter struct {
	w io.Writer
	n int64
}

// Write counts what is written.
func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// BackupFile writes a backup into a file, which is complete or not there: it is
// written under another name, brought to the disk, and renamed. An earlier
// backup of the name stays until then.
func BackupFile(path string, write func(part string) (Taken, error)) (taken Taken, err error) {
	part := path + partSuffix
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return taken, err
	}
	defer func() {
		if err != nil {
			for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
				_ = os.Remove(part + suffix) // what is left harms nobody: the next backup removes it
			}
		}
	}()
	if taken, err = write(part); err != nil {
		return taken, err
	}
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return taken, err
	}
	info, err := f.Stat()
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return taken, err
	}
	taken.Bytes = info.Size()
	if err := os.Rename(part, path); err != nil {
		return taken, err
	}
	return taken, durable.Names(path)
}

// DumpFile writes the logical stream into a new file.
func DumpFile(ctx context.Context, s store.Store, path string, h dump.Header, progress dump.Progress) (Taken, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Taken{}, err
	}
	taken, err := Dump(ctx, s, f, h, progress)
	return taken, errors.Join(err, f.Close())
}

// Form is how a backup is kept.
type Form uint8

// The forms of a backup.
const (
	Foreign Form = iota
	Stream       // the logical stream
	SQLite       // a copy of an SQLite store's file
)

// FormOf looks at the beginning of a file.
func FormOf(path string) (Form, error) {
	f, err := os.Open(path)
	if err != nil {
		return Foreign, err
	}
	defer f.Close()
	magic := make([]byte, 16)
	n, err := io.ReadFull(f, magic)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Foreign, err
	}
	switch text := string(magic[:n]); {
	case n == 0:
		return Foreign, errors.New("the file is empty")
	case text == "SQLite format 3\x00":
		return SQLite, nil
	case n >= 4 && text[:4] == "\x28\xb5\x2f\xfd":
		return Stream, nil
	}
	return Foreign, dump.ErrForeign
}

// CheckStream reads a logical stream from its beginning to its end, and says
// what is wrong with it.
func CheckStream(path string, d *store.Declared) (dump.Header, dump.End, error) {
	f, err := os.Open(path)
	if err != nil {
		return dump.Header{}, dump.End{}, err
	}
	defer f.Close()
	return dump.Check(f, d)
}

// WithStream hands over what a logical stream, which was checked, holds.
func WithStream(path string, end dump.End, progress dump.Progress, use func(store.Restoration) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := dump.NewReader(f)
	if err != nil {
		return err
	}
	defer in.Close()
	return use(in.Restoration(end, progress))
}
