package receive

import (
	"cmp"
	"context"
	"encoding/binary"
	"slices"

	"releasegraph/internal/pace"
	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/digraph"
	"releasegraph/internal/plan/rollout/model"
)

// ordering puts items of one site in order (P3). It knows for each cycle of items
// that anything receives which others it depends on, through items that nothing
// receives, too.
type ordering struct {
	cycle   map[int32]int32 // of items that are received: their cycle
	needs   [][]int32       // of cycles, by number: a cycle comes after all that it needs
	known   map[string][]int32
	height  []int32
	listed  []int32 // the least item that is listed
	count   []int32 // how many are
	scratch []byte
}

func newOrdering(ctx context.Context, m *model.Model, contents []Content) (*ordering, error) {
	received := make([]bool, m.Items())
	var items []int32
	for i := range contents {
		for j := range contents[i].Actions {
			if item := contents[i].Actions[j].Item; !received[item] {
				received[item] = true
				items = append(items, item)
			}
		}
	}
	slices.Sort(items)
	between, at, err := below(ctx, m, items)
	if err != nil {
		return nil, err
	}
	of, count, err := between.Components(ctx)
	if err != nil {
		return nil, err
	}
	o := &ordering{cycle: map[int32]int32{}, known: map[string][]int32{}}
	number := make([]int32, count) // of components with something received, in their order
	for i := range number {
		number[i] = -1
	}
	members := make([][]int32, count) // their nodes
	for v, c := range of {
		members[c] = append(members[c], int32(v))
	}
	has := make([]bool, count)
	for _, item := range items {
		has[of[at[item]]] = true
	}
	cycles := int32(0)
	for c := range count {
		if has[c] {
			number[c] = cycles
			cycles++
		}
	}
	for _, item := range items {
		o.cycle[item] = number[of[at[item]]]
	}
	o.needs = make([][]int32, cycles)
	p := pace.Of(ctx)
	seen := make([]int32, count)
	for c := range count {
		if number[c] < 0 {
			continue
		}
		queue := []int32{int32(c)}
		for len(queue) > 0 {
			comp := queue[0]
			queue = queue[1:]
			for _, v := range members[comp] {
				if err := p.Steps(1 + len(between.Out(v))); err != nil {
					return nil, err
				}
				for _, w := range between.Out(v) {
					to := of[w]
					if seen[to] == int32(c)+1 || int(to) == c {
						continue
					}
					seen[to] = int32(c) + 1
					if number[to] >= 0 {
						o.needs[number[c]] = append(o.needs[number[c]], number[to])
					} else {
						queue = append(queue, to)
					}
				}
			}
		}
	}
	o.height, o.listed, o.count = make([]int32, cycles), make([]int32, cycles), make([]int32, cycles)
	return o, nil
}

// below lays out the items and all that they depend on, with their places.
func below(ctx context.Context, m *model.Model, items []int32) (*digraph.Graph, map[int32]int32, error) {
	p := pace.Of(ctx)
	at := make(map[int32]int32, len(items))
	b := digraph.New(0)
	queue := slices.Clone(items)
	for _, item := range items {
		at[item] = b.Node()
	}
	for i := 0; i < len(queue); i++ {
		from := at[queue[i]]
		if err := p.Steps(1 + len(m.Depends.Out(queue[i]))); err != nil {
			return nil, nil, err
		}
		for _, to := range m.Depends.Out(queue[i]) {
			no, known := at[to]
			if !known {
				no = b.Node()
				at[to] = no
				queue = append(queue, to)
			}
			b.Add(from, no)
		}
	}
	return b.Graph(), at, nil
}

// order sets the order of what a content removes and installs.
func (o *ordering) order(c *Content) {
	var removes, installs []int32
	for i := range c.Actions {
		if c.Actions[i].Kind == rollout.Remove {
			removes = append(removes, int32(i))
		} else {
			installs = append(installs, int32(i))
		}
	}
	c.Installs = o.sorted(c, installs, 1)
	c.Removes = o.sorted(c, removes, -1)
}

// sorted puts actions in order: dependencies first by the direction 1, dependents
// first by -1; what is equally high by key, the items of a cycle side by side.
func (o *ordering) sorted(c *Content, actions []int32, direction int32) []int32 {
	if len(actions) < 2 {
		return actions
	}
	name := binary.LittleEndian.AppendUint32(o.scratch[:0], uint32(direction))
	for _, i := range actions {
		name = binary.LittleEndian.AppendUint32(name, uint32(c.Actions[i].Item))
	}
	o.scratch = name
	if items, known := o.known[string(name)]; known {
		return places(c, items)
	}
	o.climb(c, actions)
	slices.SortFunc(actions, func(a, b int32) int {
		x, y := c.Actions[a].Item, c.Actions[b].Item
		p, q := o.cycle[x], o.cycle[y]
		return cmp.Or(cmp.Compare(direction*o.height[p], direction*o.height[q]), cmp.Compare(o.listed[p], o.listed[q]), cmp.Compare(x, y))
	})
	items := make([]int32, len(actions))
	for i, a := range actions {
		items[i] = c.Actions[a].Item
	}
	o.known[string(name)] = items
	return actions
}

// places finds items among the actions, which are by item.
func places(c *Content, items []int32) []int32 {
	list := make([]int32, len(items))
	for i, item := range items {
		at, _ := slices.BinarySearchFunc(c.Actions, item, func(a Action, item int32) int { return cmp.Compare(a.Item, item) })
		list[i] = int32(at)
	}
	return list
}

// climb works out how high the cycles of the actions stand above one another.
func (o *ordering) climb(c *Content, actions []int32) {
	clear(o.count)
	for _, a := range actions {
		cycle := o.cycle[c.Actions[a].Item]
		if o.count[cycle]++; o.count[cycle] == 1 {
			o.listed[cycle] = c.Actions[a].Item
		}
	}
	for cycle := range o.height {
		high := int32(0)
		for _, need := range o.needs[cycle] {
			high = max(high, o.height[need])
		}
		if o.count[cycle] > 0 {
			high++
		}
		o.height[cycle] = high
	}
}
