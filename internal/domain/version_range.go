package domain

import (
	"fmt"
	"regexp"
	"strings"
)

// Parts of a range of semantic versions, as those know it who compare them.
const (
	rangeOperator = `(?:!=|>=|=>|<=|=<|~>|=|>|<|~|\^)`
	rangeVersion  = `v?(?:[0-9]+|[xX*])(?:\.(?:[0-9]+|[xX*])){0,2}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?`
)

var (
	// ranging is what says that a text is meant as a range: an operator at the
	// beginning, or alternatives.
	ranging    = regexp.MustCompile(`^\s*` + rangeOperator + `|\|\|`)
	comparison = regexp.MustCompile(`^` + rangeOperator + `?\s*` + rangeVersion)
	operator   = regexp.MustCompile(`^` + rangeOperator + `\s*`)
	hyphenated = regexp.MustCompile(`^\s*` + rangeVersion + `\s+-\s+` + rangeVersion + `\s*$`)
	divided    = regexp.MustCompile(`^(?:\s*,\s*|\s+)`)
)

// CheckVersionRange says what is wrong with a range of semantic versions such as
// ">=14.0, <14.3 || ^15.1", and where. Any other text is a version, and right.
func CheckVersionRange(text string) error {
	if !ranging.MatchString(text) {
		return nil
	}
	at := 0
	for alternative := range strings.SplitSeq(text, "||") {
		if !hyphenated.MatchString(alternative) {
			if wrong := wrongAt(alternative); wrong >= 0 {
				return badRange(text, at+wrong)
			}
		}
		at += len(alternative) + len("||")
	}
	return nil
}

// wrongAt is where comparisons that hold together are not written as such, -1
// where they are.
func wrongAt(comparisons string) int {
	rest := strings.TrimRight(comparisons, " \t")
	at := len(rest) - len(strings.TrimLeft(rest, " \t"))
	for {
		c := comparison.FindString(rest[at:])
		if c == "" {
			return at + len(operator.FindString(rest[at:]))
		}
		if at += len(c); at == len(rest) {
			return -1
		}
		d := divided.FindString(rest[at:])
		if d == "" {
			return at
		}
		at += len(d)
	}
}

func badRange(text string, at int) error {
	rest := strings.TrimSpace(text[at:])
	if rest == "" {
		return fmt.Errorf("%q ends at character %d where a comparison has to follow, such as >=14.0", text, at+1)
	}
	return fmt.Errorf("%q is no range of versions from character %d on, %q: write comparisons such as >=14.0, <14.3 or ^15.1, and || between alternatives", text, at+1, rest)
}
