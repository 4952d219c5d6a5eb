package cli_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"

	"releasegraph/internal/cli"
	"releasegraph/internal/digest"
	"releasegraph/internal/entity"
	"releasegraph/internal/neo4jtest"
)

// TestMain lets a command start this program as a server.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		os.Exit(cli.Run(interrupted(), os.Args[1:], cli.System()))
	}
	neo4jtest.Main(m)
}

// interrupted is a context that an interrupt ends.
func interrupted() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	return ctx
}

// onStores runs a test with the flags of each kind of store, which is empty.
func onStores(t *testing.T, test func(*testing.T, []string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		test(t, []string{"--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")})
	})
	t.Run("neo4j", func(t *testing.T) {
		uri, user, password := neo4jtest.EmptiedOf(t, entity.Schema())
		t.Setenv("RELEASEGRAPH_STORE_PASSWORD", password)
		test(t, []string{"--store=" + uri, "--store-user=" + user})
	})
}

// mediaServer is a server with a library, as its clients see it.
type mediaServer struct {
	t     *testing.T
	url   string
	store []string
	media string
}

func serveMedia(t *testing.T, store []string, media string) *mediaServer {
	t.Helper()
	url, _ := serving(t, append([]string{"serve", "--topology=off", "--media=" + media}, store...)...)
	return &mediaServer{t, url, store, media}
}

