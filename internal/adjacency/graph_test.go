package adjacency_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"releasegraph/internal/adjacency"

	"pgregory.net/rapid"
)

// label tells parallel arcs apart by tag; weight is what else it says.
type label struct {
	tag    string
	weight int
}

type (
	graph  = adjacency.Graph[int, label]
	editor = adjacency.Editor[int, label]
)

type modelNode struct {
	key   string
	facts int
}

type modelArc struct{ from, to, tag string }

// model is a graph as anyone would write it down.
type model struct {
	nodes map[string]modelNode
	arcs  map[modelArc]int // weight
}

func newModel() model { return model{map[string]modelNode{}, map[modelArc]int{}} }

func (m model) clone() model { return model{maps.Clone(m.nodes), maps.Clone(m.arcs)} }

func (m model) removeNode(id string) {
	delete(m.nodes, id)
	maps.DeleteFunc(m.arcs, func(a modelArc, _ int) bool { return a.from == id || a.to == id })
}

// pair is a graph and what it must hold.
type pair struct {
	graph *graph
	model model
}

var (
	// Enough ids for two pages and a bit, drawn so that most hits fall on a few.
	drawID = rapid.Custom(func(t *rapid.T) string {
		if rapid.Bool().Draw(t, "far") {
			return fmt.Sprintf("n%d", rapid.IntRange(0, 600).Draw(t, "id"))
		}
		return fmt.Sprintf("n%d", rapid.IntRange(0, 8).Draw(t, "id"))
	})
	drawTag = rapid.SampledFrom([]string{"", "a", "b"})
)

func sameTag(tag string) func(label) bool { return func(l label) bool { return l.tag == tag } }

// edit makes up to twenty random changes to both.
func edit(t *rapid.T, e *editor, m model) {
	for range rapid.IntRange(0, 20).Draw(t, "changes") {
		from, to, tag := drawID.Draw(t, "from"), drawID.Draw(t, "to"), drawTag.Draw(t, "tag")
		f, known := e.Lookup(from)
		g, both := e.Lookup(to)
		both = both && known
		switch change := rapid.SampledFrom([]string{"put node", "put arc", "remove arc", "remove node"}).Draw(t, "change"); {
		case change == "put node" || !known:
			facts := rapid.Int().Draw(t, "facts")
			e.PutNode(from, "key of "+from, facts)
			m.nodes[from] = modelNode{"key of " + from, facts}
		case change == "remove node":
			e.RemoveNode(f)
			e.RemoveNode(f) // the second time changes nothing
			m.removeNode(from)
		case !both:
		case change == "put arc":
			weight := rapid.IntRange(0, 3).Draw(t, "weight")
			e.PutArc(f, g, label{tag, weight}, sameTag(tag))
			m.arcs[modelArc{from, to, tag}] = weight
		case change == "remove arc":
			weight, was := m.arcs[modelArc{from, to, tag}]
			l, found := e.Arc(f, g, sameTag(tag))
			if found != was || found && l != (label{tag, weight}) {
				t.Fatalf("arc %s -%s-> %s is %v, %v, want %v, %v", from, tag, to, l, found, weight, was)
			}
			if removed := e.RemoveArc(f, g, sameTag(tag)); removed != was {
				t.Fatalf("removing %s -%s-> %s says %v, want %v", from, tag, to, removed, was)
			}
			delete(m.arcs, modelArc{from, to, tag})
		}
	}
}

// check compares a graph with its model, by all that the graph can tell.
func check(t *rapid.T, p pair) {
	g, m := p.graph, p.model
	if g.Len() != len(m.nodes) || g.Arcs() != len(m.arcs) {
		t.Fatalf("the graph counts %d nodes and %d arcs, want %d and %d", g.Len(), g.Arcs(), len(m.nodes), len(m.arcs))
	}
	out, in := map[modelArc]int{}, map[modelArc]int{}
	live := 0
	for n := range adjacency.Node(g.Size()) {
		if !g.Live(n) {
			continue
		}
		live++
		if want, ok := m.nodes[g.ID(n)]; !ok || want != (modelNode{g.Key(n), *g.Facts(n)}) {
			t.Fatalf("node %s is %q %d, want %v (there: %v)", g.ID(n), g.Key(n), *g.Facts(n), want, ok)
		}
		for _, a := range g.Out(n) {
			out[modelArc{g.ID(n), g.ID(a.Node), g.Label(a.Label).tag}] = g.Label(a.Label).weight
		}
		for _, a := range g.In(n) {
			in[modelArc{g.ID(a.Node), g.ID(n), g.Label(a.Label).tag}] = g.Label(a.Label).weight
		}
	}
	if live != g.Len() || !maps.Equal(out, m.arcs) || !maps.Equal(in, m.arcs) {
		t.Fatalf("%d nodes are live, out %v, in %v, want %v", live, out, in, m.arcs)
	}
	for i := range 601 {
		id := fmt.Sprintf("n%d", i)
		n, ok := g.Lookup(id)
		if _, want := m.nodes[id]; ok != want || ok && g.ID(n) != id {
			t.Fatalf("Lookup(%s) finds %d, %v, want %v", id, n, ok, want)
		}
	}
}

