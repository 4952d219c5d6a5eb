package slot

// span is a half open range of microseconds.
type span struct{ from, to int64 }

// ranges are in order, and neither meet nor touch: what calendar.Ranges are, in
// numbers.
type ranges []span

func (a ranges) union(b ranges) ranges {
	if len(a) == 0 {
		return b
	}
	merged := make(ranges, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		if len(a) == 0 || len(b) > 0 && b[0].from < a[0].from {
			a, b = b, a
		}
		if last := len(merged) - 1; last >= 0 && a[0].from <= merged[last].to {
			merged[last].to = max(merged[last].to, a[0].to)
		} else {
			merged = append(merged, a[0])
		}
		a = a[1:]
	}
	return merged
}

func (a ranges) intersect(b ranges) (both ranges) {
	for len(a) > 0 && len(b) > 0 {
		if from, to := max(a[0].from, b[0].from), min(a[0].to, b[0].to); from < to {
			both = append(both, span{from, to})
		}
		if a[0].to < b[0].to {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return both
}

func (a ranges) subtract(b ranges) (left ranges) {
	for _, r := range a {
		for len(b) > 0 && b[0].to <= r.from {
			b = b[1:]
		}
		for i := 0; i < len(b) && b[i].from < r.to; i++ {
			if b[i].from > r.from {
				left = append(left, span{r.from, b[i].from})
			}
			r.from = max(r.from, b[i].to)
		}
		if r.from < r.to {
			left = append(left, r)
		}
	}
	return left
}