// do sends a request as somebody, who manages configurations unless something else
// is said of them.
func (s *mediaServer) do(who, method, path, body string, header ...string) (int, string) {
	s.t.Helper()
	request, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	require.NoError(s.t, err)
	if !strings.Contains(who, ";") {
		who += "; roles=CONFIGURATION_MANAGER"
	}
	request.Header.Set("Releasegraph-Act-As", who)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(request)
	require.NoError(s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	return answer.StatusCode, string(text)
}

// ask answers a mutation of one item by its payload's item, or says why not.
func (s *mediaServer) ask(who, mutation string, input map[string]any) string {
	s.t.Helper()
	name := strings.ToUpper(mutation[:1]) + mutation[1:] + "Input"
	body, err := json.Marshal(map[string]any{
		"query":     fmt.Sprintf(`mutation ($input: %s!) { %s(input: $input) { mediaItem { status stored copies putBy { name } acceptedBy { name } signature { scheme signer valid reason signedAt } } } }`, name, mutation),
		"variables": map[string]any{"input": input},
	})
	require.NoError(s.t, err)
	_, text := s.do(who, http.MethodPost, "/graphql", string(body), "Content-Type", "application/json")
	return text
}

func (s *mediaServer) move(who, verb, key string, input ...any) string {
	s.t.Helper()
	in := map[string]any{"ref": map[string]any{"key": key}}
	for i := 0; i < len(input); i += 2 {
		in[input[i].(string)] = input[i+1]
	}
	return s.ask(who, verb, in)
}

func (s *mediaServer) create(key, content string) {
	s.t.Helper()
	text := s.ask("dora", "createMediaItem", map[string]any{
		"key": key, "name": key, "productVersion": "2.0.0", "sha256": digest.Of([]byte(content)).String(), "size": len(content),
	})
	require.Contains(s.t, text, `"status":"QUARANTINE"`)
}

func (s *mediaServer) check() outcome {
	s.t.Helper()
	return call(s.t, "", append([]string{"check", "--media=" + s.media}, s.store...)...)
}

// file is where a content lies.
func (s *mediaServer) file(content string) string {
	d := digest.Of([]byte(content)).String()
	return filepath.Join(s.media, "sha256", d[:2], d)
}

func TestAMediaItemLivesFromQuarantineToItsEnd_L1_L2_L5_L6(t *testing.T) {
	onStores(t, func(t *testing.T, store []string) {
		media := filepath.Join(t.TempDir(), "media")
		kit := strings.Repeat("a kit ", 20_000)
		t.Run("served", func(t *testing.T) {
			s := serveMedia(t, store, media)
			s.create("shop-2.0.0", kit)
			code, text := s.do("dora", http.MethodGet, "/media/shop-2.0.0", "")
			require.Equal(t, http.StatusUnprocessableEntity, code, text)
			require.Contains(t, s.move("mia", "acceptMediaItem", "shop-2.0.0"), "its bytes, with the digest")

			code, text = s.do("dora", http.MethodPut, "/media/shop-2.0.0", strings.Replace(kit, "a", "x", 1))
			require.Equal(t, http.StatusUnprocessableEntity, code, text)
			code, text = s.do("dora", http.MethodPut, "/media/shop-2.0.0", kit[1:])
			require.Equal(t, http.StatusConflict, code, text)
			code, text = s.do("dora", http.MethodPut, "/media/none", kit)
			require.Equal(t, http.StatusNotFound, code, text)
			code, text = s.do("dora; roles=VIEWER", http.MethodPut, "/media/shop-2.0.0", kit)
			require.Equal(t, http.StatusForbidden, code, text)
			require.NoFileExists(t, s.file(kit))
			code, text = s.do("dora", http.MethodPut, "/media/shop-2.0.0", kit)
			require.Equal(t, http.StatusCreated, code, text)
			code, text = s.do("eve", http.MethodPut, "/media/shop-2.0.0", kit)
			require.Equal(t, http.StatusCreated, code, "to put the same again is safe: %s", text)

			// What was compared stays declared so.
			other := digest.Of([]byte("another")).String()
			require.Contains(t, s.ask("dora", "updateMediaItem", map[string]any{"ref": map[string]any{"key": "shop-2.0.0"}, "patch": map[string]any{"sha256": other}}), "its bytes are in the library")
			// Who put it does not accept it.
			require.Contains(t, s.move("dora", "acceptMediaItem", "shop-2.0.0"), "somebody else than dora")
			require.Contains(t, s.move("mia", "acceptMediaItem", "shop-2.0.0"),
				`{"status":"ACCEPTED","stored":true,"copies":["main"],"putBy":{"name":"dora"},"acceptedBy":{"name":"mia"},"signature":null}`)
			code, text = s.do("vic", http.MethodGet, "/media/shop-2.0.0", "")
			require.Equal(t, http.StatusOK, code)
			require.Equal(t, kit, text)
			s.check().wants(t, 0, "nothing is wrong", "1 media items, 1 copies and 120000 bytes")

			// A byte that changes on the disk is found, and mended by putting it again.
			damaged := bytes.Replace([]byte(kit), []byte("a"), []byte("x"), 1)
			require.NoError(t, os.WriteFile(s.file(kit), damaged, 0o600))
			found := s.check()
			found.wants(t, 1, "media", "MediaItem:shop-2.0.0", "main: ", "1 problems")
			require.NoError(t, os.Remove(s.file(kit)))
			s.check().wants(t, 1, "main: its bytes are gone")
			call(t, "", append([]string{"check"}, store...)...).wants(t, 0, "Not checked: the bytes of media items", "nothing is wrong")
			code, text = s.do("dora", http.MethodPut, "/media/shop-2.0.0", kit)
			require.Equal(t, http.StatusCreated, code, text)
			s.check().wants(t, 0, "nothing is wrong")

			// Another item of the same bytes is refused and purged: the first still has them.
			s.create("shop-copy", kit)
			code, text = s.do("dora", http.MethodPut, "/media/shop-copy", kit)
			require.Equal(t, http.StatusCreated, code, text)
			s.create("junk", "junk")
			code, text = s.do("dora", http.MethodPut, "/media/junk", "junk")
			require.Equal(t, http.StatusCreated, code, text)
			for _, key := range []string{"shop-copy", "junk"} {
				require.Contains(t, s.move("mia", "refuseMediaItem", key, "reason", "not wanted"), `"status":"REFUSED"`)
				require.Contains(t, s.move("mia", "purgeMediaItem", key), `"status":"PURGED","stored":false,"copies":[]`)
			}
			code, text = s.do("dora", http.MethodGet, "/media/junk", "")
			require.Equal(t, http.StatusUnprocessableEntity, code, text)
			code, text = s.do("dora", http.MethodPut, "/media/junk", "junk")
			require.Equal(t, http.StatusUnprocessableEntity, code, text)
			require.FileExists(t, s.file("junk"), "what was written a moment ago stays")
		})
		old := time.Now().Add(-48 * time.Hour)
		s := &mediaServer{t: t, media: media, store: store}
		require.NoError(t, os.Chtimes(s.file(kit), old, old))
		require.NoError(t, os.Chtimes(s.file("junk"), old, old))
		s = serveMedia(t, store, media)
		require.Eventually(t, func() bool {
			_, err := os.Stat(s.file("junk"))
			return os.IsNotExist(err)
		}, 10*time.Second, 5*time.Millisecond)
		require.FileExists(t, s.file(kit), "an item needs it")
		s.check().wants(t, 0, "nothing is wrong", "1 media items")
	})
}

// signedKit is a kit that is to be signed, and whose signatures count, as lines to
// import.
func signedKit(scheme, signers, content string) string {
	return fmt.Sprintf(`{"node":"ReleasePolicy","key":"signed","name":"Signed","status":"IN_FORCE","effectiveFrom":"2026-01-01T00:00:00Z","kitSignature":%q,"kitSigners":%s}
{"node":"ConfigurationItem","key":"shop","name":"Shop","class":"PROGRAM","productVersion":"2.0.0"}
{"node":"MediaItem","key":"kit","name":"Kit","productVersion":"2.0.0","sha256":%q,"size":%d}
{"edge":"MASTER_OF","from":"MediaItem:kit","to":"ConfigurationItem:shop"}
`, scheme, signers, digest.Of([]byte(content)), len(content))
}

func TestAKitsSignatureIsVerifiedBeforeItIsAccepted_L1(t *testing.T) {
	onStores(t, func(t *testing.T, store []string) {
		public, private, err := minisign.GenerateKey(nil)
		require.NoError(t, err)
		_, stranger, err := minisign.GenerateKey(nil)
		require.NoError(t, err)
		kit := strings.Repeat("a kit ", 20_000)
		sign := func(with minisign.PrivateKey, content string) string {
			r := minisign.NewReader(strings.NewReader(content))
			_, err := io.Copy(io.Discard, r)
			require.NoError(t, err)
			return string(r.SignWithComments(with, "timestamp:1764446400\tfile:kit.tar", "signature"))
		}
		signers, err := json.Marshal([]map[string]string{{"key": public.String()}})
		require.NoError(t, err)
		call(t, signedKit("MINISIGN", string(signers), kit), append([]string{"import", "-"}, store...)...).wants(t, 0)
		s := serveMedia(t, store, filepath.Join(t.TempDir(), "media"))
		require.Contains(t, s.move("dora", "verifyMediaSignature", "kit", "signature", sign(private, kit)), "are not in the library yet")
		code, text := s.do("dora", http.MethodPut, "/media/kit", kit)
		require.Equal(t, http.StatusCreated, code, text)
		require.Contains(t, s.move("mia", "acceptMediaItem", "kit"), "a signature that counts, by MINISIGN")

		require.Contains(t, s.move("dora", "verifyMediaSignature", "kit", "signature", "nonsense"), "this is no signature of the kind")
		require.Contains(t, s.move("dora", "verifyMediaSignature", "kit", "signature", sign(stranger, kit)), `"valid":false,"reason":"whoever signed this is not trusted`)
		require.Contains(t, s.move("mia", "acceptMediaItem", "kit"), "a signature that counts, by MINISIGN")
		require.Contains(t, s.move("dora", "verifyMediaSignature", "kit", "signature", sign(private, kit[1:])), `"valid":false,"reason":"the signature is not of this content`)
		good := fmt.Sprintf(`{"scheme":"MINISIGN","signer":"%016X","valid":true,"reason":null,"signedAt":"2025-11-29T20:00:00Z"}`, public.ID())
		require.Contains(t, s.move("dora", "verifyMediaSignature", "kit", "signature", sign(private, kit)), good)

		// The bytes are read: damage is told, and changes nothing.
		require.NoError(t, os.WriteFile(s.file(kit), []byte(strings.Replace(kit, "a", "x", 1)), 0o600))
		require.Contains(t, s.move("dora", "verifyMediaSignature", "kit", "signature", sign(private, kit)), "are damaged")
		code, text = s.do("dora", http.MethodPut, "/media/kit", kit)
		require.Equal(t, http.StatusCreated, code, text)

		require.Contains(t, s.move("mia", "acceptMediaItem", "kit"), good)
		require.Contains(t, s.move("dora", "verifyMediaSignature", "kit", "signature", sign(stranger, kit)), "kit is ACCEPTED")
	})
}

func TestABundleIsVerifiedByAKeyOfThePolicy_L1(t *testing.T) {
	pair, err := sign.NewEphemeralKeypair(nil)
	require.NoError(t, err)
	signed, err := sign.Bundle(&sign.PlainData{Data: []byte("a kit")}, pair, sign.BundleOptions{Context: t.Context()})
	require.NoError(t, err)
	bundle, err := protojson.Marshal(signed)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(pair.GetPublicKey())
	require.NoError(t, err)
	public, err := json.Marshal([]map[string]string{{"key": string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))}})
	require.NoError(t, err)
	of := func(signers string) *mediaServer {
		store := []string{"--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")}
		call(t, signedKit("SIGSTORE", signers, "a kit"), append([]string{"import", "-"}, store...)...).wants(t, 0)
		s := serveMedia(t, store, filepath.Join(t.TempDir(), "media"))
		code, text := s.do("dora", http.MethodPut, "/media/kit", "a kit")
		require.Equal(t, http.StatusCreated, code, text)
		return s
	}
	s := of(string(public))
	require.Contains(t, s.move("dora", "verifyMediaSignature", "kit", "signature", string(bundle)), `"valid":true`)
	require.Contains(t, s.move("mia", "acceptMediaItem", "kit"), `"status":"ACCEPTED"`)

	s = of(`[{"identity":"ann@example.com","issuer":"https://id.example"}]`)
	require.Contains(t, s.move("dora", "verifyMediaSignature", "kit", "signature", string(bundle)), "name a trusted root")
	require.Contains(t, s.move("mia", "acceptMediaItem", "kit"), "a signature that counts, by SIGSTORE")
}

