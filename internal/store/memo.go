package store

import (
	"reflect"
	"sync/atomic"
)

// Memo remembers what was made of the properties of a node or an edge that many
// read, so that it is made once. It holds one thing, for the properties as they
// were read: of others it knows nothing, so that whoever changes a copy need not
// think of it.
type Memo struct{ made atomic.Pointer[made] }

type made struct {
	of    uintptr
	what  any
	props Props // keeps the address from being another's
}

// Made returns what was made of properties, nil for nothing.
func (m *Memo) Made(of Props) any {
	if m == nil {
		return nil
	}
	if known := m.made.Load(); known != nil && known.of == address(of) {
		return known.what
	}
	return nil
}

// Remember keeps what was made of properties. It is not to be changed from then on.
func (m *Memo) Remember(of Props, what any) {
	if m != nil {
		m.made.Store(&made{address(of), what, of})
	}
}

// address tells one map of properties from all others.
func address(p Props) uintptr { return reflect.ValueOf(p).Pointer() }
