package version

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Kind is how a scheme reads texts.
type Kind string

// The kinds of schemes.
const (
	// Semver is Semantic Versioning 2.0.0 to the letter, with numbers of any
	// length. Build data is read and counts for nothing: 1.0.0+a and 1.0.0+b are
	// one number.
	Semver Kind = "SEMVER"
	// Natural reads any text that has a letter or a digit, the way that people
	// order file names.
	Natural Kind = "NATURAL"
	// Pattern reads what matches a regular expression, by its named groups.
	Pattern Kind = "PATTERN"
)

// Kinds lists all kinds of schemes.
var Kinds = []Kind{Semver, Natural, Pattern}

// GroupKind is how the text of a group is compared.
type GroupKind string

// The kinds of groups.
const (
	Number GroupKind = "NUMBER" // digits, by their value
	Text   GroupKind = "TEXT"   // by code point, after NFC
	Rank   GroupKind = "RANK"   // by place among the ranks
)

// Absence is where a version without a group stands among those that have it.
type Absence string

// Where versions without a group stand.
const (
	First Absence = "FIRST"
	Last  Absence = "LAST"
)

// Group is a named group of a pattern by which versions are compared.
type Group struct {
	Name string
	As   GroupKind
	// Ranks are the texts that a RANK can have, the lowest first.
	Ranks []string
	// Absent is where a version without the group stands; empty: FIRST. A group
	// that matched nothing is absent.
	Absent Absence
}

// Scheme says how version numbers are read and ordered. Its zero value is no
// scheme; Check says what is wrong with one.
type Scheme struct {
	Kind Kind
	// Pattern is a regular expression as RE2 has them, for the whole text.
	Pattern string
	// Order are the groups by which versions are compared, one after another.
	Order []Group
	// Ignore are the named groups that count for nothing.
	Ignore []string
	// Line are the groups that make a line of versions; empty: the first of
	// Order.
	Line []string
}

// Problem is something wrong with a scheme or a template: the field, and what.
type Problem struct{ Field, Text string }

func (p Problem) Error() string { return p.Field + " " + p.Text }

// Check lists all that is wrong with the scheme (R3).
func (s Scheme) Check() []Problem {
	switch s.Kind {
	case Semver, Natural:
		return s.checkPlain()
	case Pattern:
		return s.checkPattern()
	}
	return []Problem{{"kind", fmt.Sprintf("must be one of SEMVER, NATURAL, PATTERN, not %q", s.Kind)}}
}

// checkPlain refuses what only a pattern has.
func (s Scheme) checkPlain() (list []Problem) {
	for _, f := range []struct {
		name string
		set  bool
	}{{"pattern", s.Pattern != ""}, {"order", len(s.Order) > 0}, {"ignore", len(s.Ignore) > 0}, {"line", len(s.Line) > 0}} {
		if f.set {
			list = append(list, Problem{f.name, fmt.Sprintf("is for the scheme PATTERN only, not for %s", s.Kind)})
		}
	}
	return list
}

func (s Scheme) checkPattern() []Problem {
	if s.Pattern == "" {
		return []Problem{{"pattern", "is needed by the scheme PATTERN"}}
	}
	re, err := compile(s.Pattern)
	if err != nil {
		return []Problem{{"pattern", "is no regular expression of RE2: " + err.Error()}}
	}
	list := s.checkNames(groups(re))
	for i, g := range s.Order {
		list = append(list, g.check(fmt.Sprintf("order[%d]", i))...)
	}
	if len(s.Order) == 0 {
		list = append(list, Problem{"order", "must name at least one group to compare by"})
	}
	for i, name := range s.Line {
		field := fmt.Sprintf("line[%d]", i)
		if !slices.ContainsFunc(s.Order, func(g Group) bool { return g.Name == name }) {
			list = append(list, Problem{field, fmt.Sprintf("names %q, which is not in order", name)})
		}
		if slices.Index(s.Line, name) < i {
			list = append(list, Problem{field, fmt.Sprintf("names %q a second time", name)})
		}
	}
	return list
}

