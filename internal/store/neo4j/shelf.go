package neo4j

import (
	"context"

	"releasegraph/internal/store"
)

var _ store.Shelf = (*Store)(nil)

// shelfLabel marks the nodes that hold shelved values. None has the label of
// the graph's own nodes.
const shelfLabel = "Shelved"

// Shelve implements store.Shelf.
func (s *Store) Shelve(ctx context.Context, shelf, id string, value []byte) error {
	return s.write(ctx, func(t tx) error {
		if value == nil {
			return t.run("MATCH (s:"+shelfLabel+" {shelf: $shelf, id: $id}) DELETE s", params{"shelf": shelf, "id": id})
		}
		return t.run("MERGE (s:"+shelfLabel+" {shelf: $shelf, id: $id}) SET s.value = $value",
			params{"shelf": shelf, "id": id, "value": string(value)})
	})
}

// ShelveNew implements store.Shelf. Commits of others wait meanwhile, and so do
// others who put the same value: MERGE alone would let two of them come first.
func (s *Store) ShelveNew(ctx context.Context, shelf, id string, value []byte) (held []byte, err error) {
	err = s.write(ctx, func(t tx) error {
		if _, err := t.lockHead(); err != nil {
			return err
		}
		row, err := t.row("MERGE (s:"+shelfLabel+" {shelf: $shelf, id: $id}) ON CREATE SET s.value = $value RETURN s.value",
			params{"shelf": shelf, "id": id, "value": string(value)})
		if err == nil {
			text, _ := row[0].(string)
			held = []byte(text)
		}
		return err
	})
	return held, err
}

// Swap implements store.Shelf. The value is locked before it is looked at: of several
// who swap it, each sees what the one before has put. Where there is none, others wait
// as with ShelveNew.
func (s *Store) Swap(ctx context.Context, shelf, id string, old, value []byte) (swapped bool, err error) {
	at := params{"shelf": shelf, "id": id, "old": string(old), "value": string(value)}
	err = s.write(ctx, func(t tx) error {
		swapped = false
		if old == nil {
			if _, err := t.lockHead(); err != nil {
				return err
			}
		}
		rows, err := t.rows("MATCH (s:"+shelfLabel+" {shelf: $shelf, id: $id}) SET s.held = true REMOVE s.held RETURN s.value", at)
		if err != nil {
			return err
		}
		switch {
		case len(rows) == 0 && old == nil && value != nil:
			swapped = true
			return t.run("CREATE (s:"+shelfLabel+" {shelf: $shelf, id: $id, value: $value})", at)
		case len(rows) == 0:
			swapped = old == nil
			return nil
		}
		held, _ := rows[0].Values[0].(string)
		if swapped = old != nil && held == string(old); !swapped {
			return nil
		}
		if value == nil {
			return t.run("MATCH (s:"+shelfLabel+" {shelf: $shelf, id: $id}) DELETE s", at)
		}
		return t.run("MATCH (s:"+shelfLabel+" {shelf: $shelf, id: $id}) SET s.value = $value", at)
	})
	return swapped && err == nil, err
}

// Shelved implements store.Shelf.
func (s *Store) Shelved(ctx context.Context, shelf string, ids ...string) (map[string][]byte, error) {
	if ids == nil {
		ids = []string{}
	}
	found := map[string][]byte{}
	err := s.read(ctx, func(t tx) error {
		clear(found)
		rows, err := t.rows("MATCH (s:"+shelfLabel+" {shelf: $shelf}) WHERE size($ids) = 0 OR s.id IN $ids RETURN s.id, s.value",
			params{"shelf": shelf, "ids": ids})
		for _, r := range rows {
			id, _ := r.Values[0].(string)
			if value, ok := r.Values[1].(string); ok {
				found[id] = []byte(value)
			}
		}
		return err
	})
	return found, err
}
