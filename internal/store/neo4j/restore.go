package neo4j

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"releasegraph/internal/store"
)

// restoringProp marks the log's head from a restore's beginning to its end.
const restoringProp = "restoring"

const (
	// restoreNodes and restoreEdges are how many go in one transaction;
	// restoreLog is how many bytes of the log do.
	restoreNodes = 5_000
	restoreEdges = 10_000
	restoreLog   = 4 << 20
	// restoreWipe is how many nodes one deletes of what was cut off.
	restoreWipe = 10_000
)

// Restore puts a graph with its log into a database that holds none. Cut off in
// the middle it leaves one that Open refuses with store.ErrUnfinished, and that
// the next Restore empties first. Errors match store.ErrConflict for a database
// that holds something, and store.ErrInvalid for what does not fit the schema.
// No instance may have the database open meanwhile.
func Restore(ctx context.Context, uri string, options Options, schema store.Schema, from store.Restoration) error {
	s, err := connect(uri, options, schema)
	if err != nil {
		return err
	}
	defer s.driver.Close(context.WithoutCancel(ctx))
	if err := s.declare(ctx); err != nil {
		return err
	}
	if err := s.claim(ctx); err != nil {
		return err
	}
	r := &restorer{Store: s, from: from, kinds: map[store.ID]uint16{}}
	if err := r.parts(ctx); err != nil {
		return err
	}
	return r.finish(ctx)
}

// unfinished tells that a restore was cut off, or is under way.
func (s *Store) unfinished(ctx context.Context) error {
	cut, _, err := s.mark(ctx)
	if err == nil && cut {
		return fmt.Errorf("%w (Neo4j at %s)", store.ErrUnfinished, s.host())
	}
	return err
}

// mark reads whether a restore has begun, and the revision of the head.
func (s *Store) mark(ctx context.Context) (cut bool, head store.Revision, err error) {
	err = s.read(ctx, func(t tx) error {
		records, err := t.rows("MATCH (h:LogHead {id: 'log'}) RETURN coalesce(h."+restoringProp+", false), h.revision", nil)
		cut, head = false, 0
		for _, r := range records {
			cut, head = r.Values[0].(bool), store.Revision(r.Values[1].(int64))
		}
		return err
	})
	return cut, head, err
}

// claim makes sure that the database holds nothing, and marks it.
func (s *Store) claim(ctx context.Context) error {
	cut, head, err := s.mark(ctx)
	if err != nil {
		return err
	}
	if cut {
		if err := s.wipe(ctx); err != nil {
			return err
		}
	} else if err := s.checkEmpty(ctx, head); err != nil {
		return err
	}
	return s.write(ctx, func(t tx) error {
		return t.run("MERGE (h:LogHead {id: 'log'}) SET h.revision = 0, h.schema = $version, h."+restoringProp+" = true", params{"version": logVersion})
	})
}

func (s *Store) checkEmpty(ctx context.Context, head store.Revision) error {
	return s.read(ctx, func(t tx) error {
		values, err := t.row("MATCH (n:Node) RETURN count(n)", nil)
		if err != nil {
			return err
		}
		if nodes := values[0].(int64); nodes > 0 || head > 0 {
			return &store.NotEmptyError{Store: "Neo4j at " + s.host(), Revision: head, Nodes: nodes}
		}
		return nil
	})
}

