package neo4j

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strings"

	"releasegraph/internal/store"
)

// lockProp is set and removed again at once, to take a node's write lock.
const lockProp = "_lock"

// loaded is what the graph was before a group.
type loaded struct {
	nodes map[store.ID]store.Node
	edges map[store.EdgeKey]store.Edge
}

// loader locks and reads what change sets touch.
type loader struct {
	tx      tx
	catalog catalog
	state   *store.State
	sets    []store.Changeset
	lock    bool
	inner   map[store.ID]int64 // internal ids of the nodes that exist
	kinds   map[store.ID]string
	loaded  loaded
}

func (l *loader) load() error {
	needs := l.state.Needs()
	ids := l.touched(needs)
	if err := l.lockNodes(ids); err != nil {
		return err
	}
	if l.lock && (needs.Recent || l.reliesOnAbsence()) {
		// Nothing stands for a node that is not there, or for a whole kind, but
		// the log's head: with it held nobody else can commit one.
		if _, err := l.tx.lockHead(); err != nil {
			return err
		}
		if err := l.lockNodes(ids); err != nil {
			return err
		}
	}
	for _, step := range []func() error{
		func() error { return l.nodes(needs) },
		func() error { return l.edges(needs.Edges) },
		func() error { return l.outOf(needs.OutOf) },
		l.probes,
		l.holders,
		func() error { return l.recent(needs) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// touched lists all nodes to lock, ends of edges included, in the one order
// that keeps transactions from waiting for each other in a circle.
func (l *loader) touched(needs store.Needs) []string {
	seen := map[store.ID]bool{}
	for _, id := range slices.Concat(needs.Nodes, needs.Ends, needs.OutOf) {
		seen[id] = true
	}
	for _, k := range needs.Edges {
		seen[k.From], seen[k.To] = true, true
	}
	for _, cs := range l.sets {
		for _, g := range cs.Guards {
			if g, ok := g.(store.NoEdges); ok {
				seen[g.ID] = true
			}
		}
	}
	ids := make([]string, 0, len(seen))
	for id := range seen {
		ids = append(ids, string(id))
	}
	slices.Sort(ids)
	return ids
}

func (l *loader) lockNodes(ids []string) error {
	l.inner, l.kinds = make(map[store.ID]int64, len(ids)), make(map[store.ID]string, len(ids))
	lock := ""
	if l.lock {
		lock = "SET n." + lockProp + " = 0 REMOVE n." + lockProp
	}
	columns, err := l.tx.columns("UNWIND $ids AS id MATCH (n:Node {id: id}) "+lock+
		" RETURN collect(id), collect(id(n)), collect([l IN labels(n) WHERE l <> 'Node'][0])", params{"ids": ids})
	if err != nil {
		return err
	}
	for i, id := range columns[0] {
		l.inner[store.ID(id.(string))] = columns[1][i].(int64)
		l.kinds[store.ID(id.(string))], _ = columns[2][i].(string)
	}
	return nil
}

// reliesOnAbsence tells whether a guard names a node that does not exist.
func (l *loader) reliesOnAbsence() bool {
	absent := func(id store.ID) bool { return l.kinds[id] == "" }
	for _, cs := range l.sets {
		for _, g := range cs.Guards {
			switch g := g.(type) {
			case store.NodeAt:
				if absent(g.ID) {
					return true
				}
			case store.NoEdges:
				if absent(g.ID) {
					return true
				}
			case store.EdgeAt:
				if absent(g.From) || absent(g.To) {
					return true
				}
			}
		}
	}
	return false
}

func (l *loader) nodes(needs store.Needs) error {
	for _, id := range needs.Ends {
		if kind := l.kinds[id]; kind != "" {
			l.state.AddEnd(id, kind)
		}
	}
	var whole []int64
	for _, id := range needs.Nodes {
		if inner, ok := l.inner[id]; ok {
			whole = append(whole, inner)
		}
	}
	l.loaded.nodes = make(map[store.ID]store.Node, len(whole))
	if len(whole) == 0 {
		return nil
	}
	values, err := l.tx.row("UNWIND $inner AS i MATCH (n) WHERE id(n) = i RETURN collect(n)", params{"inner": whole})
	if err != nil {
		return err
	}
	nodes, err := decodeNodes(values[0].([]any))
	if err != nil {
		return err
	}
	for _, n := range nodes {
		l.loaded.nodes[n.ID] = n
		l.state.AddNode(n)
	}
	return nil
}

// edges looks for the edges with the keys, between nodes that both exist.
func (l *loader) edges(keys []store.EdgeKey) error {
	l.loaded.edges = map[store.EdgeKey]store.Edge{}
	byRel := map[string][]store.EdgeKey{}
	for _, k := range keys {
		_, from := l.inner[k.From]
		_, to := l.inner[k.To]
		if from && to {
			byRel[k.Rel] = append(byRel[k.Rel], k)
		}
	}
	for rel, list := range byRel {
		rows := make([]any, len(list))
		for i, k := range list {
			rows[i] = []any{l.inner[k.From], l.inner[k.To], k.Tag}
		}
		cypher := fmt.Sprintf("UNWIND range(0, size($rows) - 1) AS i WITH i, $rows[i] AS k MATCH (a) WHERE id(a) = k[0] MATCH (b) WHERE id(b) = k[1] "+
			bothFirst+"MATCH (a)-[r:%s]->(b) WHERE %s = k[2] RETURN collect(i), collect(properties(r))", quote(rel), tagAt)
		columns, err := l.tx.columns(cypher, params{"rows": rows})
		if err != nil {
			return err
		}
		for j, i := range columns[0] {
			k := list[i.(int64)]
			l.addEdge(edgeOf(rel, k.From, k.To, columns[1][j].(map[string]any)))
		}
	}
	return nil
}

func (l *loader) addEdge(e store.Edge) {
	l.loaded.edges[e.EdgeKey] = e
	l.state.AddEdge(e)
}

// outOf reads all edges that leave nodes which are to be removed.
func (l *loader) outOf(ids []store.ID) error {
	if len(ids) == 0 {
		return nil
	}
	columns, err := l.tx.columns("UNWIND $ids AS id MATCH (n:Node {id: id})-[r]->(m:Node) RETURN collect(type(r)), collect(id), collect(m.id), collect(properties(r))",
		params{"ids": texts(ids)})
	if err != nil {
		return err
	}
	rels, froms, tos, props := columns[0], columns[1], columns[2], columns[3]
	for i := range rels {
		l.addEdge(edgeOf(rels[i].(string), store.ID(froms[i].(string)), store.ID(tos[i].(string)), props[i].(map[string]any)))
	}
	return nil
}

// probes asks for all probes of one form at once, up to a power of two of edges
// each, so that the forms are few.
func (l *loader) probes() error {
	alike := map[store.ProbeNeed][]store.ID{}
	for _, need := range l.state.Probes() {
		form := need
		form.ID, form.Limit = "", 1<<bits.Len(uint(need.Limit-1))
		alike[form] = append(alike[form], need.ID)
	}
	for form, ids := range alike {
		if err := l.probe(form, ids); err != nil {
			return err
		}
	}
	return nil
}

// probe reads the first keys of the edges of each node. The order of ORDER BY on
// stored strings and on type names is bytewise, as the port's.
func (l *loader) probe(form store.ProbeNeed, ids []store.ID) error {
	edge, from, to, count := "-[r]->", "n.id", "m.id", "0"
	if form.Rel != "" {
		edge = "-[r:" + quote(form.Rel) + "]->"
	}
	if form.Direction == store.In {
		edge, from, to = "<"+strings.TrimSuffix(edge, ">"), to, from
	}
	if form.Count {
		count = "COUNT { (n)" + edge + "() }"
	}
	records, err := l.tx.rows(fmt.Sprintf("UNWIND $ids AS id MATCH (n:Node {id: id}) CALL (n) { MATCH (n)%s(m:Node) "+
		"WITH type(r) AS rel, %s AS from, %s AS to, %s AS tag ORDER BY rel, from, to, tag LIMIT $limit RETURN collect([rel, from, to, tag]) AS keys } "+
		"RETURN id, keys, %s", edge, from, to, tagAt, count), params{"ids": texts(ids), "limit": int64(form.Limit)})
	if err != nil {
		return err
	}
	for _, r := range records {
		probe := form.Probe
		probe.ID = store.ID(r.Values[0].(string))
		list := r.Values[1].([]any)
		keys := make([]store.EdgeKey, len(list))
		for i, key := range list {
			keys[i] = keyOf(key.([]any))
		}
		l.state.AddProbe(probe, keys, r.Values[2].(int64))
	}
	return nil
}

func keyOf(row []any) store.EdgeKey {
	return store.EdgeKey{Rel: row[0].(string), From: store.ID(row[1].(string)), To: store.ID(row[2].(string)), Tag: row[3].(string)}
}

func (l *loader) holders() error {
	type owner struct{ kind, property string }
	values := map[owner][]string{}
	for _, h := range l.state.Holdings() {
		o := owner{h.Kind, h.Property}
		values[o] = append(values[o], h.Value)
	}
	for o, list := range values {
		cypher := fmt.Sprintf("UNWIND $values AS v MATCH (n:%s) WHERE n.%s = v RETURN collect(v), collect(n.id)", quote(o.kind), quote(o.property))
		columns, err := l.tx.columns(cypher, params{"values": list})
		if err != nil {
			return err
		}
		for i, v := range columns[0] {
			l.state.AddHolder(store.Holding{Kind: o.kind, Property: o.property, Value: v.(string)}, store.ID(columns[1][i].(string)))
		}
	}
	return nil
}

// recent reads what has changed lately.
func (l *loader) recent(needs store.Needs) error {
	if !needs.Recent {
		return nil
	}
	oldest, err := l.tx.oldest()
	if err != nil {
		return err
	}
	changes, err := l.tx.entries(needs.Since, math.MaxInt32, undoPart)
	l.state.AddRecent(changes, oldest)
	return err
}
