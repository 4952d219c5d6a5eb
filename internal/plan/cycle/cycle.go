// Package cycle finds strongly connected components: the sets of nodes that
// can all reach one another (C2, P3).
package cycle

import (
	"context"

	"releasegraph/internal/pace"
)

// Components returns the strongly connected components of a graph of nodes 0
// to size-1, each after all that its nodes have arcs to. next gives the i-th
// arc of a node, -1 where an arc leads out of the graph, and false after the
// last. It is Tarjan's algorithm with a stack of its own, so that a chain of a
// million items needs no deep recursion. It stops when its context ends.
func Components(ctx context.Context, size int, next func(v int32, i int) (int32, bool)) ([][]int32, error) {
	var components [][]int32
	err := each(ctx, size, next, func(component []int32) { components = append(components, append([]int32(nil), component...)) })
	if err != nil {
		return nil, err
	}
	return components, nil
}

// Numbers returns for each node the place of its component among Components, and
// how many these are. It takes no memory of their own for them.
func Numbers(ctx context.Context, size int, next func(v int32, i int) (int32, bool)) (of []int32, count int, err error) {
	of = make([]int32, size)
	err = each(ctx, size, next, func(component []int32) {
		for _, v := range component {
			of[v] = int32(count)
		}
		count++
	})
	if err != nil {
		return nil, 0, err
	}
	return of, count, nil
}

// each hands over the components, which are valid for the time of the call.
func each(ctx context.Context, size int, next func(v int32, i int) (int32, bool), yield func([]int32)) error {
	t := tarjan{pace: pace.Of(ctx), next: next, yield: yield, order: make([]int32, size), low: make([]int32, size), done: make([]bool, size)}
	for v := range int32(size) {
		if t.order[v] == 0 {
			if err := t.visit(v); err != nil {
				return err
			}
		}
	}
	return nil
}

type tarjan struct {
	pace       *pace.Pace
	next       func(int32, int) (int32, bool)
	yield      func([]int32)
	order, low []int32 // numbers of first visit, from 1; 0: not visited
	done       []bool  // in a component
	open       []int32 // visited and in no component yet
	path       []frame
	count      int32
}

type frame struct {
	v   int32
	arc int
}

func (t *tarjan) visit(root int32) error {
	t.enter(root)
	for len(t.path) > 0 {
		if err := t.pace.Step(); err != nil {
			return err
		}
		f := &t.path[len(t.path)-1]
		w, more := t.next(f.v, f.arc)
		f.arc++
		switch {
		case !more:
			t.leave()
		case w < 0 || t.done[w]:
		case t.order[w] == 0:
			t.enter(w)
		default:
			t.low[f.v] = min(t.low[f.v], t.order[w])
		}
	}
	return nil
}

func (t *tarjan) enter(v int32) {
	t.count++
	t.order[v], t.low[v] = t.count, t.count
	t.open = append(t.open, v)
	t.path = append(t.path, frame{v: v})
}

func (t *tarjan) leave() {
	v := t.path[len(t.path)-1].v
	t.path = t.path[:len(t.path)-1]
	if len(t.path) > 0 {
		p := t.path[len(t.path)-1].v
		t.low[p] = min(t.low[p], t.low[v])
	}
	if t.low[v] == t.order[v] {
		t.close(v)
	}
}

// close takes the component of v, its first visited node, off the open nodes.
func (t *tarjan) close(v int32) {
	i := len(t.open) - 1
	for t.open[i] != v {
		i--
	}
	component := t.open[i:]
	t.open = t.open[:i]
	for _, w := range component {
		t.done[w] = true
	}
	t.yield(component)
}
