package app

import (
	"context"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// reviseRequests counts what the batch changes of the content of requests for
// change that votes were cast on, or can be: these fall by an import as by any
// other hand (H3), unless it says itself how it counts, or brings the request as
// a whole. A history is replayed as it was.
func (b *importBatch) reviseRequests(ctx context.Context) error {
	if !b.im.at.IsZero() {
		return nil
	}
	var ids []store.ID
	seen := map[store.ID]bool{}
	add := func(id store.ID) {
		if !seen[id] && !b.created[id] {
			ids, seen[id] = append(ids, id), true
		}
	}
	for _, op := range b.ops {
		switch op := op.(type) {
		case store.PutEdge:
			if slices.Contains(contentRels, op.Rel) {
				add(op.From)
			}
		case store.RemoveEdge:
			if slices.Contains(contentRels, op.Rel) {
				add(op.From)
			}
		case store.UpdateNode:
			if b.requests[op.ID] {
				add(op.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
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
		if ok && n.Kind == domain.KindChangeRequest && !b.im.settled[text(n.Props["key"])] && (votes[i] > 0 || n.Props["status"] == string(domain.ChangeAssessed)) {
			b.revise(n)
		}
	}
	return nil
}

// settle remembers a request that the import brings as a whole, with its links
// and votes, in however many change sets and calls: it counts its content itself.
func (b *importBatch) settle(i *ImportItem, id store.ID) {
	if i.kind.Name != domain.KindChangeRequest {
		return
	}
	if _, said := i.values["contentVersion"]; !said && !b.created[id] {
		return
	}
	b.im.settled[i.end.Key] = true
	b.whole = append(b.whole, i.end.Key)
}

// noteContent remembers a request whose own content the batch changes.
func (b *importBatch) noteContent(before, after entity.Record) {
	was, ok := before.(*domain.ChangeRequest)
	if !ok || was.SameContent(after.(*domain.ChangeRequest)) {
		return
	}
	if b.requests == nil {
		b.requests = map[store.ID]bool{}
	}
	b.requests[store.ID(was.ID)] = true
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
