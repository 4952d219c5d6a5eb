package impact

import "math/bits"

// lanes is how many questions are answered at once, each as one bit: with two
// lanes to an item these fill a line of the processor's cache.
const lanes = 256

// lane has a bit for each question.
type lane [lanes / 64]uint64

func (l *lane) set(k int) { l[k/64] |= 1 << (k % 64) }

func (l *lane) has(k int) bool { return l[k/64]&(1<<(k%64)) != 0 }

func (l *lane) add(m *lane) {
	for w := range l {
		l[w] |= m[w]
	}
}

func (l *lane) keep(m *lane) {
	for w := range l {
		l[w] &= m[w]
	}
}

// atLeast has the bits that at least so many of the lanes have, at least one.
func atLeast(list []*lane, many int) (enough lane) {
	switch {
	case many > len(list):
		return enough
	case many <= 1:
		for _, l := range list {
			enough.add(l)
		}
		return enough
	case many == len(list):
		enough = *list[0]
		for _, l := range list[1:] {
			enough.keep(l)
		}
		return enough
	}
	return counted(list, many)
}

// counted is atLeast by counting: each bit has a binary number, whose digits lie
// in lanes themselves.
func counted(list []*lane, many int) (enough lane) {
	digits := make([]lane, bits.Len(uint(len(list))))
	for w := range enough {
		for _, l := range list {
			carry := l[w]
			for d := 0; carry != 0; d++ {
				digits[d][w], carry = digits[d][w]^carry, digits[d][w]&carry
			}
		}
		enough[w] = more(digits, w, uint(many-1))
	}
	return enough
}

// more has the bits of a word whose numbers are more than another.
func more(digits []lane, w int, than uint) (greater uint64) {
	equal := ^uint64(0)
	for d := len(digits) - 1; d >= 0; d-- {
		if than>>d&1 == 0 {
			greater |= equal & digits[d][w]
			equal &^= digits[d][w]
		} else {
			equal &= digits[d][w]
		}
	}
	return greater
}
