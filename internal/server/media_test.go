package server_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
	"releasegraph/internal/library"
	"releasegraph/internal/server"
	"releasegraph/internal/store/blob/blobtest"
)

// items are media items as a test declares them.
type items struct {
	mu       sync.Mutex
	declared map[string]library.Expected
	stored   map[string]library.Stored
	fail     error // of recording
	refuse   error // of receiving and sending
	asked    []string
}

func (i *items) Receive(ctx context.Context, o library.Offer) (library.Expected, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked = append(i.asked, acting.Actor(ctx).Name)
	e, ok := i.declared[o.Key]
	if !ok {
		return e, &domain.Error{Code: domain.NotFound, Field: "key", Message: "there is no media item " + o.Key}
	}
	if e.Digest.IsZero() {
		e = library.Expected{Digest: o.Digest, Size: o.Size}
	}
	return e, i.refuse
}

func (i *items) Stored(_ context.Context, s library.Stored) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.fail == nil {
		i.stored[s.Key] = s
	}
	return i.fail
}

func (i *items) Send(_ context.Context, key string) (library.Held, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s, ok := i.stored[key]
	if !ok {
		return library.Held{}, &domain.Error{Code: domain.NotFound, Field: "key", Message: "nothing was put of " + key}
	}
	return library.Held{Digest: s.Digest, Size: s.Size, Name: key + ".tar", Locations: []string{s.Location}}, i.refuse
}

func (i *items) failing(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fail = err
}

func (i *items) declare(key string, text []byte) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.declared[key] = library.Expected{Digest: digest.Of(text), Size: int64(len(text))}
}

// mediaServer is a server with a library of two locations.
type mediaServer struct {
	*running
	items   *items
	library *library.Library
	folder  string
}

func servingMedia(t *testing.T, limits server.MediaLimits) *mediaServer {
	return servingMediaIn(t, t.TempDir(), &items{declared: map[string]library.Expected{}, stored: map[string]library.Stored{}}, limits)
}

func servingMediaIn(t *testing.T, folder string, kept *items, limits server.MediaLimits) *mediaServer {
	t.Helper()
	l, err := library.Open(t.Context(), []library.Location{
		{Name: "main", URL: filepath.Join(folder, "main")},
		{Name: "archive", URL: filepath.Join(folder, "archive"), Writers: []domain.Role{domain.ConfigurationManager}},
	}, nil)
	require.NoError(t, err)
	m := &mediaServer{items: kept, library: l, folder: folder}
	m.running = start(t, server.Config{Media: limits}, func(f *fake) server.Open {
		return func(context.Context) (*server.Core, error) {
			return &server.Core{Schema: f, Media: &server.Media{Library: l, Items: kept, Uploads: filepath.Join(folder, "uploads")}}, nil
		}
	})
	m.awaitReady()
	return m
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func TestWhatIsPutIsGotBack_L1(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{})
	text := randomBytes(300_000)
	m.items.declare("kit 1/2", text)
	d := digest.Of(text)
	for name, value := range map[string]string{"Repr-Digest": d.Header(), "Content-Digest": d.Header(), "Sha256": d.String(), "X-None": ""} {
		answer := m.do(http.MethodPut, "/media/kit%201%2F2", string(text), header{name: value})
		answer.wants(t, http.StatusCreated, fmt.Sprintf(`{"key":"kit 1/2","sha256":"%s","size":300000,"location":"main"}`, d))
		require.Equal(t, d.Header(), answer.header.Get("Repr-Digest"))
	}
	require.Equal(t, library.Stored{Key: "kit 1/2", Digest: d, Size: 300_000, Location: "main"}, m.items.stored["kit 1/2"])

	answer := m.get("/media/kit%201%2F2")
	require.Equal(t, http.StatusOK, answer.status)
	require.True(t, answer.body == string(text))
	etag := `"sha256-` + d.String() + `"`
	for name, value := range map[string]string{
		"Content-Type": "application/octet-stream", "Content-Length": "300000", "Repr-Digest": d.Header(), "Etag": etag,
		"X-Content-Type-Options": "nosniff", "Accept-Ranges": "bytes", "Cache-Control": "no-store", "Content-Security-Policy": "sandbox; default-src 'none'",
		"Content-Disposition": `attachment; filename="kit 1/2.tar"`,
	} {
		require.Equal(t, value, answer.header.Get(name), name)
	}
	head := m.do(http.MethodHead, "/media/kit%201%2F2", "", nil)
	require.Equal(t, http.StatusOK, head.status)
	require.Equal(t, "300000", head.header.Get("Content-Length"))
	require.Equal(t, http.StatusNotModified, m.do(http.MethodGet, "/media/kit%201%2F2", "", header{"If-None-Match": etag}).status)
}

