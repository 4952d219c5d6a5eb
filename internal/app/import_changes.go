package app

import (
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// show adds a change to those that are shown, while there are few. after holds
// the changed properties only, nil where one is removed.
func (b *importBatch) show(t domain.ChangeType, i *ImportItem, id store.ID, have, after store.Props) {
	if len(b.changes) >= b.im.options.Show {
		return
	}
	before := only(have, after)
	c := domain.Change{Type: t}
	if i.IsEdge() {
		c.Kind, c.Fields = i.rel.Name, fieldChanges(order("", i.rel.Name), before, after)
		c.From, c.To = b.changeEnd(i.from), b.changeEnd(i.to)
	} else {
		text, key := string(id), i.end.Key
		c.Kind, c.Fields = i.kind.Name, fieldChanges(order(i.kind.Name, ""), before, after)
		c.ID, c.Key = &text, &key
	}
	b.changes = append(b.changes, c)
}

func (b *importBatch) changeEnd(end ImportEnd) *domain.ChangeEnd {
	id, _ := b.id(end)
	return &domain.ChangeEnd{Kind: end.Kind, ID: string(id), Key: end.Key}
}
