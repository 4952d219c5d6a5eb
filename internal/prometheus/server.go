// Package prometheus asks Prometheus servers, or what speaks as they do, for
// measurements. Which servers there are is said at start: nobody chooses an address by
// data.
package prometheus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/measure"
)

// The limits of an answer. No answer that is of use is longer: a series has 1,440
// numbers at most.
const (
	longest  = 10 * time.Second
	largest  = 4 << 20
	mostTold = 300
)

// Servers are the servers that may be asked, by their names.
type Servers struct {
	servers map[string]v1.API
	patient time.Duration
}

// New returns the servers of some addresses, by their names. All that is wrong is told
// at once.
func New(addresses map[string]string) (*Servers, error) {
	s := &Servers{servers: map[string]v1.API{}, patient: longest}
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(addresses)) {
		if err := s.add(name, addresses[name]); err != nil {
			wrong = append(wrong, err)
		}
	}
	return s, errors.Join(wrong...)
}

func (s *Servers) add(name, address string) error {
	if err := domain.CheckKey(name); err != nil {
		return fmt.Errorf("the name of the Prometheus server %q %w", name, err)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("the address of the Prometheus server %s must be http://HOST:PORT or https://HOST:PORT", name)
	}
	c, err := api.NewClient(api.Config{Address: address, Client: &http.Client{
		Transport: limited{http.DefaultTransport},
		// Where a server sends its caller is no server that was named at start.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}})
	if err != nil {
		return fmt.Errorf("the address of the Prometheus server %s cannot be used", name)
	}
	s.servers[name] = v1.NewAPI(c)
	return nil
}

// Patient returns the same servers, which are waited for as long.
func (s *Servers) Patient(d time.Duration) *Servers { return &Servers{s.servers, d} }

// Names are those of the servers, in order.
func (s *Servers) Names() []string {
	if s == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.servers))
}

// Ask asks a server for the measurements. That it is away, refuses, warns, or says more
// than anybody needs, is told as troubles of the answer. The names of what was asked,
// and no address, are in what is told. The error is that of the context alone.
func (s *Servers) Ask(ctx context.Context, a measure.Asked) (measure.Answer, error) {
	name := a.Measure.Source
	if s == nil || s.servers[name] == nil {
		return measure.Answer{Troubles: []string{name + " is not among the servers that may be asked"}}, nil
	}
	waiting, cancel := context.WithTimeout(ctx, s.patient)
	defer cancel()
	value, warnings, _, err := s.servers[name].QueryRange(waiting, a.Query, v1.Range{Start: a.Over.From, End: a.Over.To, Step: a.Measure.Step()}, v1.WithTimeout(s.patient))
	switch {
	case ctx.Err() != nil:
		return measure.Answer{}, ctx.Err()
	case waiting.Err() != nil:
		return trouble("%s did not answer within %s", name, s.patient), nil
	case err != nil:
		return trouble("%s %s", name, told(err)), nil
	}
	answer := read(value)
	for _, w := range warnings {
		answer.Troubles = append(answer.Troubles, name+" warns: "+short(w))
	}
	return answer, nil
}

func trouble(format string, args ...any) measure.Answer {
	return measure.Answer{Troubles: []string{fmt.Sprintf(format, args...)}}
}

// told says what went wrong, without an address.
func told(err error) string {
	var refused *v1.Error
	switch {
	case errors.Is(err, errTooLong):
		return fmt.Sprintf("answered more than %d MiB", largest>>20)
	case !errors.As(err, &refused):
		return "is away"
	case refused.Type == v1.ErrBadResponse:
		return "answered what cannot be read"
	}
	return "refused: " + short(fmt.Sprintf("%s: %s", refused.Type, refused.Msg))
}

// short is one line of a text, as far as it is of use.
func short(text string) string {
	text = strings.ToValidUTF8(strings.Join(strings.Fields(text), " "), "")
	if letters := []rune(text); len(letters) > mostTold {
		return string(letters[:mostTold]) + "…"
	}
	return text
}

// read reads the series of an answer. A native histogram is no number.
func read(value model.Value) (answer measure.Answer) {
	if value == nil {
		return trouble("the answer holds nothing")
	}
	matrix, ok := value.(model.Matrix)
	if !ok {
		return trouble("the query gives a %s, and not numbers over time", value.Type())
	}
	for _, stream := range matrix {
		if len(stream.Histograms) > 0 {
			answer.Troubles = append(answer.Troubles, "the query gives histograms, and not numbers")
		}
		series := make([]measure.Sample, len(stream.Values))
		for i, v := range stream.Values {
			series[i] = measure.Sample{At: v.Timestamp.Time().UTC(), Value: float64(v.Value)}
		}
		answer.Series = append(answer.Series, series)
	}
	return answer
}

// limited ends what is longer than any answer that is of use.
type limited struct{ beneath http.RoundTripper }

var errTooLong = errors.New("the answer is too long")

// RoundTrip carries out a request.
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.beneath.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &bounded{answer.Body, largest}
	return answer, nil
}

// bounded is a body of which only so much may be read.
type bounded struct {
	io.ReadCloser
	left int
}

// Read reads on, or fails when too much was read.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
