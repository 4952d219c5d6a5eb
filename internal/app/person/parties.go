package person

import (
	"context"
	"maps"
	"slices"
	"sync"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Parties finds the parties of persons in one view of the estate. What was
// wanted so far is loaded together when one that is not known is asked for.
type Parties struct {
	keys   *Book
	reader store.Reader
	decode func([]store.Node) []*domain.Party

	mu     sync.Mutex
	wanted map[string]bool
	known  map[string]*domain.Party // nil: there is none
}

// NewParties returns the Parties of a view; keys knows how their keys are
// written, and decode makes records of what was read.
func NewParties(keys *Book, view store.Reader, decode func([]store.Node) []*domain.Party) *Parties {
	return &Parties{keys: keys, reader: view, decode: decode, wanted: map[string]bool{}, known: map[string]*domain.Party{}}
}

// Want says that the parties of these names may be asked for.
func (p *Parties) Want(names ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.want(names)
}

func (p *Parties) want(names []string) {
	for _, name := range names {
		if _, known := p.known[name]; !known {
			p.wanted[name] = true
		}
	}
}

// Get returns the party of type PERSON whose key is the name, however either is
// written, nil when there is none. beside tells which names are to be loaded
// with it, if it has to be.
func (p *Parties) Get(ctx context.Context, name string, beside func() []string) (*domain.Party, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if party, known := p.known[name]; known {
		return party, nil
	}
	p.want(append(beside(), name))
	if err := p.load(ctx); err != nil {
		return nil, err
	}
	return p.known[name], nil
}

func (p *Parties) load(ctx context.Context) error {
	names := make([]string, 0, len(p.wanted))
	for name := range p.wanted {
		names = append(names, name)
	}
	spellings, err := p.keys.Spellings(ctx, names...)
	if err != nil {
		return err
	}
	var keys []string
	for _, list := range spellings {
		keys = append(keys, list...)
	}
	found, err := p.reader.Lookup(ctx, domain.KindParty, "key", keys...)
	if err != nil {
		return err
	}
	persons := map[string]*domain.Party{}
	for _, party := range p.decode(slices.Collect(maps.Values(found))) {
		if party.Type == domain.PartyPerson {
			persons[party.Key] = party
		}
	}
	for _, name := range names {
		p.known[name] = first(persons, spellings[name])
	}
	clear(p.wanted)
	return nil
}

// first returns the party of the first of some keys that one has.
func first(persons map[string]*domain.Party, keys []string) *domain.Party {
	for _, key := range keys {
		if party := persons[key]; party != nil {
			return party
		}
	}
	return nil
}
