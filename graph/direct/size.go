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

// Limits are how many bytes and how many values an answer may have.
type Limits struct{ Bytes, Values int64 }

// size counts bytes and values of one answer while it is worked out.
type size struct {
	most          Limits
	bytes, values atomic.Int64
}

// WithLimits has each answer of an operation given up when it is beyond them,
// before it is whole. TooLong and TooMany tell of it.
func WithLimits(ctx context.Context, most Limits) context.Context {
	return context.WithValue(ctx, sizeKey{}, &size{most: most})
}

// TooLong reports whether the answer was given up since it has too many bytes.
func TooLong(ctx context.Context) bool {
	s := sizeOf(ctx)
	return s != nil && s.bytes.Load() > s.most.Bytes
}

// TooMany reports whether the answer was given up since it has too many values.
func TooMany(ctx context.Context) bool {
	s := sizeOf(ctx)
	return s != nil && s.values.Load() > s.most.Values
}

// sizeOf is that of the operation, nil when nothing bounds it.
func sizeOf(ctx context.Context) *size {
	s, _ := ctx.Value(sizeKey{}).(*size)
	return s
}

// begin begins to count the next answer.
func (s *size) begin() {
	if s != nil {
		s.bytes.Store(0)
		s.values.Store(0)
	}
}

func (s *size) add(bytes, values int) {
	if s != nil {
		s.bytes.Add(int64(bytes))
		s.values.Add(int64(values))
	}
}

func (s *size) beyond() bool {
	return s != nil && (s.bytes.Load() > s.most.Bytes || s.values.Load() > s.most.Values)
}

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
	if w.out != nil {
		return w.size.left(w.ctx) == nil && w.send(piece)
	}
	if w.size != nil && w.size.bytes.Load()+int64(len(w.buf)) > w.size.most.Bytes {
		w.size.add(len(w.buf), 0)
	}
	return w.size.left(w.ctx) == nil
}
