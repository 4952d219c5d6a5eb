package webhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	app "releasegraph/internal/app/webhook"
	"releasegraph/internal/cloudevent"
	"releasegraph/internal/happening"
	"releasegraph/internal/webhook"
)

var loopback = webhook.Options{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}, Timeout: 2 * time.Second}

// secrets are two, of different length.
var secrets = []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}

func message(url string) app.Message {
	e := &happening.Event{Revision: 7, Place: 1, Of: 1, Type: "release.accepted", At: time.Now().UTC(), Actor: "ann", Subject: happening.Named{Kind: "Release", ID: "1", Key: "R"}}
	body, err := cloudevent.Encode(e, cloudevent.Envelope{ID: "7.1", Source: "urn:releasegraph"})
	if err != nil {
		panic(err)
	}
	return app.Message{URL: url, ID: "7.1", At: time.Now(), Media: cloudevent.MediaType, Body: body, Secrets: secrets}
}

func serve(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// What is sent is a CloudEvent that verifies by either secret, and by no other one; a
// byte that was changed is noticed.
func TestWhatIsSentVerifiesByEachSecretOfARotation_E3(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		for _, secret := range secrets {
			key, err := standard.NewWebhook(secret)
			if err != nil || key.Verify(body, r.Header) != nil || key.Verify(append([]byte(" "), body...), r.Header) == nil {
				http.Error(w, "the signature is wrong", http.StatusUnauthorized)
				return
			}
		}
		other, _ := standard.NewWebhook("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
		var c struct{ SpecVersion, Type, Sequence string }
		if other.Verify(body, r.Header) == nil || json.Unmarshal(body, &c) != nil || c.SpecVersion != "1.0" || c.Type != "release.accepted" ||
			r.Header.Get("Content-Type") != "application/cloudevents+json" {
			http.Error(w, "something else is wrong", http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	a := webhook.New(loopback).Send(t.Context(), message(url))
	require.NoError(t, a.Err, a.Body)
	require.Equal(t, http.StatusNoContent, a.Status)
}

// Nothing is sent to what is not public: not to addresses in any spelling, and not to
// names that lead there.
func TestNothingIsSentToWhatIsNotPublic_E3(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var heard atomic.Int64
	s := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) })}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	port := l.Addr().(*net.TCPAddr).Port
	sender := webhook.New(webhook.Options{Timeout: 2 * time.Second})
	for _, host := range []string{
		"127.0.0.1", "127.9.9.9", "localhost", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "172.16.0.1",
		"192.168.1.1", "100.64.0.1", "192.0.0.8", "198.18.0.1", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fe80::1%25lo]", "[fd00::1]", "224.0.0.1",
	} {
		address := fmt.Sprintf("https://%s:%d/", host, port)
		if host != "localhost" {
			require.ErrorContains(t, sender.CheckAddress(address), "not public", host)
		}
		a := sender.Send(t.Context(), message(address))
		require.ErrorContains(t, a.Err, "not public", host)
		require.Zero(t, a.Status)
	}
	require.Zero(t, heard.Load())
}

