package neo4j

import (
	"context"

	"releasegraph/internal/store"
)

// Layout is the form of a database.
type Layout struct {
	Version, Known int64    // Known is this program's
	Steps          []string // what a migration would do
}

// DatabaseLayout reads the form of a database, and changes nothing.
func DatabaseLayout(ctx context.Context, uri string, options Options) (Layout, error) {
	found := Layout{Version: logVersion, Known: logVersion}
	s, err := connect(uri, options, store.Schema{})
	if err != nil {
		return found, err
	}
	defer s.driver.Close(context.WithoutCancel(ctx))
	if err := s.unfinished(ctx); err != nil {
		return found, err
	}
	err = s.read(ctx, func(t tx) error {
		records, err := t.rows("MATCH (h:LogHead {id: 'log'}) RETURN coalesce(h.schema, 1)", nil)
		for _, r := range records {
			found.Version = r.Values[0].(int64)
		}
		return err
	})
	if found.Version == 1 {
		found.Steps = append(found.Steps, "from version 1 to 2: note which changes touched each record")
	}
	if found.Version < logVersion {
		found.Steps = append(found.Steps, "from version 2 to 3: drop indexes of what is read from memory")
	}
	return found, err
}
