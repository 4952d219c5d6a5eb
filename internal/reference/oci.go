package reference

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	ocidigest "github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"

	"releasegraph/internal/digest"
)

// maxBlobs is how many blobs an artifact may have, and maxManifest how long one
// of its manifests may be.
const maxBlobs, maxManifest = 10_000, 4 << 20

// repository is the one that a reference names.
func (r *Resolver) repository(ref Reference) (*remote.Repository, error) {
	host, _, _ := strings.Cut(ref.Place, "/")
	if !slices.Contains(r.Registries, host) {
		return nil, fmt.Errorf("%w: registries that may be named are %s", ErrNotAllowed, listed(r.Registries))
	}
	repository, err := remote.NewRepository(ref.Place)
	if err != nil {
		return nil, err
	}
	repository.PlainHTTP = slices.Contains(r.Plain, host)
	if r.Client != nil {
		repository.Client = r.Client
	}
	return repository, nil
}

// find asks a registry for the manifest that a reference names.
func find(ctx context.Context, from *remote.Repository, ref Reference) (ocispec.Descriptor, error) {
	name := ref.Name
	if ref.Pinned() {
		name = "sha256:" + ref.Digest.String()
	}
	found, err := from.Resolve(ctx, name)
	switch {
	case errors.Is(err, errdef.ErrNotFound):
		return found, fmt.Errorf("%w: %s", ErrNotFound, ref)
	case err != nil:
		return found, err
	case found.Size > maxManifest:
		return found, fmt.Errorf("its manifest has %d bytes, and %d are the most", found.Size, maxManifest)
	}
	return found, nil
}

// resolveOCI reads a manifest and all that it lists, and pins the manifest.
func (r *Resolver) resolveOCI(ctx context.Context, ref Reference) (Found, error) {
	from, err := r.repository(ref)
	if err != nil {
		return Found{}, err
	}
	manifest, err := find(ctx, from, ref)
	if err != nil {
		return Found{}, err
	}
	sum, err := digestOf(manifest)
	if err != nil {
		return Found{}, err
	}
	w := walk{ctx: ctx, from: from, seen: map[ocidigest.Digest]bool{}}
	if err := w.node(manifest); err != nil {
		return Found{}, err
	}
	return Found{Reference{Scheme: OCI, Place: ref.Place, Digest: sum}, w.size}, nil
}

// walk reads an artifact: manifests, and what they list.
type walk struct {
	ctx  context.Context
	from *remote.Repository
	seen map[ocidigest.Digest]bool
	size int64
}

func (w *walk) node(d ocispec.Descriptor) error {
	if w.seen[d.Digest] {
		return nil
	}
	if w.seen[d.Digest] = true; len(w.seen) > maxBlobs {
		return fmt.Errorf("it has more than %d blobs", maxBlobs)
	}
	if err := w.check(d); err != nil {
		return err
	}
	w.size += d.Size
	if !manifests[d.MediaType] {
		return nil
	}
	children, err := content.Successors(w.ctx, limited{w.from}, d)
	if err != nil {
		return err
	}
	for _, c := range children {
		if err := w.node(c); err != nil {
			return err
		}
	}
	return nil
}

// manifests are the media types that list others.
var manifests = map[string]bool{
	ocispec.MediaTypeImageManifest: true, ocispec.MediaTypeImageIndex: true,
	"application/vnd.docker.distribution.manifest.v2+json": true, "application/vnd.docker.distribution.manifest.list.v2+json": true,
}

// check reads a blob, and compares it with its digest.
func (w *walk) check(d ocispec.Descriptor) error {
	from, err := w.from.Fetch(w.ctx, d)
	if errors.Is(err, errdef.ErrNotFound) {
		return fmt.Errorf("%w: the registry has lost %s", ErrNotFound, d.Digest)
	}
	if err != nil {
		return err
	}
	defer from.Close()
	sum, err := digestOf(d)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, digest.NewReader(heeding{w.ctx, from}, sum, d.Size)); err != nil {
		return fmt.Errorf("%s: %w", d.Digest, err)
	}
	return nil
}

// digestOf is the digest of a blob.
func digestOf(d ocispec.Descriptor) (digest.SHA256, error) {
	if err := d.Digest.Validate(); err != nil || d.Digest.Algorithm() != ocidigest.SHA256 {
		return digest.SHA256{}, fmt.Errorf("%q: only digests by SHA-256 are known", d.Digest)
	}
	return digest.Parse(d.Digest.Encoded())
}

// limited refuses manifests that are too long to be held.
type limited struct{ from *remote.Repository }

// Fetch implements content.Fetcher.
func (l limited) Fetch(ctx context.Context, d ocispec.Descriptor) (io.ReadCloser, error) {
	if d.Size > maxManifest {
		return nil, fmt.Errorf("a manifest has %d bytes, and %d are the most", d.Size, maxManifest)
	}
	return l.from.Fetch(ctx, d)
}

// openOCI opens the one file of an artifact.
func (r *Resolver) openOCI(ctx context.Context, ref Reference) (io.ReadCloser, int64, error) {
	from, err := r.repository(ref)
	if err != nil {
		return nil, 0, err
	}
	manifest, err := find(ctx, from, ref)
	if err != nil {
		return nil, 0, err
	}
	children, err := content.Successors(ctx, limited{from}, manifest)
	if err != nil {
		return nil, 0, err
	}
	files := slices.DeleteFunc(children, func(d ocispec.Descriptor) bool {
		return d.MediaType == ocispec.MediaTypeEmptyJSON || d.MediaType == ocispec.MediaTypeImageConfig
	})
	if len(files) != 1 || manifests[files[0].MediaType] {
		return nil, 0, fmt.Errorf("%w: it has %d", ErrSeveral, len(files))
	}
	sum, err := digestOf(files[0])
	if err != nil {
		return nil, 0, err
	}
	blob, err := from.Fetch(ctx, files[0])
	if err != nil {
		return nil, 0, err
	}
	return checked{digest.NewReader(heeding{ctx, blob}, sum, files[0].Size), blob}, files[0].Size, nil
}
