package neo4j

import (
	"context"
	"fmt"

	"releasegraph/internal/store"
	"releasegraph/internal/store/logbody"
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
	for more := true; more; {
		err := s.write(ctx, func(t tx) (err error) {
			more, err = t.forget(int64(through))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forget deletes the log's next oldest entries, and what leads to them.
func (t tx) forget(through int64) (more bool, err error) {
	records, err := t.rows("MATCH (c:Changeset) WHERE c.revision <= $through WITH c ORDER BY c.revision LIMIT $limit "+
		"RETURN c.revision, CASE WHEN c."+touchedProp+" IS NULL THEN c.body END", params{"through": through, "limit": int64(compactPage)})
	if err != nil || len(records) == 0 {
		return false, err
	}
	var last int64
	touches := []any{}
	for _, r := range records {
		last = r.Values[0].(int64)
		if r.Values[1] == nil { // it touched many
			continue
		}
		body, err := logbody.Unpack(r.Values[1])
		if err != nil {
			return false, err
		}
		effects, err := store.DecodeEffects(body)
		if err != nil {
			return false, err
		}
		hashes, _ := touched(effects)
		for _, h := range hashes {
			touches = append(touches, []any{h, last})
		}
	}
	err = t.run("UNWIND $touches AS k MATCH (t:"+touchLabel+" {hash: k[0], revision: k[1]}) DELETE t", params{"touches": touches})
	if err != nil {
		return false, err
	}
	return last < through, t.run("MATCH (c:Changeset) WHERE c.revision <= $last DELETE c", params{"last": last})
}
