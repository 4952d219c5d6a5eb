// Package slot finds the hours at which a step may take place (P7): inside the
// maintenance windows of its site and of what it receives, outside freezes, service
// hours and whatever else is planned and conflicts. It looks ahead only as far as it
// has to: five years at most.
//
// Times are microseconds since 1970, in UTC.
package slot

import (
	"context"
	"encoding/binary"
	"slices"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/rollout/model"
	"releasegraph/internal/plan/rollout/receive"
)

// Calendar knows when each step may take place. It is for one goroutine.
type Calendar struct {
	m       *model.Model
	bearing *bearing
	classes []class
	of      []int32 // by step: its class
	origin  int64
	open    map[*calendar.Window]map[int]ranges
}

// class is what steps have in common that may take place at the same times.
type class struct {
	// parties are the windows of each thing that is disturbed, by place in the input:
	// the step lies in any of its own.
	parties [][]int32
	freezes []int32
	hours   []*calendar.Window
	works   []int32
	// variants are what is known of its free time, by what is left out.
	variants map[string]*variant
}

// always reports whether a step of the class may take place at any time.
func (c *class) always() bool {
	return len(c.parties)+len(c.freezes)+len(c.hours)+len(c.works) == 0
}

// variant is free time as far as it was asked for.
type variant struct {
	chunks map[int]ranges
	found  map[question]int64
}

type question struct{ from, length int64 }

// Without says what is left out. The zero value is nothing.
type Without struct {
	// Windows leaves out the windows and service hours of the step.
	Windows bool
	// Only one of these is left out: windows, hours, a freeze or a work, by place.
	OnlyWindows, OnlyHours bool
	Works                  []int32
	// Freezes are left out, in order.
	Freezes []int32
}

func (w *Without) name() string {
	if w == nil || !w.Windows && !w.OnlyWindows && !w.OnlyHours && len(w.Freezes)+len(w.Works) == 0 {
		return ""
	}
	name := []byte{0, 0, 0}
	for i, is := range []bool{w.Windows, w.OnlyWindows, w.OnlyHours} {
		if is {
			name[i] = 1
		}
	}
	for _, f := range w.Freezes {
		name = binary.LittleEndian.AppendUint32(name, uint32(f))
	}
	name = append(name, '|')
	for _, f := range w.Works {
		name = binary.LittleEndian.AppendUint32(name, uint32(f))
	}
	return string(name)
}

// Ahead is how far ahead an opening is looked for.
const Ahead = 5 * 366 * 24 * time.Hour

// chunk is for how long free time is worked out at once.
const chunk = int64(32 * 24 * time.Hour / time.Microsecond)

// Never is the answer where there is no opening in five years.
const Never = int64(1) << 62

// New looks up what bears on each step.
func New(ctx context.Context, m *model.Model, got *receive.Received) (*Calendar, error) {
	c := &Calendar{m: m, origin: m.Begins().UnixMicro(), open: map[*calendar.Window]map[int]ranges{}}
	b, err := newBearing(ctx, m, got)
	if err != nil {
		return nil, err
	}
	c.bearing = b
	c.of = make([]int32, len(got.Steps))
	known := map[string]int32{}
	for i, s := range got.Steps {
		one, err := b.class(s)
		if err != nil {
			return nil, err
		}
		name := one.name(m.Site(s.Site).ServiceHours, m.Site(s.Site).Zone)
		no, is := known[name]
		if !is {
			no = int32(len(c.classes))
			known[name] = no
			one.hours = m.Hours(s.Site)
			c.classes = append(c.classes, one)
		}
		c.of[i] = no
	}
	return c, nil
}

// name is the same for steps of one class only.
func (c *class) name(hours, zone string) string {
	var name []byte
	for _, list := range append(slices.Clone(c.parties), []int32{-1}, c.freezes, []int32{-1}, c.works) {
		for _, n := range list {
			name = binary.LittleEndian.AppendUint32(name, uint32(n))
		}
		name = append(name, ';')
	}
	if hours == "" {
		return string(name)
	}
	return string(name) + hours + "|" + zone
}

