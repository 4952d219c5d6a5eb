package storetest

import (
	"fmt"
	"strconv"
	"sync"

	"releasegraph/internal/store"
)

var shelfCases = []testCase{
	{"a shelf keeps values beside the graph, in no answer of it", func(b *bench) {
		shelf, ok := b.Store.(store.Shelf)
		if !ok {
			return // a decorator leaves it to what it decorates
		}
		head, err := b.Head(b.ctx)
		b.must(err)
		is := func(want string, ids ...string) {
			b.Helper()
			found, err := shelf.Shelved(b.ctx, "tokens", ids...)
			b.must(err)
			text := map[string]string{}
			for id, v := range found {
				text[id] = string(v)
			}
			if got := fmt.Sprint(text); got != want {
				b.Errorf("the shelf holds %s, not %s", got, want)
			}
		}
		is("map[]")
		b.must(shelf.Shelve(b.ctx, "tokens", "a", []byte(`{"é":1}`)))
		b.must(shelf.Shelve(b.ctx, "tokens", "b", []byte("2")))
		b.must(shelf.Shelve(b.ctx, "other", "a", []byte("3")))
		is(`map[a:{"é":1} b:2]`)
		is("map[b:2]", "b", "c")
		b.must(shelf.Shelve(b.ctx, "tokens", "a", []byte("4")))
		b.must(shelf.Shelve(b.ctx, "tokens", "b", nil))
		b.must(shelf.Shelve(b.ctx, "tokens", "never", nil))
		is("map[a:4]")
		for _, value := range []string{"first", "second"} {
			held, err := shelf.ShelveNew(b.ctx, "names", "ann", []byte(value))
			b.must(err)
			if string(held) != "first" {
				b.Errorf("%q was put first, and the shelf holds %q", "first", held)
			}
		}
		b.must(shelf.Shelve(b.ctx, "names", "ann", nil))
		now, err := b.Head(b.ctx)
		b.must(err)
		if now != head {
			b.Errorf("a shelf moved the head from %d to %d", head, now)
		}
		_, err = b.Scan(b.ctx, store.Scan{}, func(batch store.Batch) error {
			return fmt.Errorf("the graph holds %v", batch)
		})
		b.must(err)
	}},
	{"of several who swap a value on a shelf, one succeeds", func(b *bench) {
		shelf, ok := b.Store.(store.Shelf)
		if !ok {
			return
		}
		swap := func(want bool, old, value []byte) {
			b.Helper()
			done, err := shelf.Swap(b.ctx, "leases", "a", old, value)
			b.must(err)
			if done != want {
				b.Errorf("swapping %q for %q: %t", old, value, done)
			}
		}
		swap(false, []byte("1"), []byte("2"))
		swap(true, nil, []byte("1"))
		swap(false, nil, []byte("2"))
		swap(false, []byte(""), []byte("2"))
		swap(true, []byte("1"), []byte("2"))
		swap(false, []byte("1"), []byte("3"))
		swap(true, []byte("2"), nil)
		swap(true, nil, []byte("0"))
		const swappers, rounds = 8, 5
		var wg sync.WaitGroup
		for range swappers {
			wg.Go(func() {
				for done := 0; done < rounds; {
					held, err := shelf.Shelved(b.ctx, "leases", "a")
					if err != nil {
						b.Error(err)
						return
					}
					n, _ := strconv.Atoi(string(held["a"]))
					ok, err := shelf.Swap(b.ctx, "leases", "a", held["a"], []byte(strconv.Itoa(n+1)))
					if err != nil {
						b.Error(err)
						return
					}
					if ok {
						done++
					}
				}
			})
		}
		wg.Wait()
		held, err := shelf.Shelved(b.ctx, "leases", "a")
		b.must(err)
		if want := strconv.Itoa(swappers * rounds); string(held["a"]) != want {
			b.Errorf("%d swaps of %d swappers left %s", rounds, swappers, held["a"])
		}
	}},
}
