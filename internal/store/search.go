package store

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Search asks for nodes by words. A node is found when each word of the text
// begins a word of the properties that its kind declares as Text or that are
// within its OpenPrefix; see Words for what a word is. The text has no syntax:
// quotes, stars and operators only separate words.
//
// The answer is ordered by SearchRank, then by the folded key (the words of
// the kind's first Text property, bytewise), then by id. The order is exact,
// however many nodes are found; nothing is left out.
type Search struct {
	Text  string
	Kinds []string // nil: all
	First int      // 1 to MaxSearchPage
	After Cursor   // of an earlier page of the same text and kinds
}

// Limits of a Search.
const (
	// MaxSearchPage is the longest page.
	MaxSearchPage = 1000
	// MaxSearchText is how many bytes the words of a text may have together,
	// folded and with a space between them. So many of a key's words count for
	// the order.
	MaxSearchText = 1000
)

// SearchRank tells where a node was found. Lower is better.
type SearchRank uint8

// The ranks, each without those before it. The first Text property of a kind
// is its key, the second its name.
const (
	KeyEqual SearchRank = iota // the words are those of the key
	KeyBegin                   // the key's words begin with the text's
	InNames                    // all words are found in key and name
	Anywhere                   // all words are found
)

// SearchHit is a node that was found.
type SearchHit struct {
	Node   Node
	Rank   SearchRank
	Cursor Cursor
}

// SearchPage is a run of hits in order. HasNext tells whether more follow,
// HasPrevious whether the page was asked for with a cursor.
type SearchPage struct {
	Hits        []SearchHit
	HasNext     bool
	HasPrevious bool
}

// SearchQuery is a Search as adapters carry it out.
type SearchQuery struct {
	// Key is the words with a space between them: what KeyEqual and KeyBegin
	// compare with SearchText.Key.
	Key string
	// Words are to be found, each as a beginning; empty ones find nothing. None
	// begins another one.
	Words []string
	// Kinds are those searched.
	Kinds []KindSchema

	ordering Ordering
	first    int
	after    *Position
}

// SearchError says what is wrong with a Search. It is an ErrInvalid.
type SearchError struct {
	Field   string // of the Search: "text", "kinds", "first" or "after"
	Problem string
}

func (e *SearchError) Error() string { return e.Field + ": " + e.Problem }

// Unwrap makes it an ErrInvalid.
func (e *SearchError) Unwrap() error { return ErrInvalid }

func badSearch(field, format string, args ...any) error {
	return &SearchError{field, fmt.Sprintf(format, args...)}
}

// ParseSearch checks and prepares a search. Errors are SearchErrors.
func (d *Declared) ParseSearch(q Search) (*SearchQuery, error) {
	if q.First < 1 || q.First > MaxSearchPage {
		return nil, badSearch("first", "a page of a search has 1 to %d entries, not %d", MaxSearchPage, q.First)
	}
	p, err := d.parseWords(q)
	if err != nil {
		return nil, err
	}
	p.first = q.First
	if p.after, err = DecodeCursor(p.ordering, q.After); err != nil {
		return nil, badSearch("after", "is no cursor of this search")
	}
	return p, nil
}

// ParseSearchCount is ParseSearch for CountSearch, which has no page.
func (d *Declared) ParseSearchCount(q Search) (*SearchQuery, error) { return d.parseWords(q) }

func (d *Declared) parseWords(q Search) (*SearchQuery, error) {
	all, err := SearchWords(q.Text)
	if err != nil {
		return nil, err
	}
	p := &SearchQuery{Key: strings.Join(all, " ")}
	p.Words = demanding(all)
	for _, name := range q.Kinds {
		if d.kinds[name] == nil {
			return nil, badSearch("kinds", "there is no kind %q", name)
		}
	}
	var names []string
	for _, k := range d.schema.Kinds {
		if k.searched() && (q.Kinds == nil || slices.Contains(q.Kinds, k.Name)) {
			p.Kinds, names = append(p.Kinds, k), append(names, k.Name)
		}
	}
	scope := fmt.Sprintf("search %s in %q", p.Key, names)
	p.ordering = newOrdering(scope, []Order{{Property: "rank"}, {Property: "key"}}, []Type{Int, String})
	return p, nil
}

