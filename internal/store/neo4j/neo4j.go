// Package neo4j keeps the graph in a Neo4j 5.26 or later, any edition.
//
// What a person sees in Neo4j's browser is the domain: every node carries the
// label of its kind (and the common label Node), relationships and properties
// have the domain's names and native types. The store's own are id, createdAt,
// updatedAt and _version of nodes, with _key, _names and _rest for a search,
// _version and _tag of relationships. The log stands apart in Changeset nodes
// and the one LogHead; Touch nodes, and touched of a Changeset, lead to its
// entries from what they changed.
//
// Names that get into the text of a query come from the Schema alone; values
// are always parameters.
package neo4j

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/config"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/notifications"

	"releasegraph/internal/store"
)

// Options say how to get in. The zero value serves a server without
// authentication.
type Options struct {
	User     string
	Password string
	Database string // empty: the server's default
	// Timeout limits each transaction on the server; 0 means two minutes.
	Timeout time.Duration
	// Poll is the pause between two looks at the log for what other instances
	// committed; 0 means 50 ms.
	Poll time.Duration
}

// Store is a store.Store over a Neo4j. Several instances, in several
// processes, may share one database.
type Store struct {
	driver    neo4j.DriverWithContext
	options   Options
	catalog   catalog
	bookmarks neo4j.BookmarkManager
	committer *committer
	watch     *watch
	heads     heads

	ready atomic.Pointer[openIndexed] // what IndexOpen made ready, as last seen

	denseSearch int // store.DenseSearch, less in tests
}

var _ store.Store = (*Store)(nil)

// Open connects to the server at the URI (neo4j://, bolt:// and their +s
// forms) and brings constraints and indexes up to the schema. It returns
// ErrUnavailable when the server cannot be reached, and ErrInvalid for a URI or
// schema that cannot be used.
func Open(ctx context.Context, uri string, options Options, schema store.Schema) (*Store, error) {
	s, err := connect(uri, options, schema)
	if err != nil {
		return nil, err
	}
	err = s.migrate(ctx)
	if err == nil {
		err = s.readOpen(ctx)
	}
	if err != nil {
		_ = s.driver.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	s.watch = newWatch(s)
	s.committer = newCommitter(s)
	return s, nil
}

// connect makes a Store that is not yet at work.
func connect(uri string, options Options, schema store.Schema) (*Store, error) {
	cat, err := newCatalog(schema)
	if err != nil {
		return nil, err
	}
	auth := neo4j.NoAuth()
	if options.User != "" {
		auth = neo4j.BasicAuth(options.User, options.Password, "")
	}
	driver, err := neo4j.NewDriverWithContext(uri, auth, configure)
	if err != nil {
		return nil, fmt.Errorf("%w: address of the Neo4j server: %w", store.ErrInvalid, err)
	}
	s := &Store{
		driver: driver, options: options.withDefaults(), catalog: cat,
		denseSearch: store.DenseSearch,
		bookmarks:   neo4j.NewBookmarkManager(neo4j.BookmarkManagerConfig{}),
	}
	s.ready.Store(&openIndexed{})
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute
	}
	if o.Poll == 0 {
		o.Poll = 50 * time.Millisecond
	}
	return o
}

// configure sets what the driver would do otherwise: wait a minute for a
// connection and a second before its first retry (retries are ours), ask for
// notifications that nobody reads, and report usage.
func configure(c *config.Config) {
	c.MaxTransactionRetryTime = 0
	c.ConnectionAcquisitionTimeout = time.Second
	c.SocketConnectTimeout = time.Second
	c.ConnectionLivenessCheckTimeout = 30 * time.Second
	c.FetchSize = 10_000
	c.NotificationsMinSeverity = notifications.DisabledLevel
	c.TelemetryDisabled = true
	c.UserAgent = "releasegraph"
}

// Declared implements store.Reader.
func (s *Store) Declared() *store.Declared { return s.catalog.Declared }

// Close waits for running commits and closes all connections.
func (s *Store) Close(ctx context.Context) error {
	s.committer.close(ctx)
	s.watch.close()
	return s.failure(ctx, s.driver.Close(ctx))
}
