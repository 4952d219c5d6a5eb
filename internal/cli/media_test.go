package cli_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/99designs/gqlgen/graphql"

	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
	"releasegraph/internal/library"
	"releasegraph/internal/server"
)

// mediaItems are items that a test declares.
type mediaItems struct {
	mu       sync.Mutex
	declared map[string]digest.SHA256 // zero: whoever puts declares it
	stored   map[string]library.Stored
}

func (i *mediaItems) Receive(_ context.Context, o library.Offer) (library.Expected, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	d, ok := i.declared[o.Key]
	if !ok {
		return library.Expected{}, &domain.Error{Code: domain.NotFound, Field: "key", Message: "there is no media item " + o.Key}
	}
	if d.IsZero() {
		d = o.Digest
	}
	return library.Expected{Digest: d, Size: o.Size}, nil
}

func (i *mediaItems) Stored(_ context.Context, s library.Stored) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stored[s.Key] = s
	return nil
}

func (i *mediaItems) Send(_ context.Context, key string) (library.Held, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s, ok := i.stored[key]
	if !ok {
		return library.Held{}, &domain.Error{Code: domain.NotFound, Field: "key", Message: "nothing was put of " + key}
	}
	return library.Held{Digest: s.Digest, Size: s.Size, Name: key}, nil
}

// noGraph is a schema of nothing.
type noGraph struct{ graphql.ExecutableSchema }

func (noGraph) Schema() *ast.Schema {
	return gqlparser.MustLoadSchema(&ast.Source{Input: "type Query { x: String }"})
}

// mediaAt serves a library in a folder, and returns its address.
func mediaAt(t testing.TB, folder string, items library.Items) string {
	t.Helper()
	l, err := library.Open(t.Context(), []library.Location{{Name: "main", URL: filepath.Join(folder, "media")}}, nil)
	require.NoError(t, err)
	s, err := server.New(server.Config{}, "")
	require.NoError(t, err)
	listener, err := server.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- s.Serve(ctx, listener, func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: noGraph{}, Media: &server.Media{Library: l, Items: items, Uploads: filepath.Join(folder, "uploads")}}, nil
		})
	}()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
		require.NoError(t, l.Close())
	})
	url := "http://" + listener.Addr().String()
	require.Eventually(t, func() bool {
		answer, err := http.Get(url + "/readyz")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	}, 10*time.Second, 5*time.Millisecond)
	return url
}

// kit makes a file of random bytes.
func kit(t *testing.T, size int) (string, digest.SHA256) {
	t.Helper()
	text := make([]byte, size)
	_, _ = rand.Read(text)
	name := filepath.Join(t.TempDir(), "kit.tar")
	require.NoError(t, os.WriteFile(name, text, 0o600))
	return name, digest.Of(text)
}

// cutting passes connections on to a server, and cuts the first of them after so
// many bytes in either direction.
func cutting(t *testing.T, to string, cuts int, after int64) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	var mu sync.Mutex
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", strings.TrimPrefix(to, "http://"))
			if err != nil {
				in.Close()
				return
			}
			pass := func(to, from net.Conn) {
				n, _ := io.CopyN(to, from, after)
				mu.Lock()
				cut := n == after && cuts > 0
				if cut {
					cuts--
				}
				mu.Unlock()
				if !cut {
					_, _ = io.Copy(to, from)
				}
				to.Close()
				from.Close()
			}
			go pass(out, in)
			go pass(in, out)
		}
	}()
	return "http://" + l.Addr().String()
}

func TestAContentIsAddedAndGotBack(t *testing.T) {
	name, d := kit(t, 3<<20)
	items := &mediaItems{declared: map[string]digest.SHA256{"kit 1/2": d, "undeclared": {}, "other": {1}}, stored: map[string]library.Stored{}}
	url := mediaAt(t, t.TempDir(), items)
	call(t, "", "media", "add", "kit 1/2", name, "--url", url).wants(t, 0, "3145728 bytes are in the library", d.String())
	again := call(t, "", "media", "add", "kit 1/2", name, "--url", url, "--json")
	again.wants(t, 0)
	require.JSONEq(t, fmt.Sprintf(`{"key":"kit 1/2","sha256":"%s","size":3145728}`, d), again.out)
	call(t, "", "media", "add", "undeclared", name, "--url", url).wants(t, 0, d.String())
	require.Equal(t, d, items.stored["undeclared"].Digest)

	got := filepath.Join(t.TempDir(), "got.tar")
	call(t, "", "media", "get", "kit 1/2", got, "--url", url).wants(t, 0)
	same(t, name, got)
	require.NoFileExists(t, got+".part")
	out := call(t, "", "media", "get", "kit 1/2", "-", "--url", url)
	require.Equal(t, d, digest.Of([]byte(out.out)))

	call(t, "", "media", "add", "other", name, "--url", url).wants(t, 1, "not 0100")
	call(t, "", "media", "add", "kit 1/2", name, "--url", url, "--sha256", strings.Repeat("ab", 32)).wants(t, 1, "declares")
	call(t, "", "media", "add", "none", name, "--url", url).wants(t, 1, "no media item none")
	call(t, "", "media", "add", "kit 1/2", name, "--url", url, "--location", "moon").wants(t, 1, "there are main")
	call(t, "", "media", "get", "none", "-", "--url", url).wants(t, 1, "nothing was put")
	call(t, "", "media", "add", "kit 1/2", name, "--url", url, "--sha256", "x").wants(t, 2, "64 hexadecimal")
	call(t, "", "media", "add", "kit 1/2", name, "--url", "nowhere").wants(t, 2, "write the address of a server")
	call(t, "", "media", "add", "kit 1/2", name).wants(t, 2, "--url")
	call(t, "", "media", "add", "kit 1/2", filepath.Join(t.TempDir(), "absent"), "--url", url).wants(t, 2)
}

