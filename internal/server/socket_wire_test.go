package server

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"
)

// written is a connection that notes what is written at once.
type written struct {
	net.Conn
	parts []string
}

func (w *written) SetWriteDeadline(time.Time) error { return nil }

func (w *written) Write(p []byte) (int, error) {
	w.parts = append(w.parts, string(p))
	return len(p), nil
}

func answering(text string, more bool) message {
	return message{ID: "1", Type: "next", answer: &graphql.Response{Data: []byte(text)}, more: more}
}

// Answers that follow each other at once are written together, in their order, as far as
// that is not much; what somebody else writes comes behind them.
func TestAnswersThatAreThereAreWrittenTogether(t *testing.T) {
	to := &written{}
	w := &wire{Conn: to, patience: time.Second}
	for _, text := range []string{"1", "2"} {
		require.NoError(t, w.tell(answering(text, true)))
	}
	require.Empty(t, to.parts)
	require.NoError(t, w.tell(answering("3", false)))
	require.Len(t, to.parts, 1)
	require.Regexp(t, `"data":1}.*"data":2}.*"data":3}`, to.parts[0])

	to.parts = nil
	require.NoError(t, w.tell(answering("4", true)))
	_, err := w.Write([]byte("control"))
	require.NoError(t, err)
	require.Len(t, to.parts, 2)
	require.Equal(t, "control", to.parts[1])

	to.parts = nil
	for range 100 {
		require.NoError(t, w.tell(answering(strings.Repeat("x", 1<<10), true)))
	}
	require.Greater(t, len(to.parts), 4)
	for _, part := range to.parts {
		require.Less(t, len(part), heldFrames+2<<10)
	}
	require.NoError(t, w.tell(answering("5", true)))
	w.shutting()
	require.ErrorIs(t, w.tell(answering("6", false)), errShut)
}
