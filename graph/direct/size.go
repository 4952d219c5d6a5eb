package direct

import (
	"context"
	"fmt"
	"sync/atomic"
)

// errTooLong ends an operation whose answer is longer than it may be.
// It is presented as a cancellation, and replaced by one error for the whole.
var errTooLong = fmt.Errorf("the answer is longer than it may be: %w", context.Canceled)

// look is after how many elements a list looks whether it is still wanted.
const look = 64

type sizeKey struct{}

// size counts the bytes of one answer while it is worked out.
type size struct {
	most  int64
	bytes atomic.Int64
}

// WithMaxBytes has each answer of an operation given up when it has more bytes
// than that, before it is whole. TooLong tells of it.
func WithMaxBytes(ctx context.Context, most int64) context.Context {
	return context.WithValue(ctx, sizeKey{}, &size{most: most})
}

// TooLong reports whether the answer was given up since it is too long.
func TooLong(ctx context.Context) bool { return sizeOf(ctx).beyond() }

// sizeOf is that of the operation, nil when nothing bounds it.
func sizeOf(ctx context.Context) *size {
	s, _ := ctx.Value(sizeKey{}).(*size)
	return s
}

// begin begins to count the next answer.
func (s *size) begin() {
	if s != nil {
		s.bytes.Store(0)
	}
}

func (s *size) add(n int) {
	if s != nil {
		s.bytes.Add(int64(n))
	}
}

func (s *size) beyond() bool { return s != nil && s.bytes.Load() > s.most }

// left tells why nothing more is to be worked out, nil: go on.
func (s *size) left(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.beyond() {
		return errTooLong
	}
	return nil
}

// goesOn reports whether what is written is still wanted.
func (w *Writer) goesOn() bool {
	if w.size != nil && w.size.bytes.Load()+int64(len(w.buf)) > w.size.most {
		w.size.add(len(w.buf))
	}
	return w.size.left(w.ctx) == nil
}
