package direct

import (
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"pgregory.net/rapid"

	"releasegraph/graph/scalar"
)

func TestTextIsWrittenAsGqlgenWritesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.String(), func(s string) []byte { return []byte(s) })).Draw(t, "text"))
		var want strings.Builder
		graphql.MarshalString(s).MarshalGQL(&want)
		w := &Writer{}
		if Text(w, s); string(w.buf) != want.String() {
			t.Fatalf("%q is written as %s, not as %s", s, w.buf, want.String())
		}
	})
}

func TestInstantsAreWrittenAsTheirScalarWritesThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offset := time.FixedZone("", rapid.IntRange(-50_000, 50_000).Draw(t, "offset"))
		at := time.Unix(rapid.Int64Range(-1e10, 1e11).Draw(t, "second"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanosecond")).In(offset)
		var want strings.Builder
		scalar.MarshalDateTime(at).MarshalGQL(&want)
		w := &Writer{}
		if Time(w, at); string(w.buf) != want.String() {
			t.Fatalf("%s is written as %s, not as %s", at, w.buf, want.String())
		}
	})
}
