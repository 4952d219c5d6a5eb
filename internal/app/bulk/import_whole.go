package bulk

import (
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// settle remembers a record that the import brings as a whole, with its links and
// all that belongs to it, in however many change sets and calls: it counts its
// changes itself.
func (b *importBatch) settle(i *interchange.Item, id store.ID) {
	for n := range i.Kind.Fields {
		f := &i.Kind.Fields[n]
		if _, said := i.Values[f.Name]; f.Whole && (said || b.created[id]) {
			b.im.settled[i.End.Key] = true
			b.whole = append(b.whole, i.End.Key)
		}
	}
}
