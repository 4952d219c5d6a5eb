package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// contentRels lead from a request for change to what the board decides on
// besides the request's own fields.
var contentRels = []string{domain.RelAffects, domain.RelTakesPlaceAt, domain.RelFollows, domain.RelDecidedBy}

// sign fills what a new record says of who made it: a request for change names
// its requester.
func sign(ctx context.Context, r entity.Record) {
	who := doer(ctx)
	if x, ok := r.(*domain.FreezeException); ok {
		x.RequestedBy, x.RequesterIdentities = &who.Name, who.Identities
	}
	if c, ok := r.(*domain.ChangeRequest); ok {
		c.Requester, c.RequesterIdentities = &who.Name, who.Identities
	}
}

// mine refuses to do something with the request of another to those who do not
// lead changes.
func (a *App) mine(ctx context.Context, action authz.Action, c *domain.ChangeRequest) error {
	if c.Requester == nil || doer(ctx).Owns(c.Asker()) {
		return nil
	}
	err := a.may(ctx, authz.Decide, domain.KindChangeRequest)
	var refused *domain.Error
	if errors.As(err, &refused) && refused.Code == domain.Forbidden {
		told := *refused
		_, leads, _ := strings.Cut(refused.Message, ": ") // who may decide
		told.Message = fmt.Sprintf("%s may not %s %s, which %s asked for: %s may, and %s", actorName(ctx), action, c.Key, *c.Requester, *c.Requester, leads)
		return &told
	}
	return err
}

// revises keeps an edit of a request to what can still be changed, and counts
// the changes to its content, which let votes fall (H3).
func (a *App) revises(ctx context.Context, before, after entity.Record) error {
	was, ok := before.(*domain.ChangeRequest)
	now, still := after.(*domain.ChangeRequest)
	if !ok || !still {
		return nil
	}
	if err := a.mine(ctx, authz.Update, was); err != nil {
		return err
	}
	es := was.CheckRevision(now)
	for _, e := range es {
		e.Field = joined("input.patch", e.Field)
	}
	if !was.SameContent(now) {
		now.ContentVersion++
	}
	return es.Err()
}

// revisesLinks does the same for a link that belongs to the content.
func (a *App) revisesLinks(ctx context.Context, d *draft, p *pair) error {
	c, ok := p.from.(*domain.ChangeRequest)
	if !ok || !slices.Contains(contentRels, p.rel.Name) {
		return nil
	}
	if err := a.mine(ctx, authz.Update, c); err != nil {
		return err
	}
	if es := c.CheckContentOpen(); len(es) > 0 {
		es[0].Field = "input.from"
		return es.Err()
	}
	d.guards = append(d.guards, store.NodeAt{ID: p.fromID(), Version: int64(c.Version)})
	c.ContentVersion++
	d.ops = append(d.ops, store.UpdateNode{ID: p.fromID(), Set: store.Props{"contentVersion": int64(c.ContentVersion)}})
	return nil
}

// affects refuses that a request be about what is not in use any more (H3).
func affects(d *draft, p *pair) error {
	item, ok := p.to.(*domain.ConfigurationItem)
	if !ok || p.rel.Name != domain.RelAffects {
		return nil
	}
	if err := domain.CheckAffects(item); err != nil {
		err.Field = "input.to"
		return err
	}
	d.guards = append(d.guards, store.NodeAt{ID: p.toID(), Version: int64(item.Version)})
	return nil
}

// removesDraft refuses to remove a request that was handed in.
func (a *App) removesDraft(ctx context.Context, r entity.Record) error {
	c, ok := r.(*domain.ChangeRequest)
	if !ok {
		return nil
	}
	if err := c.CheckRemovable(); err != nil {
		err.Field = "input.ref"
		return err
	}
	return a.mine(ctx, authz.Remove, c)
}

func joined(path, field string) string {
	if field == "" {
		return path
	}
	return path + "." + field
}
