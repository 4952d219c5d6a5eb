package benchtest

import (
	"math"
	"testing"
	"time"
)

// fewestTurns is how often each has its turn at least: on a busy machine the
// best of a few is still luck.
const fewestTurns = 20

// Turns runs the two in turns, so that both meet the same weather, and tells
// the best time of each in seconds: what else the machine does only adds.
func Turns(b *testing.B, own, baseline func()) (figure, base float64) {
	b.Helper()
	figure, base = math.Inf(1), math.Inf(1)
	for b.Loop() {
		for range fewestTurns {
			base = min(base, seconds(baseline))
			figure = min(figure, seconds(own))
		}
	}
	return figure, base
}

func seconds(f func()) float64 {
	start := time.Now()
	f()
	return time.Since(start).Seconds()
}

// Apart is Turns for what has to be prepared before each turn, which is not counted.
func Apart(b *testing.B, prepare, own, baseline func()) (figure, base float64) {
	b.Helper()
	figure, base = math.Inf(1), math.Inf(1)
	for b.Loop() {
		for range fewestTurns / 4 {
			prepare()
			base = min(base, seconds(baseline))
			figure = min(figure, seconds(own))
		}
	}
	return figure, base
}
