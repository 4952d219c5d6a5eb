package domain

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mtibben/confusables"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// TokenName begins the name of every actor that is an API token, and of no
// person.
const TokenName = "token:"

// CheckPersonName says what is wrong with the name of a person where it enters:
// it is one that people can tell from another by looking at it.
func CheckPersonName(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if strings.TrimSpace(name) != name {
		return errors.New("must not begin or end with a blank")
	}
	for i, r := range name {
		if r != ' ' && (!unicode.IsPrint(r) || invisible(r)) {
			return fmt.Errorf("must not hold what cannot be seen (%U at byte %d)", r, i)
		}
	}
	return checkScripts(name)
}

// IsToken reports whether a name is that of an API token.
func IsToken(name string) bool { return strings.HasPrefix(FoldName(name), TokenName) }

// CheckCaller says what is wrong with the name by which a person comes in.
func CheckCaller(name string) error {
	if err := CheckPersonName(name); err != nil {
		return err
	}
	return CheckHuman(name)
}

// CheckHuman refuses the name of an API token where a person has to be.
func CheckHuman(name string) error {
	if IsToken(name) {
		return fmt.Errorf("must not begin with %q, which names API tokens", TokenName)
	}
	return nil
}

// FoldName is what makes two spellings of a name one: compatibility forms
// resolved, case folded, blanks at the ends and doubled ones left out, and so
// what cannot be seen. It is defined for every text, since old records hold any.
func FoldName(name string) string {
	if plainName(name) {
		return name
	}
	folded := norm.NFKC.String(strings.ToLower(cases.Fold().String(norm.NFKC.String(strings.Map(seen, name)))))
	return strings.Join(strings.Fields(folded), " ")
}

// plainName reports whether folding leaves a name as it is, as it does most.
func plainName(name string) bool {
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' && c != ':' {
			return false
		}
	}
	return true
}

// seen drops what cannot be seen.
func seen(r rune) rune {
	if unicode.IsControl(r) && !unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || invisible(r) {
		return -1
	}
	return r
}

// SameName reports whether two names are spellings of one.
func SameName(a, b string) bool { return a == b || FoldName(a) == FoldName(b) }

// LookOfName is what a name looks like: names with one look cannot be told
// apart (the skeleton of UTS 39).
func LookOfName(name string) string { return confusables.Skeleton(FoldName(name)) }

// AlikeNames reports whether two names are one, or look like one.
func AlikeNames(a, b string) bool { return a == b || LookOfName(a) == LookOfName(b) }

// IndexName finds a name among others, however it is spelt, -1 when it is not
// there.
func IndexName(names []string, name string) int {
	folded := FoldName(name)
	for i, n := range names {
		if n == name || FoldName(n) == folded {
			return i
		}
	}
	return -1
}

// ContainsName reports whether a name is among others, however it is spelt.
func ContainsName(names []string, name string) bool { return IndexName(names, name) >= 0 }

// together are the scripts that are written in one another's company (UTS 39,
// highly restrictive).
var together = [][]string{
	{"Latin", "Han", "Hiragana", "Katakana"}, {"Latin", "Han", "Bopomofo"}, {"Latin", "Han", "Hangul"},
}

// checkScripts refuses letters of scripts that nobody writes a name in together:
// a Cyrillic а in a Latin name is there to look like another.
func checkScripts(name string) error {
	var found []string
	for _, r := range name {
		if script := scriptOf(r); script != "" && !slices.Contains(found, script) {
			found = append(found, script)
		}
	}
	if len(found) < 2 {
		return nil
	}
	for _, set := range together {
		if subset(found, set) {
			return nil
		}
	}
	return fmt.Errorf("mixes letters of scripts that look alike (%s)", strings.Join(found, ", "))
}

// scriptOf names the script of a letter, "" of what all scripts share.
func scriptOf(r rune) string {
	if r < utf8.RuneSelf {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return "Latin"
		}
		return ""
	}
	if unicode.In(r, unicode.Common, unicode.Inherited) {
		return ""
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return ""
}

func subset(some, all []string) bool {
	for _, s := range some {
		if !slices.Contains(all, s) {
			return false
		}
	}
	return true
}
