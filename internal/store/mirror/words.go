package mirror

import (
	"sync"
	"sync/atomic"
)

// words are the texts that recur in many records, each kept once. A record
// names them by their numbers. All may read them at any time; who adds holds the
// lock, and so does who asks what recurs.
type words struct {
	sync.Mutex
	list atomic.Pointer[[]any] // texts, boxed; only ever longer
	of   map[string]uint32
}

func newWords() *words {
	w := &words{of: map[string]uint32{}}
	w.list.Store(&[]any{})
	return w
}

// at returns the text with a number.
func (w *words) at(number uint64) any { return (*w.list.Load())[number] }

// text returns the text with a number.
func (w *words) text(number uint64) string { return w.at(number).(string) }

// add returns the number of a text.
func (w *words) add(text string) uint32 {
	if n, known := w.of[text]; known {
		return n
	}
	text = string(append([]byte(nil), text...)) // not a part of something larger
	list := append(*w.list.Load(), any(text))
	w.list.Store(&list)
	n := uint32(len(list) - 1)
	w.of[text] = n
	return n
}

// mostWords is how many different values a property may have that are kept as
// words: those of one that has more are seldom met again.
const mostWords = 1024

// longestWord is the longest text that is kept as a word.
const longestWord = 256

// recurring decides which values of a property are words.
type recurring struct {
	words *words
	known map[string]uint32
}

func newRecurring(w *words) *recurring { return &recurring{w, map[string]uint32{}} }

// full reports whether there will be no further words.
func (r *recurring) full() bool { return len(r.known) >= mostWords }

// number returns the number of a value that is a word.
func (r *recurring) number(text string) (uint32, bool) {
	if n, known := r.known[text]; known {
		return n, true
	}
	if r.full() || len(text) > longestWord {
		return 0, false
	}
	n := r.words.add(text)
	r.known[r.words.text(uint64(n))] = n
	return n, true
}
