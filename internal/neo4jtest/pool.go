package neo4jtest

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
)

// pool is the folder of the sockets at which servers are lent out. A process
// has a server for as long as it is connected to its socket, so that what ends
// the process, whatever it be, gives the server back.
type pool struct {
	dir    string
	keeper func(socket string) (*exec.Cmd, error)
}

// lease is a server that nobody else has until it is closed.
type lease struct {
	net.Conn
	access Access
}

var errLent = errors.New("the server is lent to another process")

// common is the pool that the user's test processes share.
func common() pool {
	name := fmt.Sprintf("releasegraph-neo4j-%d-%s-%s", os.Getuid(), serverVersion, setting())
	return pool{dir: filepath.Join(os.TempDir(), name), keeper: keeper}
}

// lend hands over a server that is free, or else a new one.
func (p pool) lend() (*lease, error) {
	sockets, err := filepath.Glob(filepath.Join(p.dir, "*.sock"))
	if err != nil {
		return nil, err
	}
	for _, socket := range sockets {
		if l, err := ask(socket); err == nil {
			return l, nil
		}
	}
	return p.add()
}

// add has a keeper start another server, and waits for it.
func (p pool) add() (*lease, error) {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, err
	}
	socket := filepath.Join(p.dir, uuid.NewString()[:8]+".sock")
	log, err := os.Create(logOf(socket))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd, err := p.keeper(socket)
	if err != nil {
		return nil, err
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, log, log
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = cmd.Wait() }()
	for {
		l, err := ask(socket)
		if err == nil {
			return l, nil
		}
		if errors.Is(err, errLent) {
			return p.lend() // somebody was quicker
		}
		select {
		case <-ended:
			return nil, said(socket)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// ask takes the server at a socket, unless somebody has it.
func ask(socket string) (*lease, error) {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return nil, err
	}
	uri, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return nil, errors.Join(errLent, conn.Close())
	}
	return &lease{conn, Access{URI: strings.TrimSpace(uri)}}, nil
}

// logOf names the file for what the keeper of a socket has to say.
func logOf(socket string) string { return strings.TrimSuffix(socket, ".sock") + ".log" }

// said is the error of a keeper that ended.
func said(socket string) error {
	why, err := os.ReadFile(logOf(socket))
	return errors.Join(errors.New(strings.TrimSpace(string(why))), err, os.Remove(logOf(socket)))
}