func TestAContentIsAddedWithItsItem_L1(t *testing.T) {
	store := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	call(t, `{"node":"ConfigurationItem","key":"shop-app","name":"Shop","class":"PROGRAM","productVersion":"2.0.0"}`+"\n", "import", "-", store).wants(t, 0)
	s := serveMedia(t, []string{store}, filepath.Join(t.TempDir(), "media"))
	name, d := kit(t, 1<<20)
	add := func(more ...string) outcome {
		t.Helper()
		return call(t, "", append([]string{"media", "add", "shop-2.0.0", name, "--url", s.url}, more...)...)
	}
	add().wants(t, 1, "shop-2.0.0")
	add("--create").wants(t, 2, "--product-version")
	add("--item", "shop-app").wants(t, 2, "give --create, too")
	for range 2 { // the second finds all as it is to be
		add("--create", "--product-version", "2.0.0", "--kind", "image", "--item", "shop-app").wants(t, 0, "1048576 bytes are in the library", d.String())
	}
	call(t, "", "export", store).wants(t, 0, `"MASTER_OF"`, d.String(), `"kind":"IMAGE"`, `"stored":true`)
	got := filepath.Join(t.TempDir(), "got")
	call(t, "", "media", "get", "shop-2.0.0", got, "--url", s.url).wants(t, 0)
	same(t, name, got)
}

