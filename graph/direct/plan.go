package direct

import (
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// step writes one value, and tells whether it could. What it has written by
// then is thrown away when it could not.
type step[V any] func(w *Writer, v V) bool

// planner plans the selections of one operation.
type planner struct {
	*types
	op *graphql.OperationContext
}

// collect gathers the fields that a selection asks of an object: what gqlgen
// itself would answer, by @skip, @include, fragments and variables.
func (p planner) collect(object *ast.Definition, set ast.SelectionSet) []graphql.CollectedField {
	satisfies := []string{object.Name}
	for _, abstract := range p.schema.GetImplements(object) {
		satisfies = append(satisfies, abstract.Name)
	}
	return graphql.CollectFields(p.op, set, satisfies)
}

// place is where in an operation a value stands. Two fields with the same
// response name share one merged selection, which gqlgen keeps as long as the
// operation.
type place struct {
	set           *ast.Selection
	length        int
	object, field string
}

// plans keeps the plans of an operation, made when first asked for.
type plans struct {
	mu   sync.RWMutex
	made map[place]step[any]
}

func (p *plans) get(at place, plan func() step[any]) step[any] {
	p.mu.RLock()
	made, ok := p.made[at]
	p.mu.RUnlock()
	if ok {
		return made
	}
	made = plan()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made == nil {
		p.made = map[place]step[any]{}
	}
	p.made[at] = made
	return made
}
