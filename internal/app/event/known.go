package event

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/happening"
	"releasegraph/internal/store"
)

// known reads what the events of a change set tell of their records, as whoever asks sees
// it.
func (t *telling) known(ctx context.Context) (happening.Known, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.about != nil {
		return *t.about, nil
	}
	known, err := t.app.knownOf(ctx, t.names.Newest, t.at, t.effects)
	if err == nil {
		t.about = &known
	}
	return known, err
}

// newest finds records as they are now, or, of what has gone, as it was last.
type newest func(ctx context.Context, ids []store.ID) (map[store.ID]store.Node, error)

// knownOf reads the names of the records that effects are about, and what stands above
// them at a revision.
func (a *Area) knownOf(ctx context.Context, read newest, at store.Revision, effects []store.Effect) (known happening.Known, err error) {
	known = happening.Known{Names: map[store.ID]happening.Named{}, Above: map[store.ID][]store.ID{}}
	var ids []store.ID
	seen := map[store.ID]bool{}
	for i := range effects {
		for _, id := range happening.Ends(&effects[i]) {
			if !seen[id] {
				seen[id], ids = true, append(ids, id)
			}
		}
	}
	found, err := read(ctx, ids)
	if err != nil {
		return known, err
	}
	of := map[string][]store.ID{}
	for _, id := range ids {
		if n, ok := found[id]; ok {
			known.Names[id] = named(id, n)
			of[n.Kind] = append(of[n.Kind], id)
		}
	}
	p := &above{view: a.estate.At(ctx, at), known: known}
	return known, p.read(ctx, of)
}

func named(id store.ID, n store.Node) happening.Named {
	return happening.Named{Kind: n.Kind, ID: string(id), Key: n.Props.Text("key")}
}

// above reads what stands above the parts of roll-outs.
type above struct {
	view  estate.View
	known happening.Known
}

// read goes up from the records of each kind: sites within waves first.
func (p *above) read(ctx context.Context, of map[string][]store.ID) error {
	steps := of[domain.KindSiteRollout]
	waves, err := p.up(ctx, steps, domain.RelTargets, store.In, domain.KindWave)
	if err != nil {
		return err
	}
	deployments, err := p.up(ctx, append(waves, of[domain.KindWave]...), domain.RelHasWave, store.In, domain.KindDeployment)
	if err != nil {
		return err
	}
	if _, err := p.up(ctx, append(deployments, of[domain.KindDeployment]...), domain.RelDeploys, store.Out, domain.KindRelease); err != nil {
		return err
	}
	if _, err := p.up(ctx, steps, domain.RelDeploys, store.Out, domain.KindRelease); err != nil {
		return err
	}
	_, err = p.up(ctx, steps, domain.RelTargets, store.Out, domain.KindSite)
	return err
}

// up reads what a relationship leads to from some records, and notes it as above them.
func (p *above) up(ctx context.Context, ids []store.ID, rel string, d store.Direction, kind string) (list []store.ID, err error) {
	far, err := p.view.Far(ctx, ids, rel, d, kind)
	if err != nil {
		return nil, refusal.Compacted(err, "after")
	}
	for _, id := range ids {
		for _, n := range far[id] {
			p.known.Names[n.ID] = named(n.ID, n)
			p.known.Above[id] = append(p.known.Above[id], n.ID)
			list = append(list, n.ID)
		}
	}
	return list, nil
}
