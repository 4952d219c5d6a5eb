package match

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"releasegraph/internal/domain"
)

// weights tells how much a word says: the fewer candidates have it, the more.
type weights struct {
	candidates int
	has        map[string]int
}

func weigh(candidates []Candidate) *weights {
	w := &weights{candidates: len(candidates), has: map[string]int{}}
	for i := range candidates {
		for _, word := range candidates[i].Words {
			w.has[word]++
		}
	}
	return w
}

// of is ln(1 + N/n) where n of N candidates have the word, one at least.
func (w *weights) of(word string) float64 {
	return math.Log(1 + float64(w.candidates)/float64(max(w.has[word], 1)))
}

func (w *weights) length(words []string) (sum float64) {
	for _, word := range words {
		sum += w.of(word) * w.of(word)
	}
	return math.Sqrt(sum)
}

// shownWords is how many shared words an explanation names, those that say
// most.
const shownWords = 8

// part compares two texts by the cosine of their words' weights.
func (w *weights) part(sought, known []string) domain.MatchPart {
	var shared []string
	for _, word := range sought {
		if slices.Contains(known, word) {
			shared = append(shared, word)
		}
	}
	p := domain.MatchPart{Kind: domain.MatchSymptoms, Most: MostSymptoms, Text: "shares no word"}
	if len(shared) == 0 {
		return p
	}
	common := w.length(shared)
	p.Score = int(math.Round(MostSymptoms * common * common / (w.length(sought) * w.length(known))))
	slices.SortStableFunc(shared, func(a, b string) int { return cmp.Compare(w.of(b), w.of(a)) })
	shown := shared[:min(len(shared), shownWords)]
	p.Text = fmt.Sprintf("shares %d of %d words: %s", len(shared), len(sought), strings.Join(shown, ", "))
	if len(shown) < len(shared) {
		p.Text += ", …"
	}
	return p
}
