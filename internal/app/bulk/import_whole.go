package bulk

import (
	"releasegraph/internal/interchange"
	"releasegraph/internal/store"
)

// settle remembers a record of which the import brings everything: its fields, its links
// and what belongs to it, in any number of change sets. Such a record says itself how often
// its content changed.
func (b *importBatch) settle(i *interchange.Item, id store.ID) {
	for n := range i.Kind.Fields {
		f := &i.Kind.Fields[n]
		if _, said := i.Values[f.Name]; f.Whole && (said || b.created[id]) {
			b.im.settled[i.End.Key] = true
			b.whole = append(b.whole, i.End.Key)
		}
	}
}
