package server_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/rs/zerolog"

	"releasegraph/internal/app"
	"releasegraph/internal/benchtest"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/server"
	"releasegraph/internal/store/sqlite"
	"releasegraph/resolvers"
)

// mostSubscribers follow the log in BenchmarkFanOut, if the system lets a
// process have so many sockets: two for each, at two servers.
const mostSubscribers = 5_000

func subscribersAtMost(b *testing.B) int {
	b.Helper()
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		b.Fatal(err)
	}
	return min(mostSubscribers, int(min(files.Cur, 1<<20)-200)/4)
}

// BenchmarkFanOut commits one change, which thousands of subscribers hear of,
// each over a WebSocket of their own: with answers that are shared, and, as the
// baseline, with answers that are worked out for each.
func BenchmarkFanOut(b *testing.B) {
	n := subscribersAtMost(b)
	if benchtest.Items(b) < 100_000 { // a quick look
		n = min(n, 500)
	}
	shared := newCrowd(b, n, resolvers.New)
	alone := newCrowd(b, n, resolvers.Unshared)
	b.Run(fmt.Sprintf("subscribers=%d", n), func(b *testing.B) {
		figure, baseline := benchtest.Turns(b, shared.round, alone.round)
		benchtest.RatioAtMost(b, "best-s", figure, baseline, 0.5)
	})
}

// crowd is subscribers of a server of their own.
type crowd struct {
	b           *testing.B
	app         *app.App
	address     string
	subscribers int
	names       int
	heard       sync.WaitGroup
}

func newCrowd(b *testing.B, n int, schema func(*app.App, zerolog.Logger) graphql.ExecutableSchema) *crowd {
	b.Helper()
	s, err := sqlite.Open(b.Context(), ":memory:", entity.Schema(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close(context.Background()) })
	c := &crowd{b: b, app: appOver(s), subscribers: n}
	if _, err := c.app.Records.Create(b.Context(), domain.KindConfigurationItem, map[string]any{"key": "shop", "name": "Shop", "class": "APPLICATION"}, nil); err != nil {
		b.Fatal(err)
	}
	url := servesSchema(b, schema(c.app, zerolog.Nop()), server.Config{Log: zerolog.Nop(), Streams: server.StreamLimits{PerClient: 10_000, Ping: time.Hour}})
	c.address = strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/graphql")
	for range n {
		c.follow(1, fanOutSubscribe)
	}
	for c.app.Events.Subscribers() < n {
		time.Sleep(time.Millisecond)
	}
	return c
}

// round changes something and waits until all have heard of it.
func (c *crowd) round() {
	c.names++
	c.heard.Add(c.subscribers)
	key := "shop"
	_, err := c.app.Records.Update(context.Background(), domain.KindConfigurationItem, domain.Ref{Key: &key}, map[string]any{"name": fmt.Sprint("Shop ", c.names)}, nil, nil)
	if err != nil {
		c.b.Fatal(err)
	}
	c.heard.Wait()
}

const (
	fanOutSubscribe = `{"id":"%d","type":"subscribe","payload":{"query":` +
		`"subscription{events{revision at actor type kind subject{id key name} changes{field before after} resumeAfter}}"}}`
	idleSubscribe = `{"id":"%d","type":"subscribe","payload":{"query":"subscription{events(filter:{types:[\"release.*\"]}){revision type}}"}}`
)

// follow opens a socket, by hand: a client that takes as little of the machine as it can.
// It subscribes some times to the same.
func (c *crowd) follow(times int, subscribe string) {
	c.b.Helper()
	conn, err := net.Dial("tcp", c.address)
	if err != nil {
		c.b.Fatal(err)
	}
	c.b.Cleanup(func() { conn.Close() })
	r := bufio.NewReaderSize(conn, 1024)
	fmt.Fprintf(conn, "GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	answer, err := http.ReadResponse(r, nil)
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		c.b.Fatal(answer, err)
	}
	said := frame(`{"type":"connection_init"}`)
	for i := range times {
		said = append(said, frame(fmt.Sprintf(subscribe, i+1))...)
	}
	if _, err := conn.Write(said); err != nil {
		c.b.Fatal(err)
	}
	_ = passFrame(r) // connection_ack
	go func() {
		for passFrame(r) == nil {
			c.heard.Done()
		}
	}()
}

// frame is a short text as a client sends it, masked with zeros.
func frame(text string) []byte {
	head := binary.BigEndian.AppendUint16([]byte{0x81, 0x80 | 126}, uint16(len(text)))
	return append(append(head, 0, 0, 0, 0), text...)
}

// passFrame reads a frame and forgets it.
func passFrame(r *bufio.Reader) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return err
	}
	length := int(head[1])
	if length == 126 {
		if _, err := io.ReadFull(r, head[2:]); err != nil {
			return err
		}
		length = int(binary.BigEndian.Uint16(head[2:]))
	}
	_, err := r.Discard(length)
	return err
}