func same(t *testing.T, one, other string) {
	t.Helper()
	a, err := os.ReadFile(one)
	require.NoError(t, err)
	b, err := os.ReadFile(other)
	require.NoError(t, err)
	require.Equal(t, digest.Of(a), digest.Of(b))
}

func TestTransfersSurviveANetworkThatComesAndGoes(t *testing.T) {
	name, d := kit(t, 8<<20)
	items := &mediaItems{declared: map[string]digest.SHA256{"kit": d}, stored: map[string]library.Stored{}}
	url := mediaAt(t, t.TempDir(), items)
	call(t, "", "media", "add", "kit", name, "--url", cutting(t, url, 4, 1<<20)).wants(t, 0, d.String())
	got := filepath.Join(t.TempDir(), "got.tar")
	call(t, "", "media", "get", "kit", got, "--url", cutting(t, url, 4, 1<<20)).wants(t, 0)
	same(t, name, got)
	call(t, "", "media", "verify", "kit", "--url", cutting(t, url, 4, 1<<20)).wants(t, 0, "1 contents, 8388608 bytes: nothing is wrong")
}

func TestADownloadGoesOnWhereAnEarlierOneEnded(t *testing.T) {
	name, d := kit(t, 1<<20)
	items := &mediaItems{declared: map[string]digest.SHA256{"kit": d}, stored: map[string]library.Stored{}}
	url := mediaAt(t, t.TempDir(), items)
	call(t, "", "media", "add", "kit", name, "--url", url).wants(t, 0)
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	got := filepath.Join(t.TempDir(), "got.tar")
	for _, came := range []int{1, 500_000, 1 << 20} {
		require.NoError(t, os.WriteFile(got+".part", text[:came], 0o600))
		call(t, "", "media", "get", "kit", got, "--url", url).wants(t, 0)
		same(t, name, got)
	}
	wrong := append([]byte("x"), text[1:1000]...)
	require.NoError(t, os.WriteFile(got+".part", wrong, 0o600))
	call(t, "", "media", "get", "kit", got+"2", "--url", url).wants(t, 0)
	require.NoError(t, os.WriteFile(got+".part", wrong, 0o600))
	call(t, "", "media", "get", "kit", got, "--url", url).wants(t, 1, "thrown away")
	require.NoFileExists(t, got+".part")
	require.NoError(t, os.WriteFile(got+".part", append(text, 'x'), 0o600))
	call(t, "", "media", "get", "kit", got, "--url", url).wants(t, 1, "begin again")
}

func TestADownloadThatIsNotWhatItSaysIsRefused_L2(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Repr-Digest", digest.Of([]byte("a kit")).Header())
		_, _ = io.WriteString(w, "a cat")
	}))
	t.Cleanup(s.Close)
	got := filepath.Join(t.TempDir(), "kit")
	call(t, "", "media", "get", "kit", got, "--url", s.URL).wants(t, 1, "as declared", "thrown away")
	require.NoFileExists(t, got)
	require.NoFileExists(t, got+".part")
	call(t, "", "media", "verify", "kit", "--url", s.URL).wants(t, 1, "as declared", "1 are not what they were")
}

func TestALibraryIsVerified_L6(t *testing.T) {
	name, d := kit(t, 1<<20)
	folder := t.TempDir()
	items := &mediaItems{declared: map[string]digest.SHA256{"kit": d}, stored: map[string]library.Stored{}}
	call(t, "", "media", "add", "kit", name, "--url", mediaAt(t, folder, items)).wants(t, 0)
	media := filepath.Join(folder, "media")
	call(t, "", "media", "verify", "--media", media).wants(t, 0, "1 contents, 1048576 bytes: nothing is wrong")
	file := filepath.Join(media, "sha256", d.String()[:2], d.String())
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	text[500_000] ^= 1
	require.NoError(t, os.WriteFile(file, text, 0o600))
	locations := filepath.Join(folder, "locations.yaml")
	require.NoError(t, os.WriteFile(locations, fmt.Appendf(nil, "locations:\n  - name: paris\n    url: %s\n    writers: [CONFIGURATION_MANAGER]\n  - name: lyon\n    url: %s\n", media, filepath.Join(folder, "lyon")), 0o600))
	found := call(t, "", "media", "verify", "--media-locations", locations, "--json")
	found.wants(t, 1, "not all contents")
	var told struct {
		Contents int
		Findings []struct{ Subject, Location, Problem string }
	}
	require.NoError(t, json.Unmarshal([]byte(found.out), &told))
	require.Equal(t, 1, told.Contents)
	require.Equal(t, d.String(), told.Findings[0].Subject)
	require.Equal(t, "paris", told.Findings[0].Location)

	call(t, "", "media", "verify").wants(t, 2, "--media")
	call(t, "", "media", "verify", "kit", "--media", media).wants(t, 2, "--url")
	call(t, "", "media", "verify", "--url", "http://x").wants(t, 2, "name the items")
	call(t, "", "media", "verify", "--media", media, "--media-locations", locations).wants(t, 2, "not both")
	require.NoError(t, os.WriteFile(locations, []byte("locations:\n  - name: a\n    path: /x\n"), 0o600))
	call(t, "", "media", "verify", "--media-locations", locations).wants(t, 1, "path")
}
