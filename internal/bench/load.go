package bench

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// Work is a request that is sent again and again.
type Work struct {
	Name     string
	Document string
	// Variables are those of the n-th request, counted from 0.
	Variables func(n int) map[string]any
	// Distinct is how many different requests there are; 0: each differs from all
	// others.
	Distinct int
}

// Load says how work is given to a server.
type Load struct {
	Connections int
	// Within is how long requests are begun.
	Within time.Duration
}

// Figures tell how a server did.
type Figures struct {
	Requests int           `json:"requests"`
	Elapsed  time.Duration `json:"elapsed"`
	// CPU is what the server used; below 0: unknown.
	CPU    time.Duration `json:"cpu"`
	Median time.Duration `json:"median"`
	Late   time.Duration `json:"late"` // 99 of 100 requests took less
	Bytes  int64         `json:"bytes"`
}

// PerSecond is how many requests were answered in a second.
func (f Figures) PerSecond() float64 { return float64(f.Requests) / f.Elapsed.Seconds() }

// running is a load on its way.
type running struct {
	server Server
	work   Work
	bodies [][]byte // ready requests, where they repeat
	next   atomic.Int64
	until  time.Time
}

// Run gives work to a server. The first answer that tells an error ends it.
func (l Load) Run(ctx context.Context, s Server, w Work) (Figures, error) {
	r := &running{server: s, work: w}
	for n := range w.Distinct {
		text, err := r.text(ctx, n)
		if err != nil {
			return Figures{}, err
		}
		r.bodies = append(r.bodies, text)
	}
	group, ctx := errgroup.WithContext(ctx)
	connections := make([]*connection, l.Connections)
	defer func() {
		for _, c := range connections {
			if c != nil {
				_ = c.Close()
			}
		}
	}()
	for i := range connections {
		var err error
		if connections[i], err = s.connect(ctx); err != nil {
			return Figures{}, err
		}
	}
	// A client that has gone stops waiting for answers.
	defer context.AfterFunc(ctx, func() {
		for _, c := range connections {
			_ = c.Close()
		}
	})()
	before := s.cpu(ctx)
	begun := time.Now()
	r.until = begun.Add(l.Within)
	each := make([]tally, l.Connections)
	for i, c := range connections {
		group.Go(func() error { return r.ask(ctx, c, &each[i]) })
	}
	if err := group.Wait(); err != nil {
		return Figures{}, err
	}
	f := summed(each)
	f.Elapsed, f.CPU = time.Since(begun), -1
	if after := s.cpu(context.WithoutCancel(ctx)); before >= 0 && after >= before {
		f.CPU = after - before
	}
	return f, nil
}

// tally is what one connection saw.
type tally struct {
	took  []time.Duration
	bytes int64
}

func (r *running) ask(ctx context.Context, c *connection, t *tally) error {
	for begun := time.Now(); begun.Before(r.until); {
		text, err := r.request(ctx)
		if err != nil {
			return err
		}
		answer, err := c.send(text)
		if err != nil {
			return cmp.Or(context.Cause(ctx), err)
		}
		if err := refused(answer); err != nil {
			return err
		}
		ended := time.Now()
		t.took, t.bytes = append(t.took, ended.Sub(begun)), t.bytes+int64(len(answer))
		begun = ended
	}
	return nil
}

// request is the text of the next request.
func (r *running) request(ctx context.Context) ([]byte, error) {
	n := int(r.next.Add(1) - 1)
	if len(r.bodies) > 0 {
		return r.bodies[n%len(r.bodies)], nil
	}
	return r.text(ctx, n)
}

func (r *running) text(ctx context.Context, n int) ([]byte, error) {
	question := map[string]any{"query": r.work.Document}
	if r.work.Variables != nil {
		question["variables"] = r.work.Variables(n)
	}
	body, err := json.Marshal(question)
	if err != nil {
		return nil, err
	}
	return r.server.request(ctx, body)
}

// refused tells what a server says that it could not answer. It looks at the
// ends of the answer only, where errors stand.
func refused(answer []byte) error {
	const most = 4096
	ends := [][]byte{answer[:min(len(answer), most)], answer[max(0, len(answer)-most):]}
	if !slices.ContainsFunc(ends, func(end []byte) bool { return bytes.Contains(end, []byte(`"errors":[{`)) }) {
		return nil
	}
	var told struct {
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(answer, &told); err != nil {
		return err
	}
	if len(told.Errors) == 0 {
		return nil
	}
	return fmt.Errorf("the server answers: %s", told.Errors[0].Message)
}

func summed(each []tally) (f Figures) {
	var took []time.Duration
	for _, t := range each {
		took = append(took, t.took...)
		f.Bytes += t.bytes
	}
	if f.Requests = len(took); f.Requests == 0 {
		return f
	}
	slices.Sort(took)
	f.Median, f.Late = took[len(took)/2], took[len(took)*99/100]
	return f
}
