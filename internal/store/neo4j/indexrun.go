package neo4j

import (
	"fmt"
	"slices"

	"releasegraph/internal/store"
)

// indexRun reads nodes in the order of one indexed property, at a cost that
// depends on how many it reads alone. Nodes without the property come last,
// and from another index.
//
// The index (property, id) gives both keys rising or both falling. An order
// that mixes them (falling property, rising id) is read with both the property's
// way and put right in runs of equal values; only the last run, which the limit
// may have cut, is read once more its own way. A unique property has no runs.
type indexRun struct {
	*finder
	tx         tx
	property   store.Property
	descending bool
	backward   bool
	bound      *store.Position
}

func (r *indexRun) at() string { return "n." + quote(r.property.Name) }

func (r *indexRun) read(start *store.Position, limit int) ([]store.Node, error) {
	if r.backward {
		return r.readBackward(start, limit)
	}
	var nodes []store.Node
	if start == nil || start.Keys[0] != nil {
		var err error
		if nodes, err = r.present(start, limit); err != nil || limit > 0 && len(nodes) == limit {
			return nodes, err
		}
		start = nil
	}
	rest, err := r.absent(start, remaining(limit, len(nodes)))
	return append(nodes, rest...), err
}

func (r *indexRun) readBackward(start *store.Position, limit int) ([]store.Node, error) {
	var nodes []store.Node
	if start == nil || start.Keys[0] == nil {
		var err error
		if nodes, err = r.absent(start, limit); err != nil || limit > 0 && len(nodes) == limit {
			return nodes, err
		}
		start = nil
	}
	rest, err := r.present(start, remaining(limit, len(nodes)))
	return append(nodes, rest...), err
}

func remaining(limit, done int) int {
	if limit == 0 {
		return 0
	}
	return limit - done
}

// absent reads the nodes that lack the property, by id.
func (r *indexRun) absent(start *store.Position, limit int) ([]store.Node, error) {
	b := r.store.builder()
	conditions := []string{r.at() + " IS NULL", "n.id IS NOT NULL"}
	if start != nil {
		conditions = append(conditions, "n.id "+above(!r.backward)+" "+b.param(string(start.ID)))
	}
	return r.selection(r.tx, b, []string{idProp}, r.bound, r.backward, conditions, "ORDER BY n.id"+direction(r.backward), limit)
}

// present reads the nodes that have the property.
func (r *indexRun) present(start *store.Position, limit int) ([]store.Node, error) {
	falls := r.descending != r.backward // the way the property goes
	if r.property.Unique || falls == r.backward {
		return r.pure(start, falls, limit)
	}
	return r.mixed(start, falls, limit)
}

// pure reads with both keys going one way, from a position on.
func (r *indexRun) pure(start *store.Position, falls bool, limit int) ([]store.Node, error) {
	b := r.store.builder()
	var conditions []string
	switch {
	case start == nil && r.property.Unique:
		conditions = []string{r.at() + " IS NOT NULL"}
	case start == nil:
		conditions = []string{r.at() + " IS NOT NULL", "n.id IS NOT NULL"}
	case r.property.Unique:
		conditions = append(b.fromOn(r.at(), start.Keys[0], falls), fmt.Sprintf("%s <> %s", r.at(), b.param(start.Keys[0])))
	default:
		// coalesce keeps the planner from splitting the OR into two reads of an index.
		v, id := b.param(start.Keys[0]), b.param(string(start.ID))
		conditions = append(b.fromOn(r.at(), start.Keys[0], falls), "n.id IS NOT NULL",
			fmt.Sprintf("coalesce(%s <> %s OR n.id %s %s, false)", r.at(), v, above(!falls), id))
	}
	return r.statement(b, conditions, r.order(falls), limit)
}

// mixed reads with the property going one way and the id the other.
func (r *indexRun) mixed(start *store.Position, falls bool, limit int) ([]store.Node, error) {
	var nodes []store.Node
	if start != nil {
		var err error
		if nodes, err = r.group(start.Keys[0], &start.ID, limit); err != nil || limit > 0 && len(nodes) == limit {
			return nodes, err
		}
	}
	want := remaining(limit, len(nodes))
	b := r.store.builder()
	conditions := []string{r.at() + " IS NOT NULL", "n.id IS NOT NULL"}
	if start != nil {
		conditions = append(b.fromOn(r.at(), start.Keys[0], falls), "n.id IS NOT NULL", fmt.Sprintf("%s <> %s", r.at(), b.param(start.Keys[0])))
	}
	rest, err := r.statement(b, conditions, r.order(falls), want)
	if err != nil || len(rest) == 0 {
		return nodes, err
	}
	last := r.reverseRuns(rest)
	if want > 0 && len(rest) == want {
		cut, err := r.group(rest[last].Props[r.property.Name], nil, want-last)
		return append(append(nodes, rest[:last]...), cut...), err
	}
	return append(nodes, rest...), nil
}

// reverseRuns turns round each run of equal values, and returns where the last
// one begins.
func (r *indexRun) reverseRuns(nodes []store.Node) (last int) {
	value := func(i int) any { return nodes[i].Props[r.property.Name] }
	for i := 1; i <= len(nodes); i++ {
		if i < len(nodes) && store.EqualValues(value(i), value(last)) {
			continue
		}
		slices.Reverse(nodes[last:i])
		if i < len(nodes) {
			last = i
		}
	}
	return last
}

// group reads the nodes of one value, by id, those beyond an id if one is given.
func (r *indexRun) group(value any, beyond *store.ID, limit int) ([]store.Node, error) {
	b := r.store.builder()
	conditions := []string{r.at() + " = " + b.param(value), "n.id IS NOT NULL"}
	if beyond != nil {
		conditions = append(conditions, "n.id "+above(!r.backward)+" "+b.param(string(*beyond)))
	}
	return r.statement(b, conditions, r.order(r.backward), limit)
}

// order names every column of the index, so that the index gives the order.
func (r *indexRun) order(falls bool) string {
	if r.property.Unique {
		return "ORDER BY " + r.at() + direction(falls)
	}
	return "ORDER BY " + r.at() + direction(falls) + ", n.id" + direction(falls)
}

// fromOn writes the condition of lying at the value or beyond. Where the
// server's operators might not compare bytewise it adds one that does.
func (b *builder) fromOn(at string, v any, falls bool) []string {
	op := store.Gte
	if falls {
		op = store.Lte
	}
	if text, ok := v.(string); ok {
		return []string{b.textRange(at, op, text)}
	}
	return []string{fmt.Sprintf("%s %s %s", at, comparisons[op], b.param(v))}
}

func above(yes bool) string {
	if yes {
		return ">"
	}
	return "<"
}

func (r *indexRun) statement(b *builder, conditions []string, order string, limit int) ([]store.Node, error) {
	index := []string{r.property.Name, idProp}
	if r.property.Unique {
		index = index[:1]
	}
	return r.selection(r.tx, b, index, r.bound, r.backward, conditions, order, limit)
}
