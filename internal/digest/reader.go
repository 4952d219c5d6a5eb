package digest

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
)

// MismatchError says that a content is not the one that was named.
type MismatchError struct{ Want, Got SHA256 }

func (e *MismatchError) Error() string {
	return fmt.Sprintf("the SHA-256 is %s, not %s as declared", e.Got, e.Want)
}

// SizeError says that a content is longer or shorter than declared.
type SizeError struct {
	Want int64
	// Got is how many bytes came. Of a content that is too long it is no more
	// than one beyond Want.
	Got int64
}

func (e *SizeError) Error() string {
	if e.Got > e.Want {
		return fmt.Sprintf("there are more than the %d bytes declared", e.Want)
	}
	return fmt.Sprintf("there are %d bytes, not %d as declared", e.Got, e.Want)
}

// Reader hands on a content, and ends it with an error in place of io.EOF unless
// it is the one declared.
type Reader struct {
	from io.Reader
	want SHA256
	size int64
	sum  hash.Hash
	read int64
}

// NewReader returns a reader that expects a content of so many bytes.
func NewReader(from io.Reader, want SHA256, size int64) *Reader {
	return &Reader{from: io.LimitReader(from, size+1), want: want, size: size, sum: sha256.New()}
}

// Read implements io.Reader.
func (r *Reader) Read(into []byte) (int, error) {
	n, err := r.from.Read(into)
	r.sum.Write(into[:n])
	r.read += int64(n)
	switch {
	case r.read > r.size:
		return 0, &SizeError{Want: r.size, Got: r.read}
	case err == io.EOF:
		return n, r.end()
	}
	return n, err
}

// end returns io.EOF when what was read is what was declared.
func (r *Reader) end() error {
	if r.read != r.size {
		return &SizeError{Want: r.size, Got: r.read}
	}
	if got := SHA256(r.sum.Sum(nil)); got != r.want {
		return &MismatchError{Want: r.want, Got: got}
	}
	return io.EOF
}