func TestPartsOfAContentAreGot(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{})
	text := randomBytes(10_000)
	m.items.declare("kit", text)
	m.do(http.MethodPut, "/media/kit", string(text), nil).wants(t, http.StatusCreated, "")
	part := func(ranges string) reply { return m.do(http.MethodGet, "/media/kit", "", header{"Range": ranges}) }
	for ranges, want := range map[string][]byte{"bytes=0-0": text[:1], "bytes=100-199": text[100:200], "bytes=9990-": text[9990:], "bytes=-10": text[9990:], "bytes=9000-20000": text[9000:]} {
		answer := part(ranges)
		require.Equal(t, http.StatusPartialContent, answer.status, ranges)
		require.Equal(t, string(want), answer.body, ranges)
	}
	require.Equal(t, http.StatusRequestedRangeNotSatisfiable, part("bytes=10000-").status)
	require.Equal(t, http.StatusPartialContent, part("bytes=0-1,5-6").status)
	require.Equal(t, http.StatusOK, part("bytes=0-0"+strings.Repeat(",5-5", 100)).status, "many parts are answered with the whole")
	require.Equal(t, http.StatusOK, m.do(http.MethodGet, "/media/kit", "", header{"Range": "bytes=0-0", "If-Range": `"another"`}).status)
}

func TestAContentThatIsNotAsDeclaredIsRefused_L1(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{Size: 1 << 20})
	text := randomBytes(1000)
	m.items.declare("kit", text)
	m.items.declared["open"] = library.Expected{} // whoever puts declares it
	other := digest.Of([]byte("other"))
	put := func(path, body string, h header) reply { return m.do(http.MethodPut, path, body, h) }
	put("/media/kit", string(text[1:])+"x", nil).wants(t, http.StatusUnprocessableEntity, digest.Of(text).String())
	put("/media/kit", string(text)+"x", nil).wants(t, http.StatusConflict, "1000 bytes, not 1001")
	put("/media/kit", string(text), header{"Sha256": other.String()}).wants(t, http.StatusConflict, "declares")
	put("/media/kit", string(text), header{"Sha256": "abc"}).wants(t, http.StatusBadRequest, "64 hexadecimal digits")
	put("/media/kit", string(text), header{"Repr-Digest": "md5=:AAAA:"}).wants(t, http.StatusBadRequest, "names no sha-256")
	put("/media/kit", string(text), header{"Repr-Digest": other.Header(), "Sha256": digest.Of(text).String()}).wants(t, http.StatusBadRequest, "another header")
	put("/media/kit", string(text), header{"Content-Encoding": "gzip"}).wants(t, http.StatusBadRequest, "as it is")
	put("/media/kit", string(text), header{"Content-Range": "bytes 0-9/20"}).wants(t, http.StatusBadRequest, "whole")
	put("/media/kit?where=x", string(text), nil).wants(t, http.StatusInternalServerError, "")
	put("/media/kit", "", nil).wants(t, http.StatusBadRequest, "empty")
	put("/media/none", string(text), nil).wants(t, http.StatusNotFound, "no media item none")
	put("/media/open", string(text), nil).wants(t, http.StatusBadRequest, "which SHA-256")
	put("/media/open", strings.Repeat("x", 1<<20+1), header{"Sha256": other.String()}).wants(t, http.StatusRequestEntityTooLarge, "at most")
	put("/media/%20kit", string(text), nil).wants(t, http.StatusBadRequest, "blank")
	require.Empty(t, m.items.stored)
	require.Empty(t, m.contents("main"))
	m.get("/media/kit").wants(t, http.StatusNotFound, "nothing was put")
	put("/media/open", string(text), header{"Sha256": digest.Of(text).String()}).wants(t, http.StatusCreated, "")
}

func (m *mediaServer) contents(location string) []digest.SHA256 {
	var list []digest.SHA256
	for c, err := range m.library.Contents(m.t.Context(), location) {
		require.NoError(m.t, err)
		list = append(list, c.Digest)
	}
	return list
}

