package entries_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"releasegraph/internal/store"
	"releasegraph/internal/store/entries"
	"releasegraph/internal/store/sqlite"
)

// counting counts what is read of the effects.
type counting struct {
	store.Store
	pages, whole atomic.Int64
}

func (c *counting) Effects(ctx context.Context, q ...store.EffectQuery) ([]store.EffectPage, error) {
	c.pages.Add(1)
	return c.Store.Effects(ctx, q...)
}

func (c *counting) Changes(ctx context.Context, after store.Revision, limit int) ([]store.Change, error) {
	c.whole.Add(1)
	return c.Store.Changes(ctx, after, limit)
}

// open is a store in which each change set creates ten items: i<set>-<number>.
func open(t *testing.T, sets int) *counting {
	t.Helper()
	schema := store.Schema{Kinds: []store.KindSchema{{Name: "Item", Properties: []store.Property{{Name: "text", Type: store.String}}}}}
	s, err := sqlite.Open(t.Context(), sqlite.Memory, schema, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	for n := range sets {
		var ops []store.Op
		for i := range 10 {
			ops = append(ops, store.CreateNode{ID: store.ID(fmt.Sprintf("i%d-%d", n+1, i)), Kind: "Item", Props: store.Props{"text": "x"}})
		}
		if _, err := s.Commit(t.Context(), store.Changeset{Ops: ops, Actor: fmt.Sprint("actor ", n+1), At: time.Unix(1, 0).UTC()}); err != nil {
			t.Fatal(err)
		}
	}
	return &counting{Store: s}
}

// odd sees of each second change set the items with an odd number.
func odd(_ context.Context, changes []store.Change) (seen []store.Change, err error) {
	for _, c := range changes {
		c.Effects = slices.DeleteFunc(slices.Clone(c.Effects), func(e store.Effect) bool { return e.Node[len(e.Node)-1]%2 == 0 })
		if c.Revision%2 == 0 {
			seen = append(seen, c)
		}
	}
	return seen, nil
}

func revisions(heads []store.Change) (list []store.Revision) {
	for _, h := range heads {
		list = append(list, h.Revision)
	}
	return list
}

func TestHeadsAreReadWithoutEffects(t *testing.T) {
	s := open(t, 150)
	for name, c := range map[string]struct {
		seen        func(context.Context, []store.Change) ([]store.Change, error)
		between     []store.Revision
		first, last []store.Revision
	}{
		"all is seen": {nil, []store.Revision{11, 12, 13, 14}, []store.Revision{6, 7, 8}, []store.Revision{138, 139, 140}},
		"some is":     {odd, []store.Revision{12, 14}, []store.Revision{6, 8, 10}, []store.Revision{136, 138, 140}},
		"nothing is":  {func(context.Context, []store.Change) ([]store.Change, error) { return nil, nil }, nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			log := entries.Log{Store: s, Seen: c.seen}
			for i, read := range []func() ([]store.Change, error){
				func() ([]store.Change, error) { return log.Between(t.Context(), 10, 14) },
				func() ([]store.Change, error) { return log.First(t.Context(), 5, 150, 3) },
				func() ([]store.Change, error) { return log.Last(t.Context(), 0, 140, 3) },
			} {
				heads, err := read()
				want := [][]store.Revision{c.between, c.first, c.last}[i]
				if err != nil || !slices.Equal(revisions(heads), want) {
					t.Fatalf("got %v, want %v (%v)", revisions(heads), want, err)
				}
				for _, h := range heads {
					if h.Effects != nil || h.Actor != fmt.Sprint("actor ", h.Revision) {
						t.Fatalf("%+v", h)
					}
				}
			}
		})
	}
	if s.pages.Load()+s.whole.Load() > 0 {
		t.Error("effects were read with their properties")
	}
}

func TestTheSamePartOfTheEffectsOfAllIsReadTogetherOnce(t *testing.T) {
	s := open(t, 4)
	var told atomic.Int64
	all := entries.Log{Store: s}.EffectsOf([]store.Revision{1, 3, 4}, func(list []store.Effect) { told.Add(int64(len(list))) })
	var wg sync.WaitGroup
	for _, r := range []store.Revision{1, 3, 4, 1} {
		wg.Go(func() {
			p, err := all.Of(t.Context(), r, 8, 5)
			if err != nil || p.Total != 10 || len(p.Effects) != 2 || p.Effects[1].Node != store.ID(fmt.Sprintf("i%d-9", r)) {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
	wg.Wait()
	if told.Load() != 6 || s.pages.Load() != 1 || s.whole.Load() != 0 {
		t.Errorf("%d effects told of, %d pages and %d whole entries read", told.Load(), s.pages.Load(), s.whole.Load())
	}
}

func TestOfEffectsThatAreNotSeenNothingIsTold(t *testing.T) {
	all := entries.Log{Store: open(t, 4), Seen: odd}.EffectsOf([]store.Revision{1, 2}, func([]store.Effect) {})
	p, err := all.Of(t.Context(), 2, 1, 2)
	if err != nil || p.Total != 5 || len(p.Effects) != 2 || p.Effects[0].Node != "i2-3" {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err = all.Of(t.Context(), 1, 0, 10); err != nil || p.Total != 0 || len(p.Effects) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
}
