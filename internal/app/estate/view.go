package estate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
	"releasegraph/internal/store/entries"
	"releasegraph/internal/store/scoped"
)

// View is the estate as one question sees it: as it is, or as it was at an
// earlier revision (C4), without what the caller may not see.
type View struct {
	store.Reader
	// Entire is the estate with all that is hidden from the caller.
	Entire store.Reader
	Part   *scoped.Reader // nil when nothing is hidden
	sight  *sight
	App    *Estate
	Past   bool
	// At is the revision of a view of the past.
	At store.Revision
}

// Today returns the estate as it is.
func (a *Estate) Today(ctx context.Context) View { return a.SeenBy(ctx, a.Entire) }

// SeenBy returns what whoever asks may see of an estate.
func (a *Estate) SeenBy(ctx context.Context, beneath store.Reader) View {
	v := View{Reader: beneath, Entire: beneath, App: a, sight: a.sightOf(ctx)}
	if !v.sight.unlimited {
		v.Part = scoped.New(beneath, v.sight.resolve)
		v.Reader = v.Part
	}
	return v
}

// At returns the estate as of an earlier revision.
func (a *Estate) At(ctx context.Context, r store.Revision) View {
	v := a.SeenBy(ctx, a.Past.At(r))
	v.Past, v.At = true, r
	return v
}

// Hidden tells which of some records the caller may not see, or are not there.
func (v View) Hidden(ctx context.Context, ids ...store.ID) (map[store.ID]bool, error) {
	hidden := map[store.ID]bool{}
	if v.Part == nil {
		return hidden, nil
	}
	acting.NoteLook(ctx)
	seen, err := v.Part.Seen(ctx, ids...)
	for _, id := range ids {
		if !seen[id] {
			hidden[id] = true
		}
	}
	return hidden, refusal.OfStore(err)
}

// SeenOf keeps, of change sets, what the caller may see.
func (v View) SeenOf(ctx context.Context, changes []store.Change) ([]store.Change, error) {
	if v.Part == nil || len(changes) == 0 {
		return changes, nil
	}
	acting.NoteLook(ctx)
	kept, err := v.Part.SeenOf(ctx, changes)
	return kept, refusal.OfStore(err)
}

// SeesAll reports whether every record of some kinds may be seen.
func (v View) SeesAll(kinds ...string) bool { return v.sight.all(kinds...) }

// Deciding lists the relationships that decide which records of a kind are seen: none
// where all are, or none.
func (v View) Deciding(kind string) []string { return v.sight.deciding(kind) }

// KeysSeen returns the keys of nodes, those of hidden ones concealed.
func (v View) KeysSeen(ctx context.Context, nodes []store.Node) ([]string, error) {
	hidden, err := v.Hidden(ctx, store.IDsOf(nodes)...)
	var keys []string
	for _, n := range nodes {
		key := n.Props.Text("key")
		if hidden[n.ID] {
			key = scoped.Unseen
		}
		keys = append(keys, key)
	}
	return keys, err
}

// Log returns the log as the caller sees it.
func (v View) Log() entries.Log {
	l := entries.Log{Store: v.App.Store}
	if v.Part != nil {
		l.Seen = v.SeenOf
	}
	return l
}

// Everything returns the estate as it is, whoever asks. It is for rules, which hold for
// what the caller may not see as well.
func (a *Estate) Everything() View {
	return View{Reader: a.Entire, Entire: a.Entire, App: a, sight: unlimited(a)}
}

// Supposing returns the estate as it would be after a change, whoever asks.
func (a *Estate) Supposing(would store.Change) View {
	then := a.Past.Supposing(would)
	return View{Reader: then, Entire: then, App: a, sight: unlimited(a)}
}

// Unnamed returns the estate as Everything does, but without the names of what the
// caller may not see. Rules and verbs say by it why they refuse: Refuse and CarryOut
// put Unseen in the place of each of the names.
func (a *Estate) Unnamed(ctx context.Context) View {
	v := a.Everything()
	if seen := a.Today(ctx); seen.Part != nil {
		v.Reader = seen.Part.Unnamed()
	}
	return v
}

// View returns the estate as of a moment, or today's where none is given.
func (a *Estate) View(ctx context.Context, asOf *domain.AsOf, field string) (View, error) {
	if asOf == nil {
		return a.Today(ctx), nil
	}
	r, err := a.Moment(ctx, asOf, field)
	if err != nil {
		return View{}, err
	}
	return a.At(ctx, r), nil
}

// ViewFor returns where the relationships of a cohort are read: at the moment
// asked for, else at that of the cohort.
func (a *Estate) ViewFor(ctx context.Context, c *Cohort, asOf *domain.AsOf) (View, error) {
	if asOf == nil {
		return c.View, nil
	}
	return a.View(ctx, asOf, "asOf")
}

// Moment returns the revision that a moment stands for. It refuses moments that cannot be
// read (C4): those ahead, those before the first change, and those to which the log does
// not reach back.
func (a *Estate) Moment(ctx context.Context, asOf *domain.AsOf, field string) (store.Revision, error) {
	r, err := a.named(ctx, asOf, field)
	if err != nil {
		return 0, err
	}
	oldest, err := a.Entire.Oldest(ctx)
	if err != nil {
		return 0, refusal.OfStore(err)
	}
	if r < oldest {
		return 0, &domain.Error{
			Code: domain.Invalid, Rule: "C4", Field: field,
			Message: fmt.Sprintf("the log no longer reaches back to revision %d; the oldest that can be read is %d", r, oldest),
			Details: map[string]any{"oldest": int64(oldest)},
		}
	}
	return r, nil
}

func (a *Estate) named(ctx context.Context, asOf *domain.AsOf, field string) (store.Revision, error) {
	switch {
	case asOf.Revision != nil && asOf.Time == nil && asOf.Baseline == nil:
		return a.revision(ctx, *asOf.Revision, field+".revision")
	case asOf.Revision == nil && asOf.Time != nil && asOf.Baseline == nil:
		return a.revisionAt(ctx, *asOf.Time, field+".time")
	case asOf.Revision == nil && asOf.Time == nil && asOf.Baseline != nil:
		return a.Baselines(ctx, *asOf.Baseline, field+".baseline")
	}
	return 0, refusal.Wrong(field, "give exactly one of revision, time and baseline")
}

func (a *Estate) revision(ctx context.Context, n int64, field string) (store.Revision, error) {
	head, err := a.Store.Head(ctx)
	if err != nil {
		return 0, refusal.OfStore(err)
	}
	if n < 0 || n > int64(head) {
		return 0, refusal.Wrong(field, "is %d; revisions run from 0, the empty estate, to %d, the last change", n, head)
	}
	return store.Revision(n), nil
}

func (a *Estate) revisionAt(ctx context.Context, t time.Time, field string) (store.Revision, error) {
	if t.After(a.Now()) {
		return 0, refusal.Wrong(field, "lies in the future; leave asOf out to see things as they are")
	}
	r, err := a.Entire.RevisionAt(ctx, t)
	if err != nil || r > 0 {
		return r, refusal.OfStore(err)
	}
	first, err := a.Store.Heads(ctx, 0, 1)
	switch {
	case errors.Is(err, store.ErrCompacted):
		return 0, refusal.Compacted(err, field)
	case err != nil:
		return 0, refusal.OfStore(err)
	case len(first) == 0:
		return 0, refusal.Wrong(field, "nothing has been recorded yet")
	}
	return 0, refusal.Wrong(field, "is before the first change, which was at %s", first[0].At.Format(time.RFC3339Nano))
}
