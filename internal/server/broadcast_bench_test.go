package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"releasegraph/internal/benchtest"
	"releasegraph/resolvers"
)

// BenchmarkBroadcast commits a change that some subscribers hear of, each over a
// WebSocket, beside a bare broadcast: as many connections, to each of which a goroutine of
// its own writes as many bytes. It tells, too, what a subscriber takes at rest.
func BenchmarkBroadcast(b *testing.B) {
	for _, n := range []int{1, 1000, subscribersAtMost(b) * 9 / 10} { // files of what ended are open for a while
		b.Run(fmt.Sprintf("subscribers=%d", n), func(b *testing.B) {
			before := atRest()
			bare := newBare(b, n)
			between := atRest()
			own := newCrowd(b, n, resolvers.New)
			after := atRest()
			figure, baseline := benchtest.Turns(b, own.round, bare.round)
			benchtest.Beside(b, "best-s", figure, baseline)
			b.ReportMetric(0.05, "max-best-s")
			if n > 1 {
				// The clients are in this process, too: as many bytes of both are theirs.
				benchtest.AtMost(b, "subscriber-B", (after-between-(between-before)/2)/float64(n), 20<<10)
			}
		})
	}
}

// atRest is how many bytes the process holds, in its heap and its stacks.
func atRest() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}

// bareBytes is about how long an answer to fanOutSubscribe is.
const bareBytes = 330

// bare is a broadcast over connections, and nothing else.
type bare struct {
	mu    sync.Mutex
	moved chan struct{}
	heard sync.WaitGroup
	n     int
}

func newBare(b *testing.B, n int) *bare {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	c := &bare{moved: make(chan struct{}), n: n}
	var ready sync.WaitGroup
	ready.Add(n)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.tell(conn, &ready)
		}
	}()
	for range n {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { conn.Close() })
		go c.hear(conn)
	}
	ready.Wait()
	return c
}

// tell writes to a connection each time that something moved.
func (c *bare) tell(conn net.Conn, ready *sync.WaitGroup) {
	text, moved := make([]byte, bareBytes), c.next()
	ready.Done()
	for {
		<-moved
		moved = c.next()
		if _, err := conn.Write(text); err != nil {
			return
		}
	}
}

// round tells all, and waits until they have heard it.
func (c *bare) round() {
	c.heard.Add(c.n)
	c.mu.Lock()
	close(c.moved)
	c.moved = make(chan struct{})
	c.mu.Unlock()
	c.heard.Wait()
}

func (c *bare) next() chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.moved
}

// hear reads what is told.
func (c *bare) hear(conn net.Conn) {
	r := bufio.NewReaderSize(conn, 1024)
	for {
		if _, err := io.CopyN(io.Discard, r, bareBytes); err != nil {
			return
		}
		c.heard.Done()
	}
}

// BenchmarkIdleSubscriptions commits a change that nobody hears of, while 10,000 subscriptions
// on 100 sockets wait for others, beside the same commit without any.
func BenchmarkIdleSubscriptions(b *testing.B) {
	const sockets, each = 100, 100
	none := newCrowd(b, 0, resolvers.New)
	before := atRest()
	own := newCrowd(b, 0, resolvers.New)
	for i := range sockets { // one after the other: what a caller runs at the same time is limited
		own.follow(each, idleSubscribe)
		for own.app.Events.Subscribers() < (i+1)*each {
			time.Sleep(time.Millisecond)
		}
	}
	after := atRest()
	quiet := func(c *crowd) func() {
		return func() {
			for range 20 {
				c.round()
			}
		}
	}
	b.Run(fmt.Sprintf("subscriptions=%d", sockets*each), func(b *testing.B) {
		figure, baseline := benchtest.Turns(b, quiet(own), quiet(none))
		benchtest.Beside(b, "best-s", figure, baseline)
		benchtest.AtMost(b, "subscription-B", (after-before)/(sockets*each), 20<<10)
	})
}
