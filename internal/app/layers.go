package app

import (
	"sync"

	"releasegraph/internal/plan/conflict"
)

// layers keeps the order of the estate's dependencies for as long as nothing in
// it changes: questions about the plan come in rows.
type layers struct {
	mu    sync.Mutex
	g     *Graph
	order *conflict.Layers
}

// manyWorks is from how much work on the order is worth its making.
const manyWorks = 8

// prepare gives a plan the order: one that is there, or for much work a new one.
func (l *layers) prepare(g *Graph, p *conflict.Plan, all bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.g != g && (!all || len(p.Works()) <= manyWorks) {
		return
	}
	if l.g != g {
		l.g, l.order = g, conflict.NewLayers(g)
	}
	p.Use(l.order)
}
