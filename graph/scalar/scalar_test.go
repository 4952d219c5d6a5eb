package scalar

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"pgregory.net/rapid"
)

func written(m graphql.Marshaler) string {
	var b bytes.Buffer
	m.MarshalGQL(&b)
	return b.String()
}

func TestInstantsComeInWithAnyOffsetAndGoOutInUTC(t *testing.T) {
	got, err := UnmarshalDateTime("2026-03-01T08:00:00+09:00")
	if err != nil {
		t.Fatal(err)
	}
	if text := written(MarshalDateTime(got)); text != `"2026-02-28T23:00:00Z"` {
		t.Errorf("written as %s", text)
	}
}

func TestWhatIsNoInstantIsRefused(t *testing.T) {
	for _, v := range []any{"yesterday", "2026-03-01", "2026-13-01T00:00:00Z", int64(5), nil} {
		if got, err := UnmarshalDateTime(v); err == nil {
			t.Errorf("%v was read as %s", v, got)
		}
	}
}

func TestAnInstantSurvivesBeingWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.Int64Range(-62135596800_000000, 253402300799_000000).Draw(t, "µs")
		want := time.UnixMicro(micros)
		var text string
		if err := json.Unmarshal([]byte(written(MarshalDateTime(want))), &text); err != nil {
			t.Fatal(err)
		}
		got, err := UnmarshalDateTime(text)
		if err != nil || !got.Equal(want) {
			t.Fatalf("%s came back as %s, %v", want, got, err)
		}
	})
}

func TestARevisionIsReadFromTextOrNumberAndWrittenAsText(t *testing.T) {
	for _, v := range []any{"9007199254740993", json.Number("9007199254740993"), int64(9007199254740993)} {
		got, err := UnmarshalRevision(v)
		if err != nil || written(MarshalRevision(got)) != `"9007199254740993"` {
			t.Errorf("%v was read as %d, %v", v, got, err)
		}
	}
	for _, v := range []any{"-1", "", "1.5", "two", true, nil} {
		if got, err := UnmarshalRevision(v); err == nil {
			t.Errorf("%v was read as %d", v, got)
		}
	}
}

func TestAnIntIsReadFromNumbersOnly(t *testing.T) {
	for _, v := range []any{json.Number("-5"), int64(-5), -5} {
		if got, err := UnmarshalInt(v); err != nil || got != -5 || written(MarshalInt(got)) != "-5" {
			t.Errorf("%v was read as %d, %v", v, got, err)
		}
	}
	for _, v := range []any{"5", "", "five", json.Number("1.5"), json.Number("1e3"), json.Number("9223372036854775808"), 1.5, true} {
		if got, err := UnmarshalInt(v); err == nil {
			t.Errorf("%#v was read as %d", v, got)
		}
	}
}

func TestATimeZoneMustBeInTheDatabase(t *testing.T) {
	if name, err := UnmarshalTimeZone("Asia/Kathmandu"); err != nil || name != "Asia/Kathmandu" {
		t.Errorf("Asia/Kathmandu was read as %q, %v", name, err)
	}
	for _, v := range []any{"Mars/Olympus", "", "Local", "../etc/passwd", int64(1)} {
		if got, err := UnmarshalTimeZone(v); err == nil {
			t.Errorf("%v was read as %q", v, got)
		}
	}
}

func TestAttributesAreTextsByName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOf(rapid.String(), rapid.String()).Draw(t, "attributes")
		var raw map[string]any
		if err := json.Unmarshal([]byte(written(MarshalAttributes(want))), &raw); err != nil {
			t.Fatal(err)
		}
		got, err := UnmarshalAttributes(raw)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%v came back as %v, %v", want, got, err)
		}
		for name := range want {
			if got[name] != want[name] {
				t.Fatalf("%q: %q came back as %q", name, want[name], got[name])
			}
		}
	})
	if _, err := UnmarshalAttributes(map[string]any{"tier": 1}); err == nil {
		t.Error("a number was taken for an attribute's value")
	}
	if text := written(MarshalAttributes(nil)); text != "{}" {
		t.Errorf("no attributes were written as %s", text)
	}
}
