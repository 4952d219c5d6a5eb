package app

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// letVotesFall adds to a change set what follows from a change of who sits on a
// board, or of its quorum: the votes on what is before it fall, as they do when
// the content changes (H3), so that nobody decides by changing who decides. It
// is so whoever makes the change set and by whatever means. Requests that are
// settled count their content themselves.
func (a *App) letVotesFall(ctx context.Context, cs *store.Changeset, settled map[string]bool) error {
	wanted := boardOps(cs.Ops)
	if len(wanted) == 0 {
		return nil
	}
	since, err := a.store.Head(ctx)
	if err != nil {
		return err
	}
	found, err := a.entire.Nodes(ctx, slices.Collect(maps.Keys(wanted))...)
	if err != nil {
		return err
	}
	for id, n := range found {
		board, ok := entity.DecodeNode(n).(*domain.Board)
		if !ok || !reseats(n, wanted[id]) {
			continue
		}
		requests, err := a.beforeIn(ctx, a.everything(), board, domain.ChangeAssessed)
		if err != nil {
			return err
		}
		cs.Guards = append(slices.Clip(cs.Guards), store.Unchanged{Since: since, Kind: domain.KindVote})
		for _, c := range requests {
			if !settled[c.Key] {
				voteAnew(cs, c)
			}
		}
	}
	return nil
}

// boardOps are the operations that may change who decides, by the node.
func boardOps(ops []store.Op) map[store.ID]store.Props {
	wanted := map[store.ID]store.Props{}
	for _, op := range ops {
		if u, ok := op.(store.UpdateNode); ok && sets(u.Set, []string{"members", "quorum"}) {
			wanted[u.ID] = u.Set
		}
	}
	return wanted
}

// reseats tells whether a board has other seats or another quorum by what is
// set. Another spelling of a member is none, nor is another order.
func reseats(n store.Node, set store.Props) bool {
	if quorum, said := set["quorum"]; said && !store.EqualValues(quorum, n.Props["quorum"]) {
		return true
	}
	members, said := set["members"]
	if !said {
		return false
	}
	return !slices.Equal(foldedNames(members), foldedNames(n.Props["members"]))
}

func foldedNames(v any) []string {
	names, _ := v.([]string)
	folded := make([]string, len(names))
	for i, name := range names {
		folded[i] = domain.FoldName(name)
	}
	slices.Sort(folded)
	return folded
}

// voteAnew raises the content version of a request, unless the change set does
// so already.
func voteAnew(cs *store.Changeset, c *domain.ChangeRequest) {
	id, next := store.ID(c.ID), int64(c.ContentVersion+1)
	for _, op := range cs.Ops {
		if u, ok := op.(store.UpdateNode); ok && u.ID == id && u.Set["contentVersion"] != nil {
			return
		}
	}
	cs.Ops = append(slices.Clip(cs.Ops), store.UpdateNode{ID: id, Set: store.Props{"contentVersion": next}})
	cs.Guards = append(slices.Clip(cs.Guards), store.NodeAt{ID: id, Version: int64(c.Version)})
}

// seatsOthers refuses that somebody give themselves a seat on a board. before
// is nil of a new one.
func seatsOthers(who domain.Doer, before, after entity.Record, path string) error {
	board, ok := after.(*domain.Board)
	if !ok {
		return nil
	}
	had, _ := before.(*domain.Board)
	es := board.CheckSeated(had, who)
	for _, e := range es {
		e.Field = joined(path, e.Field)
	}
	return es.Err()
}