// Begin is the earliest time from one on at which a step of a length may begin, Never
// where there is none.
func (c *Calendar) Begin(step int32, from int64, length time.Duration, without *Without) int64 {
	k := &c.classes[c.of[step]]
	if k.always() {
		return from
	}
	name := without.name()
	v := k.variants[name]
	if v == nil {
		v = &variant{chunks: map[int]ranges{}, found: map[question]int64{}}
		if k.variants == nil {
			k.variants = map[string]*variant{}
		}
		k.variants[name] = v
	}
	q := question{from, length.Microseconds()}
	at, known := v.found[q]
	if !known {
		at = c.search(k, v, q, without)
		v.found[q] = at
	}
	return at
}

// search looks through the chunks, and joins what touches their borders.
func (c *Calendar) search(k *class, v *variant, q question, without *Without) int64 {
	last := c.origin + Ahead.Microseconds()
	begun := int64(-1) // since when it has been free up to the border
	for n := int((q.from - c.origin) / chunk); c.origin+int64(n)*chunk <= last; n++ {
		border := c.origin + int64(n)*chunk
		free, known := v.chunks[n]
		if !known {
			free = c.free(k, n, without)
			v.chunks[n] = free
		}
		if begun >= 0 && (len(free) == 0 || free[0].from > border) {
			begun = -1
		}
		for _, r := range free {
			if r.to <= q.from {
				continue
			}
			start := max(r.from, q.from)
			if r.from == border && begun >= 0 {
				start = begun
			}
			if start > last {
				return Never
			}
			if r.to-start >= q.length {
				return start
			}
			begun = -1
			if r.to == border+chunk {
				begun = start
			}
		}
	}
	return Never
}

// free works out the free time of a chunk.
func (c *Calendar) free(k *class, n int, without *Without) ranges {
	from := c.origin + int64(n)*chunk
	free := ranges{{from, from + chunk}}
	if without == nil {
		without = &Without{}
	}
	if !without.Windows && !without.OnlyWindows {
		for _, party := range k.parties {
			var open ranges
			for _, w := range party {
				open = open.union(c.openings(c.m.WindowOpens[w], n))
			}
			free = free.intersect(open)
		}
	}
	for _, f := range k.freezes {
		if !slices.Contains(without.Freezes, f) {
			free = free.subtract(c.openings(c.m.FreezeOpens[f], n))
		}
	}
	if !without.Windows && !without.OnlyHours {
		for _, h := range k.hours {
			free = free.subtract(c.openings(h, n))
		}
	}
	for _, w := range k.works {
		if !slices.Contains(without.Works, w) {
			when := c.m.In.Works[w].When
			free = free.subtract(ranges{{when.From.UnixMicro(), when.To.UnixMicro()}})
		}
	}
	return free
}

// openings is when a window is open within a chunk.
func (c *Calendar) openings(w *calendar.Window, n int) ranges {
	chunks := c.open[w]
	if chunks == nil {
		chunks = map[int]ranges{}
		c.open[w] = chunks
	}
	open, known := chunks[n]
	if !known {
		from := time.UnixMicro(c.origin + int64(n)*chunk).UTC()
		to := time.UnixMicro(c.origin + int64(n+1)*chunk).UTC()
		for _, r := range calendar.Open([]*calendar.Window{w}, domain.TimeRange{From: from, To: to}) {
			open = append(open, span{r.From.UnixMicro(), r.To.UnixMicro()})
		}
		chunks[n] = open
	}
	return open
}

// Bound reports whether a step has windows or service hours.
func (c *Calendar) Bound(step int32) bool {
	k := &c.classes[c.of[step]]
	return len(k.parties)+len(k.hours) > 0
}

// Class is the same for steps that may take place at the same times.
func (c *Calendar) Class(step int32) int32 { return c.of[step] }
