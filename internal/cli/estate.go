package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"releasegraph/internal/app"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/prometheus"
	"releasegraph/internal/server"
	"releasegraph/internal/store"
	"releasegraph/internal/store/mirror"
	"releasegraph/internal/store/neo4j"
	"releasegraph/internal/store/sqlite"
	"releasegraph/internal/store/topology"
)

// storeFlags say which store to use.
type storeFlags struct {
	Store             string `default:"sqlite:releasegraph.db" placeholder:"STORE" help:"Where the graph is kept: sqlite:PATH, sqlite::memory:, or the address of a Neo4j server (neo4j://HOST:PORT, bolt://, and their +s forms). Default: ${default}."`
	StoreUser         string `placeholder:"NAME" help:"The user at the Neo4j server. The password comes from $$RELEASEGRAPH_STORE_PASSWORD or --store-password-file."`
	StorePasswordFile string `placeholder:"FILE" help:"A file that holds the password."`
	StoreDatabase     string `placeholder:"NAME" help:"The database on the Neo4j server; its default one otherwise."`

	policies  *authz.Policies               // nil: the default ones
	exclusive []domain.Exclusive            // nil: the default ones
	measuring *prometheus.Servers           // nil: none
	watched   func(store.Store) store.Store // nil: nobody looks
	mirrored  *mirror.Options               // nil: no records are kept in memory
	clock     *clock                        // nil: the real one
}

var neo4jSchemes = []string{"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"}

// estate is an open store with what is built on it.
type estate struct {
	store    store.Store
	mirror   *mirror.Store                              // nil: off
	topology *topology.Store[domain.Facts, domain.Link] // nil: off
	app      *app.App
	media    *server.Media // nil: there is no library
	ending   []func()      // end what works until the estate is closed
	clean    func()        // removes the copy that is read, nil without
}

func (f storeFlags) check() error {
	scheme, rest, ok := strings.Cut(f.Store, ":")
	switch {
	case ok && scheme == "sqlite" && rest != "":
		return nil
	case ok && slices.Contains(neo4jSchemes, scheme):
		return nil
	}
	return usagef("--store %q: write sqlite:PATH, sqlite::memory:, or the address of a Neo4j server such as bolt://127.0.0.1:7687", f.Store)
}

// openExisting is open for commands that only read: where there is no file they
// say so, instead of making an empty one.
func (f storeFlags) openExisting(ctx context.Context, withTopology bool) (*estate, error) {
	if path, ok := strings.CutPrefix(f.Store, "sqlite:"); ok && path != sqlite.Memory {
		if err := sqlite.Unfinished(path); err != nil {
			return nil, err
		}
		switch info, err := os.Stat(path); {
		case errors.Is(err, os.ErrNotExist):
			return nil, fmt.Errorf("there is no file %s: import an estate first, or name another store by --store", path)
		case err == nil && info.Size() == 0 && !info.IsDir():
			return nil, fmt.Errorf("%s is empty, 0 bytes long: it was cut off, or is no store; restore it from a backup, or import an estate into it", path)
		}
	}
	e, err := f.open(ctx, withTopology)
	if unwritable := new(store.UnwritableError); errors.As(err, &unwritable) {
		return f.openCopy(ctx, withTopology, err)
	}
	return e, err
}

