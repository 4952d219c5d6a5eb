package neo4j

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"releasegraph/internal/store"
)

const (
	// contentionTries is how often a transaction that lost a lock is tried.
	contentionTries = 50
	// connectionTries is how often one that lost its connection is: after a
	// restart of the server the first may meet a stale connection.
	connectionTries = 3
)

// failures tells apart what can go wrong with a transaction.
type failures uint8

const (
	fatal      failures = iota // trying again gives the same
	contention                 // a deadlock, a lock timeout, a change of leader, a record deleted meanwhile
	connection                 // no answer
	constraint                 // another transaction took a unique value first
	refused                    // the server refused what was asked
)

// errVanished is met by a read of what another transaction is deleting: read
// again, it is there or it is not.
var errVanished = errors.New("a record was deleted while it was read")

func classify(err error) failures {
	if err = last(err); errors.Is(err, errVanished) {
		return contention
	}
	var answer *neo4j.Neo4jError
	if errors.As(err, &answer) {
		switch {
		case answer.Code == "Neo.ClientError.Schema.ConstraintValidationFailed":
			return constraint
		case answer.IsRetriable():
			return contention
		case strings.HasPrefix(answer.Code, "Neo.ClientError.Transaction"):
			return fatal
		}
		return refused
	}
	if neo4j.IsConnectivityError(err) || strings.Contains(err.Error(), "invalid state") {
		return connection
	}
	return fatal
}

// last unwraps the driver's summary of its attempts.
func last(err error) error {
	var limit *neo4j.TransactionExecutionLimit
	for errors.As(err, &limit) && len(limit.Errors) > 0 {
		err = limit.Errors[len(limit.Errors)-1]
	}
	return err
}

// retry runs a transaction until it succeeds, fails for good or was tried
// often enough, and returns an error of the port.
func (s *Store) retry(ctx context.Context, attempt func() error) error {
	for tries := 1; ; tries++ {
		err := attempt()
		if err == nil {
			return nil
		}
		if !again(classify(err), tries) || pause(ctx) != nil {
			return s.failure(ctx, err)
		}
	}
}

func again(f failures, tries int) bool {
	switch f {
	case contention:
		return tries < contentionTries
	case connection:
		return tries < connectionTries
	}
	return false
}

// pause waits for 5 to 50 ms: the time that small transactions take.
func pause(ctx context.Context) error {
	return sleep(ctx, 5*time.Millisecond+rand.N(45*time.Millisecond))
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// failure turns a driver's error into one of the port. The context is asked
// first: the driver's errors do not tell that it ended.
func (s *Store) failure(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case ofPort(err):
		return err
	case isTooLarge(err):
		return fmt.Errorf("%w: the server refused a query: %s", store.ErrLimit, text(err))
	case classify(err) == refused && !isSecurity(err):
		return fmt.Errorf("%w: the server refused a query: %s", store.ErrInvalid, text(err))
	}
	return fmt.Errorf("%w: Neo4j at %s: %s", store.ErrUnavailable, s.host(), text(err))
}

// host is the server's address without what a URI may carry beside it.
func (s *Store) host() string {
	target := s.driver.Target()
	return target.Host
}

// isTooLarge tells that a query is too deep for the server, or takes it longer
// than any may: neither says that it cannot be reached.
func isTooLarge(err error) bool {
	var answer *neo4j.Neo4jError
	return errors.As(last(err), &answer) && (answer.Code == "Neo.DatabaseError.General.StackOverFlowError" ||
		strings.HasPrefix(answer.Code, "Neo.ClientError.Transaction.TransactionTimedOut"))
}

func isSecurity(err error) bool {
	var answer *neo4j.Neo4jError
	return errors.As(last(err), &answer) && answer.HasSecurityCode()
}

// text says what happened, without the driver's wrapping.
func text(err error) string {
	var answer *neo4j.Neo4jError
	if errors.As(last(err), &answer) {
		return answer.Msg
	}
	return last(err).Error()
}

func ofPort(err error) bool {
	for _, e := range []error{store.ErrNotFound, store.ErrConflict, store.ErrExists, store.ErrInvalid, store.ErrUnavailable, store.ErrCompacted, store.ErrUnfinished, store.ErrLimit} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
