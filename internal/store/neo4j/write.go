package neo4j

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/store"
)

// writer writes what a group changed, all sets together: each node and edge
// once, from what was loaded to what the State says it became.
type writer struct {
	tx      tx
	catalog catalog
	group   *group
	inner   map[store.ID]int64

	created, updated map[string][]any // rows by kind
	removed          map[store.ID]bool
	put, changed     map[string][]any // rows by relationship
	dropped          map[string][]any
	fresh            map[store.ID]bool // nodes this transaction creates
}

func (w *writer) write() error {
	w.created, w.updated = map[string][]any{}, map[string][]any{}
	w.removed, w.fresh = map[store.ID]bool{}, map[store.ID]bool{}
	w.put, w.changed, w.dropped = map[string][]any{}, map[string][]any{}, map[string][]any{}
	w.collect()
	for _, step := range []func() error{w.dropEdges, w.removeNodes, w.clearHandovers, w.updateNodes, w.createNodes, w.putEdges, w.changeEdges} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// collect visits what the sets touched, in the order they did.
func (w *writer) collect() {
	nodes, edges := map[store.ID]bool{}, map[store.EdgeKey]bool{}
	var order []store.EdgeKey
	for _, set := range w.group.log {
		for _, e := range w.group.outcomes[set].change.Effects {
			switch {
			case e.Node == "":
				if !edges[e.Edge] {
					edges[e.Edge] = true
					order = append(order, e.Edge)
				}
			case !nodes[e.Node]:
				nodes[e.Node] = true
				w.node(e.Node)
			}
		}
	}
	for _, k := range order {
		w.edge(k)
	}
}

func (w *writer) node(id store.ID) {
	was, existed := w.group.loaded.nodes[id]
	is, exists := w.group.state.Node(id)
	if existed && (!exists || is.Kind != was.Kind) {
		w.removed[id] = true
		existed = false
	}
	switch {
	case !exists:
	case existed:
		set := change(was.Props, is.Props)
		w.catalog.changeSearch(set, is.Kind, is.Props)
		w.group.kept.change(set, is.Kind, is.Props)
		set[versionProp], set[createdProp], set[updatedProp] = is.Version, is.CreatedAt, is.UpdatedAt
		w.updated[is.Kind] = append(w.updated[is.Kind], []any{w.inner[id], set})
	default:
		all := change(nil, is.Props)
		w.catalog.addSearch(all, is.Kind, is.Props)
		w.group.kept.add(all, is.Kind, is.Props)
		all[idProp], all[versionProp], all[createdProp], all[updatedProp] = string(id), is.Version, is.CreatedAt, is.UpdatedAt
		w.created[is.Kind] = append(w.created[is.Kind], all)
		w.fresh[id] = true
	}
}

// change is the map that turns one set of properties into another: removed
// ones are null.
func change(was, is store.Props) params {
	set := make(params, len(is)+4)
	for name := range was {
		if _, stays := is[name]; !stays {
			set[name] = nil
		}
	}
	for name, v := range is {
		if w, had := was[name]; !had || !store.EqualValues(v, w) {
			set[name] = v
		}
	}
	return set
}

func (w *writer) edge(k store.EdgeKey) {
	was, existed := w.group.loaded.edges[k]
	is, exists := w.group.state.Edge(k)
	if exists && (w.removed[k.From] || w.removed[k.To]) {
		existed = false // it went with the node, and came back with it
	}
	switch {
	case !existed && !exists:
	case !exists:
		w.dropped[k.Rel] = append(w.dropped[k.Rel], []any{w.inner[k.From], w.inner[k.To], k.Tag})
	case !existed:
		all := change(nil, is.Props)
		all[versionProp] = is.Version
		if k.Tag != "" {
			all[tagProp] = k.Tag
		}
		w.put[k.Rel] = append(w.put[k.Rel], []any{string(k.From), string(k.To), all})
	default:
		set := change(was.Props, is.Props)
		set[versionProp] = is.Version
		w.changed[k.Rel] = append(w.changed[k.Rel], []any{w.inner[k.From], w.inner[k.To], k.Tag, set})
	}
}

func (w *writer) each(rows map[string][]any, statement func(name string) string) error {
	return each(w.tx, rows, statement)
}

// each runs one statement for each kind or relationship that has rows.
func each(t tx, rows map[string][]any, statement func(name string) string) error {
	for name, list := range rows {
		if err := t.run(statement(name), params{"rows": list}); err != nil {
			return err
		}
	}
	return nil
}

const between = "UNWIND $rows AS k MATCH (a) WHERE id(a) = k[0] MATCH (b) WHERE id(b) = k[1] " + bothFirst + "MATCH (a)-[r:%s]->(b) WHERE " + tagAt + " = k[2] "

func (w *writer) dropEdges() error {
	return w.each(w.dropped, func(rel string) string { return fmt.Sprintf(between+"DELETE r", quote(rel)) })
}

func (w *writer) changeEdges() error {
	return w.each(w.changed, func(rel string) string { return fmt.Sprintf(between+"SET r += k[3]", quote(rel)) })
}

func (w *writer) removeNodes() error {
	if len(w.removed) == 0 {
		return nil
	}
	return w.tx.run("UNWIND $ids AS id MATCH (n:Node {id: id}) DETACH DELETE n", params{"ids": texts(slices.Collect(maps.Keys(w.removed)))})
}

// clearHandovers frees unique values that pass from one node to another: the
// server would refuse the moment at which both hold one.
func (w *writer) clearHandovers() error {
	var effects []store.Effect
	for _, set := range w.group.log {
		effects = append(effects, w.group.outcomes[set].change.Effects...)
	}
	ids := store.Handovers(w.catalog.Declared, effects)
	if len(ids) == 0 {
		return nil
	}
	for _, k := range w.catalog.Schema().Kinds {
		var removes []string
		for _, p := range k.Properties {
			if p.Unique {
				removes = append(removes, "n."+quote(p.Name))
			}
		}
		if len(removes) == 0 {
			continue
		}
		cypher := fmt.Sprintf("UNWIND $ids AS id MATCH (n:Node:%s {id: id}) REMOVE %s", quote(k.Name), strings.Join(removes, ", "))
		if err := w.tx.run(cypher, params{"ids": texts(ids)}); err != nil {
			return err
		}
	}
	return w.restore(ids)
}

// restore makes sure that what was cleared is written again, changed or not.
func (w *writer) restore(ids []store.ID) error {
	for _, id := range ids {
		is, exists := w.group.state.Node(id)
		if !exists {
			continue
		}
		inner, known := w.inner[id]
		if !known {
			continue
		}
		for _, row := range w.updated[is.Kind] {
			if row := row.([]any); row[0] == inner {
				k, _ := w.catalog.Kind(is.Kind)
				for _, p := range k.Properties {
					if p.Unique {
						row[1].(params)[p.Name] = is.Props[p.Name]
					}
				}
			}
		}
	}
	return nil
}

func (w *writer) updateNodes() error {
	return w.each(w.updated, func(string) string { return "UNWIND $rows AS k MATCH (n) WHERE id(n) = k[0] SET n += k[1]" })
}

func (w *writer) createNodes() error {
	return w.each(w.created, func(kind string) string {
		return fmt.Sprintf("UNWIND $rows AS props CREATE (n:Node:%s) SET n = props", quote(kind))
	})
}

// putEdges joins nodes by internal ids where both existed before, which spares
// two look-ups in an index for each edge.
func (w *writer) putEdges() error {
	byInner, byID := map[string][]any{}, map[string][]any{}
	for rel, rows := range w.put {
		for _, row := range rows {
			row := row.([]any)
			from, to := store.ID(row[0].(string)), store.ID(row[1].(string))
			if w.fresh[from] || w.fresh[to] {
				byID[rel] = append(byID[rel], row)
				continue
			}
			byInner[rel] = append(byInner[rel], []any{w.inner[from], w.inner[to], row[2]})
		}
	}
	err := w.each(byInner, func(rel string) string {
		return fmt.Sprintf("UNWIND $rows AS k MATCH (a) WHERE id(a) = k[0] MATCH (b) WHERE id(b) = k[1] CREATE (a)-[r:%s]->(b) SET r = k[2]", quote(rel))
	})
	if err != nil {
		return err
	}
	return w.each(byID, func(rel string) string {
		return fmt.Sprintf("UNWIND $rows AS k MATCH (a:Node {id: k[0]}) MATCH (b:Node {id: k[1]}) CREATE (a)-[r:%s]->(b) SET r = k[2]", quote(rel))
	})
}
