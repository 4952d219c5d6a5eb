package reference_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/registry/remote"

	"releasegraph/internal/digest"
	"releasegraph/internal/reference"
)

func parse(t *testing.T, text string) reference.Reference {
	t.Helper()
	r, err := reference.Parse(text)
	require.NoError(t, err)
	return r
}

func TestAFileIsPinnedAndCheckedWhenItIsRead_L1(t *testing.T) {
	folder := t.TempDir()
	kits := filepath.Join(folder, "kits")
	require.NoError(t, os.Mkdir(kits, 0o700))
	name := filepath.Join(kits, "kit.tar")
	require.NoError(t, os.WriteFile(name, []byte("a kit"), 0o600))
	r := &reference.Resolver{Folders: []string{kits}}
	found, err := r.Resolve(t.Context(), parse(t, "file://"+name))
	require.NoError(t, err)
	require.Equal(t, reference.Found{Reference: reference.Reference{Scheme: reference.File, Name: name, Digest: sum}, Size: 5}, found)
	require.Equal(t, "a kit", read(t, r, found.Reference))

	require.NoError(t, os.WriteFile(name, []byte("a cat"), 0o600))
	_, err = r.Resolve(t.Context(), found.Reference)
	require.ErrorAs(t, err, new(*digest.MismatchError))
	c, _, err := r.Open(t.Context(), found.Reference)
	require.NoError(t, err)
	defer c.Close()
	_, err = io.ReadAll(c)
	require.ErrorAs(t, err, new(*digest.MismatchError))
	_, _, err = r.Open(t.Context(), parse(t, "file://"+name))
	require.ErrorContains(t, err, "pinned")
}

func read(t *testing.T, r *reference.Resolver, ref reference.Reference) string {
	t.Helper()
	c, size, err := r.Open(t.Context(), ref)
	require.NoError(t, err)
	defer c.Close()
	text, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Len(t, text, int(size))
	return string(text)
}

