package readiness

import (
	"context"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/ground"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	plan "releasegraph/internal/plan/release"
	"releasegraph/internal/plan/running"
	"releasegraph/internal/store"
)

// Proofs are what sites must show before they install, as far as it was read (D2, D3).
type Proofs struct {
	view    estate.View
	ground  *ground.Ground
	release *domain.Release // that is rolled out, nil for none
	// kits and freezes were read once: the digests of a release's kit, and the freezes
	// that are on in a minute.
	kitsOf    map[store.ID][]string
	freezesOn map[time.Time][]*Freeze
}

// NewProofs returns what is to be shown for a release.
func NewProofs(v estate.View, g *ground.Ground, r *domain.Release) *Proofs {
	return &Proofs{v, g, r, map[store.ID][]string{}, map[time.Time][]*Freeze{}}
}

// Read reads what a site must show that says that it has come so far: the kit that it is
// to have, and that no freeze is on. Of is the step as it changes what is installed, site
// where.
func (p *Proofs) Read(ctx context.Context, s *running.Step, of ground.Step, site store.Node, said running.Report) error {
	if said.Status == domain.SiteDistributed || said.Status == domain.SiteFailed || said.Status == domain.SiteBackedOut || s.Status.Begun() {
		return nil
	}
	kits, err := p.kits(ctx, of.Release)
	if err != nil {
		return err
	}
	s.Kits = kits
	s.Frozen, err = p.frozen(ctx, of, site, said.At)
	return err
}

// kits are the digests by which a site may name the kit of a release (L2): that of the
// kit as a whole and, where the kit is one thing, of that. A package has the kits of its
// parts.
func (p *Proofs) kits(ctx context.Context, release store.ID) ([]string, error) {
	if release == "" {
		return nil, nil
	}
	if known, is := p.kitsOf[release]; is {
		return known, nil
	}
	parts, err := p.view.Walk(ctx, store.Walk{Roots: []store.ID{release}, Rels: []string{domain.RelBundles}, Direction: store.Out})
	if err != nil {
		return nil, refusal.OfStore(err)
	}
	ids := make([]store.ID, len(parts.Hits))
	for i, hit := range parts.Hits {
		ids[i] = hit.ID
	}
	far, err := estate.Linked[*domain.MediaItem](ctx, p.view, ids, domain.RelKitOf, store.In)
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
	p.kitsOf[release] = digests
	return digests, nil
}

// frozen are the freezes that hold a step at a moment: its site, or what it receives
// (D2).
func (p *Proofs) frozen(ctx context.Context, s ground.Step, site store.Node, at time.Time) ([]domain.TimeRange, error) {
	on, err := p.freezes(ctx, at)
	if err != nil || len(on) == 0 {
		return nil, err
	}
	if err := p.ground.Read(ctx, []ground.Step{s}); err != nil {
		return nil, err
	}
	var list []domain.TimeRange
	for _, f := range on {
		holds := f.HoldsSite(site)
		for _, work := range p.ground.Work(s.ID) {
			item := work.Item
			holds = holds || f.HoldsItem(store.ID(item.ID), item.Class, item.Environment)
		}
		if holds {
			list = append(list, f.On)
		}
	}
	return list, nil
}

// freezes reads the freezes that are on at a moment, once for reports of one minute.
func (p *Proofs) freezes(ctx context.Context, at time.Time) ([]*Freeze, error) {
	minute := at.Truncate(time.Minute)
	if known, is := p.freezesOn[minute]; is {
		return known, nil
	}
	requests, err := p.Requests(ctx)
	if err != nil {
		return nil, err
	}
	on, err := FreezesOn(ctx, p.view, at, requests)
	p.freezesOn[minute] = on
	return on, err
}

// Requests are the keys of those that the release carries out.
func (p *Proofs) Requests(ctx context.Context) ([]string, error) {
	if p.release == nil {
		return nil, nil
	}
	id := store.ID(p.release.ID)
	far, err := p.view.Far(ctx, []store.ID{id}, domain.RelImplements, store.Out, domain.KindChangeRequest)
	var keys []string
	for _, n := range far[id] {
		keys = append(keys, n.Props.Text("key"))
	}
	return keys, err
}
