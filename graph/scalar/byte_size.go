package scalar

import (
	"encoding/json"
	"io"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"releasegraph/internal/domain"
)

// MarshalByteSize writes a number of bytes as a number.
func MarshalByteSize(n domain.ByteSize) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, strconv.FormatInt(int64(n), 10)) })
}

// UnmarshalByteSize reads a number of bytes.
func UnmarshalByteSize(v any) (domain.ByteSize, error) {
	n := int64(-1)
	switch v := v.(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	case json.Number:
		if whole, err := v.Int64(); err == nil {
			n = whole
		}
	}
	if n < 0 || n > 1<<53 {
		return 0, invalid("a ByteSize is a whole number from 0 to 2^53, not %v", v)
	}
	return domain.ByteSize(n), nil
}
