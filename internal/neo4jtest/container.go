package neo4jtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"
)

// contained is the program that runs a server in a container.
const contained = "releasegraph/internal/neo4jtest/contained"

var errNoEngine = errors.New("no container engine answers")

// container starts the server in a container, when an engine answers at once.
func container() (Access, func(), error) {
	if !engineAnswers() {
		return Access{}, nil, errNoEngine
	}
	return keptBy(exec.Command("go", "run", contained))
}

// keptBy starts a process that tells how to get into a server, and keeps it until
// its input ends: with this process at the latest.
func keptBy(cmd *exec.Cmd) (Access, func(), error) {
	var said bytes.Buffer
	cmd.Stderr = &said
	input, err := cmd.StdinPipe()
	if err != nil {
		return Access{}, nil, err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return Access{}, nil, err
	}
	if err := cmd.Start(); err != nil {
		return Access{}, nil, fmt.Errorf("container: %w", err)
	}
	end := func() { _ = errors.Join(input.Close(), cmd.Wait()) }
	var a Access
	if err := json.NewDecoder(output).Decode(&a); err != nil {
		end()
		return Access{}, nil, fmt.Errorf("container: %w: %s", err, &said)
	}
	return a, end, nil
}

// engineAnswers dials the engine itself, since looking for one the thorough way
// takes seconds where there is none.
func engineAnswers() bool {
	network, address := "unix", "/var/run/docker.sock"
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		scheme, rest, _ := strings.Cut(host, "://")
		network, address = scheme, rest
	}
	conn, err := net.DialTimeout(network, address, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
