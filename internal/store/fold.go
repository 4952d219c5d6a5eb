package store

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWord is how many characters of a word count in a search. Both stores'
// indexes have limits of their own, which lie beyond.
const maxWord = 100

// Word is a word of a text as a search sees it, folded, and where in the text
// it stands, in bytes.
type Word struct {
	Text       string
	Start, End int
}

// Words splits a text into what a search can find. Letters and digits make up
// words, all else separates them; a Han or kana character and a symbol such as
// an emoji is a word by itself. Words are folded: lower case, accents off,
// compatibility forms (ﬁ, ², Ａ) resolved, letters such as ß and ø spelt as ss
// and o. Of a word the first 100 characters count.
func Words(text string) []Word {
	var words []Word
	splitWords(text, func(word []byte, start, end int) {
		words = append(words, Word{string(word), start, end})
	})
	return words
}

// splitter gathers the word at hand.
type splitter struct {
	word       []byte
	runes      int
	alone      bool // the word is one character: the next letter begins another
	start, end int
	emit       func(word []byte, start, end int)
}

// splitWords calls emit for each word, whose bytes must not be kept.
func splitWords(text string, emit func(word []byte, start, end int)) {
	var room [64]byte
	s := splitter{word: room[:0], emit: emit}
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			s.ascii(c, i)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		for _, d := range norm.NFKD.String(string(r)) {
			s.add(unicode.ToLower(d), i, i+size)
		}
		i += size
	}
	s.flush()
}

func (s *splitter) ascii(c byte, at int) {
	switch {
	case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
		s.letter(rune(c), at, at+1)
	case 'A' <= c && c <= 'Z':
		s.letter(rune(c-'A'+'a'), at, at+1)
	default:
		s.flush()
	}
}

func (s *splitter) add(r rune, start, end int) {
	spelt, special := spellings[r]
	switch {
	case r < utf8.RuneSelf:
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			s.letter(r, start, end)
		} else {
			s.flush()
		}
	case special:
		for _, c := range spelt {
			s.letter(c, start, end)
		}
	case unicode.In(r, accents...):
		s.extend(end)
	case unicode.IsMark(r), r == 'ー':
		s.put(r, start, end)
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.So):
		s.flush()
		s.put(r, start, end)
		s.alone = true
	case unicode.IsLetter(r), unicode.IsNumber(r):
		s.letter(r, start, end)
	default:
		s.flush()
	}
}

func (s *splitter) letter(r rune, start, end int) {
	if s.alone {
		s.flush()
	}
	s.put(r, start, end)
}

func (s *splitter) put(r rune, start, end int) {
	if s.runes == 0 {
		s.start = start
	}
	if s.runes < maxWord {
		s.word = utf8.AppendRune(s.word, r)
	}
	s.runes++
	s.end = end
}

// extend makes an accent part of the word that it stands on.
func (s *splitter) extend(end int) {
	if s.runes > 0 {
		s.end = end
	}
}

func (s *splitter) flush() {
	if s.runes > 0 {
		s.emit(s.word, s.start, s.end)
	}
	s.word, s.runes, s.alone = s.word[:0], 0, false
}

// spellings of letters that Unicode does not take apart.
var spellings = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th",
	'ħ': "h", 'ı': "i", 'ȷ': "j", 'ŧ': "t", 'ŋ': "n", 'ĸ': "k", 'ƒ': "f", 'ɨ': "i", 'ƶ': "z",
	'ς': "σ",
}

// accents are the marks that folding takes off: those on letters that are the
// same letter without, in Latin, Greek, Cyrillic, Hebrew and Arabic, and what
// chooses the look of a symbol. Other marks are a part of their words.
var accents = []*unicode.RangeTable{{R16: []unicode.Range16{
	{0x0300, 0x036f, 1}, {0x0483, 0x0489, 1}, {0x0591, 0x05bd, 1}, {0x05bf, 0x05bf, 1}, {0x05c1, 0x05c2, 1}, {0x05c4, 0x05c5, 1},
	{0x0610, 0x061a, 1}, {0x064b, 0x065f, 1}, {0x0670, 0x0670, 1}, {0x1ab0, 0x1aff, 1}, {0x1dc0, 0x1dff, 1},
	{0x20d0, 0x20ff, 1}, {0xfe00, 0xfe0f, 1}, {0xfe20, 0xfe2f, 1},
}}}
