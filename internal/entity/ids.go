package entity

import "releasegraph/internal/store"

// IDsOf returns the ids of records, in their order.
func IDsOf[R Record](records []R) []store.ID {
	ids := make([]store.ID, len(records))
	for i, r := range records {
		ids[i] = store.ID(r.Meta().ID)
	}
	return ids
}