func TestFilesOutsideTheAllowedFoldersAreNotRead_L1(t *testing.T) {
	folder := t.TempDir()
	kits := filepath.Join(folder, "kits")
	require.NoError(t, os.Mkdir(kits, 0o700))
	secret := filepath.Join(folder, "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o600))
	require.NoError(t, os.Symlink(secret, filepath.Join(kits, "link")))
	require.NoError(t, os.Symlink("..", filepath.Join(kits, "up")))
	require.NoError(t, os.Mkdir(filepath.Join(kits, "folder"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(kits, "empty"), nil, 0o600))
	r := &reference.Resolver{Folders: []string{kits}}
	for _, name := range []string{secret, kits + "s/kit", filepath.Join(kits, "link"), filepath.Join(kits, "up", "secret"), "/etc/passwd"} {
		_, err := r.Resolve(t.Context(), parse(t, "file://"+name))
		require.ErrorIs(t, err, reference.ErrNotAllowed, name)
		require.NotContains(t, err.Error(), "secret\n")
	}
	_, err := r.Resolve(t.Context(), parse(t, "file://"+filepath.Join(kits, "absent")))
	require.ErrorIs(t, err, reference.ErrNotFound)
	_, err = r.Resolve(t.Context(), parse(t, "file://"+filepath.Join(kits, "folder")))
	require.ErrorContains(t, err, "is no file")
	_, err = r.Resolve(t.Context(), parse(t, "file://"+filepath.Join(kits, "empty")))
	require.ErrorContains(t, err, "empty")
	nothing := &reference.Resolver{}
	for _, text := range []string{"file://" + secret, "s3://bucket/key", "oci://registry.example/shop:1"} {
		_, err := nothing.Resolve(t.Context(), parse(t, text))
		require.ErrorIs(t, err, reference.ErrNotAllowed, text)
	}
}

func TestAnObjectIsPinned_L1(t *testing.T) {
	r := &reference.Resolver{Buckets: map[string]reference.OpenObject{"kits": func(_ context.Context, key string) (io.ReadCloser, int64, error) {
		text := "a kit"
		if key == "cut" {
			text = "a k"
		}
		return io.NopCloser(strings.NewReader(text)), 5, nil
	}}}
	found, err := r.Resolve(t.Context(), parse(t, "s3://kits/shop/kit"))
	require.NoError(t, err)
	require.Equal(t, "s3://kits/shop/kit#sha256="+sum.String(), found.Reference.String())
	require.Equal(t, "a kit", read(t, r, found.Reference))
	_, err = r.Resolve(t.Context(), parse(t, "s3://kits/cut"))
	require.ErrorAs(t, err, new(*digest.SizeError))
	_, err = r.Resolve(t.Context(), parse(t, "s3://other/kit"))
	require.ErrorIs(t, err, reference.ErrNotAllowed)
}

// registryOf serves a registry, whose blobs a test may change or lose.
type registryOf struct {
	host   string
	change func(path string, body []byte) []byte // nil: lost
}

func newRegistry(t *testing.T) *registryOf {
	t.Helper()
	is := &registryOf{}
	real := registry.New()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if is.change == nil || r.Method != http.MethodGet {
			real.ServeHTTP(w, r)
			return
		}
		recorded := httptest.NewRecorder()
		real.ServeHTTP(recorded, r)
		body := is.change(r.URL.Path, recorded.Body.Bytes())
		if body == nil {
			http.NotFound(w, r)
			return
		}
		for name, values := range recorded.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorded.Code)
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	is.host = strings.TrimPrefix(s.URL, "http://")
	return is
}

func (is *registryOf) resolver() *reference.Resolver {
	return &reference.Resolver{Registries: []string{is.host}, Plain: []string{is.host}}
}

// push makes an artifact of files under a tag, and returns its manifest.
func (is *registryOf) push(t *testing.T, repository, tag string, files ...string) ocispec.Descriptor {
	t.Helper()
	to, err := remote.NewRepository(is.host + "/" + repository)
	require.NoError(t, err)
	to.PlainHTTP = true
	var layers []ocispec.Descriptor
	for _, text := range files {
		d := content.NewDescriptorFromBytes("application/x-tar", []byte(text))
		require.NoError(t, to.Push(t.Context(), d, bytes.NewReader([]byte(text))))
		layers = append(layers, d)
	}
	d, err := oras.PackManifest(t.Context(), to, oras.PackManifestVersion1_1, "application/vnd.example.kit", oras.PackManifestOptions{Layers: layers})
	require.NoError(t, err)
	require.NoError(t, to.Tag(t.Context(), d, tag))
	return d
}

func TestAnArtifactOfARegistryIsPinned_L1(t *testing.T) {
	is := newRegistry(t)
	r := is.resolver()
	manifest := is.push(t, "shop/kit", "2.0.0", "a kit")
	found, err := r.Resolve(t.Context(), parse(t, "oci://"+is.host+"/shop/kit:2.0.0"))
	require.NoError(t, err)
	require.Equal(t, "oci://"+is.host+"/shop/kit@"+manifest.Digest.String(), found.Reference.String())
	require.Equal(t, manifest.Size+5+2, found.Size, "the manifest, the kit, and the empty configuration")
	require.Equal(t, "a kit", read(t, r, found.Reference))

	is.push(t, "shop/kit", "2.0.0", "another kit")
	again, err := r.Resolve(t.Context(), found.Reference)
	require.NoError(t, err)
	require.Equal(t, found, again, "the tag moved on, and what was pinned did not")

	is.push(t, "shop/kit", "several", "one", "two")
	several, err := r.Resolve(t.Context(), parse(t, "oci://"+is.host+"/shop/kit:several"))
	require.NoError(t, err)
	_, _, err = r.Open(t.Context(), several.Reference)
	require.ErrorIs(t, err, reference.ErrSeveral)
	_, err = r.Resolve(t.Context(), parse(t, "oci://"+is.host+"/shop/kit:absent"))
	require.ErrorIs(t, err, reference.ErrNotFound)
	_, err = r.Resolve(t.Context(), parse(t, "oci://"+is.host+"/shop/kit@sha256:"+sum.String()))
	require.ErrorIs(t, err, reference.ErrNotFound)
	_, err = r.Resolve(t.Context(), parse(t, "oci://127.0.0.1:1/shop/kit:1"))
	require.ErrorIs(t, err, reference.ErrNotAllowed)
	require.ErrorContains(t, err, is.host)
}

func TestAnArtifactThatIsNotWhatItWasIsRefused_L2(t *testing.T) {
	is := newRegistry(t)
	r := is.resolver()
	manifest := is.push(t, "shop/kit", "2.0.0", "a kit")
	found, err := r.Resolve(t.Context(), parse(t, "oci://"+is.host+"/shop/kit:2.0.0"))
	require.NoError(t, err)
	blob := "/v2/shop/kit/blobs/sha256:" + sum.String()
	for name, change := range map[string]func(string, []byte) []byte{
		"a byte of the kit": func(path string, body []byte) []byte {
			if path == blob {
				return []byte("a cat")
			}
			return body
		},
		"the kit is lost": func(path string, body []byte) []byte {
			if path == blob {
				return nil
			}
			return body
		},
		"a byte of the manifest": func(path string, body []byte) []byte {
			if strings.HasSuffix(path, manifest.Digest.String()) {
				return bytes.Replace(body, []byte("vnd.example.kit"), []byte("vnd.example.cat"), 1)
			}
			return body
		},
	} {
		is.change = change
		_, err := r.Resolve(t.Context(), found.Reference)
		require.Error(t, err, name)
		if name == "a byte of the kit" {
			require.ErrorAs(t, err, new(*digest.MismatchError))
		}
		if c, _, err := r.Open(t.Context(), found.Reference); err == nil {
			_, err = io.ReadAll(c)
			require.Error(t, err, name)
			c.Close()
		}
	}
	is.change = nil
	_, err = r.Resolve(t.Context(), found.Reference)
	require.NoError(t, err)
}
