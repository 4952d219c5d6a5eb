package direct

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/99designs/gqlgen/graphql"
)

// piece is how many bytes of a stream are written at once.
const piece = 64 << 10

// Stream holds back the long lists of an answer, which are written when the rest of it
// lies ready: so they never lie in memory as a whole. A value that cannot be written then,
// which should be null with an error beside it, ends the stream: its beginning is sent.
type Stream struct {
	answer *bytes.Buffer // that gqlgen writes
	gaps   []gap
	ended  []func(error)
	err    error
}

// gap is where in an answer a list is left out.
type gap struct {
	at   int
	list *later
}

type streamKey struct{}

// WithStream has the long lists of an operation's one answer held back.
func WithStream(ctx context.Context) (context.Context, *Stream) {
	s := &Stream{}
	return context.WithValue(ctx, streamKey{}, s), s
}

func streamOf(ctx context.Context) *Stream {
	s, _ := ctx.Value(streamKey{}).(*Stream)
	return s
}

// Holds reports whether lists are held back from an answer.
func (s *Stream) Holds(a *graphql.Response) bool {
	return len(s.gaps) > 0 && len(a.Data) > 0 && len(a.Data) == s.answer.Len() && &a.Data[0] == &s.answer.Bytes()[0]
}

// AtEnd calls a function when an answer lies ready: where lists are held back from it, when
// its Stream ends, with what broke it off.
func AtEnd(ctx context.Context, a *graphql.Response, then func(error)) {
	s := streamOf(ctx)
	if s == nil || a == nil || !s.Holds(a) {
		then(nil)
		return
	}
	s.ended = append(s.ended, then)
}

// End tells those who wait for the stream's end.
func (s *Stream) End() {
	for _, then := range s.ended {
		then(s.err)
	}
	s.ended = nil
}

// Write writes an answer from which lists are held back, with them. Errors say what of
// it could not be written.
func (s *Stream) Write(out io.Writer, a *graphql.Response) error {
	s.err = s.write(out, a)
	return s.err
}

func (s *Stream) write(out io.Writer, a *graphql.Response) error {
	from := 0
	for _, g := range s.gaps {
		if _, err := out.Write(a.Data[from:g.at]); err != nil {
			return err
		}
		if err := g.list.stream(out); err != nil {
			return err
		}
		from = g.at
	}
	_, err := out.Write(a.Data[from:])
	return err
}

// later is a value that is written when the rest of the answer lies ready.
type later struct {
	ctx   context.Context
	write step[any]
	value any
	to    *Stream
}

// MarshalGQL leaves the value's place in an answer open.
func (l *later) MarshalGQL(w io.Writer) {
	if answer, ok := w.(*bytes.Buffer); ok && (l.to.answer == nil || l.to.answer == answer) {
		l.to.answer = answer
		l.to.gaps = append(l.to.gaps, gap{answer.Len(), l})
		return
	}
	if err := l.stream(w); err != nil {
		panic(err) // gqlgen writes to nothing else
	}
}

// stream writes the value piece by piece.
func (l *later) stream(out io.Writer) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a value panicked: %v", p)
		}
	}()
	w := &Writer{ctx: l.ctx, size: sizeOf(l.ctx), out: out}
	switch {
	case l.write(w, l.value) && w.send(1):
		return nil
	case w.err != nil:
		return w.err
	}
	if err := w.size.left(l.ctx); err != nil {
		return err
	}
	return errors.New("a value is null where none may be")
}

// send sends what was written, where that is so much. It reports whether it could.
func (w *Writer) send(atLeast int) bool {
	if len(w.buf) < atLeast {
		return true
	}
	_, w.err = w.out.Write(w.buf)
	w.buf = w.buf[:0]
	return w.err == nil
}