// openCopy opens a copy of a file that cannot be written: who only reads need
// not be able to write, and SQLite must.
func (f storeFlags) openCopy(ctx context.Context, withTopology bool, unwritable error) (*estate, error) {
	dir, err := os.MkdirTemp("", "releasegraph-read-*")
	if err != nil {
		return nil, errors.Join(unwritable, err)
	}
	clean := func() { _ = os.RemoveAll(dir) } // a leftover in the temporary directory harms nobody
	path := filepath.Join(dir, "copy.db")
	for _, suffix := range []string{"", "-wal"} {
		if err := copyFile(path+suffix, strings.TrimPrefix(f.Store, "sqlite:")+suffix); err != nil && (suffix == "" || !errors.Is(err, os.ErrNotExist)) {
			clean()
			return nil, errors.Join(unwritable, err)
		}
	}
	f.Store = "sqlite:" + path
	e, err := f.open(ctx, withTopology)
	if err != nil {
		clean()
		return nil, err
	}
	e.clean = clean
	return e, nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// open opens the store, and begins to load what is kept of it in memory. The error is a
// store.ErrUnavailable only when trying again later may help.
func (f storeFlags) open(ctx context.Context, withTopology bool) (*estate, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	beneath, err := f.openStore(ctx)
	if err != nil {
		return nil, err
	}
	shelf, _ := beneath.(store.Shelf)
	if f.watched != nil {
		beneath = f.watched(beneath)
	}
	e := &estate{store: beneath}
	if f.mirrored != nil {
		e.mirror = mirror.Open(ctx, beneath, *f.mirrored)
		e.store, beneath = e.mirror, e.mirror
	}
	config := app.Config{Now: f.now(), NewID: newID, Policies: f.policies, Exclusive: f.exclusive, Measuring: f.measuring}
	if withTopology {
		e.topology, err = topology.Open(ctx, beneath, entity.TopologyCodec{}, topology.Options{})
		if err != nil {
			return nil, errors.Join(err, beneath.Close(ctx))
		}
		e.store, config.Graphs = e.topology, e.topology
	}
	config.Store = e.store
	config.Shelf = shelf
	e.app = app.New(config)
	if f.clock != nil {
		e.app.Running.Moves = f.clock.Move
	}
	if err := e.app.Configuration.IndexAttributes(ctx); err != nil {
		return nil, errors.Join(err, e.close(ctx))
	}
	return e, nil
}

// now is the clock by which the estate goes.
func (f storeFlags) now() func() time.Time {
	if f.clock != nil {
		return f.clock.Now
	}
	return time.Now
}

func (f storeFlags) openStore(ctx context.Context) (store.Store, error) {
	if path, ok := strings.CutPrefix(f.Store, "sqlite:"); ok {
		told, end := migrating(ctx)
		s, err := sqlite.Open(ctx, path, entity.Schema(), sqlite.Options{Progress: told})
		end()
		if err != nil && ctx.Err() != nil {
			return nil, fmt.Errorf("interrupted while %s was opened: %w", shownText("store", f.Store), ctx.Err())
		}
		if err != nil {
			if unwritable := new(store.UnwritableError); errors.As(err, &unwritable) {
				return nil, unwritable
			}
			// A file that cannot be used now cannot be used later: the error is
			// no store.ErrUnavailable any more.
			return nil, errors.New("cannot use " + f.Store + ": " + err.Error())
		}
		return s, nil
	}
	password, err := f.password()
	if err != nil {
		return nil, err
	}
	s, err := neo4j.Open(ctx, f.Store, f.neo4jOptions(password), entity.Schema())
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("interrupted while %s was opened: %w", shownText("store", f.Store), ctx.Err())
	}
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", shownText("store", f.Store), err)
	}
	return s, nil
}

func (f storeFlags) neo4jOptions(password string) neo4j.Options {
	return neo4j.Options{User: f.StoreUser, Password: password, Database: f.StoreDatabase}
}

// password is never a flag: those can be read by every user of the machine.
func (f storeFlags) password() (string, error) {
	if f.StorePasswordFile == "" {
		return os.Getenv("RELEASEGRAPH_STORE_PASSWORD"), nil
	}
	text, err := os.ReadFile(f.StorePasswordFile)
	if err != nil {
		return "", fmt.Errorf("the store's password: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// loaded waits until the topology, where there is one, is in memory: a command
// asks once, and the whole estate is sooner read than walked.
func (e *estate) loaded(ctx context.Context) error {
	if e.topology == nil {
		return nil
	}
	_, err := e.topology.Graph(ctx, 0)
	if errors.Is(err, store.ErrUnavailable) && ctx.Err() == nil {
		return nil // larger than memory allows: walk
	}
	return err
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// until has something work until the estate is closed.
func (e *estate) until(ctx context.Context, work func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		work(ctx)
	}()
	e.ending = append(e.ending, func() {
		cancel()
		<-done
	})
}

// close releases everything, even when the command was interrupted.
func (e *estate) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	for _, end := range e.ending {
		end()
	}
	err := e.store.Close(ctx)
	if e.media != nil {
		err = errors.Join(err, e.media.Library.Close())
	}
	if e.clean != nil {
		e.clean()
	}
	return err
}

// checks say why the estate is not ready.
func (e *estate) checks() map[string]func(context.Context) error {
	checks := map[string]func(context.Context) error{"store": func(ctx context.Context) error {
		_, err := e.store.Head(ctx)
		return err
	}}
	if e.topology != nil {
		checks["topology"] = func(context.Context) error { return caughtUp(e.topology.Status()) }
	}
	return checks
}

// maxLag is how many revisions a topology may be behind that counts as caught
// up: under steady writes it is always a few.
const maxLag = 100

func caughtUp(s topology.Status) error {
	switch {
	case s.Err != nil:
		return s.Err
	case !s.Loaded:
		return errors.New("loading")
	case s.Lag() > maxLag:
		return fmt.Errorf("%d revisions behind", s.Lag())
	}
	return nil
}
