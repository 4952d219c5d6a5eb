package neo4j

import (
	"context"
	"fmt"

	"releasegraph/internal/store"
)

// compactPage is how many entries are deleted in one transaction.
const compactPage = 200

// Compact implements store.Store. The oldest entries go first, some in each
// transaction, so that the log never has a gap.
func (s *Store) Compact(ctx context.Context, through store.Revision) error {
	head, err := s.Head(ctx)
	if err != nil {
		return err
	}
	if through > head {
		return fmt.Errorf("%w: revision %d to compact to lies beyond the head, %d", store.ErrInvalid, through, head)
	}
	through = min(through, head-1)
	for deleted := int64(compactPage); deleted == compactPage; {
		err := s.write(ctx, func(t tx) error {
			values, err := t.row("MATCH (c:Changeset) WHERE c.revision <= $through WITH c ORDER BY c.revision LIMIT $limit "+
				"DELETE c RETURN count(*)", params{"through": int64(through), "limit": int64(compactPage)})
			if err == nil {
				deleted = values[0].(int64)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
