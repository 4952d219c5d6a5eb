package neo4jtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

const (
	settings = `server.directories.data=data
server.http.enabled=false
server.https.enabled=false
dbms.security.auth_enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size=64m
db.tx_log.preallocate=false
dbms.cypher.min_replan_interval=1h
dbms.cypher.statistics_divergence_threshold=1.0
server.memory.query_cache.per_db_cache_num_entries=4000
db.lock.acquisition.timeout=10s
internal.dbms.bolt.netty_server_shutdown_quiet_period=0
`
	// Room for compiled code: in what there is by default with one compiler it is
	// thrown away and compiled anew all the time, once a server has run a package.
	flags = "-Xms512m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:CompileThresholdScaling=0.1"
)

// setting is short for how servers are run: those that are run differently are
// not taken for one another.
func setting() string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(settings+flags)))[:8]
}

// Server is a server of the test's own, which can be stopped and started again
// on the same data.
type Server struct {
	home, lib string
	port      int
	log       *bytes.Buffer
	stop      chan syscall.Signal
	exited    chan struct{}
}

// Start runs a server for one test. It needs the jars, since nothing else can
// be killed so that it hurts; see Address for what happens without.
func Start(t testing.TB) *Server {
	t.Helper()
	s, err := start()
	require(t, err)
	t.Cleanup(s.end)
	return s
}

// Access tells where the server is. It asks for no password.
func (s *Server) Access() Access {
	return Access{URI: fmt.Sprintf("bolt://127.0.0.1:%d", s.port)}
}

// Kill ends the server as a power cut would.
func (s *Server) Kill() { s.signal(syscall.SIGKILL) }

// Stop ends the server in good order.
func (s *Server) Stop() { s.signal(syscall.SIGTERM) }

// Restart starts the server again on the same data and port, after a Kill or
// Stop.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.run(); err != nil {
		t.Fatal(err)
	}
}

func start() (*Server, error) {
	if _, err := exec.LookPath("java"); err != nil {
		return nil, errors.New("no java to run the server's jars")
	}
	lib, err := jars()
	if err != nil {
		return nil, err
	}
	home, err := os.MkdirTemp("", "releasegraph-neo4j-")
	if err != nil {
		return nil, err
	}
	s := &Server{home: home, lib: lib}
	if err := s.configure(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(home))
	}
	if err := s.run(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(home))
	}
	return s, nil
}

func (s *Server) configure() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		return err
	}
	conf := settings + fmt.Sprintf("server.bolt.listen_address=127.0.0.1:%d\n", s.port)
	dir := filepath.Join(s.home, "conf")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "neo4j.conf"), []byte(conf), 0o644)
}

func (s *Server) command() *exec.Cmd {
	return exec.Command("java", append(strings.Fields(flags),
		"--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/java.io=ALL-UNNAMED",
		"--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", "-cp", filepath.Join(s.lib, "*"),
		"org.neo4j.server.CommunityEntryPoint", "--home-dir="+s.home, "--config-dir="+filepath.Join(s.home, "conf"), "--console-mode")...)
}

// run starts the process and waits until it answers.
func (s *Server) run() error {
	cmd := s.command()
	s.log = &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = s.log, s.log
	diesWithParent(cmd)
	s.stop, s.exited = make(chan syscall.Signal, 1), make(chan struct{})
	started := make(chan error, 1)
	go supervise(cmd, started, s.stop, s.exited)
	if err := <-started; err != nil {
		return err
	}
	return s.ready()
}

// supervise keeps its thread until the process ends: a process that is to die
// with its parent dies with the thread that started it.
func supervise(cmd *exec.Cmd, started chan<- error, stop <-chan syscall.Signal, exited chan<- struct{}) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Start()
	started <- err
	if err != nil {
		close(exited)
		return
	}
	done := make(chan struct{})
	go func() {
		select {
		case sig := <-stop:
			_ = cmd.Process.Signal(sig)
		case <-done:
		}
	}()
	_ = cmd.Wait()
	close(done)
	close(exited)
}

func (s *Server) ready() error {
	driver, err := neo4j.NewDriverWithContext(s.Access().URI, neo4j.NoAuth())
	if err != nil {
		return err
	}
	defer driver.Close(context.Background())
	deadline := time.After(2 * time.Minute)
	for {
		if err = driver.VerifyConnectivity(context.Background()); err == nil {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the server ended: %s", s.log)
		case <-deadline:
			s.Kill()
			return fmt.Errorf("the server does not answer: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *Server) signal(sig syscall.Signal) {
	select {
	case s.stop <- sig:
	default:
	}
	<-s.exited
}

func (s *Server) end() {
	s.Kill()
	_ = os.RemoveAll(s.home)
}
