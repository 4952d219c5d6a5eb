package bulk

import (
	"releasegraph/internal/app/wording"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// show adds a change to those that are shown, while there are few. after holds
// the changed properties only, nil where one is removed.
func (b *importBatch) show(t domain.ChangeType, i *interchange.Item, id store.ID, have, after store.Props) {
	if len(b.changes) >= b.im.options.Show {
		return
	}
	before := only(have, after)
	c := domain.Change{Type: t}
	if i.IsEdge() {
		c.Kind, c.Fields = i.Rel.Name, wording.FieldChanges(wording.Order("", i.Rel.Name), before, after)
		c.From, c.To = b.changeEnd(i.From), b.changeEnd(i.To)
	} else {
		text, key := string(id), i.End.Key
		c.Kind, c.Fields = i.Kind.Name, wording.FieldChanges(wording.Order(i.Kind.Name, ""), before, after)
		c.ID, c.Key = &text, &key
	}
	b.changes = append(b.changes, c)
}

func (b *importBatch) changeEnd(end interchange.End) *domain.ChangeEnd {
	id, _ := b.id(end)
	return &domain.ChangeEnd{Kind: end.Kind, ID: string(id), Key: end.Key}
}
