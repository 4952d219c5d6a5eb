package server

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// The buffers of a socket's connection are small: there are thousands of them, and what is
// long passes by them. The library writes its control frames at once only if one fits into
// the buffer: they have up to 127 bytes.
const (
	readBuffer  = 512
	writeBuffer = 256
)

// wire is the connection under a socket. The WebSocket library reads from it, and writes
// control frames to it; what the socket tells is written beside the library, whose way of
// writing sets up a timer and a context for each message.
type wire struct {
	net.Conn
	patience time.Duration // for a client to take a message
	early    []byte        // what came behind the request, and was not read yet

	mu   sync.Mutex
	shut bool // a close frame may have been sent: no message may follow
}

// opening is the answer to a request that opens a socket. It has the library take a wire.
type opening struct {
	http.ResponseWriter
	wire *wire // which lives longer
}

// Hijack implements http.Hijacker. The buffers of the HTTP server are left to the collector.
func (o *opening) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(o.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, _ := buffers.Reader.Peek(buffers.Reader.Buffered()) // they are there
	w := o.wire
	w.Conn, w.early = conn, slices.Clone(early)
	return w, bufio.NewReadWriter(bufio.NewReaderSize(w, readBuffer), bufio.NewWriterSize(w, writeBuffer)), nil
}

// Read implements net.Conn.
func (w *wire) Read(p []byte) (int, error) {
	if len(w.early) == 0 {
		return w.Conn.Read(p)
	}
	n := copy(p, w.early)
	if w.early = w.early[n:]; len(w.early) == 0 {
		w.early = nil
	}
	return n, nil
}

// Write implements net.Conn.
func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.write(p)
}

func (w *wire) write(p []byte) (int, error) {
	if err := w.SetWriteDeadline(time.Now().Add(w.patience)); err != nil {
		return 0, err
	}
	return w.Conn.Write(p)
}

var errShut = errors.New("the socket is closed")

// tell writes a message in a frame. It is encoded into a buffer that others use after it.
func (w *wire) tell(m message) error {
	buffer := frames.Get().(*[]byte) //nolint:forcetypeassert // nothing else is put there
	framed := m.frame((*buffer)[:0])
	w.mu.Lock()
	var err error
	if w.shut {
		err = errShut
	} else {
		_, err = w.write(framed.bytes())
	}
	w.mu.Unlock()
	if cap(framed.text) <= keptFrame {
		*buffer = framed.text
		frames.Put(buffer)
	}
	return err
}

// shutting has nothing told any more.
func (w *wire) shutting() {
	w.mu.Lock()
	w.shut = true
	w.mu.Unlock()
}

// keptFrame is how long a frame may be whose buffer is used again.
const keptFrame = 64 << 10

var frames = sync.Pool{New: func() any { return new([]byte) }}

// framed is a text frame of RFC 6455, behind the room that its head did not need.
type framed struct {
	text []byte
	room int
}

func (f framed) bytes() []byte { return f.text[f.room:] }

// The head of a frame that is whole, unmasked and a text.
const (
	headRoom  = 10
	wholeText = 0x81
	length16  = 126
	length64  = 127
)

// frame puts a message into a frame.
func (m message) frame(buffer []byte) framed {
	var head [headRoom]byte
	text := m.appendTo(append(buffer, head[:]...))
	n := len(text) - headRoom
	f := framed{text: text}
	switch {
	case n < length16:
		f.room = headRoom - 2
		text[f.room+1] = byte(n)
	case n < 1<<16:
		f.room = headRoom - 4
		text[f.room+1] = length16
		binary.BigEndian.PutUint16(text[f.room+2:], uint16(n))
	default:
		text[1] = length64
		binary.BigEndian.PutUint64(text[2:], uint64(n))
	}
	text[f.room] = wholeText
	return f
}
