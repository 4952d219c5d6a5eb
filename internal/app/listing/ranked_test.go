package listing

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestACursorOfAPlaceIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number, key := rapid.IntRange(1, 1_000_000).Draw(t, "number"), rapid.String().Draw(t, "key")
		again, name, err := ParsePlaceCursor(PlaceCursor(number, key))
		require.NoError(t, err)
		require.Equal(t, number, again)
		require.Equal(t, key, name)
	})
}

func TestCursorsOfEarlierVersionsAreStillRead(t *testing.T) {
	for _, text := range []string{"12 web shop", "12\nweb shop"} {
		number, key, err := ParsePlaceCursor(base64.RawURLEncoding.EncodeToString([]byte(text)))
		require.NoError(t, err)
		require.Equal(t, 12, number)
		require.Equal(t, "web shop", key)
	}
	for _, text := range []string{"", "12", "0 a", "-1 a", " a", "a 1"} {
		_, _, err := ParsePlaceCursor(base64.RawURLEncoding.EncodeToString([]byte(text)))
		require.ErrorContains(t, err, "is no cursor of this list", "%q", text)
	}
	_, _, err := ParsePlaceCursor("%")
	require.ErrorContains(t, err, "is no cursor of this list")
}