// checkNames wants each named group in order or ignore once, and no other.
func (s Scheme) checkNames(named []string) (list []Problem) {
	seen := map[string]bool{}
	use := func(field, name string) {
		switch {
		case !slices.Contains(named, name):
			list = append(list, Problem{field, fmt.Sprintf("names %q, which is no named group of the pattern", name)})
		case seen[name]:
			list = append(list, Problem{field, fmt.Sprintf("names %q a second time: each group is in order or ignore once", name)})
		}
		seen[name] = true
	}
	for i, g := range s.Order {
		use(fmt.Sprintf("order[%d].name", i), g.Name)
	}
	for i, name := range s.Ignore {
		use(fmt.Sprintf("ignore[%d]", i), name)
	}
	for i, name := range named {
		switch {
		case slices.Index(named, name) < i:
			list = append(list, Problem{"pattern", fmt.Sprintf("has two groups %q", name)})
		case !seen[name]:
			list = append(list, Problem{"pattern", fmt.Sprintf("has the group %q, which is neither in order nor in ignore", name)})
		}
	}
	return list
}

func (g Group) check(at string) (list []Problem) {
	switch g.As {
	case Number, Text:
		if len(g.Ranks) > 0 {
			list = append(list, Problem{at + ".ranks", "are for RANK only"})
		}
	case Rank:
		list = append(list, g.checkRanks(at)...)
	default:
		list = append(list, Problem{at + ".as", fmt.Sprintf("must be one of NUMBER, TEXT, RANK, not %q", g.As)})
	}
	if g.Absent != "" && g.Absent != First && g.Absent != Last {
		list = append(list, Problem{at + ".absent", fmt.Sprintf("must be FIRST or LAST, not %q", g.Absent)})
	}
	return list
}

func (g Group) checkRanks(at string) (list []Problem) {
	if len(g.Ranks) == 0 {
		list = append(list, Problem{at + ".ranks", "are needed by a RANK, the lowest first"})
	}
	seen := map[string]bool{}
	for i, r := range g.Ranks {
		text := norm.NFC.String(r)
		switch {
		case text == "":
			list = append(list, Problem{fmt.Sprintf("%s.ranks[%d]", at, i), "must not be empty: say with absent where versions without the group stand"})
		case seen[text]:
			list = append(list, Problem{fmt.Sprintf("%s.ranks[%d]", at, i), fmt.Sprintf("is %q a second time", r)})
		}
		seen[text] = true
	}
	return list
}

// compile compiles a pattern for the whole text. The pattern has to be one by
// itself: no bracket of it may close one that it did not open.
func compile(pattern string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(pattern); err != nil {
		return nil, err
	}
	return regexp.Compile(`\A(?:` + pattern + `)\z`)
}

func groups(re *regexp.Regexp) (names []string) {
	for _, name := range re.SubexpNames() {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// Reader reads versions by one scheme.
type Reader struct {
	scheme Scheme
	re     *regexp.Regexp
}

// Reader makes the reader of a scheme. It fails on a scheme that Check faults.
func (s Scheme) Reader() (*Reader, error) {
	if wrong := s.Check(); len(wrong) > 0 {
		texts := make([]string, len(wrong))
		for i, p := range wrong {
			texts[i] = p.Error()
		}
		return nil, fmt.Errorf("the numbering scheme cannot be used: %s", strings.Join(texts, "; "))
	}
	r := &Reader{scheme: s}
	if s.Kind == Pattern {
		r.re, _ = compile(s.Pattern) // Check has compiled it
	}
	return r, nil
}

// Read reads a text, or says why it is no version of the scheme.
func (r *Reader) Read(text string) (Version, error) {
	switch r.scheme.Kind {
	case Semver:
		return readSemver(text)
	case Natural:
		return readNatural(text)
	}
	return r.readPattern(text)
}

// Compare reads two texts and compares them: negative when a is lower, 0 when
// both are one number.
func (r *Reader) Compare(a, b string) (int, error) {
	v, err := r.Read(a)
	if err != nil {
		return 0, err
	}
	w, err := r.Read(b)
	if err != nil {
		return 0, err
	}
	return v.Compare(w), nil
}

// Same reports whether two texts are one number or, where the scheme cannot
// read both, one text.
func (r *Reader) Same(a, b string) bool {
	if c, err := r.Compare(a, b); err == nil {
		return c == 0
	}
	return norm.NFC.String(a) == norm.NFC.String(b)
}

// Identity is a text that two versions share exactly when Same holds for them.
// It serves as a key of maps and of unique indexes.
func (r *Reader) Identity(text string) string {
	if v, err := r.Read(text); err == nil {
		return "=" + v.Identity()
	}
	return "?" + norm.NFC.String(text)
}
