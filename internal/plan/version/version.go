package version

import (
	"cmp"
	"strconv"
	"strings"
)

// class orders what may stand in one place of a version; the higher, the later.
type class uint8

const (
	before     class = iota // "~" of NATURAL; a group that is absent and FIRST
	end                     // nothing more follows
	identNum                // a number of SEMVER's pre-release, which letters follow
	letters                 // text
	number                  // digits without leading zeros
	ranked                  // a place among ranks
	released                // SEMVER: no pre-release follows
	afterwards              // a group that is absent and LAST
)

// part is one place of a version.
type part struct {
	class class
	text  string
}

func (p part) compare(q part) int {
	if p.class != q.class {
		return cmp.Compare(p.class, q.class)
	}
	switch p.class {
	case number, identNum, ranked:
		return cmp.Or(cmp.Compare(len(p.text), len(q.text)), cmp.Compare(p.text, q.text))
	}
	return cmp.Compare(p.text, q.text) // bytes of UTF-8 sort as code points do
}

// write gives the part a form that no other has.
func (p part) write() string {
	switch p.class {
	case before:
		return "~"
	case end:
		return "."
	case letters:
		return strconv.Quote(p.text)
	case released:
		return "!"
	case afterwards:
		return "^"
	}
	return p.text
}

// Version is a number that a Reader has read. Only versions of one scheme are
// compared with one another.
type Version struct {
	text  string
	parts []part
	line  []part
}

// String is the text that was read.
func (v Version) String() string { return v.text }

// Compare is negative when v is lower than w, 0 when both are one number.
func (v Version) Compare(w Version) int {
	for i := range max(len(v.parts), len(w.parts)) {
		if c := v.at(i).compare(w.at(i)); c != 0 {
			return c
		}
	}
	return 0
}

func (v Version) at(i int) part {
	if i < len(v.parts) {
		return v.parts[i]
	}
	return part{class: end}
}

// Identity is a text that versions of one scheme share exactly when they are
// one number.
func (v Version) Identity() string { return write(v.parts) }

// Line names the line of versions that this one is on: versions of one scheme
// are on one line exactly when Line gives the same text for both.
func (v Version) Line() string { return write(v.line) }

func write(parts []part) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = p.write()
	}
	return strings.Join(texts, ".")
}

// isDigit is about ASCII: only 0 to 9 count.
func isDigit[T byte | rune](c T) bool { return '0' <= c && c <= '9' }

// digits is how a run of digits is compared: by its value, of any length.
func digits(text string) string {
	if text = strings.TrimLeft(text, "0"); text != "" {
		return text
	}
	return "0"
}
