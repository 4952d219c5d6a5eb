package neo4j

import (
	"context"
	"errors"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"releasegraph/internal/store"
)

// tx is a running transaction, or what gives each query one of its own.
type tx struct {
	ctx    context.Context
	runner runner
}

type runner interface {
	Run(ctx context.Context, cypher string, params map[string]any) (neo4j.ResultWithContext, error)
}

type params = map[string]any

// rows runs a query and returns all that it answers.
func (t tx) rows(cypher string, p params) ([]*neo4j.Record, error) {
	result, err := t.runner.Run(t.ctx, "CYPHER 5 "+cypher, p)
	if err != nil {
		return nil, err
	}
	return result.Collect(t.ctx)
}

// row runs a query that answers with exactly one record.
func (t tx) row(cypher string, p params) ([]any, error) {
	records, err := t.rows(cypher, p)
	if err != nil {
		return nil, err
	}
	if len(records) != 1 {
		return nil, errors.New("one record expected of: " + cypher)
	}
	return records[0].Values, nil
}

// columns runs a query that answers with one record of lists, a place in each
// for every row it found.
func (t tx) columns(cypher string, p params) ([][]any, error) {
	values, err := t.row(cypher, p)
	if err != nil {
		return nil, err
	}
	return even(values)
}

// even takes lists that were collected from the same rows. Reading does not
// lock: of what another transaction deletes meanwhile some values may be read
// and others not, and collect leaves out what is not there. What is deleted
// stays so: lists of the same length then have no such row.
func even(lists []any) ([][]any, error) {
	columns := make([][]any, len(lists))
	for i, list := range lists {
		columns[i], _ = list.([]any)
		if len(columns[i]) != len(columns[0]) {
			return nil, errVanished
		}
	}
	return columns, nil
}

func (t tx) run(cypher string, p params) error {
	result, err := t.runner.Run(t.ctx, "CYPHER 5 "+cypher, p)
	if err != nil {
		return err
	}
	_, err = result.Consume(t.ctx)
	return err
}

// read runs work in a read transaction, again when it failed for a passing
// reason: work must start from nothing each time.
func (s *Store) read(ctx context.Context, work func(tx) error) error {
	return s.retry(ctx, func() error {
		_, err := s.once(ctx, neo4j.AccessModeRead, s.options.Timeout, work)
		return err
	})
}

// ask is read for queries none of which needs to be in one transaction with
// another: isolated they are not in one either. The server begins and ends a
// transaction with each, which spares two of three exchanges with it.
func (s *Store) ask(ctx context.Context, work func(tx) error) error {
	session := s.session(ctx, neo4j.AccessModeRead)
	defer session.Close(context.WithoutCancel(ctx))
	err := work(tx{ctx, apart{session, s.options.Timeout}})
	switch {
	case err == nil:
		return nil
	case again(classify(err), 1):
		return s.read(ctx, work) // where the driver also passes by connections that are gone
	}
	return s.failure(ctx, err)
}

// asking returns ask for what is filtered so that nothing of it needs settling,
// which takes a transaction, and else read.
func (s *Store) asking(f store.Filter) func(context.Context, func(tx) error) error {
	if depth(f) < 2 {
		return s.ask
	}
	return s.read
}

// apart runs each query in a transaction of its own.
type apart struct {
	session neo4j.SessionWithContext
	limit   time.Duration
}

// Run implements runner.
func (a apart) Run(ctx context.Context, cypher string, p params) (neo4j.ResultWithContext, error) {
	return a.session.Run(ctx, cypher, p, within(a.limit)...)
}

// within limits the time of a transaction.
func within(limit time.Duration) []func(*neo4j.TransactionConfig) {
	return []func(*neo4j.TransactionConfig){neo4j.WithTxTimeout(limit), neo4j.WithTxMetadata(params{"app": "releasegraph"})}
}

func (s *Store) session(ctx context.Context, mode neo4j.AccessMode) neo4j.SessionWithContext {
	return s.driver.NewSession(ctx, neo4j.SessionConfig{
		AccessMode: mode, DatabaseName: s.options.Database, BookmarkManager: s.bookmarks,
	})
}

// tried runs work in a read transaction once, and tells whether it came to an
// end within the time.
func (s *Store) tried(ctx context.Context, limit time.Duration, work func(tx) error) bool {
	_, err := s.once(ctx, neo4j.AccessModeRead, limit, work)
	return err == nil
}

// write runs work in a write transaction that may be repeated without harm.
func (s *Store) write(ctx context.Context, work func(tx) error) error {
	return s.retry(ctx, func() error {
		_, err := s.once(ctx, neo4j.AccessModeWrite, s.options.Timeout, work)
		return err
	})
}

// once runs one transaction, within a time. committing tells that the work was done when the
// error came: with an error that is no answer of the server it is then unknown
// whether the transaction was committed.
func (s *Store) once(ctx context.Context, mode neo4j.AccessMode, limit time.Duration, work func(tx) error) (committing bool, err error) {
	session := s.session(ctx, mode)
	defer session.Close(context.WithoutCancel(ctx))
	execute := session.ExecuteRead
	if mode == neo4j.AccessModeWrite {
		execute = session.ExecuteWrite
	}
	_, err = execute(ctx, func(m neo4j.ManagedTransaction) (any, error) {
		committing = false
		err := work(tx{ctx, m})
		committing = err == nil
		return nil, err
	}, within(limit)...)
	return committing, err
}
