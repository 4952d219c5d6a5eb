package digest_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/digest"
)

// of the three bytes "abc".
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

func TestADigestIsWrittenAsItIsRead(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := digest.Of(rapid.SliceOf(rapid.Byte()).Draw(r, "content"))
		for _, text := range []string{d.String(), strings.ToUpper(d.String())} {
			read, err := digest.Parse(text)
			require.NoError(r, err)
			require.Equal(r, d, read)
		}
		read, err := digest.ParseHeader([]string{d.Header()})
		require.NoError(r, err)
		require.Equal(r, d, read)
	})
	require.Equal(t, abc, digest.Of([]byte("abc")).String())
}

func TestWhatIsNoDigestIsRefused(t *testing.T) {
	for _, text := range []string{"", "ab", abc[1:], abc + "0", "sha256:" + abc, strings.Repeat("g", 64), strings.Repeat("0", 64), "../../../" + abc[9:]} {
		_, err := digest.Parse(text)
		require.Error(t, err, text)
	}
	for _, header := range []string{
		"", abc, "sha-256=" + abc, "sha-512=:AAAA:", "sha-256=:AAAA:", "sha-256", `sha-256="ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="`,
		"sha-256=(:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:)", "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
	} {
		_, err := digest.ParseHeader([]string{header})
		require.Error(t, err, header)
	}
}

func TestTheHeaderMayNameOtherAlgorithmsToo(t *testing.T) {
	d, err := digest.ParseHeader([]string{"unixsum=30637, sha-512=:AAAA:;q=1", "sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:"})
	require.NoError(t, err)
	require.Equal(t, abc, d.String())
}

func TestAReaderEndsWellOnlyWithWhatWasDeclared(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		content := rapid.SliceOfN(rapid.Byte(), 1, 2_000).Draw(r, "content")
		size := int64(len(content))
		got, err := io.ReadAll(digest.NewReader(bytes.NewReader(content), digest.Of(content), size))
		require.NoError(r, err)
		require.Equal(r, content, got)

		at := rapid.IntRange(0, len(content)-1).Draw(r, "changed at")
		changed := bytes.Clone(content)
		changed[at] ^= 1
		_, err = io.ReadAll(digest.NewReader(bytes.NewReader(changed), digest.Of(content), size))
		require.ErrorAs(r, err, new(*digest.MismatchError))

		_, err = io.ReadAll(digest.NewReader(bytes.NewReader(content[:at]), digest.Of(content), size))
		require.ErrorAs(r, err, new(*digest.SizeError))

		got, err = io.ReadAll(digest.NewReader(bytes.NewReader(append(content, content...)), digest.Of(content), size))
		require.ErrorAs(r, err, new(*digest.SizeError))
		require.LessOrEqual(r, int64(len(got)), size, "nothing beyond what was declared is handed on")
	})
	broken := errors.New("broken")
	_, err := io.ReadAll(digest.NewReader(io.MultiReader(strings.NewReader("ab"), failing{broken}), digest.Of([]byte("abc")), 3))
	require.ErrorIs(t, err, broken)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzParseHeader(f *testing.F) {
	sum := digest.SHA256(sha256.Sum256([]byte("abc")))
	for _, text := range []string{sum.Header(), "sha-512=:AAAA:, " + sum.Header() + ";a=1", "sha-256=:AA==:", "sha-256=(", "a=1,,b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := digest.ParseHeader([]string{text})
		if (err == nil) == d.IsZero() {
			t.Fatalf("%q: %v, %v", text, d, err)
		}
		if err != nil {
			return
		}
		if again, err := digest.ParseHeader([]string{d.Header()}); err != nil || again != d {
			t.Fatalf("%q: %v becomes %v, %v", text, d, again, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(abc)
	f.Add(strings.ToUpper(abc))
	f.Fuzz(func(t *testing.T, text string) {
		d, err := digest.Parse(text)
		if err == nil && d.String() != strings.ToLower(text) {
			t.Fatalf("%q is read as %v", text, d)
		}
	})
}
