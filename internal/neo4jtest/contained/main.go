// Command contained runs a Neo4j for tests in a container until its standard
// input ends. It is a program of its own, so that the tests of each package need
// not be linked with all that speaks to container engines.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/modules/neo4j"

	"releasegraph/internal/neo4jtest"
)

const image = "neo4j:5.26-community"

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run tells how to get into a server, which it ends when nobody asks any more.
func run(asking io.Reader, told io.Writer) error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	password := uuid.NewString()
	c, err := neo4j.Run(ctx, image, neo4j.WithAdminPassword(password))
	defer func() { _ = testcontainers.TerminateContainer(c) }()
	if err != nil {
		return err
	}
	uri, err := c.BoltUrl(ctx)
	if err != nil {
		return err
	}
	uri = strings.Replace(uri, "neo4j://", "bolt://", 1) // one server: no routing by names that only it knows
	if err := json.NewEncoder(told).Encode(neo4jtest.Access{URI: uri, User: "neo4j", Password: password}); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, asking)
	return err
}
