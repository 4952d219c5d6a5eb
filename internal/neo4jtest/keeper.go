package neo4jtest

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"time"
)

// keeperSocket is the variable that makes a test binary the keeper of a server
// instead of running its tests.
const keeperSocket = "RELEASEGRAPH_TEST_NEO4J_KEEPER"

// patience is how long a server waits for somebody to use it: while a large
// package is compiled nobody does.
const patience = 3 * time.Minute

// keeper is this binary, once more, as the keeper of a server.
func keeper(socket string) (*exec.Cmd, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary)
	cmd.Env = append(os.Environ(), keeperSocket+"="+socket)
	return cmd, nil
}

// keep runs a server and lends it out until nobody wants it any more.
func keep(socket string) error {
	s, err := start()
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(logOf(socket)) }()
	defer s.end()
	return offer(socket, s.Access(), s.exited, patience)
}

// offer lends out what can be had at an address, to one at a time, until it has
// ended or nobody had it for so long.
func offer(socket string, a Access, ended <-chan struct{}, patience time.Duration) error {
	l, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	asking, back := make(chan net.Conn), make(chan struct{}, 1)
	go accept(l, asking)
	defer refuse(l, asking)
	lent, idle := false, time.After(patience)
	for {
		select {
		case conn, open := <-asking:
			switch {
			case !open:
				return nil
			case lent:
				_ = conn.Close()
			default:
				lent, idle = true, nil
				go serve(conn, a, back)
			}
		case <-back:
			lent, idle = false, time.After(patience)
		case <-idle:
			return nil
		case <-ended:
			return nil
		}
	}
}

// refuse takes the socket away, and sends off who came meanwhile.
func refuse(l net.Listener, asking <-chan net.Conn) {
	_ = l.Close()
	for conn := range asking {
		_ = conn.Close()
	}
}

// accept hands on who connects.
func accept(l net.Listener, asking chan<- net.Conn) {
	defer close(asking)
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		asking <- conn
	}
}

// serve tells the address, and waits until the other side hangs up.
func serve(conn net.Conn, a Access, back chan<- struct{}) {
	_, _ = fmt.Fprintln(conn, a.URI)
	_, _ = io.Copy(io.Discard, conn)
	_ = conn.Close()
	back <- struct{}{}
}
