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
	readBuffer  = 128
	writeBuffer = 144
)

// wire is the connection under a socket. The WebSocket library reads from it, and writes
// control frames to it; what the socket tells is written beside the library, whose way of
// writing sets up a timer and a context for each message.
type wire struct {
	net.Conn
	patience time.Duration // for a client to take a message
	reader   *bufio.Reader // through which the library reads

	// reading is held by who reads: the socket, or the library when it closes.
	reading sync.Mutex
	early   []byte // what came already: behind the request, or see await
	first   [1]byte

	mu   sync.Mutex
	shut bool // a close frame may have been sent: no message may follow
	// held are frames that wait for others that follow at once; nil: there are none.
	held *[]byte
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
	w.Conn, w.early, w.reader = conn, slices.Clone(early), bufio.NewReaderSize(w, readBuffer)
	return w, bufio.NewReadWriter(w.reader, bufio.NewWriterSize(w, writeBuffer)), nil
}

// await waits until there is something to read. Where the library waits by itself, what it
// has on the stack meanwhile makes that twice as large, for each of thousands.
func (w *wire) await() error {
	w.reading.Lock()
	defer w.reading.Unlock()
	if w.reader.Buffered() > 0 || len(w.early) > 0 {
		return nil
	}
	n, err := w.Conn.Read(w.first[:])
	w.early = w.first[:n]
	return err
}

// Read implements net.Conn.
func (w *wire) Read(p []byte) (int, error) {
	w.reading.Lock()
	defer w.reading.Unlock()
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

// write writes what is held, and then p.
func (w *wire) write(p []byte) (int, error) {
	if err := w.SetWriteDeadline(time.Now().Add(w.patience)); err != nil {
		return 0, err
	}
	if w.held != nil {
		held := w.held
		w.held = nil
		_, err := w.Conn.Write(*held)
		giveBack(held)
		if err != nil {
			return 0, err
		}
	}
	return w.Conn.Write(p)
}

var errShut = errors.New("the socket is closed")

// tell writes a message in a frame, or holds it where more follows at once. It is encoded
// into a buffer that others use after it.
func (w *wire) tell(m message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shut {
		return errShut
	}
	if w.held == nil {
		w.held = frames.Get().(*[]byte) //nolint:forcetypeassert // nothing else is put there
	}
	*w.held = m.appendFrame(*w.held)
	if m.more && len(*w.held) < heldFrames {
		return nil
	}
	held := w.held
	w.held = nil
	_, err := w.write(*held)
	giveBack(held)
	return err
}

// giveBack lets others use a buffer.
func giveBack(buffer *[]byte) {
	if cap(*buffer) <= keptFrame {
		*buffer = (*buffer)[:0]
		frames.Put(buffer)
	}
}

// shutting has nothing told any more.
func (w *wire) shutting() {
	w.mu.Lock()
	w.shut = true
	w.mu.Unlock()
}

const (
	// keptFrame is how long a buffer of frames may be that is used again.
	keptFrame = 64 << 10
	// heldFrames is how many bytes of frames are held at most.
	heldFrames = 16 << 10
)

var frames = sync.Pool{New: func() any { return new([]byte) }}

// The head of a text frame of RFC 6455 that is whole and unmasked.
const (
	headRoom  = 10
	wholeText = 0x81
	length16  = 126
	length64  = 127
)

// appendFrame appends a message in a frame.
func (m message) appendFrame(to []byte) []byte {
	var head [headRoom]byte
	begin := len(to)
	to = m.appendTo(append(to, head[:]...))
	frame := to[begin:]
	n := len(frame) - headRoom
	headed := headOf(head[:0], n)
	copy(frame, headed)
	copy(frame[len(headed):], frame[headRoom:])
	return to[:begin+len(headed)+n]
}

// headOf appends the head of a frame of so many bytes.
func headOf(head []byte, n int) []byte {
	switch {
	case n < length16:
		return append(head, wholeText, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(head, wholeText, length16), uint16(n))
	}
	return binary.BigEndian.AppendUint64(append(head, wholeText, length64), uint64(n))
}
