package importer_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
	"releasegraph/internal/interchange"
)

// shaky opens targets that take small batches and fail at the chosen write.
type shaky struct {
	importer.Opener
	at    int
	fail  func() error
	after bool // fail after the write rather than before
	seen  *int
}

func (s shaky) Open(ctx context.Context, o bulk.ImportOptions) (importer.Target, error) {
	t, err := s.Opener.Open(ctx, o)
	return &shakyTarget{Target: t, shaky: s}, err
}

type shakyTarget struct {
	importer.Target
	shaky
}

func (s *shakyTarget) Batch() (nodes, edges int) { return 2, 3 }

func (s *shakyTarget) Write(ctx context.Context, items []*interchange.Item) (bulk.Imported, error) {
	*s.seen++
	if *s.seen == s.at && !s.after {
		return bulk.Imported{}, s.fail()
	}
	done, err := s.Target.Write(ctx, items)
	if *s.seen == s.at {
		return bulk.Imported{}, s.fail()
	}
	return done, err
}

func TestARunThatWasCutOffAnywhereIsFinishedByTheSameCommand(t *testing.T) {
	whole, _ := newApp(t)
	run(t, whole, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(estate)})
	want := export(t, whole)
	for at := 1; at <= 5; at++ {
		for _, after := range []bool{false, true} {
			a, _ := newApp(t)
			seen := 0
			ctx, cancel := context.WithCancel(context.Background())
			to := shaky{Opener: importer.Local(a), at: at, after: after, seen: &seen, fail: func() error { cancel(); return ctx.Err() }}
			o := importer.Options{Files: []string{file(t, "a.ndjson", estate)}}
			_, err := importer.Run(ctx, to, o)
			if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the same command again goes on from there") {
				t.Fatalf("at write %d: %v", at, err)
			}
			run(t, a, o)
			if got := export(t, a); got != want {
				t.Errorf("cut off at write %d:\n%s", at, got)
			}
		}
	}
}

func unavailable() error {
	return &domain.Error{Code: domain.Unavailable, Message: "the store is away"}
}

func TestAStoreThatComesBackIsWaitedFor(t *testing.T) {
	a, _ := newApp(t)
	seen := 0
	to := shaky{Opener: importer.Local(a), at: 3, after: true, seen: &seen, fail: unavailable}
	s, err := importer.Run(context.Background(), to, importer.Options{Files: []string{file(t, "a.ndjson", estate)}})
	if err != nil || s.Created()+s.Unchanged() != 11 {
		t.Errorf("%+v %v", s, err)
	}
}

func TestAStoreThatStaysAwayIsToldWithHowFarTheRunGot(t *testing.T) {
	a, _ := newApp(t)
	seen := 0
	to := shaky{Opener: importer.Local(a), seen: &seen}
	to.Opener = gone{to.Opener}
	_, err := importer.Run(context.Background(), to, importer.Options{
		Files: []string{file(t, "a.ndjson", estate)}, Patience: time.Millisecond,
	})
	var e *domain.Error
	if !errors.As(err, &e) || e.Code != domain.Unavailable || !strings.Contains(err.Error(), "2 of 6 records and 0 of 5 relationships are in the store") {
		t.Errorf("%v", err)
	}
}

// gone opens targets that take one write.
type gone struct{ importer.Opener }

func (g gone) Open(ctx context.Context, o bulk.ImportOptions) (importer.Target, error) {
	t, err := g.Opener.Open(ctx, o)
	return &goneTarget{Target: t}, err
}

type goneTarget struct {
	importer.Target
	writes int
}

func (g *goneTarget) Write(ctx context.Context, items []*interchange.Item) (bulk.Imported, error) {
	if g.writes++; g.writes > 1 {
		return bulk.Imported{}, unavailable()
	}
	return g.Target.Write(ctx, items)
}
