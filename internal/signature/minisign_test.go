package signature_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/digest"
	"releasegraph/internal/signature"
)

func content(text []byte) signature.Content {
	return signature.Content{Digest: digest.Of(text), Size: int64(len(text)), Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(text)), nil
	}}
}

func TestAKitThatIsSignedWithMinisignIsKnown(t *testing.T) {
	public, private, err := minisign.GenerateKey(nil)
	require.NoError(t, err)
	other, otherPrivate, err := minisign.GenerateKey(nil)
	require.NoError(t, err)
	kit := bytes.Repeat([]byte("a kit "), 100_000)
	sign := func(with minisign.PrivateKey, text []byte) []byte {
		r := minisign.NewReader(bytes.NewReader(text))
		_, err := io.Copy(io.Discard, r)
		require.NoError(t, err)
		return r.SignWithComments(with, "timestamp:1764446400\tfile:kit.tar", "whatever")
	}
	trust := func(keys ...minisign.PublicKey) signature.Trust {
		t := signature.Trust{Policy: signature.Minisign}
		for _, k := range keys {
			t.Keys = append(t.Keys, k.String())
		}
		return t
	}
	verify := func(t signature.Trust, c signature.Content, s []byte) (signature.Signed, error) {
		return signature.Verifiers{}.Verify(context.Background(), t, c, s)
	}
	good := sign(private, kit)
	signed, err := verify(trust(other, public), content(kit), good)
	require.NoError(t, err)
	require.Equal(t, time.Date(2025, 11, 29, 20, 0, 0, 0, time.UTC), signed.At)
	require.Equal(t, fmt.Sprintf("%016X", public.ID()), signed.Key)
	require.Equal(t, signed.Key, signed.By)

	commented, err := public.MarshalText() // as a .pub file has it
	require.NoError(t, err)
	_, err = verify(signature.Trust{Policy: signature.Minisign, Keys: []string{string(commented) + "\n"}}, content(kit), good)
	require.NoError(t, err)

	_, err = verify(trust(other), content(kit), good)
	require.ErrorIs(t, err, signature.ErrUntrusted)
	require.ErrorContains(t, err, signed.Key)
	_, err = verify(trust(public), content(kit), sign(private, kit[1:]))
	require.ErrorIs(t, err, signature.ErrForeign)
	// A key may call itself by another's id.
	forged := bytes.Clone(sign(otherPrivate, kit))
	_, err = verify(trust(public), content(kit), withKeyID(t, forged, good))
	require.ErrorIs(t, err, signature.ErrForeign)
	changed := strings.Replace(string(good), "timestamp:1764446400", "timestamp:1864446400", 1)
	_, err = verify(trust(public), content(kit), []byte(changed))
	require.ErrorIs(t, err, signature.ErrForeign, "the time is signed, too")

	damaged := content(kit)
	damaged.Digest = digest.Of([]byte("declared"))
	_, err = verify(trust(public), damaged, good)
	require.ErrorAs(t, err, new(*digest.MismatchError))
	for _, text := range [][]byte{[]byte("nonsense"), minisign.Sign(private, kit)[:60]} {
		_, err = verify(trust(public), content(kit), text)
		require.ErrorIs(t, err, signature.ErrMalformed)
	}
	_, err = verify(trust(public), content(kit), nil)
	require.ErrorIs(t, err, signature.ErrMissing)
	_, err = verify(trust(public), content(kit), make([]byte, signature.MaxSignature+1))
	require.ErrorIs(t, err, signature.ErrMalformed)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = signature.Verifiers{}.Verify(ctx, trust(public), content(kit), good)
	require.ErrorIs(t, err, context.Canceled)
}

// withKeyID writes the key's id of one signature into another.
func withKeyID(t *testing.T, into, from []byte) []byte {
	t.Helper()
	var a, b minisign.Signature
	require.NoError(t, a.UnmarshalText(into))
	require.NoError(t, b.UnmarshalText(from))
	a.KeyID = b.KeyID
	text, err := a.MarshalText()
	require.NoError(t, err)
	return text
}

func TestWhereNoSignatureIsAskedForNoneIsLookedAt(t *testing.T) {
	signed, err := signature.Verifiers{}.Verify(t.Context(), signature.Trust{Policy: signature.None}, signature.Content{}, []byte("nonsense"))
	require.NoError(t, err)
	require.Equal(t, signature.Signed{Policy: signature.None}, signed)
}

func TestTrustThatCannotBeKeptIsRefusedBeforehand(t *testing.T) {
	none := signature.Verifiers{}
	require.NoError(t, none.Check(signature.Trust{Policy: signature.None}))
	require.ErrorContains(t, none.Check(signature.Trust{Policy: signature.Minisign}), "name the supplier's public keys")
	err := none.Check(signature.Trust{Policy: signature.Minisign, Keys: []string{"x", "y"}})
	require.ErrorContains(t, err, "key 1")
	require.ErrorContains(t, err, "key 2")
	require.ErrorContains(t, none.Check(signature.Trust{Policy: signature.Sigstore}), "MINISIGN")
	require.ErrorContains(t, none.Check(signature.Trust{Policy: "PGP"}), `"PGP"`)
}

func FuzzMinisign(f *testing.F) {
	public, private, err := minisign.GenerateKey(nil)
	require.NoError(f, err)
	kit := []byte("a kit")
	r := minisign.NewReader(bytes.NewReader(kit))
	_, _ = io.Copy(io.Discard, r)
	good := r.Sign(private)
	f.Add(good)
	f.Add([]byte("untrusted comment: x\nAAAA\ntrusted comment: y\nBBBB\n"))
	trust := signature.Trust{Policy: signature.Minisign, Keys: []string{public.String()}}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := signature.Verifiers{}.Verify(context.Background(), trust, content(kit), text)
		var a, b minisign.Signature
		if err == nil && (a.UnmarshalText(text) != nil || b.UnmarshalText(good) != nil || a.Signature != b.Signature) {
			t.Fatalf("%q is believed", text)
		}
	})
}
