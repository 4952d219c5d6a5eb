package canonical_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/canonical"
)

// TestTheExamplesOfTheRFC are those of RFC 8785, 3.2.2 and 3.2.3, but for a
// number that would be rounded.
func TestTheExamplesOfTheRFC(t *testing.T) {
	for in, want := range map[string]string{
		`{"numbers":[333333333.3333333,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`: `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		`{"\u20ac":"Euro Sign","\r":"Carriage Return","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control","\u00f6":"o","</script>":"Script"}`:                                "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"</script>\":\"Script\",\"\u0080\":\"Control\",\"ö\":\"o\",\"€\":\"Euro Sign\",\"😀\":\"Emoji\"}",
	} {
		got, err := canonical.JSON(json.RawMessage(in))
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	}
}

func TestNullMembersAreLeftOutAndTextsComposed(t *testing.T) {
	got, err := canonical.JSON(map[string]any{"b": nil, "e\u0301": []any{nil, "e\u0301", map[string]any{"x": nil}}})
	require.NoError(t, err)
	require.Equal(t, `{"é":[null,"é",{}]}`, string(got))
	sum, err := canonical.Digest("")
	require.NoError(t, err)
	require.Equal(t, "12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126", sum, "the SHA-256 of two quotes")
}

func TestWhatWouldHaveTheTextOfAnotherValueIsRefused(t *testing.T) {
	for _, v := range []any{"\xff", int64(1)<<53 + 1, json.RawMessage("-9007199254740993"), json.RawMessage("333333333.33333329"), json.RawMessage("1e-999999999999999999999"), json.RawMessage("1e400"), map[string]int{"e\u0301": 1, "é": 2}, math.Inf(1)} {
		_, err := canonical.JSON(v)
		require.ErrorContains(t, err, "canonical JSON", "%v", v)
		_, err = canonical.Digest(v)
		require.Error(t, err)
	}
	got, err := canonical.JSON(json.RawMessage("[9007199254740992,-9007199254740992,1e20,0e5,0.0,-0,1.50]"))
	require.NoError(t, err)
	require.Equal(t, "[9007199254740992,-9007199254740992,100000000000000000000,0,0,0,1.5]", string(got))
}

// TestCanonicalIsAsTheRFCIsWorded compares with a slow writer.
func TestCanonicalIsAsTheRFCIsWorded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawn(t, 3)
		got, err := canonical.JSON(v)
		require.NoError(t, err)
		require.Equal(t, slow(v), string(got))
		again, err := canonical.JSON(json.RawMessage(got))
		require.NoError(t, err)
		require.Equal(t, string(got), string(again))
	})
}

func drawn(t *rapid.T, depth int) any {
	text := rapid.StringMatching("[a-c\"\\\\\u0001\n\u007f\u00e9e\u0301\u20ac\U0001F600\ufb33]{0,3}")
	switch n := rapid.IntRange(0, 5).Draw(t, "kind"); {
	case n == 0:
		return text.Draw(t, "text")
	case n == 1:
		return rapid.Int64Range(-1<<53, 1<<53).Draw(t, "number")
	case n == 2:
		return rapid.Bool().Draw(t, "bool")
	case n == 3 || depth == 0:
		return nil
	case n == 4:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			list = append(list, drawn(t, depth-1))
		}
		return list
	}
	m := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(t, "members") {
		m[norm.NFC.String(text.Draw(t, "name"))] = drawn(t, depth-1)
	}
	return m
}

func slow(v any) string {
	switch v := v.(type) {
	case string:
		var b strings.Builder
		b.WriteByte('"')
		for _, r := range norm.NFC.String(v) {
			switch {
			case r == '"' || r == '\\':
				b.WriteByte('\\')
				b.WriteRune(r)
			case r == '\n':
				b.WriteString(`\n`)
			case r < ' ':
				fmt.Fprintf(&b, `\u%04x`, r)
			default:
				b.WriteRune(r)
			}
		}
		return b.String() + `"`
	case []any:
		var list []string
		for _, one := range v {
			list = append(list, slow(one))
		}
		return "[" + strings.Join(list, ",") + "]"
	case map[string]any:
		var names, list []string
		for name, one := range v {
			if one != nil {
				names = append(names, name)
			}
		}
		slices.SortFunc(names, func(a, b string) int { return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b))) })
		for _, name := range names {
			list = append(list, slow(name)+":"+slow(v[name]))
		}
		return "{" + strings.Join(list, ",") + "}"
	case nil:
		return "null"
	}
	return fmt.Sprint(v)
}

func FuzzCanonical(f *testing.F) {
	f.Add(`{"b":[1,2.50,null],"a":null,"é":"e\u0301"}`)
	f.Add(`{"a":1,"a":2}`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := canonical.JSON(json.RawMessage(text))
		if err != nil {
			return
		}
		require.True(t, utf8.Valid(got))
		again, err := canonical.JSON(json.RawMessage(got))
		require.NoError(t, err)
		require.Equal(t, string(got), string(again))
	})
}
