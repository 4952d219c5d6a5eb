package neo4jtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// playing is the variable that makes this binary another process of a test of
// the pool, and inPool the folder of its pool.
const (
	playing = "RELEASEGRAPH_TEST_POOL_PLAYS"
	inPool  = "RELEASEGRAPH_TEST_POOL"
)

func TestMain(m *testing.M) {
	switch os.Getenv(playing) {
	case "keeper": // of no server, since here it is not used
		socket := os.Getenv(keeperSocket)
		fmt.Println(offer(socket, Access{URI: socket}, nil, 10*time.Second))
	case "borrower":
		l, err := played(os.Getenv(inPool)).lend()
		fmt.Println(l.access.URI, err)
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = l.Close()
	default:
		Main(m)
	}
}

// played is a pool whose keepers lend out their own socket.
func played(dir string) pool {
	return pool{dir, func(socket string) (*exec.Cmd, error) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), playing+"=keeper", keeperSocket+"="+socket)
		return cmd, nil
	}}
}

func newPool(t *testing.T) pool {
	t.Helper()
	dir, err := os.MkdirTemp("", "pool") // shorter than the test's own: a socket's path is bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return played(dir)
}

func lend(t *testing.T, p pool) *lease {
	t.Helper()
	l, err := p.lend()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// eventually asks until the keeper has noticed that its server is free.
func eventually(t *testing.T, ask func() (*lease, error)) *lease {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		l, err := ask()
		if err == nil {
			t.Cleanup(func() { _ = l.Close() })
			return l
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func at(socket string) func() (*lease, error) {
	return func() (*lease, error) { return ask(socket) }
}

// none is a keeper that cannot start a server.
func none(string) (*exec.Cmd, error) {
	return exec.Command("sh", "-c", "echo no java here; exit 1"), nil
}

func TestWhoHasAServerHasItAlone(t *testing.T) {
	p := newPool(t)
	one, other := lend(t, p), lend(t, p)
	if one.access == other.access {
		t.Fatalf("both have %s", one.access.URI)
	}
	if _, err := ask(one.access.URI); !errors.Is(err, errLent) {
		t.Fatal(err)
	}
}

func TestAServerThatIsGivenBackIsTakenByTheNext(t *testing.T) {
	p := newPool(t)
	one := lend(t, p)
	_ = one.Close()
	p.keeper = none
	if next := eventually(t, p.lend); next.access != one.access {
		t.Fatalf("the next has %s", next.access.URI)
	}
}

func TestAKilledProcessGivesItsServerBack(t *testing.T) {
	p := newPool(t)
	borrower := exec.Command(os.Args[0])
	borrower.Env = append(os.Environ(), playing+"=borrower", inPool+"="+p.dir)
	if _, err := borrower.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := borrower.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := borrower.Start(); err != nil {
		t.Fatal(err)
	}
	said, _ := bufio.NewReader(out).ReadString('\n')
	socket, ok := strings.CutSuffix(said, " <nil>\n")
	if !ok {
		t.Fatal(said)
	}
	if _, err := ask(socket); !errors.Is(err, errLent) {
		t.Fatal(err)
	}
	_ = borrower.Process.Kill()
	_ = borrower.Wait()
	eventually(t, at(socket))
}

func TestAServerEndsWhenNobodyWantsIt(t *testing.T) {
	const patience = time.Second
	socket := filepath.Join(newPool(t).dir, "s.sock")
	ended := make(chan error, 1)
	go func() { ended <- offer(socket, Access{URI: "bolt://here"}, nil, patience) }()
	used := eventually(t, at(socket))
	select {
	case err := <-ended:
		t.Fatalf("ended while it was in use: %v", err)
	case <-time.After(2 * patience):
	}
	_ = used.Close()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if _, err := ask(socket); err == nil {
		t.Fatal("it is still lent out")
	}
}

func TestAServerThatDiedIsNotLentOut(t *testing.T) {
	socket := filepath.Join(newPool(t).dir, "s.sock")
	dead, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- offer(socket, Access{URI: "bolt://here"}, dead, time.Minute) }()
	eventually(t, at(socket))
	close(dead)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if _, err := ask(socket); err == nil {
		t.Fatal("it is still lent out")
	}
}

func TestAServerThatDoesNotStartSaysWhy(t *testing.T) {
	p := newPool(t)
	p.keeper = none
	if _, err := p.lend(); err == nil || err.Error() != "no java here" {
		t.Fatal(err)
	}
}
