package store

import (
	"errors"
	"fmt"
)

// The errors of the port. Adapters wrap them with what the caller needs to
// act; drivers' own errors never leave an adapter.
var (
	ErrNotFound    = errors.New("not found")
	ErrConflict    = errors.New("conflict")
	ErrExists      = errors.New("already exists")
	ErrInvalid     = errors.New("invalid")
	ErrUnavailable = errors.New("store unavailable")
	ErrCompacted   = errors.New("log compacted")
	ErrLimit       = errors.New("more than the store can answer at once")
)

// TakenError says that a unique value, or an id, is held by another node. It
// is an ErrExists.
type TakenError struct {
	Kind     string
	Property string // empty: the id itself
	Value    string
	Holder   ID
}

func (e *TakenError) Error() string {
	return fmt.Sprintf("%s with %s %q already exists", e.Kind, e.Property, e.Value)
}

// Unwrap makes it an ErrExists.
func (e *TakenError) Unwrap() error { return ErrExists }

// MissingError names a node or edge that is not there. It is an ErrNotFound.
type MissingError struct {
	Node ID       // set for a node
	Edge *EdgeKey // set for an edge
}

func (e *MissingError) Error() string {
	if e.Edge != nil {
		return fmt.Sprintf("no %s from %s to %s", e.Edge.Rel, e.Edge.From, e.Edge.To)
	}
	return fmt.Sprintf("no node %s", e.Node)
}

// Unwrap makes it an ErrNotFound.
func (e *MissingError) Unwrap() error { return ErrNotFound }

// ConflictError names the guard that did not hold, and the version found (0:
// none). It is an ErrConflict.
type ConflictError struct {
	Guard   Guard
	Current int64
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("guard %+v does not hold, current version %d", e.Guard, e.Current)
}

// Unwrap makes it an ErrConflict.
func (e *ConflictError) Unwrap() error { return ErrConflict }

// InUseError says which edges still come in to a node that was to be removed:
// the first ten by key, and how many there are. It is an ErrConflict.
type InUseError struct {
	Node  ID
	Edges []EdgeKey
	Count int64
}

func (e *InUseError) Error() string {
	return fmt.Sprintf("node %s has %d incoming edges", e.Node, e.Count)
}

// Unwrap makes it an ErrConflict.
func (e *InUseError) Unwrap() error { return ErrConflict }

// FailedOp tells which operation of the set (counted from 0) an error is
// about. Adapters wrap every operation's error in it.
type FailedOp struct {
	Index int
	Err   error
}

func (e *FailedOp) Error() string { return fmt.Sprintf("operation %d: %v", e.Index, e.Err) }

// Unwrap gives the error of the operation.
func (e *FailedOp) Unwrap() error { return e.Err }

// UnwritableError says why a store that may still be read cannot be written,
// and what somebody must do about it: waiting does not help. It is an
// ErrUnavailable.
type UnwritableError struct {
	Store string // its name
	Why   string
}

func (e *UnwritableError) Error() string {
	return fmt.Sprintf("%s: %s: %s", ErrUnavailable, e.Store, e.Why)
}

// Unwrap makes it an ErrUnavailable.
func (e *UnwritableError) Unwrap() error { return ErrUnavailable }
