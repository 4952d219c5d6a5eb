package neo4j

import (
	"context"
	"fmt"
	"time"

	"releasegraph/internal/store"
	"releasegraph/internal/store/logbody"
)

// logVersion is the form of the log, kept in its head. Version 1 had none: it
// lacks what leads to entries, and kept the times of nodes in stamps beside the body.
// Up to version 2 no entry was packed, and there were indexes of properties whose
// values are not unique.
const logVersion int64 = 3

// logVersion reads the version of the log that is there.
func (s *Store) logVersion(ctx context.Context) (int64, error) {
	version := logVersion
	err := s.read(ctx, func(t tx) error {
		records, err := t.rows("MATCH (h:LogHead {id: 'log'}) RETURN coalesce(h.schema, 1)", nil)
		for _, r := range records {
			version = r.Values[0].(int64)
		}
		return err
	})
	if err == nil && version > logVersion {
		return 0, fmt.Errorf("%w: the log in Neo4j at %s has version %d, this program knows %d; use the newer program that wrote it",
			store.ErrUnavailable, s.host(), version, logVersion)
	}
	return version, err
}

// migrateLog brings a log of version 1 forward, some entries at a time. It can
// be cut off and repeated: what was done is found done, and the version rises
// last.
func (s *Store) migrateLog(ctx context.Context) error {
	var last old
	for after := int64(0); ; {
		var page []old
		err := s.read(ctx, func(t tx) (err error) {
			page, err = t.oldEntries(after)
			return err
		})
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		rows := make([]any, len(page))
		for i := range page {
			if page[i].at.Before(last.at) {
				page[i].at = last.at
			}
			last = page[i]
			if rows[i], err = last.row(); err != nil {
				return err
			}
		}
		err = s.write(ctx, func(t tx) error {
			return t.run("UNWIND $rows AS k MATCH (c:Changeset {revision: k[0]}) SET c.at = k[1], c.body = k[2], c."+touchedProp+" = k[3] REMOVE c.stamps "+
				"FOREACH (h IN k[4] | MERGE (:"+touchLabel+" {hash: h, revision: k[0]}))", params{"rows": rows})
		})
		if err != nil {
			return err
		}
		after = last.revision
	}
	return s.write(ctx, func(t tx) error {
		p := params{"at": nil}
		if !last.at.IsZero() {
			p["at"] = last.at
		}
		return t.run("MATCH (h:LogHead {id: 'log'}) SET h.schema = 2, h.at = $at", p)
	})
}

// dropIndexes drops the indexes that version 2 had of properties whose values are
// not unique: these are read from memory, and writing is dear with them. The
// version rises last.
func (s *Store) dropIndexes(ctx context.Context) error {
	for _, k := range s.catalog.Schema().Kinds {
		for _, p := range k.Properties {
			if !p.Indexed || p.Unique {
				continue
			}
			name := index(k.Name, p.Name, idProp).name
			if err := s.write(ctx, func(t tx) error { return t.run("DROP INDEX "+quote(name)+" IF EXISTS", nil) }); err != nil {
				return err
			}
		}
	}
	return s.write(ctx, func(t tx) error {
		return t.run("MATCH (h:LogHead {id: 'log'}) SET h.schema = $version", params{"version": logVersion})
	})
}

// old is an entry of version 1.
type old struct {
	revision int64
	at       time.Time
	effects  []store.Effect
}

func (t tx) oldEntries(after int64) ([]old, error) {
	records, err := t.rows("MATCH (c:Changeset) WHERE c.revision > $after WITH c ORDER BY c.revision LIMIT 16 "+
		"RETURN c.revision, c.at, c.body, coalesce(c.stamps, [])", params{"after": after})
	if err != nil {
		return nil, err
	}
	list := make([]old, len(records))
	for i, r := range records {
		body, err := logbody.Unpack(r.Values[2])
		if err != nil {
			return nil, err
		}
		effects, err := store.DecodeEffects(body)
		if err != nil {
			return nil, err
		}
		list[i] = old{r.Values[0].(int64), instant(r.Values[1]), stamped(effects, r.Values[3].([]any))}
	}
	return list, nil
}

// stamped gives effects the times that stood beside them: two for each that
// changed or removed a node.
func stamped(effects []store.Effect, stamps []any) []store.Effect {
	for i := range effects {
		e := &effects[i]
		if e.Node == "" || e.Before == nil || len(stamps) < 2 {
			continue
		}
		e.CreatedAt, e.UpdatedAt = time.UnixMicro(stamps[0].(int64)).UTC(), time.UnixMicro(stamps[1].(int64)).UTC()
		stamps = stamps[2:]
	}
	return effects
}

func (o old) row() ([]any, error) {
	body, err := store.EncodeEffects(o.effects)
	few, many := touched(o.effects)
	return []any{o.revision, o.at, string(body), many, few}, err
}
