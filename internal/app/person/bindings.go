package person

import "sync"

// Bindings are the names that were found bound to an identity lately.
type Bindings struct {
	mu    sync.Mutex
	known map[string]string // identities, by name
}

// maxBindings is how many are kept in mind.
const maxBindings = 10_000

// Has reports whether the name was found bound to the identity.
func (b *Bindings) Has(name, identity string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.known[name] == identity
}

// Keep notes that the name is bound to the identity.
func (b *Bindings) Keep(name, identity string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil || len(b.known) >= maxBindings {
		b.known = map[string]string{}
	}
	b.known[name] = identity
}

// Forget forgets all: some name may be free by now.
func (b *Bindings) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known = nil
}
