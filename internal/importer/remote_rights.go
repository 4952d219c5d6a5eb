package importer

import (
	"context"
	"fmt"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// rights are what the caller may do with all records of a kind, as the server
// tells it.
type rights struct {
	name string
	may  map[right]bool
}

type right struct{ action, kind string }

// askRights asks the server once what the caller may import, so that all that
// is not allowed is told before the first line is sent.
func (r *remote) askRights(ctx context.Context) error {
	var answer struct {
		Viewer struct {
			Name string
			May  []struct {
				Kind, Action string
				Everything   bool
			}
		}
	}
	if err := r.ask(ctx, "query Rights { viewer { name may { kind action everything } } }", nil, &answer); err != nil {
		return err
	}
	r.rights = rights{answer.Viewer.Name, map[right]bool{}}
	for _, p := range answer.Viewer.May {
		r.rights.may[right{p.Action, p.Kind}] = p.Everything
	}
	return nil
}

// Permits says what of an item the caller may not import.
func (r *remote) Permits(i *interchange.Item) (es domain.Errors) {
	for _, n := range bulk.ImportNeeds(i) {
		if !r.rights.any(n) {
			es = append(es, n.Refuse(fmt.Sprintf("%s may not %s %s", r.rights.name, n.Actions[0], n.Kind)))
		}
	}
	return es
}

func (r rights) any(n bulk.ImportNeed) bool {
	for _, action := range n.Actions {
		if r.may[right{string(action), n.Kind}] {
			return true
		}
	}
	return false
}
