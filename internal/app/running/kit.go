package running

import (
	"context"
	"slices"
	"strings"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"

	"time"
)

// kits are the digests by which a site may name the kit of a release (L2): that of the
// kit as a whole and, where the kit is one thing, of that. A package has the kits of its
// parts.
func (c *course) kits(ctx context.Context, release store.ID) ([]string, error) {
	if release == "" {
		return nil, nil
	}
	if known, is := c.kitsOf[release]; is {
		return known, nil
	}
	parts, err := c.view.Walk(ctx, store.Walk{Roots: []store.ID{release}, Rels: []string{domain.RelBundles}, Direction: store.Out})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	ids := make([]store.ID, len(parts.Hits))
	for i, hit := range parts.Hits {
		ids[i] = hit.ID
	}
	far, err := estate.Linked[*domain.MediaItem](ctx, c.view, ids, domain.RelKitOf, store.In)
	if err != nil {
		return nil, err
	}
	var kit []plan.KitItem
	for _, id := range ids {
		for _, m := range far[id] {
			one := plan.KitItem{Key: m.Key, Sha256: m.Sha256}
			if !slices.Contains(kit, one) {
				kit = append(kit, one)
			}
		}
	}
	digests := []string{}
	if len(kit) > 0 {
		digest, err := plan.KitDigest(kit)
		if err != nil {
			return nil, err
		}
		digests = append(digests, strings.ToLower(digest))
	}
	if len(kit) == 1 {
		digests = append(digests, strings.ToLower(kit[0].Sha256))
	}
	c.kitsOf[release] = digests
	return digests, nil
}

// frozen are the freezes that hold a step at a moment: its site, or what it receives
// (D2).
func (c *course) frozen(ctx context.Context, s *running.Step, at time.Time) ([]domain.TimeRange, error) {
	on, err := c.freezes(ctx, at)
	if err != nil || len(on) == 0 {
		return nil, err
	}
	if err := c.ground.read(ctx, []*running.Step{s}); err != nil {
		return nil, err
	}
	var list []domain.TimeRange
	for _, f := range on {
		holds := f.holdsSite(c.sites[s.ID])
		for _, work := range c.ground.work[s.ID] {
			item := c.ground.items[work.item].was
			holds = holds || f.holdsItem(work.item, item.Class, item.Environment)
		}
		if holds {
			list = append(list, f.on)
		}
	}
	return list, nil
}

// freezes reads the freezes that are on at a moment, once for reports of one minute.
func (c *course) freezes(ctx context.Context, at time.Time) ([]*freeze, error) {
	minute := at.Truncate(time.Minute)
	if known, is := c.freezesOn[minute]; is {
		return known, nil
	}
	requests, err := c.requests(ctx)
	if err != nil {
		return nil, err
	}
	on, err := freezesOn(ctx, c.view, at, requests)
	c.freezesOn[minute] = on
	return on, err
}

// requests are the keys of those that the release carries out.
func (c *course) requests(ctx context.Context) ([]string, error) {
	if c.release == nil {
		return nil, nil
	}
	id := store.ID(c.release.ID)
	far, err := c.view.Far(ctx, []store.ID{id}, domain.RelImplements, store.Out, domain.KindChangeRequest)
	var keys []string
	for _, n := range far[id] {
		keys = append(keys, n.Props.Text("key"))
	}
	return keys, err
}
