package direct

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Writer gathers JSON. What writes a leaf to it tells whether there is a value:
// false stands for null, and nothing is written.
type Writer struct {
	ctx  context.Context // of the operation
	size *size
	buf  []byte
	out  io.Writer // takes what was written piece by piece; nil: nobody does
	err  error     // why a list could not be read, or not be sent
}

// Write lets a graphql.Marshaler write to it.
func (w *Writer) Write(text []byte) (int, error) {
	w.buf = append(w.buf, text...)
	return len(text), nil
}

// null writes null, and tells whether the type allows it.
func (w *Writer) null(t *ast.Type) bool {
	w.buf = append(w.buf, "null"...)
	return !t.NonNull
}

const hex = "0123456789ABCDEF"

// Text writes a string, byte for byte as graphql.MarshalString does.
func Text[S ~string](w *Writer, s S) bool {
	b := append(w.buf, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(append(b, s[from:i]...), '\\')
		from = i + 1
		switch c {
		case '\t':
			b = append(b, 't')
		case '\r':
			b = append(b, 'r')
		case '\n':
			b = append(b, 'n')
		case '"', '\\':
			b = append(b, c)
		default:
			b = append(b, 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
	}
	w.buf = append(append(b, s[from:]...), '"')
	return true
}

// Int writes a whole number.
func Int[N ~int](w *Writer, n N) bool {
	w.buf = strconv.AppendInt(w.buf, int64(n), 10)
	return true
}

// Bool writes true or false.
func Bool(w *Writer, v bool) bool {
	w.buf = strconv.AppendBool(w.buf, v)
	return true
}

// By writes a scalar as its marshaller does.
func By[V any](marshal func(V) graphql.Marshaler) func(*Writer, V) bool {
	return func(w *Writer, v V) bool {
		m := marshal(v)
		if m == graphql.Null {
			return false
		}
		m.MarshalGQL(w)
		return true
	}
}

// ByMap is By for maps, of which a missing one is null.
func ByMap[K comparable, E any](marshal func(map[K]E) graphql.Marshaler) func(*Writer, map[K]E) bool {
	write := By(marshal)
	return func(w *Writer, m map[K]E) bool { return m != nil && write(w, m) }
}

// Time writes an instant, byte for byte as scalar.MarshalDateTime does.
func Time(w *Writer, t time.Time) bool {
	w.buf = append(t.UTC().AppendFormat(append(w.buf, '"'), time.RFC3339Nano), '"')
	return true
}
