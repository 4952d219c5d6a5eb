// Package reference finds contents that lie elsewhere than in the library: in a
// folder, at an object store, in a registry of OCI. What is named is pinned to
// its digest, and compared with it whenever it is read.
package reference

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"oras.land/oras-go/v2/registry"

	"releasegraph/internal/digest"
)

// Scheme says what kind of place a content lies at.
type Scheme string

// The schemes.
const (
	File Scheme = "file"
	S3   Scheme = "s3"
	OCI  Scheme = "oci"
)

// Reference names a content that lies elsewhere.
type Reference struct {
	Scheme Scheme
	// Place is the bucket, or the registry and the repository; empty of a file.
	Place string
	// Name is the path of a file, the key of an object, or a tag of a repository.
	Name string
	// Digest pins the content; zero: it is whatever lies there. In a registry it is
	// that of the manifest.
	Digest digest.SHA256
}

// maxReference is the longest reference in bytes.
const maxReference = 2_048

// pin begins the part of a file's or an object's reference that pins it.
const pin = "sha256="

// Parse reads file:///folder/kit.tar, s3://bucket/kit.tar, both with a digest
// where they are pinned (#sha256=…), and oci://registry/repository:tag or
// oci://registry/repository@sha256:….
func Parse(text string) (Reference, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	switch {
	case len(text) > maxReference:
		return Reference{}, fmt.Errorf("a reference has %d bytes at most", maxReference)
	case ok && Scheme(scheme) == OCI:
		return parseOCI(rest)
	case ok && (Scheme(scheme) == File || Scheme(scheme) == S3):
		return parsePath(Scheme(scheme), text)
	}
	return Reference{}, errors.New("write file:///PATH, s3://BUCKET/KEY, oci://REGISTRY/REPOSITORY:TAG or oci://REGISTRY/REPOSITORY@sha256:DIGEST")
}

// parsePath reads what names a file or an object.
func parsePath(scheme Scheme, text string) (Reference, error) {
	u, err := url.Parse(text)
	if err != nil {
		return Reference{}, fmt.Errorf("it is no URL: %w", err)
	}
	r := Reference{Scheme: scheme, Place: u.Host, Name: u.Path}
	switch {
	case u.User != nil:
		return Reference{}, errors.New("credentials are not part of a reference")
	case u.RawQuery != "" || u.ForceQuery:
		return Reference{}, errors.New("how a place is reached is not part of a reference: leave the query out")
	case scheme == File && u.Host != "":
		return Reference{}, errors.New("a file has no host: write file:///PATH, with three slashes")
	case scheme == S3 && u.Host == "":
		return Reference{}, errors.New("name the bucket: s3://BUCKET/KEY")
	}
	if err := checkName(u.Path); err != nil {
		return Reference{}, err
	}
	if scheme == S3 {
		r.Name = strings.TrimPrefix(u.Path, "/")
	}
	if u.Fragment == "" {
		return r, nil
	}
	sum, ok := strings.CutPrefix(u.Fragment, pin)
	if !ok {
		return Reference{}, fmt.Errorf("behind # stands %sDIGEST", pin)
	}
	r.Digest, err = digest.Parse(sum)
	return r, err
}

// checkName refuses paths that could lead elsewhere than they seem to.
func checkName(name string) error {
	switch {
	case !strings.HasPrefix(name, "/") || name == "/":
		return errors.New("it names no file")
	case strings.ContainsAny(name, "\x00\\"):
		return errors.New("its path must not hold NUL or a backslash")
	case path.Clean(name) != name:
		return errors.New(`its path must be plain: no "..", no ".", no empty parts`)
	}
	return nil
}

func parseOCI(rest string) (Reference, error) {
	if !strings.Contains(rest, "/") {
		return Reference{}, errors.New("name the registry and the repository: oci://REGISTRY/REPOSITORY@sha256:DIGEST")
	}
	named, err := registry.ParseReference(rest)
	if err != nil {
		return Reference{}, fmt.Errorf("it names no artifact of a registry: %w", err)
	}
	r := Reference{Scheme: OCI, Place: named.Registry + "/" + named.Repository}
	if named.Reference == "" {
		return Reference{}, errors.New("name a tag or a digest")
	}
	algorithm, sum, isDigest := strings.Cut(named.Reference, ":")
	if !isDigest {
		r.Name = named.Reference // a tag
		return r, nil
	}
	if algorithm != "sha256" {
		return Reference{}, errors.New("only digests by SHA-256 are known")
	}
	r.Digest, err = digest.Parse(sum)
	return r, err
}

// Pinned reports whether the reference says which content it is.
func (r Reference) Pinned() bool { return !r.Digest.IsZero() }

// String writes the reference as Parse reads it.
func (r Reference) String() string {
	if r.Scheme == OCI {
		if r.Pinned() {
			return "oci://" + r.Place + "@sha256:" + r.Digest.String()
		}
		return "oci://" + r.Place + ":" + r.Name
	}
	u := url.URL{Scheme: string(r.Scheme), Host: r.Place, Path: "/" + strings.TrimPrefix(r.Name, "/")}
	if r.Pinned() {
		u.Fragment = pin + r.Digest.String()
	}
	return u.String()
}
