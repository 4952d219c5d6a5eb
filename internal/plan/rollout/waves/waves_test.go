package waves_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/plan/rollout/digraph"
	"releasegraph/internal/plan/rollout/waves"
)

// random is a problem of n groups with two limits, an order, pairs and stages.
func random(r *rand.Rand, n int) *waves.Problem {
	p := &waves.Problem{Groups: n, Limits: []int64{1 + r.Int64N(4), 10 + r.Int64N(20)}, By: waves.Never, Effort: 20_000_000}
	b := digraph.New(n)
	for g := range n {
		p.Loads = append(p.Loads, []waves.Load{{Dimension: 0, Amount: 1}, {Dimension: 1, Amount: 1 + r.Int64N(10)}})
		p.Sorted = append(p.Sorted, int32(g))
		p.Apart = append(p.Apart, nil)
		p.Stage = append(p.Stage, 0)
		for other := range g {
			if r.IntN(max(6, n)) == 0 {
				b.Add(int32(g), int32(other))
			}
		}
	}
	for range r.IntN(3) {
		if x, y := int32(r.IntN(n)), int32(r.IntN(n)); x != y {
			p.Apart[x], p.Apart[y] = append(p.Apart[x], y), append(p.Apart[y], x)
		}
	}
	for g := range p.Apart {
		slices.Sort(p.Apart[g])
		p.Apart[g] = slices.Compact(p.Apart[g])
	}
	p.Before = b.Graph()
	p.End = func(_ int32, from int64) int64 { return from + 1 }
	return p
}

// legal tells what is wrong with a packing.
func legal(t interface{ Fatalf(string, ...any) }, p *waves.Problem, s waves.Packing) {
	in := make([][]int32, s.Waves+1)
	for g, w := range s.Wave {
		if w < 1 || int(w) > s.Waves {
			t.Fatalf("group %d is in wave %d of %d", g, w, s.Waves)
		}
		in[w] = append(in[w], int32(g))
		for _, before := range p.Before.Out(int32(g)) {
			if s.Wave[before] >= w {
				t.Fatalf("group %d in wave %d is not after %d in wave %d", g, w, before, s.Wave[before])
			}
		}
	}
	for w := 1; w <= s.Waves; w++ {
		if len(in[w]) == 0 {
			t.Fatalf("wave %d is empty", w)
		}
		for _, left := range p.Room(in[w]) {
			if left < 0 {
				t.Fatalf("wave %d holds too much", w)
			}
		}
		for _, g := range in[w] {
			for _, other := range p.Apart[g] {
				if s.Wave[other] == int32(w) {
					t.Fatalf("%d and %d are in wave %d", g, other, w)
				}
			}
		}
	}
	if s.LowerBound > s.Waves {
		t.Fatalf("%d waves, at least %d", s.Waves, s.LowerBound)
	}
}

// fewest tries all ways there are.
func fewest(p *waves.Problem) int {
	best := p.Groups + 1
	wave := make([]int32, p.Groups)
	var place func(g int, used int)
	place = func(g, used int) {
		if used >= best {
			return
		}
		if g == p.Groups {
			best = used
			return
		}
		for w := 1; w < best; w++ {
			late := true
			for _, before := range p.Before.Out(int32(g)) {
				late = late && wave[before] < int32(w)
			}
			if !late {
				continue
			}
			var mates []int32
			for other := range g {
				if wave[other] == int32(w) {
					mates = append(mates, int32(other))
				}
			}
			if !p.Blocks(mates, p.Room(mates), nil, int32(g)).Free() {
				continue
			}
			wave[g] = int32(w)
			place(g+1, max(used, w))
			wave[g] = 0
		}
	}
	place(0, 0)
	return best
}

// Of few groups the number of waves is the least (P6).
func TestFewGroupsTakeTheFewestWaves_P6(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		p := random(r, 1+r.IntN(8))
		s, found, err := p.Solve(context.Background())
		if err != nil || !found {
			t.Fatalf("%v %v", found, err)
		}
		legal(t, p, s)
		if want := fewest(p); s.Waves != want || s.LowerBound != want {
			t.Fatalf("%d waves, at least %d: %d are enough", s.Waves, s.LowerBound, want)
		}
	})
}

// Of many groups it is at the bound, or one above, in most cases.
func TestManyGroupsComeNearTheBound_P6(t *testing.T) {
	above, proved := 0, 0
	const cases = 60
	for seed := range uint64(cases) {
		r := rand.New(rand.NewPCG(seed, 2))
		p := random(r, 13+r.IntN(60))
		s, found, err := p.Solve(t.Context())
		if err != nil || !found {
			t.Fatal(found, err)
		}
		legal(t, p, s)
		above += s.Waves - s.LowerBound
		if s.Waves == s.LowerBound {
			proved++
		}
	}
	if proved < cases*8/10 || above > cases/2 {
		t.Errorf("%d of %d are at their bound, %d waves are above it", proved, cases, above)
	}
}
