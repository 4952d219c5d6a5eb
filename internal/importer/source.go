package importer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// stdinName stands for standard input among the files.
const stdinName = "-"

// source is a file that can be read again and again. Standard input and pipes
// are copied to a temporary file first.
type source struct {
	name string // as the user gave it
	path string // what is opened
	temp bool
	size int64 // bytes on disk, compressed as they are
}

// openSources makes all files readable. close must be called in any case.
func openSources(files []string, stdin io.Reader) ([]*source, error) {
	var list []*source
	seen := map[string]bool{}
	for _, file := range files {
		if seen[file] {
			closeSources(list)
			return nil, fmt.Errorf("%s is named twice", file)
		}
		seen[file] = true
		s, err := openSource(file, stdin)
		if err != nil {
			closeSources(list)
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

func closeSources(list []*source) {
	for _, s := range list {
		if s.temp {
			_ = os.Remove(s.path) // a leftover in the temporary directory harms nobody
		}
	}
}

func openSource(file string, stdin io.Reader) (*source, error) {
	if file == stdinName {
		if stdin == nil {
			return nil, errors.New("there is no standard input to read")
		}
		return spool("standard input", stdin)
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a directory, name the files in it", file)
	}
	if info.Mode().IsRegular() {
		return &source{name: file, path: file, size: info.Size()}, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return spool(file, f)
}

// spool copies what can be read only once.
func spool(name string, r io.Reader) (*source, error) {
	f, err := os.CreateTemp("", "releasegraph-import-*")
	if err != nil {
		return nil, fmt.Errorf("no room to keep %s while it is checked: %w", name, err)
	}
	size, err := io.Copy(f, r)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return nil, fmt.Errorf("copying %s to a temporary file: %w", name, err)
	}
	return &source{name: name, path: f.Name(), temp: true, size: size}, nil
}

// dir is where files that belong to this one are looked for.
func (s *source) dir() string {
	if s.temp {
		return "."
	}
	return filepath.Dir(s.path)
}

// base is the file's name without directory and compression suffix.
func (s *source) base() string {
	base := filepath.Base(s.name)
	switch ext := filepath.Ext(base); strings.ToLower(ext) {
	case ".gz", ".xz", ".zst":
		return strings.TrimSuffix(base, ext)
	}
	return base
}

// open starts reading from the beginning; read counts the bytes on disk.
func (s *source) open(read *atomic.Int64) (*bufio.Reader, io.Closer, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, nil, err
	}
	r, closer, err := decompress(&counter{r: f, n: read})
	if err != nil {
		_ = f.Close()
		return nil, nil, fmt.Errorf("%s: %w", s.name, err)
	}
	buffered := bufio.NewReaderSize(r, 1<<16)
	if bom, err := buffered.Peek(3); err == nil && bytes.Equal(bom, []byte("\xef\xbb\xbf")) {
		_, _ = buffered.Discard(3)
	}
	return buffered, closers{closer, f}, nil
}

// counter counts what is read.
type counter struct {
	r io.Reader
	n *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

type closers []io.Closer

// Close closes all.
func (list closers) Close() error {
	var errs []error
	for _, c := range list {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// decompress looks at the first bytes rather than at the name, so that
// compressed standard input is read as well.
func decompress(r io.Reader) (io.Reader, io.Closer, error) {
	buffered := bufio.NewReaderSize(r, 1<<16)
	magic, err := buffered.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(buffered)
		return z, z, err
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(buffered)
		if err != nil {
			return nil, nil, err
		}
		c := z.IOReadCloser()
		return c, c, nil
	case bytes.HasPrefix(magic, []byte("\xfd7zXZ\x00")):
		z, err := xz.NewReader(buffered)
		return z, io.NopCloser(nil), err
	}
	return buffered, io.NopCloser(nil), nil
}