func TestALocationTakesWhatItsWritersPut_L6(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{})
	m.items.declare("kit", []byte("a kit"))
	as := func(roles string) header { return header{server.ActAs: "alice; roles=" + roles} }
	m.do(http.MethodPut, "/media/kit?location=archive", "a kit", as("BUILD_MANAGER")).wants(t, http.StatusForbidden, "CONFIGURATION_MANAGER")
	m.do(http.MethodPut, "/media/kit?location=moon", "a kit", as("BUILD_MANAGER")).wants(t, http.StatusBadRequest, "there are main, archive")
	m.do(http.MethodPut, "/media/kit?location=archive", "a kit", as("CONFIGURATION_MANAGER")).wants(t, http.StatusCreated, `"location":"archive"`)
	require.Len(t, m.contents("archive"), 1)
	require.Empty(t, m.contents("main"))
	m.get("/media/kit").wants(t, http.StatusOK, "a kit")
}

func TestTheUseCasesSayWhoMay(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{})
	m.items.declare("kit", []byte("a kit"))
	m.do(http.MethodPut, "/media/kit", "a kit", header{server.ActAs: "alice; roles=BUILD_MANAGER"}).wants(t, http.StatusCreated, "")
	require.Equal(t, []string{"alice"}, m.items.asked)
	m.items.refuse = &domain.Error{Code: domain.RuleViolation, Rule: "L1", Message: "an accepted item never changes"}
	m.do(http.MethodPut, "/media/kit", "a kit", nil).wants(t, http.StatusUnprocessableEntity, `"rule":"L1"`)
	m.get("/media/kit").wants(t, http.StatusUnprocessableEntity, "never changes")
	m.items.refuse = errors.New("secret of the house")
	m.get("/media/kit").lacks(t, "secret")
	m.do(http.MethodGet, "/media/kit", "", header{"Sec-Fetch-Site": "cross-site"}).wants(t, http.StatusForbidden, "another site")
	m.do(http.MethodPost, "/media/kit", "a kit", nil).wants(t, http.StatusMethodNotAllowed, "")
	serving(t, server.Config{}).get("/media/kit").wants(t, http.StatusNotFound, "keeps no media")
}

func TestBytesThatAreGoneOrDamagedAreSaidToBe_L2(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{})
	m.items.declare("kit", []byte("a kit"))
	m.do(http.MethodPut, "/media/kit", "a kit", nil).wants(t, http.StatusCreated, "")
	d := digest.Of([]byte("a kit")).String()
	file := filepath.Join(m.folder, "main", "sha256", d[:2], d)
	require.NoError(t, os.WriteFile(file, []byte("a kitten"), 0o600))
	m.get("/media/kit").wants(t, http.StatusConflict, "damaged")
	require.NoError(t, os.Remove(file))
	m.get("/media/kit").wants(t, http.StatusNotFound, "no bytes")
}

// The tus protocol.

func tusHeader(more header) header {
	h := header{"Tus-Resumable": "1.0.0"}
	for name, value := range more {
		h[name] = value
	}
	return h
}

func metadata(pairs ...string) string {
	var list []string
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, pairs[i]+" "+base64.StdEncoding.EncodeToString([]byte(pairs[i+1])))
	}
	return strings.Join(list, ",")
}

func (m *mediaServer) begin(key string, size int, more header) reply {
	h := tusHeader(header{"Upload-Length": strconv.Itoa(size), "Upload-Metadata": metadata("key", key)})
	for name, value := range more {
		h[name] = value
	}
	return m.do(http.MethodPost, server.UploadsPath, "", h)
}

func (m *mediaServer) patch(at string, offset int, text []byte, more header) reply {
	h := tusHeader(header{"Upload-Offset": strconv.Itoa(offset), "Content-Type": "application/offset+octet-stream"})
	for name, value := range more {
		h[name] = value
	}
	return m.do(http.MethodPatch, at, string(text), h)
}

func (m *mediaServer) offset(at string) string {
	return m.do(http.MethodHead, at, "", tusHeader(nil)).header.Get("Upload-Offset")
}

