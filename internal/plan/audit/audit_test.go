package audit_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/audit"
)

// Each item is told once for what differs, and never where both sides agree.
func TestWhatDiffersIsToldOfEachItem_R5(t *testing.T) {
	version := rapid.SampledFrom([]string{"", "1", "2"})
	side := rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c", "d", "new"}), version)
	rapid.Check(t, func(t *rapid.T) {
		expected, found := side.Draw(t, "expected"), side.Draw(t, "found")
		delete(expected, "new") // there is no such item
		var e []audit.Expected
		for item, v := range expected {
			e = append(e, audit.Expected{Item: item, Version: given(v)})
		}
		var f []audit.Found
		for item, v := range found {
			f = append(f, audit.Found{Item: item, Version: given(v)})
		}
		got, err := audit.Compare(t.Context(), e, f, func(item string) bool { return item != "new" })
		require.NoError(t, err)
		var told, wanted []string
		for _, d := range got {
			told = append(told, fmt.Sprint(d.Item, " ", d.Kind))
			require.NotEmpty(t, d.Advice)
		}
		for _, item := range []string{"a", "b", "c", "d", "new"} {
			was, had := expected[item]
			is, has := found[item]
			switch {
			case has && item == "new":
				wanted = append(wanted, "new UNKNOWN_ITEM")
			case has && !had:
				wanted = append(wanted, item+" UNEXPECTED")
			case had && !has:
				wanted = append(wanted, item+" MISSING")
			case had && was != is && was != "" && is != "":
				wanted = append(wanted, item+" OTHER_VERSION")
			}
		}
		require.Equal(t, wanted, told)
	})
}

func given(v string) *string {
	if v == "" {
		return nil
	}
	return &v
}
