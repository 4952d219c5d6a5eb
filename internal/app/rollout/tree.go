package rollout

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// tree is what a change set says of roll-outs, and what stands above and below that,
// as it would be.
type tree struct {
	now map[store.ID]entity.Record
	// at is where each record is named that is to be judged.
	at           map[store.ID]estate.Placed
	deploymentOf map[store.ID]store.ID // of waves
	waveOf       map[store.ID]store.ID // of sites
}

// treeOf reads what stands above the waves and sites that are proposed, and the waves
// of the deployments that are.
func (a rules) treeOf(ctx context.Context, p *estate.Proposal) (*tree, error) {
	if err := p.Ends(ctx); err != nil {
		return nil, err
	}
	t := &tree{now: map[store.ID]entity.Record{}, at: map[store.ID]estate.Placed{}, deploymentOf: map[store.ID]store.ID{}, waveOf: map[store.ID]store.ID{}}
	deployments := t.propose(p)
	v := a.estate.Unnamed(ctx)
	below, err := estate.Linked[*domain.Wave](ctx, v, slices.Collect(maps.Keys(deployments)), domain.RelHasWave, store.Out)
	if err != nil {
		return nil, err
	}
	for id, waves := range below {
		for _, w := range waves {
			wave := t.know(w)
			if _, named := t.at[wave]; !named {
				t.at[wave] = deployments[id]
				t.under(t.deploymentOf, wave, id)
			}
		}
	}
	if err := above[*domain.Wave](ctx, t, v, domain.KindSiteRollout, domain.RelTargets, t.waveOf); err != nil {
		return nil, err
	}
	return t, above[*domain.Deployment](ctx, t, v, domain.KindWave, domain.RelHasWave, t.deploymentOf)
}

// propose notes what is proposed, and returns the deployments that are.
func (t *tree) propose(p *estate.Proposal) map[store.ID]estate.Placed {
	deployments := map[store.ID]estate.Placed{}
	for _, c := range p.Records {
		if c.Gone() {
			continue
		}
		id := store.ID(c.After.Meta().ID)
		t.now[id] = c.After
		if _, is := c.After.(*domain.Deployment); is {
			deployments[id] = c
		} else {
			t.at[id] = c
		}
	}
	for _, l := range p.Links {
		if l.Goes || l.Stays || l.From == nil || l.To == nil || l.Rel.To == domain.KindSite {
			continue
		}
		for id, r := range map[store.ID]entity.Record{l.Key.From: l.From, l.Key.To: l.To} {
			if t.now[id] == nil {
				t.now[id] = r
			}
		}
		if t.at[l.Key.To] == nil {
			t.at[l.Key.To] = l
		}
		if l.Rel.Name == domain.RelHasWave {
			t.deploymentOf[l.Key.To] = l.Key.From
		} else {
			t.waveOf[l.Key.To] = l.Key.From
		}
	}
	return deployments
}

// above reads what stands above the records of a kind, where the change set does not
// say it.
func above[R entity.Record](ctx context.Context, t *tree, v estate.View, kind, rel string, of map[store.ID]store.ID) error {
	var ask []store.ID
	for id, r := range t.now {
		if _, said := of[id]; !said && r.Meta().Version > 0 && entity.KindOf(r).Name == kind {
			ask = append(ask, id)
		}
	}
	found, err := estate.Linked[R](ctx, v, ask, rel, store.In)
	for id, records := range found {
		for _, r := range records {
			t.under(of, id, t.know(r))
		}
	}
	return err
}

func (t *tree) under(of map[store.ID]store.ID, id, above store.ID) {
	if _, said := of[id]; !said {
		of[id] = above
	}
}

// know keeps a record in mind, unless the change set says what it will be.
func (t *tree) know(r entity.Record) store.ID {
	id := store.ID(r.Meta().ID)
	if t.now[id] == nil {
		t.now[id] = r
	}
	return id
}

// key is that of a record of the tree.
func (t *tree) key(id store.ID) string { return t.now[id].Meta().Key }

// deployment is that of a wave, nil where it has none.
func (t *tree) deployment(wave store.ID) *domain.Deployment {
	d, _ := t.now[t.deploymentOf[wave]].(*domain.Deployment)
	return d
}

// wave is that of a site, nil where it has none.
func (t *tree) wave(site store.ID) *domain.Wave {
	w, _ := t.now[t.waveOf[site]].(*domain.Wave)
	return w
}

// refuse says what does not fit. A link has no status: it is told at its end.
func (t *tree) refuse(p *estate.Proposal, at estate.Placed, e *domain.Error) {
	if e == nil {
		return
	}
	if _, is := at.(*estate.LinkChange); is {
		e.Field = "to"
	}
	p.Refuse(at, e)
}
