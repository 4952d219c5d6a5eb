package app

import (
	"context"
	"maps"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// reviseRequests counts what the batch changes of the content of requests for
// change that votes were cast on, or can be: these fall by an import as by any
// other hand (H3), unless it says itself how it counts, or brings the request as
// a whole. What was decided on here is fixed (H4).
func (b *importBatch) reviseRequests(ctx context.Context, items []*interchange.Item) error {
	if len(b.requests) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(b.requests))
	found, err := b.im.app.entire.Nodes(ctx, ids...)
	if err != nil {
		return err
	}
	votes, err := b.im.app.entire.CountEdges(ctx, store.EdgeQuery{Nodes: ids, Rel: domain.RelCastOn, Direction: store.In})
	if err != nil {
		return err
	}
	for i, id := range ids {
		n, ok := found[id]
		if !ok || b.im.settled[text(n.Props["key"])] {
			continue
		}
		c := entity.DecodeNode(n).(*domain.ChangeRequest)
		if decidedHere(c) {
			for _, e := range c.CheckContentOpen() {
				b.problem(slices.Index(items, b.requests[id]), e)
			}
		}
		if votes[i] > 0 || c.Status == domain.ChangeAssessed {
			b.revise(n)
		}
	}
	return nil
}

// decidedHere tells whether the status of a request is the work of the verbs,
// not of an import that may go on to say where it stands.
func decidedHere(c *domain.ChangeRequest) bool {
	return domain.OwnerOf(c.Sources, "status", true) == domain.SourceAPI
}

// settle remembers a request that the import brings as a whole, with its links
// and votes, in however many change sets and calls: it counts its content itself.
func (b *importBatch) settle(i *interchange.Item, id store.ID) {
	if i.Kind.Name != domain.KindChangeRequest {
		return
	}
	if _, said := i.Values["contentVersion"]; !said && !b.created[id] {
		return
	}
	b.im.settled[i.End.Key] = true
	b.whole = append(b.whole, i.End.Key)
}

// noteContent remembers by which item a request's own content changes.
func (b *importBatch) noteContent(i *interchange.Item, before, after entity.Record) {
	was, ok := before.(*domain.ChangeRequest)
	if ok && !was.SameContent(after.(*domain.ChangeRequest)) {
		b.note(i, store.ID(was.ID))
	}
}

// noteLink remembers by which item a link comes or goes that belongs to the
// content of a request.
func (b *importBatch) noteLink(i *interchange.Item, key store.EdgeKey) {
	if slices.Contains(contentRels, key.Rel) && !b.created[key.From] {
		b.note(i, key.From)
	}
}

func (b *importBatch) note(i *interchange.Item, request store.ID) {
	if b.requests == nil {
		b.requests = map[store.ID]*interchange.Item{}
	}
	if b.requests[request] == nil {
		b.requests[request] = i
	}
}

// revise raises the content version of one request.
func (b *importBatch) revise(n store.Node) {
	before := entity.DecodeNode(n).(*domain.ChangeRequest)
	next := store.Props{"contentVersion": int64(before.ContentVersion + 1)}
	i := slices.IndexFunc(b.ops, func(op store.Op) bool { u, ok := op.(store.UpdateNode); return ok && u.ID == n.ID })
	b.guards = append(b.guards, store.NodeAt{ID: n.ID, Version: n.Version})
	if i < 0 {
		b.ops = append(b.ops, store.UpdateNode{ID: n.ID, Set: next})
		return
	}
	set := b.ops[i].(store.UpdateNode).Set
	if _, said := set["contentVersion"]; !said {
		set["contentVersion"] = next["contentVersion"]
	}
}