// names is a name server that knows each name by one address after the other.
func names(t *testing.T, addresses ...string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		question, asked := make([]byte, 512), 0
		for {
			n, from, err := conn.ReadFrom(question)
			if err != nil {
				return
			}
			end := 12
			for end < n && question[end] != 0 {
				end += int(question[end]) + 1
			}
			end += 5 // the end of the name, its type and class
			answer := append([]byte{question[0], question[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question[12:end]...)
			if question[end-3] == 1 { // an address of four bytes
				answer[7] = 1
				answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
				answer = append(answer, net.ParseIP(addresses[min(asked, len(addresses)-1)]).To4()...)
				asked++
			}
			_, _ = conn.WriteTo(answer, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// A name that leads to a receiver when it is looked at first, and then elsewhere, is not
// followed there.
func TestANameThatLeadsElsewhereLaterIsNotFollowedThere_E3(t *testing.T) {
	var heard atomic.Int64
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		heard.Add(1)
	})
	_, port, err := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	require.NoError(t, err)
	o := loopback
	o.Resolver = names(t, "127.0.0.1", "169.254.169.254")
	sender, named := webhook.New(o), message("http://rebinding.example.org:"+port+"/latest/meta-data")
	require.NoError(t, sender.Send(t.Context(), named).Err)
	require.ErrorContains(t, sender.Send(t.Context(), named).Err, "not public")
	require.EqualValues(t, 1, heard.Load())
}

// Plain http is spoken to allowed networks only, also where a name leads elsewhere.
func TestPlainHTTPIsForAllowedNetworks_E3(t *testing.T) {
	closed, open := webhook.New(webhook.Options{}), webhook.New(loopback)
	require.ErrorContains(t, closed.CheckAddress("http://hooks.example.org/"), "must begin with https")
	require.NoError(t, open.CheckAddress("http://127.0.0.1/"))
	for _, address := range []string{"http://192.0.2.1:9/", "http://169.254.169.254/latest"} {
		require.ErrorContains(t, open.CheckAddress(address), "not public", address)
		require.ErrorContains(t, open.Send(t.Context(), message(address)).Err, "not public", address)
	}
	for _, address := range []string{"", "x", "ftp://x/", "https://", "https://a b/", "https://u:p@x/", "https://x/#y", "https://x/" + strings.Repeat("y", 3000)} {
		require.Error(t, open.CheckAddress(address), address)
	}
	for _, address := range []string{"https://hooks.example.org:99999/", "https://hooks.example.org:0/"} {
		require.ErrorContains(t, open.CheckAddress(address), "1 to 65535", address)
	}
	for _, address := range []string{"https://hooks.example.org/x?y=z", "https://1.1.1.1/", "https://[2606:4700:4700::1111]:8443/"} {
		require.NoError(t, closed.CheckAddress(address), address)
	}
}

func TestARedirectIsNotFollowed_E3(t *testing.T) {
	var followed atomic.Bool
	there := serve(t, func(http.ResponseWriter, *http.Request) { followed.Store(true) })
	for _, status := range []int{301, 302, 307, 308} {
		url := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, there, status) })
		a := webhook.New(loopback).Send(t.Context(), message(url))
		require.ErrorContains(t, a.Err, "redirects are not followed")
		require.Equal(t, status, a.Status)
	}
	require.False(t, followed.Load())
}

func TestAReceiverThatHangsIsLeft_E3(t *testing.T) {
	hanging := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	trickling := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for r.Context().Err() == nil {
			_, _ = w.Write([]byte("."))
			w.(http.Flusher).Flush()
			time.Sleep(10 * time.Millisecond)
		}
	})
	o := loopback
	o.Timeout = 300 * time.Millisecond
	for _, url := range []string{hanging, trickling} {
		begun := time.Now()
		webhook.New(o).Send(t.Context(), message(url))
		require.Less(t, time.Since(begun), 5*time.Second)
	}
	require.ErrorContains(t, webhook.New(o).Send(t.Context(), message(hanging)).Err, "did not answer in time")
}

// However much a receiver answers, little of it is read.
func TestALongAnswerIsNotRead_E3(t *testing.T) {
	var written atomic.Int64
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		part := make([]byte, 1<<20)
		for range 1 << 10 {
			n, err := w.Write(part)
			written.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	a := webhook.New(loopback).Send(t.Context(), message(url))
	require.NoError(t, a.Err)
	require.Len(t, a.Body, 4<<10)
	require.Less(t, written.Load(), int64(64<<20))
}

func TestWhatIsAnsweredIsTold_E3(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "90")
		http.Error(w, "later", http.StatusServiceUnavailable)
	})
	a := webhook.New(loopback).Send(t.Context(), message(url))
	require.EqualError(t, a.Err, "answered 503 Service Unavailable")
	require.Equal(t, []any{503, "later\n", 90 * time.Second}, []any{a.Status, a.Body, a.RetryAfter})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, webhook.New(loopback).Send(ctx, message(url)).Err)
	nobody := webhook.New(loopback).Send(t.Context(), message("http://127.0.0.1:1/secret-path"))
	require.ErrorContains(t, nobody.Err, "refused")
	require.NotContains(t, nobody.Err.Error(), "secret-path")
}