func TestTheDemoHasALibrary(t *testing.T) {
	url, _ := serving(t, "demo", "--still")
	name, d := kit(t, 1<<10)
	call(t, "", "media", "add", "kit", name, "--url", url, "--create", "--product-version", "1.0.0").wants(t, 0, d.String())
	call(t, "", "media", "verify", "kit", "--url", url).wants(t, 0, "nothing is wrong")
}

func TestTheFlagsOfALibraryAreCheckedBeforeAnythingIsServed(t *testing.T) {
	store := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	call(t, "", "serve", store, "--media-uploads=/x").wants(t, 2, "belong to a library")
	call(t, "", "serve", store, "--media=s3://bucket?region=eu-west-1").wants(t, 2, "--media-uploads")
	call(t, "", "serve", store, "--media=/x", "--media-locations=/y").wants(t, 2, "not both")
	call(t, "", "serve", "--print-config", "--media=/x", "--media-transfers=3").wants(t, 0, "media: /x", "media-transfers: 3")
	call(t, "", "check", store, "--media=/x", "--media-locations=/y").wants(t, 2, "not both")
}

func TestTheLimitsOfALibraryAreFlags(t *testing.T) {
	t.Setenv("RELEASEGRAPH_MEDIA_MAX_SIZE", "10")
	store := "--store=sqlite:" + filepath.Join(t.TempDir(), "e.db")
	s := serveMedia(t, []string{store}, filepath.Join(t.TempDir(), "media"))
	s.create("kit", "longer than ten")
	code, text := s.do("dora", http.MethodPut, "/media/kit", "longer than ten")
	require.Equal(t, http.StatusRequestEntityTooLarge, code, text)
}