// cut sends a part of what it announces, and then hangs up.
func (m *mediaServer) cut(at string, offset, announced int, text []byte) {
	c, err := net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
	require.NoError(m.t, err)
	fmt.Fprintf(c, "PATCH %s HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: %d\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: %d\r\n\r\n", at, offset, announced)
	_, err = c.Write(text)
	require.NoError(m.t, err)
	require.NoError(m.t, c.Close())
}

func TestAnUploadIsResumedWhereItWasCut(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{})
	text := randomBytes(3 << 20)
	m.items.declare("kit", text)
	made := m.begin("kit", len(text), nil)
	made.wants(t, http.StatusCreated, "")
	at := made.header.Get("Location")
	require.Regexp(t, "^/media/uploads/[0-9a-f]{32}$", at, "a path, whatever the server is called")
	require.Equal(t, digest.Of(text).Header(), made.header.Get("Repr-Digest"))

	m.cut(at, 0, len(text), text[:1<<20])
	require.Eventually(t, func() bool { // whoever asks for the offset ends what still comes
		info, err := os.Stat(filepath.Join(m.folder, "uploads", filepath.Base(at)+".part"))
		return err == nil && info.Size() == 1<<20
	}, 5*time.Second, time.Millisecond)
	require.Equal(t, "1048576", m.offset(at))
	again := m.begin("kit", len(text), nil)
	require.Equal(t, at, again.header.Get("Location"), "who begins anew finds it again")
	m.patch(at, 0, text[:10], nil).wants(t, http.StatusConflict, "")
	m.patch(at, 1<<20, text[1<<20:2<<20], nil).wants(t, http.StatusNoContent, "")

	m.stop() // and a new one takes over
	require.NoError(t, <-m.done)
	m = servingMediaIn(t, m.folder, m.items, server.MediaLimits{})
	require.Equal(t, "2097152", m.offset(at))
	m.patch(at, 2<<20, text[2<<20:], nil).wants(t, http.StatusNoContent, "")
	require.Equal(t, "3145728", m.offset(at), "a client that lost the answer learns that all is there")
	require.Equal(t, digest.Of(text), m.items.stored["kit"].Digest)
	require.True(t, m.get("/media/kit").body == string(text))
	left, err := filepath.Glob(filepath.Join(m.folder, "uploads", "*.part"))
	require.NoError(t, err)
	require.Empty(t, left)
	require.Equal(t, at, m.begin("kit", len(text), nil).header.Get("Location"))
}

func TestAnUploadIsItsOwners(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{})
	text := []byte("a kit")
	m.items.declare("kit", text)
	alice, bob := header{server.ActAs: "alice; roles=BUILD_MANAGER"}, header{server.ActAs: "bob; roles=ADMIN"}
	at := m.begin("kit", len(text), alice).header.Get("Location")
	for _, method := range []string{http.MethodHead, http.MethodDelete} {
		require.Equal(t, http.StatusNotFound, m.do(method, at, "", tusHeader(bob)).status)
	}
	m.patch(at, 0, text, bob).wants(t, http.StatusNotFound, "no such upload")
	require.NotEqual(t, at, m.begin("kit", len(text), bob).header.Get("Location"))
	m.patch(at, 0, text, alice).wants(t, http.StatusNoContent, "")
	for _, path := range []string{"x", "../main", strings.Repeat("0", 32)} {
		require.Equal(t, http.StatusNotFound, m.do(http.MethodHead, server.UploadsPath+path, "", tusHeader(alice)).status, path)
	}
	m.do(http.MethodGet, at, "", tusHeader(alice)).wants(t, http.StatusMethodNotAllowed, "")
	m.do(http.MethodPost, at, "", tusHeader(header{"X-HTTP-Method-Override": "DELETE"})).wants(t, http.StatusMethodNotAllowed, "")
}

func TestAnUploadThatIsNotAsDeclaredIsThrownAway_L1(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{})
	m.items.declare("kit", []byte("a kit"))
	at := m.begin("kit", 5, nil).header.Get("Location")
	m.patch(at, 0, []byte("a cat"), nil).wants(t, http.StatusUnprocessableEntity, `"rule":"L1"`)
	require.Equal(t, http.StatusNotFound, m.do(http.MethodHead, at, "", tusHeader(nil)).status)
	require.Empty(t, m.contents("main"))
	m.begin("kit", 6, nil).wants(t, http.StatusConflict, "5 bytes, not 6")
	m.begin("none", 5, nil).wants(t, http.StatusNotFound, "no media item")
	m.begin("kit", 5, header{"Upload-Metadata": ""}).wants(t, http.StatusBadRequest, "name the item by its key")
	m.begin("kit", 5, header{"Upload-Metadata": metadata("key", "kit", "sha256", "xyz")}).wants(t, http.StatusBadRequest, "hexadecimal")
	m.begin("kit", 5, header{"Upload-Metadata": metadata("key", "kit", "location", "moon")}).wants(t, http.StatusBadRequest, "main, archive")
	m.begin("kit", 0, nil).wants(t, http.StatusBadRequest, "empty")
	at = m.begin("kit", 5, nil).header.Get("Location")
	m.patch(at, 0, []byte("a kit"), nil).wants(t, http.StatusNoContent, "")
}

