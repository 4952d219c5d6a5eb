// Package webhook sends events over HTTP: signed as Standard Webhooks has it, to no address
// inside the own network that the operator has not allowed, and without following where an
// answer leads.
package webhook

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"releasegraph/internal/app/webhook"
)

const (
	// connecting and answering are how long a receiver may take.
	connecting, answering = 5 * time.Second, 15 * time.Second
	// maxAnswer is how much of an answer is read, maxURL how long an address is.
	maxAnswer, maxURL = 4 << 10, 2000
)

// Options say where may be sent. The zero value is for the public internet.
type Options struct {
	// Allowed are networks that are not public and may be sent to all the same; only to
	// these plain http is spoken.
	Allowed []netip.Prefix
	// Timeout is how long a receiver may take in all; 0: 15 s.
	Timeout time.Duration
	// Resolver finds the addresses of names; nil: the system's.
	Resolver *net.Resolver
	// Transport changes how is sent, for tests; nil: nothing does.
	Transport func(*http.Transport)
}

// Sender sends events. All methods may be called concurrently.
type Sender struct {
	secure, plain         *http.Client
	lookSecure, lookPlain control
	allowed               bool
}

var _ webhook.Sender = (*Sender)(nil)

// New returns a sender.
func New(o Options) *Sender {
	var v4, v6 []netip.Prefix
	for _, p := range o.Allowed {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	s := &Sender{lookSecure: guard.Safe, lookPlain: within(o.Allowed), allowed: len(o.Allowed) > 0}
	s.secure, s.plain = client(o, s.lookSecure), client(o, s.lookPlain)
	return s
}

// control looks at each address, after names are resolved, before it is dialled.
type control = func(network, address string, c syscall.RawConn) error

// client is one that goes to no other place than it was told to: it follows no redirect,
// and uses no proxy, which would be what is looked at.
func client(o Options, look control) *http.Client {
	dialer := &net.Dialer{Timeout: connecting, Control: look, Resolver: o.Resolver}
	t := &http.Transport{
		DialContext: dialer.DialContext, Proxy: nil, TLSHandshakeTimeout: connecting, MaxResponseHeaderBytes: 16 << 10,
		MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
	}
	if o.Transport != nil {
		o.Transport(t)
	}
	timeout := o.Timeout
	if timeout == 0 {
		timeout = answering
	}
	return &http.Client{Transport: t, Timeout: timeout, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// within allows nothing but some networks.
func within(allowed []netip.Prefix) control {
	return func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %s", ssrf.ErrInvalidHostPort, address)
		}
		for _, p := range allowed {
			if p.Contains(to.Addr().Unmap()) {
				return nil
			}
		}
		return fmt.Errorf("%w: http is spoken only to networks that the operator allows", ssrf.ErrProhibitedIP)
	}
}

// CheckAddress implements webhook.Sender. Where a name leads is looked at each time that
// something is sent; where a number leads is known at once.
func (s *Sender) CheckAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || len(address) > maxURL || strings.ContainsAny(address, " \r\n\t"):
		return errors.New("is no address such as https://hooks.example.org/releases")
	case u.User != nil:
		return errors.New("must not hold a name or a password: what is sent is signed")
	case u.Port() == "0" || u.Port() != "" && !isPort(u.Port()):
		return errors.New("names a port that cannot be: ports are 1 to 65535")
	case u.Fragment != "":
		return errors.New("must not have a part behind #, which is never sent")
	case u.Scheme == "https":
		return leads(u, s.lookSecure)
	case u.Scheme == "http" && s.allowed:
		return leads(u, s.lookPlain)
	case u.Scheme == "http":
		return errors.New("must begin with https: http is spoken only to networks that the operator allows (--webhook-allow)")
	}
	return errors.New("must begin with https")
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// leads says why an address of numbers may not be sent to.
func leads(u *url.URL, look control) error {
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return nil //nolint:nilerr // a name, which is looked up when it is dialled
	}
	network := "tcp6"
	if ip = ip.Unmap(); ip.Is4() {
		network = "tcp4"
	}
	port := cmp.Or(u.Port(), u.Scheme)
	if n, err := net.LookupPort("tcp", port); err == nil {
		port = strconv.Itoa(n)
	}
	if look(network, net.JoinHostPort(ip.String(), port), nil) != nil {
		return errors.New("leads to an address that is not public, and that the operator does not allow (--webhook-allow)")
	}
	return nil
}

// Send implements webhook.Sender.
func (s *Sender) Send(ctx context.Context, m webhook.Message) webhook.Answer {
	begun := time.Now()
	a := s.send(ctx, m)
	a.Took = time.Since(begun)
	return a
}

func (s *Sender) send(ctx context.Context, m webhook.Message) webhook.Answer {
	request, err := request(ctx, m)
	if err != nil {
		return webhook.Answer{Err: err}
	}
	by := s.secure
	if request.URL.Scheme == "http" {
		by = s.plain
	}
	response, err := by.Do(request)
	if err != nil {
		return webhook.Answer{Err: readable(err)}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	a := webhook.Answer{Status: response.StatusCode, Body: string(text), RetryAfter: retryAfter(response.Header.Get("Retry-After"))}
	switch {
	case response.StatusCode >= 300 && response.StatusCode < 400:
		a.Err = fmt.Errorf("answered %s, which leads elsewhere: redirects are not followed", response.Status)
	case response.StatusCode < 200 || response.StatusCode > 299:
		a.Err = fmt.Errorf("answered %s", response.Status)
	case err != nil && len(text) == 0:
		a.Err = readable(err)
	}
	return a
}

// request is what is sent: the body, signed by each secret.
func request(ctx context.Context, m webhook.Message) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return nil, err
	}
	var signatures []string
	for _, secret := range m.Secrets {
		key, err := standard.NewWebhook(secret)
		if err != nil {
			return nil, errors.New("a secret of this webhook cannot be read: rotate it")
		}
		signature, err := key.Sign(m.ID, m.At, m.Body)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, signature)
	}
	r.Header.Set("Content-Type", m.Media)
	r.Header.Set("User-Agent", "releasegraph-webhook")
	r.Header.Set(standard.HeaderWebhookID, m.ID)
	r.Header.Set(standard.HeaderWebhookTimestamp, strconv.FormatInt(m.At.Unix(), 10))
	r.Header.Set(standard.HeaderWebhookSignature, strings.Join(signatures, " "))
	return r, nil
}

// readable says what went wrong without the address, which may hold what is not for
// everybody.
func readable(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		err = of.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("did not answer in time")
	}
	for _, forbidden := range []error{ssrf.ErrProhibitedIP, ssrf.ErrProhibitedNetwork, ssrf.ErrProhibitedPort, ssrf.ErrInvalidHostPort} {
		if errors.Is(err, forbidden) {
			return errors.New("leads to an address that is not public; the operator may allow its network (--webhook-allow)")
		}
	}
	return err
}

// retryAfter reads for how long a receiver wants to be left alone, in seconds.
func retryAfter(text string) time.Duration {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > int(24*time.Hour/time.Second) {
		return 0
	}
	return time.Duration(n) * time.Second
}