// SearchWords checks the text of a search and folds its words. Errors are
// SearchErrors.
func SearchWords(text string) ([]string, error) {
	switch {
	case checkText(text) != nil:
		return nil, badSearch("text", "is not valid UTF-8")
	case strings.TrimSpace(text) == "":
		return nil, badSearch("text", "is empty; give at least one word, or the beginning of one")
	}
	var all []string
	size := -1
	for _, w := range Words(text) {
		all = append(all, w.Text)
		size += len(w.Text) + 1
	}
	if size > MaxSearchText {
		return nil, badSearch("text", "its words have %d bytes, at most %d are allowed", size, MaxSearchText)
	}
	return all, nil
}

// demanding leaves out words that begin another: they ask for nothing more.
func demanding(words []string) []string {
	var kept []string
	for i, w := range words {
		implied := slices.ContainsFunc(words, func(v string) bool { return v != w && strings.HasPrefix(v, w) })
		if !implied && !slices.Contains(words[:i], w) {
			kept = append(kept, w)
		}
	}
	return kept
}

// SearchText is what an adapter keeps of a node so that it is found.
type SearchText struct {
	// Key is the key's words with a space between them, as far as they count.
	Key string
	// Names are the different words of key and name, Rest those of the other
	// properties that are not among Names, a space before each.
	Names, Rest string
}

// searched tells whether a search reads any property of the kind.
func (k KindSchema) searched() bool { return len(k.Text) > 0 || k.OpenPrefix != "" }

// Searches tells whether a search reads the property.
func (k KindSchema) Searches(property string) bool {
	return k.OpenPrefix != "" && strings.HasPrefix(property, k.OpenPrefix) || slices.Contains(k.Text, property)
}

// SearchText folds the properties of a node of the kind. It is false when a
// search reads none of the kind.
func (k KindSchema) SearchText(props Props) (SearchText, bool) {
	if !k.searched() {
		return SearchText{}, false
	}
	var names, rest wordSet
	var key string
	for i, property := range k.Text {
		into := &rest
		if i < 2 {
			into = &names
		}
		eachText(props[property], func(text string) {
			if i == 0 {
				key = foldedKey(text)
			}
			into.add(text, &names)
		})
	}
	for _, property := range k.openNames(props) {
		eachText(props[property], func(text string) { rest.add(text, &names) })
	}
	return SearchText{key, string(names.text), string(rest.text)}, true
}

// openNames lists the properties within the open prefix, in order.
func (k KindSchema) openNames(props Props) []string {
	var list []string
	for name := range props {
		if k.OpenPrefix != "" && strings.HasPrefix(name, k.OpenPrefix) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

func eachText(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []string:
		for _, s := range v {
			visit(s)
		}
	}
}

func foldedKey(text string) string {
	var b []byte
	splitWords(text, func(word []byte, _, _ int) {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, word...)
	})
	if len(b) > MaxSearchText {
		b = b[:MaxSearchText]
		for !utf8.Valid(b) {
			b = b[:len(b)-1]
		}
	}
	return string(b)
}

// wordSet collects different words.
type wordSet struct {
	text []byte
	has  map[string]bool
}

func (s *wordSet) add(text string, beside *wordSet) {
	splitWords(text, func(word []byte, _, _ int) {
		if s.has[string(word)] || beside.has[string(word)] {
			return
		}
		if s.has == nil {
			s.has = map[string]bool{}
		}
		s.has[string(word)] = true
		s.text = append(append(s.text, ' '), word...)
	})
}

// SearchPrint tells what SearchText depends on. An adapter keeps it beside
// what it has indexed, and indexes anew when it differs.
func (d *Declared) SearchPrint() string {
	h := fnv.New64a()
	fmt.Fprintln(h, "1", norm.Version)
	for _, k := range d.schema.Kinds {
		fmt.Fprintf(h, "%q %q %q\n", k.Name, k.Text, k.OpenPrefix)
	}
	return fmt.Sprintf("%x", h.Sum64())
}