func TestAnUploadThatWasNotRecordedIsKeptLater(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{})
	m.items.declare("kit", []byte("a kit"))
	at := m.begin("kit", 5, nil).header.Get("Location")
	m.items.failing(&domain.Error{Code: domain.Unavailable, Message: "the store is away"})
	m.patch(at, 0, []byte("a kit"), nil).wants(t, http.StatusServiceUnavailable, "the store is away")
	require.Equal(t, http.StatusServiceUnavailable, m.do(http.MethodHead, at, "", tusHeader(nil)).status)
	m.items.failing(nil)
	require.Equal(t, "5", m.offset(at))
	require.Contains(t, m.items.stored, "kit")
	m.get("/media/kit").wants(t, http.StatusOK, "a kit")

	// What was purged since can be put anew.
	require.NoError(t, m.library.Delete(t.Context(), digest.Of([]byte("a kit"))))
	at = m.begin("kit", 5, nil).header.Get("Location")
	require.Equal(t, "0", m.offset(at))
	m.patch(at, 0, []byte("a kit"), nil).wants(t, http.StatusNoContent, "")
}

func TestAnUploadThatIsGivenUpFreesItsSpace(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{Arriving: 2000, ArrivingPerCaller: 1500})
	for _, key := range []string{"one", "two", "three"} {
		m.items.declare(key, randomBytes(1000))
	}
	at := m.begin("one", 1000, nil).header.Get("Location")
	full := m.begin("two", 1000, nil)
	full.wants(t, http.StatusTooManyRequests, "1500 bytes together")
	require.Equal(t, "5", full.header.Get("Retry-After"))
	require.Equal(t, at, m.begin("one", 1000, nil).header.Get("Location"), "the same takes no more")
	m.do(http.MethodPut, "/media/two", strings.Repeat("x", 1000), nil).wants(t, http.StatusTooManyRequests, "")
	other := header{server.ActAs: "bob; roles=ADMIN"}
	m.begin("two", 1000, other).wants(t, http.StatusCreated, "")
	m.begin("three", 1000, header{server.ActAs: "eve; roles=ADMIN"}).wants(t, http.StatusServiceUnavailable, "2000 bytes together")
	require.Equal(t, http.StatusNoContent, m.do(http.MethodDelete, at, "", tusHeader(nil)).status)
	m.begin("three", 1000, nil).wants(t, http.StatusCreated, "")

	m.stop()
	require.NoError(t, <-m.done)
	m = servingMediaIn(t, m.folder, m.items, server.MediaLimits{Arriving: 2000, ArrivingPerCaller: 1500})
	m.begin("one", 1000, nil).wants(t, http.StatusTooManyRequests, "")
}

func TestTransfersAtOnceAreBounded(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{Transfers: 3, TransfersPerCaller: 2})
	text := randomBytes(1000)
	m.items.declare("kit", text)
	slow := func(actor string) (finish func() int) {
		body, more := io.Pipe()
		request, err := http.NewRequest(http.MethodPut, m.url+"/media/kit", body)
		require.NoError(t, err)
		request.ContentLength = 1000
		request.Header.Set(server.ActAs, actor+"; roles=ADMIN")
		status := make(chan int, 1)
		go func() {
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				status <- 0
				return
			}
			answer.Body.Close()
			status <- answer.StatusCode
		}()
		_, err = more.Write(text[:1])
		require.NoError(t, err)
		return func() int {
			_, _ = more.Write(text[1:])
			more.Close()
			return <-status
		}
	}
	running := func() int {
		m.items.mu.Lock()
		defer m.items.mu.Unlock()
		return len(m.items.asked)
	}
	begun := []func() int{slow("ann"), slow("ann"), slow("bob")}
	require.Eventually(t, func() bool { return running() == 3 }, 5*time.Second, time.Millisecond)
	put := func(actor string) reply {
		return m.do(http.MethodPut, "/media/kit", string(text), header{server.ActAs: actor + "; roles=ADMIN"})
	}
	require.Eventually(t, func() bool { return put("ann").status == http.StatusTooManyRequests }, 5*time.Second, 10*time.Millisecond)
	put("bob").wants(t, http.StatusServiceUnavailable, "3 transfers at once")
	for _, finish := range begun {
		require.Equal(t, http.StatusCreated, finish())
	}
	put("ann").wants(t, http.StatusCreated, "")
}