// wipe deletes what a restore left that was cut off.
func (s *Store) wipe(ctx context.Context) error {
	for _, label := range []string{commonLabel, "Changeset", touchLabel} {
		for more := true; more; {
			err := s.write(ctx, func(t tx) error {
				values, err := t.row("MATCH (n:"+label+") WITH n LIMIT $limit DETACH DELETE n RETURN count(*)", params{"limit": int64(restoreWipe)})
				if err == nil {
					more = values[0].(int64) == restoreWipe
				}
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// restorer writes the parts of a restoration.
type restorer struct {
	*Store
	from  store.Restoration
	kinds map[store.ID]uint16 // which of the schema's a node is of, from 1
	last  store.Change
	done  int64
}

func (r *restorer) parts(ctx context.Context) error {
	for {
		p, err := r.from.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = r.catalog.CheckPart(p)
		}
		if err == nil {
			err = r.part(ctx, p)
		}
		if err != nil {
			return err
		}
		r.done += int64(len(p.Nodes) + len(p.Edges) + len(p.Log))
		if r.from.Progress != nil {
			r.from.Progress(r.done)
		}
	}
}

func (r *restorer) part(ctx context.Context, p store.Part) error {
	for some := range slices.Chunk(p.Nodes, restoreNodes) { // a Source may hand over more
		if err := r.nodes(ctx, some); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(p.Edges, restoreEdges) {
		if err := r.edges(ctx, some); err != nil {
			return err
		}
	}
	return r.log(ctx, p.Log)
}

func (r *restorer) nodes(ctx context.Context, list []store.Node) error {
	rows := map[string][]any{}
	for i := range list {
		n := &list[i]
		if r.kinds[n.ID] != 0 {
			return fmt.Errorf("%w: node %s is there twice", store.ErrInvalid, n.ID)
		}
		r.kinds[n.ID] = uint16(slices.Index(r.catalog.kindNames(), n.Kind) + 1)
		all := change(nil, n.Props)
		r.catalog.addSearch(all, n.Kind, n.Props)
		all[idProp], all[versionProp], all[createdProp], all[updatedProp] = string(n.ID), n.Version, n.CreatedAt, n.UpdatedAt
		rows[n.Kind] = append(rows[n.Kind], all)
	}
	return r.write(ctx, func(t tx) error {
		return each(t, rows, func(kind string) string {
			return fmt.Sprintf("UNWIND $rows AS props CREATE (n:Node:%s) SET n = props", quote(kind))
		})
	})
}

func (r *restorer) edges(ctx context.Context, list []store.Edge) error {
	rows := map[string][]any{}
	names := r.catalog.kindNames()
	for i := range list {
		e := &list[i]
		from, to := r.kinds[e.From], r.kinds[e.To]
		if from == 0 || to == 0 {
			return fmt.Errorf("%w: %s from %s to %s has no node at an end", store.ErrInvalid, e.Rel, e.From, e.To)
		}
		if err := r.catalog.CheckEdge(*e, names[from-1], names[to-1]); err != nil {
			return err
		}
		all := change(nil, e.Props)
		all[versionProp] = e.Version
		if e.Tag != "" {
			all[tagProp] = e.Tag
		}
		rows[e.Rel] = append(rows[e.Rel], []any{string(e.From), string(e.To), all})
	}
	return r.write(ctx, func(t tx) error {
		return each(t, rows, func(rel string) string {
			return fmt.Sprintf("UNWIND $rows AS k MATCH (a:Node {id: k[0]}) MATCH (b:Node {id: k[1]}) CREATE (a)-[r:%s]->(b) SET r = k[2]", quote(rel))
		})
	})
}

// log writes entries in portions of about the same size.
func (r *restorer) log(ctx context.Context, list []store.Logged) error {
	var rows []any
	size := 0
	for i := range list {
		row, err := restoredRow(&list[i])
		if err != nil {
			return err
		}
		rows, size = append(rows, row), size+len(list[i].Body)
		r.last = list[i].Change
		if size < restoreLog && i < len(list)-1 {
			continue
		}
		err = r.write(ctx, func(t tx) error {
			return t.run("UNWIND $rows AS k CREATE (c:Changeset) SET c = k[0] FOREACH (h IN k[1] | CREATE (:"+touchLabel+
				" {hash: h, revision: c.revision}))", params{"rows": rows})
		})
		if err != nil {
			return err
		}
		rows, size = nil, 0
	}
	return nil
}

func restoredRow(e *store.Logged) ([]any, error) {
	var ids []store.ID
	err := store.ScanEffects(e.Body, func(h store.EffectHead) error {
		if h.Node != "" {
			ids = append(ids, h.Node)
		} else {
			ids = append(ids, h.From, h.To)
		}
		return nil
	})
	key := e.Key
	if key == "" {
		key = uuid.NewString()
	}
	if err != nil {
		return nil, err
	}
	row, err := entryRow(e.Change, key, e.Body)
	if err != nil {
		return nil, err
	}
	row["revision"] = int64(e.Revision)
	few, many := leads(ids)
	row[touchedProp] = many
	return []any{row, few}, nil
}

// finish takes the mark away. The head shows whether somebody has written
// meanwhile.
func (r *restorer) finish(ctx context.Context) error {
	return r.write(ctx, func(t tx) error {
		p := params{"revision": int64(r.last.Revision), "at": nil, "print": r.catalog.SearchPrint()}
		if !r.last.At.IsZero() {
			p["at"] = r.last.At
		}
		records, err := t.rows("MATCH (h:LogHead {id: 'log'}) WHERE h."+restoringProp+" AND h.revision = 0 SET h.revision = $revision, h.at = $at, h."+
			searchPrintProp+" = $print REMOVE h."+restoringProp+" RETURN h.id", p)
		if err == nil && len(records) == 0 {
			return fmt.Errorf("%w: somebody else wrote into Neo4j at %s during the restore; see that nobody does, and run it again", store.ErrConflict, r.host())
		}
		return err
	})
}
