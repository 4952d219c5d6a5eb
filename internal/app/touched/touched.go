// Package touched tells from the log to which deployments something happened.
package touched

import (
	"context"
	"errors"
	"maps"
	"slices"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
	"releasegraph/internal/store/entries"
)

// changesAtOnce is how many change sets are read at once, mostChanges how many are
// followed.
const changesAtOnce, mostChanges = 200, 5000

// Deployments lists the deployments that were touched between two revisions, with their
// waves and sites. It reports false where the log is not followed: it does not reach back,
// or that is too much.
func Deployments(ctx context.Context, log entries.Store, v estate.View, after, head store.Revision) (list []store.ID, followed bool, err error) {
	if after < 0 || head < after || head-after > mostChanges {
		return nil, false, nil
	}
	t := touch{map[store.ID]bool{}, map[store.ID]bool{}, map[store.ID]bool{}}
	for after < head {
		changes, err := log.Changes(ctx, after, changesAtOnce)
		if errors.Is(err, store.ErrCompacted) || err == nil && len(changes) == 0 {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, refusal.OfStore(err)
		}
		for i := range changes {
			t.note(&changes[i])
		}
		after = changes[len(changes)-1].Revision
	}
	if err := errors.Join(above(ctx, v, t.sites, t.waves, domain.RelTargets, domain.KindWave), above(ctx, v, t.waves, t.deployments, domain.RelHasWave, domain.KindDeployment)); err != nil {
		return nil, false, err
	}
	return slices.Sorted(maps.Keys(t.deployments)), true, nil
}

// touch is what of roll-outs change sets touched.
type touch struct{ deployments, waves, sites map[store.ID]bool }

func (t *touch) note(c *store.Change) {
	for i := range c.Effects {
		switch e := &c.Effects[i]; {
		case e.Kind == domain.KindDeployment:
			t.deployments[e.Node] = true
		case e.Kind == domain.KindWave:
			t.waves[e.Node] = true
		case e.Kind == domain.KindSiteRollout:
			t.sites[e.Node] = true
		case e.Node == "" && e.Edge.Rel == domain.RelHasWave:
			t.deployments[e.Edge.From] = true
		case e.Node == "" && e.Edge.Rel == domain.RelTargets: // from a wave, or from a site's part of one
			t.waves[e.Edge.From] = true
		}
	}
}

// above adds the records that a relationship leads from to some.
func above(ctx context.Context, v estate.View, from, to map[store.ID]bool, rel, kind string) error {
	far, err := v.Far(ctx, slices.Sorted(maps.Keys(from)), rel, store.In, kind)
	for _, nodes := range far {
		for _, n := range nodes {
			to[n.ID] = true
		}
	}
	return err
}
