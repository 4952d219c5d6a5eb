package reference

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"oras.land/oras-go/v2/registry/remote"

	"releasegraph/internal/digest"
	"releasegraph/internal/store/blob"
)

// The errors. A content that is not the one that was pinned is an error of
// package digest.
var (
	ErrNotAllowed = errors.New("this place is none that references may lead to")
	ErrNotFound   = errors.New("there is nothing there")
	ErrSeveral    = errors.New("the artifact is not one file")
)

// OpenObject opens an object of a bucket, and tells its size.
type OpenObject func(ctx context.Context, key string) (content io.ReadCloser, size int64, err error)

// Resolver finds contents at the places that the operator allows, and at no
// others: what is named in a request must not make the server read its own files
// or call its neighbours.
type Resolver struct {
	// Folders are those whose files may be named.
	Folders []string
	// Buckets are those whose objects may be named, and how these are opened.
	Buckets map[string]OpenObject
	// Registries are those that may be asked, as they are written in references:
	// a host, and a port where there is one.
	Registries []string
	// Client asks registries, with their credentials; nil: without any.
	Client remote.Client
	// Plain lists the registries that are asked without TLS.
	Plain []string
}

// Found is a content that was found, and is pinned.
type Found struct {
	Reference Reference
	// Size is that of the file or object; in a registry of the manifest and all that
	// it lists.
	Size int64
}

// Resolve finds a content, reads all of it, and pins it. One that is pinned
// already has to be what it was.
func (r *Resolver) Resolve(ctx context.Context, ref Reference) (Found, error) {
	if ref.Scheme == OCI {
		return r.resolveOCI(ctx, ref)
	}
	from, size, err := r.open(ctx, ref)
	if err != nil {
		return Found{}, err
	}
	defer from.Close()
	h := sha256.New()
	n, err := io.Copy(h, heeding{ctx, from})
	if err != nil {
		return Found{}, err
	}
	if n != size {
		return Found{}, &digest.SizeError{Want: size, Got: n}
	}
	got := digest.SHA256(h.Sum(nil))
	if ref.Pinned() && got != ref.Digest {
		return Found{}, &digest.MismatchError{Want: ref.Digest, Got: got}
	}
	if size == 0 {
		return Found{}, errors.New("it is empty")
	}
	ref.Digest = got
	return Found{ref, size}, nil
}

// Open opens a content that is pinned. What is read ends with an error in place
// of io.EOF unless it is what it was.
func (r *Resolver) Open(ctx context.Context, ref Reference) (io.ReadCloser, int64, error) {
	if !ref.Pinned() {
		return nil, 0, errors.New("a content is read by a reference that is pinned")
	}
	if ref.Scheme == OCI {
		return r.openOCI(ctx, ref)
	}
	from, size, err := r.open(ctx, ref)
	if err != nil {
		return nil, 0, err
	}
	return checked{digest.NewReader(heeding{ctx, from}, ref.Digest, size), from}, size, nil
}

// checked closes what it reads.
type checked struct {
	io.Reader
	io.Closer
}

// heeding reads no further once its context has ended.
type heeding struct {
	ctx  context.Context
	from io.Reader
}

// Read implements io.Reader.
func (h heeding) Read(into []byte) (int, error) {
	if err := context.Cause(h.ctx); err != nil {
		return 0, err
	}
	return h.from.Read(into)
}

func (r *Resolver) open(ctx context.Context, ref Reference) (io.ReadCloser, int64, error) {
	if ref.Scheme == File {
		return r.openFile(ref.Name)
	}
	open := r.Buckets[ref.Place]
	if open == nil {
		return nil, 0, fmt.Errorf("%w: buckets that may be named are %s", ErrNotAllowed, listed(slices.Collect(maps.Keys(r.Buckets))))
	}
	from, size, err := open(ctx, ref.Name)
	if errors.Is(err, blob.ErrNotFound) {
		return nil, 0, fmt.Errorf("%w: %s", ErrNotFound, ref)
	}
	return from, size, err
}

// openFile opens a file of an allowed folder. Symbolic links lead nowhere else.
func (r *Resolver) openFile(name string) (io.ReadCloser, int64, error) {
	for _, folder := range r.Folders {
		inside, err := filepath.Rel(folder, filepath.FromSlash(name))
		if err != nil || !filepath.IsLocal(inside) {
			continue
		}
		f, err := os.OpenInRoot(folder, inside)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, 0, fmt.Errorf("%w: %s", ErrNotFound, name)
		}
		if err != nil {
			return nil, 0, fmt.Errorf("%w: %w", ErrNotAllowed, err)
		}
		info, err := f.Stat()
		if err == nil && !info.Mode().IsRegular() {
			err = fmt.Errorf("%s is no file", name)
		}
		if err != nil {
			return nil, 0, errors.Join(err, f.Close())
		}
		return f, info.Size(), nil
	}
	return nil, 0, fmt.Errorf("%w: files may be named below %s", ErrNotAllowed, listed(r.Folders))
}

func listed(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(slices.Sorted(slices.Values(list)), ", ")
}
