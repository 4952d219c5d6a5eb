package release

import (
	"context"
	"slices"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
)

// SupersededRelease is a release whose place another takes, and of which units.
type SupersededRelease struct {
	Release *domain.Release
	Units   []string
}

// Superseding tells whose place a release takes once it is CLOSED, or would take if
// it went live now (R1).
func (a *Area) Superseding(ctx context.Context, r *domain.Release) ([]*SupersededRelease, error) {
	f, err := a.factsFor(ctx, r)
	if err != nil {
		return nil, err
	}
	return f.superseding(ctx, a.estate.Clock())
}

// Supersedes tells the same of a release as it would be, by all that a view sees.
func (a *Area) Supersedes(ctx context.Context, v estate.View, r *domain.Release) ([]*SupersededRelease, error) {
	f, err := a.heldIn(ctx, v, r)
	if err != nil {
		return nil, err
	}
	return f.superseding(ctx, a.estate.Clock())
}

func (f *facts) superseding(ctx context.Context, now time.Time) ([]*SupersededRelease, error) {
	r := f.of
	own, err := f.live(ctx, now)
	if err != nil {
		return nil, err
	}
	near, err := f.neighbours(ctx)
	if err != nil {
		return nil, err
	}
	byKey, others := map[string]*domain.Release{}, []release.Live{}
	for _, o := range near {
		q := o.release
		if q.ID == r.ID || !q.Status.WentLive() || slices.Contains(own.Leaves, q.Key) {
			continue
		}
		h, err := o.holding(ctx, f.units)
		if err != nil {
			return nil, err
		}
		byKey[q.Key] = q
		others = append(others, release.Live{
			Release: q.Key, Type: q.Type, LiveAt: liveAt(q), Units: heldUnits(f.units, h.Units, h.Contents(), func(release.Unit) string { return q.ReleaseVersion }),
			KeptInForce: slices.ContainsFunc(r.KeptInForce, func(k domain.KeptRelease) bool { return k.Release == q.Key }),
		})
	}
	found, err := release.Supersedes(ctx, own, others, f.numbering.Releases, f.numbering.Items)
	if err != nil {
		return nil, err
	}
	list := make([]*SupersededRelease, len(found))
	for i, one := range found {
		list[i] = &SupersededRelease{Release: byKey[one.Release], Units: []string{}}
		for _, u := range one.Units {
			list[i].Units = append(list[i].Units, u.Key)
		}
	}
	return list, nil
}

// liveAt is when a release went live, as far as is known.
func liveAt(r *domain.Release) time.Time {
	return optional.Or(r.LiveAt, optional.Or(r.StatusSince, r.UpdatedAt))
}

// live is the release as it is, or would be now, when it is live.
func (f *facts) live(ctx context.Context, now time.Time) (release.Live, error) {
	own := release.Live{Release: f.of.Key, Type: f.of.Type, LiveAt: now, Leaves: f.leaves}
	if f.of.Status.WentLive() {
		own.LiveAt = liveAt(f.of)
	}
	number := func(release.Unit) string { return f.of.ReleaseVersion }
	if f.of.Category == domain.PackageRelease {
		var leaves []release.Numbered
		for _, p := range f.carriers() {
			h, err := f.holding(ctx, p)
			if err != nil {
				return own, err
			}
			leaves = append(leaves, numbered(p.release, h.Units))
		}
		number = func(u release.Unit) string { return release.HighestNumber(u, leaves, f.numbering.Releases) }
	}
	own.Units = heldUnits(f.units, f.held.units, f.contents(), number)
	return own, nil
}

// heldUnits are units as a live release holds them, each with what it does to the
// unit's items.
func heldUnits(u *Units, list []release.Unit, contents []release.Content, number func(release.Unit) string) []release.Held {
	held := make([]release.Held, len(list))
	for i, unit := range list {
		held[i] = release.Held{Unit: unit, Number: number(unit)}
		for _, c := range contents {
			if unit.Own && c.Item == unit.Key || !unit.Own && slices.Contains(u.unitsOf[c.Item], unit.Key) {
				held[i].Contents = append(held[i].Contents, c)
			}
		}
	}
	return held
}
