package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/app/registered"
	"releasegraph/internal/app/running"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/store"
)

const (
	// planTakes and startTakes are how long a roll-out takes that does not say so: one that
	// is planned, and one of which nobody has told the end.
	planTakes, startTakes = time.Hour, 24 * time.Hour
	// skew is how far the clock of a party may be ahead.
	skew = 5 * time.Minute
)

// Tell registers what a notice tells, as registerDeployment does. The same notice again
// changes nothing.
func (a *Area) Tell(ctx context.Context, n Notice) (*running.Rolled, error) {
	if n.At.IsZero() && (n.State == Succeeded || n.State == Failed) {
		n.At = a.estate.Clock()
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	release, err := a.release(ctx, n)
	if err != nil {
		return nil, err
	}
	in := n.registration(a.estate.Clock())
	in.Release = domain.Ref{ID: &release.ID}
	done, err := a.running.RegisterDeployment(ctx, in, nil)
	return done, inItsWords(err)
}

// fields are the fields of a notice, by those of a registration.
var fields = strings.NewReplacer("input.to", "at", "input.key", "id", "input.carriedOutBy", "party", "input.description", "url", "input.", "")

// inItsWords names the fields of a notice where those of a registration are named.
func inItsWords(err error) error {
	var many domain.Errors
	if errors.As(err, &many) {
		told := make(domain.Errors, len(many))
		for i, one := range many {
			told[i] = renamed(one)
		}
		return told
	}
	var one *domain.Error
	if errors.As(err, &one) {
		return renamed(one)
	}
	return err
}

func renamed(e *domain.Error) *domain.Error {
	told := *e
	told.Field = fields.Replace(e.Field)
	return &told
}

// check tells all that is wrong with a notice.
func (n Notice) check() error {
	var es domain.Errors
	for field, text := range map[string]string{"id": n.ID, "party": n.Party} {
		if strings.TrimSpace(text) == "" {
			es = append(es, refusal.Wrong(field, "is missing"))
		}
	}
	if !slices.Contains(States, n.State) {
		es = append(es, refusal.Wrong("state", "is %q: it is one of planned, started, succeeded, failed", n.State))
	}
	if n.At.IsZero() {
		es = append(es, refusal.Wrong("at", "is missing: when does it begin, or when did it? Such as 2027-01-10T21:04:00Z"))
	}
	switch {
	case n.Release != "" && (n.Unit != "" || n.Version != ""):
		es = append(es, refusal.Wrong("release", "is given, and unit or version, too: give the key of the release, or the unit and the version"))
	case n.Release == "" && (n.Unit == "" || n.Version == ""):
		es = append(es, refusal.Wrong("release", "is missing: give the key of the release, or unit and version"))
	}
	slices.SortFunc(es, func(x, y *domain.Error) int { return strings.Compare(x.Field, y.Field) })
	return es.Err()
}

// registration is a notice as it is registered, but for its release.
func (n Notice) registration(now time.Time) registered.Register {
	in := registered.Register{CarriedOutBy: n.Party, To: n.At.UTC(), Key: optional.Text(n.Party + "/" + n.ID)}
	if n.Description != "" {
		in.Description = &n.Description
	}
	for _, key := range n.Sites {
		in.Sites = append(in.Sites, domain.Ref{Key: &key})
	}
	switch n.State {
	case Planned:
		in.Outcome, in.From, in.To = registered.Planned, n.At.UTC(), n.At.UTC().Add(planTakes)
	case Started:
		in.Outcome, in.From, in.To = registered.Planned, n.At.UTC(), n.At.UTC().Add(startTakes)
	case Succeeded:
		in.Outcome = registered.Succeeded
	case Failed:
		in.Outcome = registered.Failed
	}
	if in.Outcome != registered.Planned {
		if in.To.After(now) && !in.To.After(now.Add(skew)) {
			in.To = now
		}
		if n.From != nil && n.From.Before(in.To) {
			in.From = n.From.UTC()
		}
		return in
	}
	if n.Until != nil {
		in.To = n.Until.UTC()
	}
	return in
}

// release finds the release of a notice: by its key, or as the one of a version that changes
// something of a unit.
func (a *Area) release(ctx context.Context, n Notice) (*domain.Release, error) {
	today := a.estate.Today(ctx)
	if n.Release != "" {
		return estate.One[*domain.Release](ctx, today, domain.Ref{Key: &n.Release}, "release")
	}
	unit, err := estate.One[*domain.ReleaseUnit](ctx, today, domain.Ref{Key: &n.Unit}, "unit")
	if err != nil {
		return nil, err
	}
	items, err := today.Far(ctx, []store.ID{store.ID(unit.ID)}, domain.RelGroups, store.Out, domain.KindConfigurationItem)
	if err != nil {
		return nil, err
	}
	of, err := estate.Linked[*domain.Release](ctx, today, store.IDsOf(items[store.ID(unit.ID)]), domain.RelChanges, store.In)
	if err != nil {
		return nil, err
	}
	return named(n, of)
}

// named is the one release of a version among those of the items of a unit.
func named(n Notice, of map[store.ID][]*domain.Release) (*domain.Release, error) {
	byKey, versions := map[string]*domain.Release{}, map[string]bool{}
	for _, list := range of {
		for _, r := range list {
			versions[r.ReleaseVersion] = true
			if r.ReleaseVersion == n.Version {
				byKey[r.Key] = r
			}
		}
	}
	switch keys := sorted(byKey); len(keys) {
	case 1:
		return byKey[keys[0]], nil
	case 0:
		return nil, &domain.Error{Code: domain.NotFound, Field: "version", Message: fmt.Sprintf("no release %s of %s is known; known are %s", n.Version, n.Unit, some(sorted(versions)))}
	default:
		return nil, refusal.Wrong("version", "%s of %s is that of several releases (%s): give the key of one as release", n.Version, n.Unit, some(keys))
	}
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// some lists some of many names.
func some(names []string) string {
	switch {
	case len(names) == 0:
		return "none"
	case len(names) > 10:
		return strings.Join(names[:10], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
