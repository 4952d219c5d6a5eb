package turn

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Of those who move the same deployment one is at it at a time, and those who want each
// other's do not wait forever.
func TestMovesTakeTurnsAtOnce(t *testing.T) {
	all := New()
	var inside [2]atomic.Int32
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			one := all.Join()
			defer one.Release()
			wants := []string{"a", "b"}
			first, second := wants[i%2:i%2+1], wants
			assert.NoError(t, one.Take(t.Context(), first))
			assert.NoError(t, one.Take(t.Context(), second))
			assert.True(t, one.Holds(wants))
			for n := range inside {
				assert.EqualValues(t, 1, inside[n].Add(1))
			}
			for n := range inside {
				inside[n].Add(-1)
			}
		})
	}
	group.Wait()
	require.Empty(t, all.taken, "all was given back")
}

func TestWaitingForATurnEnds(t *testing.T) {
	all := New()
	held, waits := all.Join(), all.Join()
	require.NoError(t, held.Take(t.Context(), []string{"a"}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, waits.Take(ctx, []string{"a"}), context.Canceled)
	waits.Release()
	held.Release()
	require.Empty(t, all.taken)
}
