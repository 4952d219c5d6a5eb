package neo4j

import (
	"context"
	"fmt"

	"releasegraph/internal/store"
)

var _ store.Inspector = (*Store)(nil)

// inspectMost is how many problems of a sort are reported.
const inspectMost int64 = 100

// Inspect looks for what only somebody else can have written: nodes without
// id or kind, and relationships that the schema does not know.
func (s *Store) Inspect(ctx context.Context, report func(where, what string)) error {
	kinds := s.catalog.kindNames()
	looks := []struct{ where, cypher, what string }{
		{"nodes", "MATCH (n:Node) WHERE n.id IS NULL OR n." + versionProp + " IS NULL OR n.createdAt IS NULL RETURN elementId(n)", "%v lacks id, version or time"},
		{"nodes", "MATCH (n:Node) WHERE size([l IN labels(n) WHERE l IN $kinds]) <> 1 RETURN coalesce(n.id, elementId(n))", "%v has not exactly one known kind"},
		{"relationships", "MATCH (a:Node)-[r]->(b) WHERE NOT b:Node OR NOT type(r) IN $rels OR r." + versionProp + " IS NULL RETURN type(r) + ' ' + coalesce(a.id, '?') + ' to ' + coalesce(b.id, '?')",
			"%v is none of this program's"},
		{"log", "MATCH (c:Changeset), (h:LogHead {id: 'log'}) WHERE c.revision > h.revision RETURN c.revision", "revision %v lies beyond the head"},
	}
	for _, look := range looks {
		err := s.read(ctx, func(t tx) error {
			records, err := t.rows(look.cypher+" LIMIT $most", params{"kinds": kinds, "rels": s.catalog.relNames(), "most": inspectMost})
			for _, r := range records {
				report(look.where, fmt.Sprintf(look.what, r.Values[0]))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
