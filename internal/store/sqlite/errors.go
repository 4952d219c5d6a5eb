package sqlite

import (
	"context"
	"errors"
	"fmt"
	"regexp"

	moderncsqlite "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"releasegraph/internal/store"
)

var portErrors = []error{
	store.ErrNotFound, store.ErrConflict, store.ErrExists, store.ErrInvalid, store.ErrUnavailable, store.ErrCompacted, store.ErrUnfinished, store.ErrLimit,
	context.Canceled, context.DeadlineExceeded,
}

// outward turns an error into one of the port: a context's and the port's own
// stay, all others are the driver's and say that the store cannot be used.
func (s *Store) outward(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if isPort(err) {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return unavailable(s.name, err)
}

func isPort(err error) bool {
	for _, e := range portErrors {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// unavailable says what to do about a driver's error. What SQLite refuses says
// nothing of whether the store can be reached: the statement is wrong, or larger
// than SQLite allows.
func unavailable(name string, err error) error {
	code := codeOf(err)
	if code == lib.SQLITE_CANTOPEN && may(name, toRead) { // what lies beside it cannot be made
		code = lib.SQLITE_READONLY
	}
	switch code {
	case lib.SQLITE_FULL, lib.SQLITE_READONLY:
		return &store.UnwritableError{Store: name, Why: advice(err)}
	case lib.SQLITE_ERROR:
		if tooLarge.MatchString(err.Error()) {
			return fmt.Errorf("%w: %s: %w", store.ErrLimit, name, err)
		}
		return fmt.Errorf("%s: %w", name, err)
	case lib.SQLITE_TOOBIG:
		return fmt.Errorf("%w: %s: %w", store.ErrLimit, name, err)
	case lib.SQLITE_INTERNAL, lib.SQLITE_MISUSE, lib.SQLITE_RANGE, lib.SQLITE_MISMATCH, lib.SQLITE_CONSTRAINT:
		return fmt.Errorf("%s: %w", name, err)
	}
	return fmt.Errorf("%w: %s: %s", store.ErrUnavailable, name, advice(err))
}

// tooLarge finds how SQLite says that a statement is beyond its limits.
var tooLarge = regexp.MustCompile(`(?i)too (large|many|big|deep|long)|parser stack overflow|at most \d+ tables`)

// codeOf is a driver's error as SQLite numbers it, 0 for any other.
func codeOf(err error) int {
	if e := new(rawError); errors.As(err, &e) {
		return e.code & 0xff
	}
	if e := new(moderncsqlite.Error); errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

func advice(err error) string {
	switch codeOf(err) {
	case lib.SQLITE_FULL:
		return "the disk is full; free some space and try again"
	case lib.SQLITE_READONLY:
		return "the file is read-only; give the server the right to write to it and to its directory"
	case lib.SQLITE_CANTOPEN:
		return "cannot open the file (" + err.Error() + "); does its directory exist, and may the server write there?"
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return "another process holds the file's lock; try again, or end that process"
	case lib.SQLITE_NOTADB:
		return "the file is no SQLite database"
	case lib.SQLITE_CORRUPT:
		return "the file is damaged; restore it from a backup"
	case lib.SQLITE_IOERR:
		return "the disk failed: " + err.Error()
	}
	return err.Error()
}
