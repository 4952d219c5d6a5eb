package logbody_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/store/logbody"
)

func TestWhatIsPackedIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := bytes.Repeat(rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "body"), rapid.IntRange(0, 400).Draw(t, "times"))
		stored, err := logbody.Pack(body)
		require.NoError(t, err)
		again, err := logbody.Unpack(stored)
		require.NoError(t, err)
		require.True(t, bytes.Equal(body, again))
	})
}

func TestAShortEntryStaysATextAndALongOneTakesLessRoom(t *testing.T) {
	stored, err := logbody.Pack([]byte(`[{"node":"a"}]`))
	require.NoError(t, err)
	require.Equal(t, `[{"node":"a"}]`, stored)
	long := bytes.Repeat([]byte(`{"node":"a"},`), 10_000)
	stored, err = logbody.Pack(long)
	require.NoError(t, err)
	require.Less(t, len(stored.([]byte)), len(long)/10)
}

func TestADamagedEntryIsAnError(t *testing.T) {
	_, err := logbody.Unpack([]byte("no frame"))
	require.Error(t, err)
	_, err = logbody.Unpack(int64(7))
	require.Error(t, err)
}