func TestWhoSendsOrTakesTooLittleForTooLongIsCutOff(t *testing.T) {
	m := servingMedia(t, server.MediaLimits{Idle: 200 * time.Millisecond, TransfersPerCaller: 1})
	text := randomBytes(64 << 20)
	m.items.declare("kit", text)
	c, err := net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
	require.NoError(t, err)
	defer c.Close()
	// Now and then a byte is no progress.
	fmt.Fprintf(c, "PUT /media/kit HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", len(text))
	began := time.Now()
	go func() {
		for range 100 {
			time.Sleep(50 * time.Millisecond)
			if _, err := c.Write(text[:1]); err != nil {
				return
			}
		}
	}()
	answer := make([]byte, 12)
	_, err = io.ReadFull(c, answer)
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 408", string(answer))
	require.Less(t, time.Since(began), 4*time.Second)

	// Its place is free. One that goes on may take longer than a piece may.
	slowly := &slowReader{bytes.NewReader(text), 150 * time.Millisecond}
	request, err := http.NewRequest(http.MethodPut, m.url+"/media/kit", slowly)
	require.NoError(t, err)
	request.ContentLength = int64(len(text))
	done, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	done.Body.Close()
	require.Equal(t, http.StatusCreated, done.StatusCode)

	// Who does not read what they asked for is cut off, too.
	c, err = net.Dial("tcp", strings.TrimPrefix(m.url, "http://"))
	require.NoError(t, err)
	defer c.Close()
	fmt.Fprint(c, "GET /media/kit HTTP/1.1\r\nHost: localhost\r\n\r\n")
	require.Eventually(t, func() bool {
		return m.do(http.MethodGet, "/media/kit", "", header{"Range": "bytes=0-0"}).status == http.StatusPartialContent
	}, 5*time.Second, 50*time.Millisecond)
	got, _ := io.Copy(io.Discard, c)
	require.Less(t, got, int64(len(text)))
}

// slowReader hands on a quarter each time, after a while.
type slowReader struct {
	from  *bytes.Reader
	pause time.Duration
}

func (s *slowReader) Read(into []byte) (int, error) {
	if s.from.Len()%(16<<20) == 0 {
		time.Sleep(s.pause)
	}
	return s.from.Read(into[:min(len(into), 32<<10)])
}

func TestTransfersTakeLittleMemory(t *testing.T) {
	const size, most = 256 << 20, 64 << 20
	m := servingMedia(t, server.MediaLimits{})
	d := blobtest.NewEndless(size).Digest()
	m.items.declared["kit"] = library.Expected{Digest: d, Size: size}
	send := func(method, path string, h header, want int) {
		request, err := http.NewRequest(method, m.url+path, blobtest.NewEndless(size))
		require.NoError(t, err)
		request.ContentLength = size
		for name, value := range h {
			request.Header.Set(name, value)
		}
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		answer.Body.Close()
		require.Equal(t, want, answer.StatusCode)
	}
	at := m.begin("kit", size, nil).header.Get("Location")
	grew := blobtest.Heap(func() {
		send(http.MethodPatch, at, tusHeader(header{"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}), http.StatusNoContent)
		send(http.MethodPut, "/media/kit", nil, http.StatusCreated)
		answer, err := http.Get(m.url + "/media/kit")
		require.NoError(t, err)
		defer answer.Body.Close()
		n, err := io.Copy(io.Discard, answer.Body)
		require.NoError(t, err)
		require.Equal(t, int64(size), n)
	})
	require.Less(t, grew, uint64(most))
	t.Logf("%d MB in, in again and out took %d MB of memory", size>>20, grew>>20)
}
