package neo4jtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/modules/neo4j"
)

const image = "neo4j:5.26-community"

var errNoEngine = errors.New("no container engine answers")

// container starts the server in a container, when an engine answers at once.
func container() (Access, func(), error) {
	if !engineAnswers() {
		return Access{}, nil, errNoEngine
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	password := uuid.NewString()
	c, err := neo4j.Run(ctx, image, neo4j.WithAdminPassword(password))
	end := func() { _ = testcontainers.TerminateContainer(c) }
	if err != nil {
		end()
		return Access{}, nil, fmt.Errorf("container: %w", err)
	}
	uri, err := c.BoltUrl(ctx)
	if err != nil {
		end()
		return Access{}, nil, fmt.Errorf("container: %w", err)
	}
	uri = strings.Replace(uri, "neo4j://", "bolt://", 1) // one server: no routing by names that only it knows
	return Access{uri, "neo4j", password}, end, nil
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
