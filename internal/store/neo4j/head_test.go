package neo4j

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/store"
)

func TestTheHeadThatManyAskForIsNeverOlderThanTheirQuestions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h heads
		var head, reads atomic.Int64
		read := func() (store.Revision, error) {
			reads.Add(1)
			return store.Revision(head.Load()), nil
		}
		callers, times := rapid.IntRange(1, 8).Draw(t, "callers"), rapid.IntRange(1, 50).Draw(t, "times")
		var all sync.WaitGroup
		var late atomic.Int64
		for range callers {
			all.Go(func() {
				for range times {
					mine := head.Add(1)
					call := h.join(read)
					<-call.done
					if int64(call.head) < mine {
						late.Add(1)
					}
				}
			})
		}
		all.Wait()
		require.Zero(t, late.Load())
		require.LessOrEqual(t, reads.Load(), int64(callers*times))
	})
}

func TestThoseWhoAskAtTheSameTimeShareAQuestion(t *testing.T) {
	var h heads
	var reads atomic.Int64
	begun, goOn := make(chan struct{}, 2), make(chan struct{})
	read := func() (store.Revision, error) {
		reads.Add(1)
		begun <- struct{}{}
		<-goOn
		return 7, nil
	}
	first := h.join(read)
	<-begun
	second, third := h.join(read), h.join(read)
	require.NotSame(t, first, second)
	require.Same(t, second, third)
	close(goOn)
	<-third.done
	require.Equal(t, store.Revision(7), third.head)
	require.EqualValues(t, 2, reads.Load())
}