// Graphs are made in a line, editors are given up, branches made of any graph
// and edited beside the line. Every graph ever made must hold, at the end, what
// it held when it was made.
func TestGraphsHoldForEverWhatTheyWereMadeWith(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := [][]pair{{build(t)}}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
			line := lines[i]
			newest := line[len(line)-1]
			switch rapid.SampledFrom([]string{"edit", "edit", "give up", "branch"}).Draw(t, "step") {
			case "edit":
				e, m := newest.graph.Edit(), newest.model.clone()
				edit(t, e, m)
				lines[i] = append(line, pair{e.Graph(newest.graph.Revision() + 1), m})
			case "give up":
				edit(t, newest.graph.Edit(), newest.model.clone())
			case "branch":
				p := line[rapid.IntRange(0, len(line)-1).Draw(t, "of")]
				lines = append(lines, []pair{{p.graph.Branch(), p.model}})
			}
		}
		for _, line := range lines {
			for _, p := range line {
				check(t, p)
			}
		}
	})
}

// build loads a random graph with a Builder.
func build(t *rapid.T) pair {
	b, m := adjacency.NewBuilder[int, label](), newModel()
	fresh, numbers := rapid.Bool().Draw(t, "fresh"), map[string]adjacency.Node{}
	for range rapid.IntRange(0, 30).Draw(t, "nodes") {
		id, facts := drawID.Draw(t, "id"), rapid.Int().Draw(t, "facts")
		if _, twice := numbers[id]; fresh && twice {
			continue
		}
		add := b.AddNode
		if fresh {
			add = b.AddNewNode
		}
		numbers[id] = add(id, "key of "+id, facts)
		m.nodes[id] = modelNode{"key of " + id, facts}
	}
	ids := slices.Sorted(maps.Keys(m.nodes))
	for range rapid.IntRange(0, 60).Draw(t, "arcs") {
		if len(ids) == 0 {
			break
		}
		a := modelArc{rapid.SampledFrom(ids).Draw(t, "from"), rapid.SampledFrom(ids).Draw(t, "to"), drawTag.Draw(t, "tag")}
		if _, ok := m.arcs[a]; ok {
			continue // a Builder does not look for one to replace
		}
		from, to := numbers[a.from], numbers[a.to]
		weight := rapid.IntRange(0, 3).Draw(t, "weight")
		b.AddArc(from, to, label{a.tag, weight})
		m.arcs[a] = weight
	}
	return pair{b.Graph(1), m}
}

func TestABranchFindsWhatItsLinesGivenUpEditorHadNumbered(t *testing.T) {
	line := adjacency.New[int, label]()
	line.Edit().PutNode("x", "x", 1) // given up, with number 0
	e := line.Edit()
	e.PutNode("y", "y", 2) // takes number 0
	b := e.Graph(1).Branch().Edit()
	b.PutNode("x", "x", 3)
	g := b.Graph(2)
	if n, ok := g.Lookup("x"); !ok || *g.Facts(n) != 3 {
		t.Fatalf("the branch does not find the node that was added to it")
	}
	if g.Len() != 2 {
		t.Fatalf("the branch has %d nodes, want 2", g.Len())
	}
}

func TestARemovedNodeKeepsItsNumber(t *testing.T) {
	e := adjacency.New[int, label]().Edit()
	n := e.PutNode("x", "x", 1)
	e.RemoveNode(n)
	if again := e.PutNode("x", "x", 2); again != n {
		t.Fatalf("the node came back as %d, want %d", again, n)
	}
}

func TestBytesGrowWithTheGraph(t *testing.T) {
	b := adjacency.NewBuilder[int, label]()
	for i := range 1000 {
		b.AddNode(fmt.Sprint(i), "key", i)
	}
	for i := range 1000 {
		b.AddArc(adjacency.Node(i), adjacency.Node(i/2), label{})
	}
	g := b.Graph(1)
	if one := adjacency.New[int, label]().Bytes(); g.Bytes() <= one || g.Bytes() > 1<<20 {
		t.Fatalf("a thousand nodes take %d bytes, none takes %d", g.Bytes(), one)
	}
}

func TestHeadsPutTextsInTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		if x, y := adjacency.Head(a), adjacency.Head(b); x != y && (x < y) != (a < b) {
			t.Fatalf("%q has %x, %q has %x", a, x, b, y)
		}
	})
}
