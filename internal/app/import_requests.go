package app

import (
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

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
