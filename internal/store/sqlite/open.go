// Package sqlite keeps a property graph in one SQLite file, or in memory. It
// is the embedded default: durable, and safe when the process is killed.
//
// The file can be read with any SQLite tool: a table k_KIND holds the nodes of
// a kind, one column for each property (p_NAME), edge holds the relationships
// (their ends are the n of nodes), and log the change sets.
package sqlite

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"releasegraph/internal/store"
)

// Memory is the path of a store that lives in memory until it is closed.
const Memory = ":memory:"

// Options tune a Store. The zero value is good.
type Options struct {
	// Readers is how many reads run at a time; 0: by the number of processors.
	Readers int
	// GroupLimit is how many waiting change sets share one transaction at
	// most; 0: 64.
	GroupLimit int
	// Progress, where not nil, is told how the migration of an older file goes.
	Progress Progress
}

// Store is a property graph in SQLite. It implements store.Store.
type Store struct {
	name     string
	dsn      string
	memory   bool
	declared *store.Declared
	layout   *layout
	limit    int

	readers chan *conn
	urgent  chan *conn // readers that are kept for what is urgent
	all     []*conn
	writer  *conn
	guard   sync.RWMutex // in memory, where readers and the writer exclude each other

	committed   atomic.Int64 // the last revision that this process committed
	tip         tip          // of the transaction that is running
	searchWork  searchWork   // of it, too
	denseSearch int          // store.DenseSearch, less in tests

	queue   chan *request
	jobs    chan job
	closing chan struct{}
	done    chan struct{}
	once    sync.Once

	bells bells
}

var _ store.Store = (*Store)(nil)

var memories atomic.Int64

// Open opens or creates the store in the file, and brings its layout up to the
// schema. Errors: ErrInvalid for an unsound schema or one that contradicts the
// file, ErrUnavailable when the file cannot be used.
func Open(ctx context.Context, path string, schema store.Schema, o Options) (*Store, error) {
	declared, err := store.Declare(schema)
	if err != nil {
		return nil, err
	}
	s := &Store{
		name: path, memory: path == Memory, declared: declared, limit: o.GroupLimit,
		searchWork: searchWork{}, denseSearch: store.DenseSearch,
		queue: make(chan *request), jobs: make(chan job), closing: make(chan struct{}), done: make(chan struct{}),
	}
	if s.limit <= 0 {
		s.limit = 64
	}
	if err := s.openPatiently(ctx, path, o); err != nil {
		s.release()
		return nil, s.outward(ctx, err)
	}
	go s.commitQueued()
	return s, nil
}

// urgentReaders is how many readers are kept for reads that are urgent
// (store.WithUrgent), which never wait behind long ones.
const urgentReaders = 2

func (s *Store) open(ctx context.Context, path string, o Options) error {
	readers := o.Readers
	if readers <= 0 {
		readers = max(4, 2*runtime.GOMAXPROCS(0))
	}
	dsn, err := address(path)
	if err == nil {
		err = Unfinished(path)
	}
	if err != nil {
		return err
	}
	s.dsn = dsn
	if s.writer, err = s.connect(dsn, writerPragmas(s.memory)); err != nil {
		return err
	}
	if s.layout, err = prepareLayout(ctx, s.writer, s.declared, o.Progress); err != nil {
		return err
	}
	s.readers = make(chan *conn, readers)
	s.urgent = make(chan *conn, urgentReaders)
	for _, home := range []chan *conn{s.readers, s.urgent} {
		for range cap(home) {
			c, err := s.connect(dsn, []string{"PRAGMA busy_timeout=10000", "PRAGMA query_only=1", "PRAGMA cache_size=-16384"})
			if err != nil {
				return err
			}
			c.home = home
			home <- c
		}
	}
	return nil
}

func (s *Store) connect(dsn string, pragmas []string) (*conn, error) {
	c, err := openConn(dsn)
	if err != nil {
		return nil, err
	}
	s.all = append(s.all, c)
	for _, p := range pragmas {
		if err := c.exec(p); err != nil {
			return nil, err
		}
	}
	c.forget()
	return c, nil
}

func writerPragmas(memory bool) []string {
	list := []string{"PRAGMA busy_timeout=10000", "PRAGMA cache_size=-131072", "PRAGMA temp_store=MEMORY"}
	if !memory {
		// FULL: once Commit has returned, not even a power cut undoes it.
		list = append(list, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA journal_size_limit=67108864", "PRAGMA wal_autocheckpoint=8192")
	}
	return list
}

// address is the URI of a file, with what a URI gives a meaning escaped, or of
// a database in memory that all connections of this store share.
func address(path string) (string, error) {
	if path == Memory {
		return fmt.Sprintf("file:/releasegraph-%d?vfs=memdb", memories.Add(1)), nil
	}
	if path == "" {
		return "", fmt.Errorf("%w: the store's file has no name", store.ErrInvalid)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return "file:" + (&url.URL{Path: filepath.ToSlash(abs)}).EscapedPath(), nil
}

// Declared is the schema that the store was opened with.
func (s *Store) Declared() *store.Declared { return s.declared }

// Close waits for running commits and releases everything. A second Close does
// nothing.
func (s *Store) Close(context.Context) error {
	s.once.Do(func() { close(s.closing) })
	<-s.done
	return nil
}

func (s *Store) release() {
	for _, c := range s.all {
		_ = c.close()
	}
	s.all = nil
}

// read runs a function on a reader, within one snapshot.
func (s *Store) read(ctx context.Context, f func(c *conn) error) error {
	return s.readOne(ctx, func(c *conn) error {
		if err := c.begin("BEGIN"); err != nil {
			return err
		}
		return c.end(f(c))
	})
}

// readOne runs a function that runs one statement on a reader.
func (s *Store) readOne(ctx context.Context, f func(c *conn) error) error {
	c, err := s.acquire(ctx)
	if err != nil {
		return err
	}
	defer s.giveBack(c)
	if s.memory {
		s.guard.RLock()
		defer s.guard.RUnlock()
	}
	return s.outward(ctx, f(c))
}

func (s *Store) acquire(ctx context.Context) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-s.closing:
		return nil, s.closed()
	default:
	}
	var urgent chan *conn
	if store.Urgent(ctx) {
		urgent = s.urgent
	}
	select {
	case c := <-s.readers:
		return c, nil
	case c := <-urgent:
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.closing:
		return nil, s.closed()
	}
}

func (s *Store) giveBack(c *conn) { c.home <- c }

func (s *Store) closed() error {
	return fmt.Errorf("%w: %s is closed", store.ErrUnavailable, s.name)
}
