// Package demo holds a small, believable estate: a retailer's services and all
// that they stand on, at thirteen sites in eleven time zones.
package demo

import (
	"bytes"
	"context"
	_ "embed"
	"slices"

	"releasegraph/internal/app"
	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/change"
	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
)

// Rolls is the key of the release that waits to be rolled out.
const Rolls = "POS-12.5.0"

// Surplus is the key of a shop at which an audit finds what nobody knows of, where somebody plays
// the sites.
const Surplus = "par-1"

// Fails is the key of a shop where Rolls goes wrong at first, where somebody plays the sites.
const Fails = "ber-1"

var (
	//go:embed past.ndjson
	past []byte
	//go:embed estate.ndjson
	lines []byte
	//go:embed problems.ndjson
	problems []byte
	//go:embed calendar.ndjson
	calendar []byte
	//go:embed changes.ndjson
	changes []byte
	//go:embed releases.ndjson
	releases []byte
	//go:embed rollouts.ndjson
	rollouts []byte
	//go:embed library.ndjson
	library []byte
	//go:embed acceptance.ndjson
	tests []byte
)

// Load imports the estate through the use cases, so that it is checked by the
// same rules as anyone's. An empty store gets its past first: last year the
// shop had a single database and fewer friends.
func Load(ctx context.Context, a *app.App) (importer.Summary, error) {
	head, err := a.Head(ctx)
	if err != nil {
		return importer.Summary{}, err
	}
	var before importer.Summary
	if head == 0 {
		if before, err = loadPast(ctx, a); err != nil {
			return before, err
		}
	}
	sum, err := load(ctx, a, slices.Concat(lines, problems, calendar, changes, releases, rollouts, library, tests), "the estate as it is")
	sum.Counts = append(sum.Counts, before.Counts...)
	if err != nil || head > 0 {
		return sum, err
	}
	if err := review(ctx, a); err != nil {
		return sum, err
	}
	if err := prepare(ctx, a); err != nil {
		return sum, err
	}
	if err := try(ctx, a); err != nil {
		return sum, err
	}
	if err := announce(ctx, a); err != nil {
		return sum, err
	}
	return sum, operate(ctx, a)
}

// review has one of the requests for change assessed and voted on, so that the
// board's next meeting has something to decide.
func review(ctx context.Context, a *app.App) error {
	asked := ref("RFC-4003")
	as := func(name string, role domain.Role) context.Context {
		return acting.WithActor(ctx, domain.Actor{Name: name, Roles: []domain.Role{role}})
	}
	if _, err := a.Changes.AssessChangeRequest(as("olaf", domain.OperationsManager), change.Assess{Ref: asked}, nil); err != nil {
		return err
	}
	comment := "We have waited for this."
	_, err := a.Changes.CastVote(as("amelie", domain.CABMember), change.CastVote{Ref: asked, Verdict: domain.Approve, Comment: &comment}, nil)
	return err
}

func loadPast(ctx context.Context, a *app.App) (importer.Summary, error) {
	sum, err := load(ctx, a, past, "the estate as it was")
	if err != nil {
		return sum, err
	}
	_, err = a.History.CreateBaseline(ctx, domain.NewBaseline{Key: "last-year", Name: "Before the second database"}, nil)
	return sum, err
}

func load(ctx context.Context, a *app.App, ndjson []byte, reason string) (importer.Summary, error) {
	return importer.Run(ctx, importer.Local(a), importer.Options{Files: []string{"-"}, Stdin: bytes.NewReader(ndjson), Reason: reason})
}
