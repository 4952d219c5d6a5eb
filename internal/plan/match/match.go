// Package match ranks known errors by how well they fit a problem: by item, by
// version and by symptoms. It is a pure function of what it is given;
// docs/problem.md explains the figures.
package match

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/pace"
)

// The most that each part of a score can be; together 100.
const (
	MostItem     = 40
	MostVersion  = 20
	MostSymptoms = 40
)

// Least is the score below which a known error is no match.
const Least = 10

// MaxSteps is how many dependencies away an item still counts.
const MaxSteps = 3

// Points for versions that cannot be compared.
const (
	anyVersion     = 10 // the known error is said to be in any version
	unknownVersion = 5  // it is not known which version runs
)

// Sought is what a problem shows.
type Sought struct {
	// Items are those that the problem concerns, and what these depend on.
	Items []Item
	// Words are those of its symptoms, folded, each once.
	Words []string
}

// Item is where a known error could be.
type Item struct {
	ID, Key string
	// Steps counts the dependencies that lead to it from an item of the
	// problem; 0 stands for such an item itself.
	Steps int
	// Versions are those that run, none when that is not known.
	Versions []string
}

// Candidate is a known error that may fit.
type Candidate struct {
	ID, Key string
	Present []Presence
	Words   []string // of its symptoms, folded, each once
}

// Presence says that a known error is in an item, in some versions; in any
// when there are none.
type Presence struct {
	Item     string // id
	Versions []string
}

// Match is a known error that fits.
type Match struct {
	ID, Key string
	// Score is the sum of the parts, from 0 to 100.
	Score int
	Parts []domain.MatchPart
	// Item is the one by which it fits, "" when it fits by symptoms alone.
	Item string
}

// Rank compares all candidates and returns those that fit: best first, then by
// key.
func Rank(ctx context.Context, s Sought, candidates []Candidate) ([]Match, error) {
	steps := pace.Of(ctx)
	places := map[string]*Item{}
	for i := range s.Items {
		item := &s.Items[i]
		if known := places[item.ID]; known == nil || item.Steps < known.Steps {
			places[item.ID] = item
		}
	}
	w := weigh(candidates)
	var list []Match
	for i := range candidates {
		c := &candidates[i]
		if err := steps.Steps(1 + len(c.Present) + len(s.Words)*len(c.Words)); err != nil {
			return nil, err
		}
		m := Match{ID: c.ID, Key: c.Key}
		at := c.place(places)
		if at.score() > 0 {
			m.Item = at.item.ID
		}
		m.Parts = []domain.MatchPart{at.itemPart(), at.versionPart(), w.part(s.Words, c.Words)}
		for _, p := range m.Parts {
			m.Score += p.Score
		}
		if m.Score >= Least {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Key, b.Key))
	})
	return list, nil
}

// placement is the best place for a known error among the items.
type placement struct {
	item    *Item
	said    []string // the versions that the known error names
	verdict verdict
	runs    string // the version that decided
	names   string // what named it
}

func (p placement) score() int { return p.points() + p.versionPoints() }

// place picks the item by which the candidate scores best; of equal ones the
// nearest, then the first by key.
func (c *Candidate) place(items map[string]*Item) (best placement) {
	for _, present := range c.Present {
		item := items[present.Item]
		if item == nil {
			continue
		}
		p := placement{item: item, said: present.Versions}
		p.verdict, p.runs, p.names = judge(item.Versions, present.Versions)
		if best.item == nil || p.better(best) {
			best = p
		}
	}
	return best
}

func (p placement) better(q placement) bool {
	return cmp.Or(cmp.Compare(q.score(), p.score()), cmp.Compare(p.item.Steps, q.item.Steps), cmp.Compare(p.item.Key, q.item.Key)) < 0
}

// points are those for the item: fewer with each dependency in between, and
// none where another version runs than those in which the error is.
func (p placement) points() int {
	if p.item == nil || p.verdict == otherVersion || p.item.Steps > MaxSteps {
		return 0
	}
	return MostItem / (1 + p.item.Steps)
}

func (p placement) versionPoints() int {
	if p.points() == 0 {
		return 0
	}
	return p.verdict.points()
}

func (p placement) itemPart() domain.MatchPart {
	text := "is in none of the items, nor in what they depend on"
	switch {
	case p.item == nil:
	case p.item.Steps == 0:
		text = "is in " + p.item.Key
	case p.item.Steps == 1:
		text = "is in " + p.item.Key + ", on which an item of the problem depends"
	default:
		text = fmt.Sprintf("is in %s, on which an item of the problem depends by %d steps", p.item.Key, p.item.Steps)
	}
	if p.verdict == otherVersion {
		text += ", but not in the version that runs"
	}
	return domain.MatchPart{Kind: domain.MatchItem, Score: p.points(), Most: MostItem, Text: text}
}

func (p placement) versionPart() domain.MatchPart {
	text := "no item to compare versions of"
	if p.item != nil {
		switch p.verdict {
		case sameVersion:
			text = fmt.Sprintf("%s runs, which %s names", p.runs, p.names)
		case saidOfAny:
			text = "is said to be in any version"
		case notKnown:
			text = fmt.Sprintf("is in %s; which version of %s runs is not known", strings.Join(p.said, "; "), p.item.Key)
		case otherVersion:
			text = fmt.Sprintf("is in %s, and %s runs", strings.Join(p.said, "; "), strings.Join(p.item.Versions, ", "))
		}
	}
	return domain.MatchPart{Kind: domain.MatchVersion, Score: p.versionPoints(), Most: MostVersion, Text: text}
}
