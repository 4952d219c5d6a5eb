package impact

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"releasegraph/internal/domain"
)

// weigh gives each need the strength with which losing it alone would hurt a
// source (I2, I5): none where others stand in for it. What lies between a need
// and a source is needed itself, so nothing else is looked at.
func (s *spread) weigh(ctx context.Context) error {
	w := &weighing{spread: s}
	if any, err := w.tie(); err != nil || !any {
		return err // nothing stands in for anything: a need is as strong as its chains
	}
	if err := w.arrange(ctx); err != nil {
		return err
	}
	needs := w.doubtful()
	for chunk := range slices.Chunk(needs, lanes) {
		if err := w.pass(chunk, len(needs)); err != nil {
			return err
		}
	}
	return nil
}

// weighing is what was reached, by position, as lists that are gone over again
// and again.
type weighing struct {
	*spread
	supplies []supply // of each position, those in no group first
	choices  []choice
	at       []place // where those of each position begin; the last is the end

	order  []int32 // positions, suppliers before what needs them
	rounds []round // which of them are worked out together
	losses []loss  // by position: what is passed on
	hurt   loss    // of the sources
	spent  int

	members [2][]*lane // of a group: by whose loss they are hurt, and lost
}

// supply is a dependency on what is at a position.
type supply struct {
	position int32
	strength uint8
}

// choice is a redundancy group: its supplies, and how many of them can be lost
// before it stops what needs it; 0: it stops by the first that is hurt at all.
type choice struct {
	from, to int32
	stops    int
}

type place struct{ supply, choice int32 }

// loss tells which needs hurt something when they are lost, and which stop it.
type loss struct{ some, full lane }

// tie lists the supplies and groups of each position, and reports whether there
// is a group at all.
func (w *weighing) tie() (bool, error) {
	var members []grouped
	for p := range int32(len(w.hits)) {
		w.at = append(w.at, place{int32(len(w.supplies)), int32(len(w.choices))})
		if p >= w.sources && w.silent(p) {
			continue // nobody asks what hurts it
		}
		members = members[:0]
		arcs := w.g.Out(w.hits[p].node)
		if err := w.pace.Steps(1 + len(arcs)); err != nil {
			return false, err
		}
		for _, a := range arcs {
			m, given := w.marks[a.Node], w.code(a.Label)&codeStrength
			switch name := w.g.Labels()[a.Label].Group; {
			case m.epoch != w.epoch || given == 0:
			case name != "":
				members = append(members, grouped{w.named(name), supply{m.position, given}})
			default:
				w.supplies = append(w.supplies, supply{m.position, given})
			}
		}
		w.choose(w.hits[p].node, members)
	}
	w.at = append(w.at, place{int32(len(w.supplies)), int32(len(w.choices))})
	return len(w.choices) > 0, nil
}

// silent reports whether a position passes on no loss but its own.
func (w *weighing) silent(p int32) bool { return w.stopAt[w.hits[p].node] }

// grouped is a supply in a redundancy group.
type grouped struct {
	group int32
	supply
}

// choose lists the groups of an item; parallel links to one supplier are one
// member, which counts by the strongest of them.
func (w *weighing) choose(item Node, members []grouped) {
	if len(members) == 0 {
		return
	}
	slices.SortFunc(members, func(x, y grouped) int {
		return cmp.Or(cmp.Compare(x.group, y.group), cmp.Compare(x.position, y.position), cmp.Compare(y.strength, x.strength))
	})
	members = slices.CompactFunc(members, func(x, y grouped) bool { return x.group == y.group && x.position == y.position })
	w.count(item)
	for i, m := range members {
		if i == 0 || members[i-1].group != m.group {
			g := w.find(item, m.group)
			w.choices = append(w.choices, choice{from: int32(len(w.supplies)), stops: int(max(0, g.members-g.minimum+1))})
		}
		w.supplies = append(w.supplies, m.supply)
		w.choices[len(w.choices)-1].to = int32(len(w.supplies))
	}
}

// plain lists the supplies of a position that are in no group.
func (w *weighing) plain(p int32) []supply {
	from, to := w.at[p], w.at[p+1]
	if from.choice < to.choice {
		return w.supplies[from.supply:w.choices[from.choice].from]
	}
	return w.supplies[from.supply:to.supply]
}

// doubtful lists, in order, the needs whose loss does not surely stop a source:
// to those that do leads a chain of full dependencies outside of groups.
func (w *weighing) doubtful() (needs []int32) {
	sure := make([]bool, len(w.hits))
	var todo []int32
	for p := range w.sources {
		sure[p], todo = true, append(todo, p)
	}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, s := range w.plain(p) {
			if s.strength == full && !sure[s.position] {
				sure[s.position], todo = true, append(todo, s.position)
			}
		}
	}
	for _, p := range w.order {
		if !sure[p] {
			needs = append(needs, p)
		}
	}
	for p := w.sources; int(p) < len(sure); p++ {
		if sure[p] {
			w.hits[p].strengthen(full)
		}
	}
	return needs
}

// mostSpent bounds how many dependencies are looked at, each for a pass full of
// needs: well under a second.
const mostSpent = 20_000_000

func (w *weighing) spend(n, needs int) error {
	if w.spent += n; w.spent <= mostSpent {
		return w.pace.Steps(n)
	}
	return &domain.Error{
		Code: domain.Limit, Rule: "I5", Field: "input.redundancy", Message: fmt.Sprintf(
			"EVALUATE weighs each need by what losing it alone would do, which is too much for these %d needs with %d dependencies; "+
				"use IGNORE, or fewer needs by kinds, environment or stopAt", needs, len(w.supplies)),
	}
}
