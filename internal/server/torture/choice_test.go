package torture

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/entity"
	"releasegraph/internal/happening"
	"releasegraph/internal/store"
)

// choice is which events somebody follows: the filter as the API has it. Of an empty part
// all are wanted.
type choice struct {
	Kinds  []string `json:"kinds,omitempty"`
	Types  []string `json:"types,omitempty"` // each with a * at its end
	Verbs  []string `json:"verbs,omitempty"`
	Actors []string `json:"actors,omitempty"`
}

// choices are those that subscribers follow by, one after the other. There is something in
// each of them in what every writer writes last.
var choices = []choice{
	{},
	{Kinds: []string{"SITE"}},
	{Kinds: []string{"CONFIGURATION_ITEM", "PARTY"}},
	{Types: []string{"party.*"}},
	{Actors: []string{"w0", "w1"}},
	{Verbs: []string{"UPDATED"}},
	{Kinds: []string{"SITE"}, Actors: []string{"w2"}},
}

// has reports whether an event is chosen: what the server decides by rules of its own.
func (c *choice) has(of *store.Change, e *store.Effect) bool {
	return among(c.Actors, of.Actor) && among(c.Kinds, entity.EnumOf(e.Kind)) && among(c.Verbs, string(e.Verb())) &&
		(len(c.Types) == 0 || strings.HasPrefix(happening.TypeOf(e), strings.TrimSuffix(c.Types[0], "*")))
}

func among(list []string, v string) bool { return len(list) == 0 || slices.Contains(list, v) }

// expected is what the log has up to a revision, by choice.
func expected(ctx context.Context, t *testing.T, log store.Store, last int64) []account {
	t.Helper()
	want := make([]account, len(choices))
	for at := store.Revision(0); ; {
		changes, err := log.Changes(ctx, at, 500)
		require.NoError(t, err)
		if len(changes) == 0 {
			return want
		}
		for i := range changes {
			c := &changes[i]
			require.Equal(t, at+1, c.Revision)
			if at = c.Revision; int64(at) > last {
				return want
			}
			for n := range c.Effects {
				h := heard{int64(c.Revision), happening.TypeOf(&c.Effects[n])}
				for k := range choices {
					if choices[k].has(c, &c.Effects[n]) {
						want[k].add(h)
					}
				}
			}
		}
	}
}
