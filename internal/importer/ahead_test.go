package importer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/app/bulk"
	"releasegraph/internal/importer"
	"releasegraph/internal/interchange"
	"releasegraph/internal/neo4jtest"
	"releasegraph/internal/store"
)

// small opens targets that take small batches, and decide them ahead.
type small struct{ importer.Opener }

func (s small) Open(ctx context.Context, o bulk.ImportOptions) (importer.Target, error) {
	t, err := s.Opener.Open(ctx, o)
	return smallTarget{t}, err
}

type smallTarget struct{ importer.Target }

func (smallTarget) Batch() (nodes, edges int) { return 3, 4 }

func (s smallTarget) Decide(ctx context.Context, items []*interchange.Item) (*bulk.Ahead, error) {
	return s.Target.(interface {
		Decide(context.Context, []*interchange.Item) (*bulk.Ahead, error)
	}).Decide(ctx, items)
}

// disturbing is a store into which somebody else writes before some commits, and that is
// away at others.
type disturbing struct {
	store.Store
	mu      sync.Mutex
	commits int
	before  map[int]store.Op
	away    map[int]bool
	met     int // how many commits were refused
}

func (d *disturbing) Commit(ctx context.Context, cs store.Changeset) (store.Change, error) {
	d.mu.Lock()
	d.commits++
	op, away := d.before[d.commits], d.away[d.commits]
	d.mu.Unlock()
	if op != nil {
		if _, err := d.Store.Commit(ctx, store.Changeset{Ops: []store.Op{op}, Actor: "else", Source: "api", At: cs.At}); err != nil && !errors.Is(err, store.ErrExists) {
			panic(err)
		}
	}
	if away {
		return store.Change{}, fmt.Errorf("%w: for a moment", store.ErrUnavailable)
	}
	change, err := d.Store.Commit(ctx, cs)
	if err != nil {
		d.mu.Lock()
		d.met++
		d.mu.Unlock()
	}
	return change, err
}

// A batch that is decided while the one before it is committed does what it would have
// done after it, also where others write in between and the store is away for moments.
func TestABatchThatIsDecidedAheadDoesTheSame(t *testing.T) {
	defer neo4jtest.FewerDraws(25)()
	met := 0
	rapid.Check(t, func(rt *rapid.T) {
		items := rapid.IntRange(1, 25).Draw(rt, "items")
		var lines []string
		for i := range items {
			lines = append(lines, fmt.Sprintf(`{"node":"ConfigurationItem","key":"i-%d","name":"item %d","class":"SERVER"}`, i, i))
		}
		lines = append(lines, `{"node":"Site","key":"par","name":"Paris"}`)
		seen := map[string]bool{}
		for range rapid.IntRange(0, 30).Draw(rt, "links") {
			from, to := rapid.IntRange(0, items-1).Draw(rt, "from"), rapid.IntRange(0, items-1).Draw(rt, "to")
			line := fmt.Sprintf(`{"edge":"DEPENDS_ON","from":"ConfigurationItem:i-%d","to":"ConfigurationItem:i-%d","kind":"USES","impact":"FULL"}`, from, to)
			if from == to {
				line = fmt.Sprintf(`{"edge":"INSTALLED_AT","from":"ConfigurationItem:i-%d","to":"Site:par","version":"1.0.%d"}`, from, from)
			}
			if !seen[line] {
				seen[line], lines = true, append(lines, line)
			}
		}
		text := strings.Join(rapid.Permutation(lines).Draw(rt, "lines"), "\n") + "\n"
		whole, _ := newApp(t)
		run(t, whole, importer.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})
		want := export(t, whole)

		_, s := newApp(t)
		d := &disturbing{Store: s, before: map[int]store.Op{}, away: map[int]bool{}}
		for _, n := range rapid.SliceOfN(rapid.IntRange(1, 60), 0, 2).Draw(rt, "away") {
			d.away[n] = true
		}
		for _, n := range rapid.SliceOfN(rapid.IntRange(1, 12), 0, 4).Draw(rt, "before") {
			key := fmt.Sprintf("i-%d", rapid.IntRange(0, items-1).Draw(rt, "taken"))
			d.before[n] = store.CreateNode{ID: store.ID(fmt.Sprintf("else-%d", n)), Kind: "ConfigurationItem", Props: store.Props{
				"key": key, "name": "item " + key[2:], "class": "SERVER", "status": "IN_DEVELOPMENT", "environment": "DEVELOPMENT",
			}}
		}
		over := appOver(d)
		if _, err := importer.Run(t.Context(), small{importer.Local(over)}, importer.Options{Files: []string{file(t, "a.ndjson", text)}}); err != nil {
			rt.Fatal(err)
		}
		got := export(t, over)
		if len(d.before) > 0 { // what others said of an item stays (C6)
			got, want = linksOf(got), linksOf(want)
		}
		if got != want {
			rt.Fatalf("got\n%s\nwant\n%s", got, want)
		}
		met += d.met
	})
	if met == 0 {
		t.Error("nobody was in the way")
	}
}

// linksOf are the lines of an export that are about links.
func linksOf(export string) string {
	var links []string
	for _, line := range strings.Split(export, "\n") {
		if strings.HasPrefix(line, `{"edge"`) {
			links = append(links, line)
		}
	}
	return strings.Join(links, "\n")
}
