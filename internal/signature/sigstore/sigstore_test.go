package sigstore_test

import (
	"context"
	"encoding/base64"
	"testing"
	"time"

	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/sigstore/sigstore-go/pkg/testing/data"
	"github.com/stretchr/testify/require"

	"releasegraph/internal/digest"
	"releasegraph/internal/signature"
	"releasegraph/internal/signature/sigstore"
)

var verifiers = signature.Verifiers{signature.Sigstore: sigstore.Verifier{}}

var kit = []byte("a kit")

// of is a content that cannot be read, since nothing needs to.
func of(text []byte) signature.Content {
	return signature.Content{Digest: digest.Of(text), Size: int64(len(text))}
}

func verify(t signature.Trust, c signature.Content, bundle []byte) (signature.Signed, error) {
	t.Policy = signature.Sigstore
	return verifiers.Verify(context.Background(), t, c, bundle)
}

// forms are the ways in which a bundle holds what is signed.
func forms(t *testing.T, text []byte) map[string]sign.Content {
	return map[string]sign.Content{"statement": statement(t, text), "message": &sign.PlainData{Data: text}}
}

func TestAKitThatIsSignedWithAKeyIsKnown(t *testing.T) {
	for name, content := range forms(t, kit) {
		t.Run(name, func(t *testing.T) {
			bundle, public := byKey(t, content)
			_, other := byKey(t, content)
			signed, err := verify(signature.Trust{Keys: []string{other, public}}, of(kit), bundle)
			require.NoError(t, err)
			require.Regexp(t, "^[0-9a-f]{64}$", signed.Key)
			require.Equal(t, signature.Signed{Policy: signature.Sigstore, By: signed.Key, Key: signed.Key}, signed)

			_, err = verify(signature.Trust{Keys: []string{other}}, of(kit), bundle)
			require.ErrorIs(t, err, signature.ErrUntrusted)
			_, err = verify(signature.Trust{Keys: []string{public}}, of([]byte("another kit")), bundle)
			require.ErrorIs(t, err, signature.ErrForeign)
			a := newAuthority(t)
			_, err = verify(signature.Trust{Root: a.json(), Identities: []signature.Identity{{Issuer: "https://id.example", Subject: "ann@example.com"}}}, of(kit), bundle)
			require.ErrorIs(t, err, signature.ErrUntrusted)
			require.ErrorContains(t, err, "only certificates")
		})
	}
}

func TestAKitThatIsSignedWithACertificateIsKnown(t *testing.T) {
	for name, content := range forms(t, kit) {
		t.Run(name, func(t *testing.T) {
			a := newAuthority(t)
			const issuer, subject = "https://id.example", "ann@example.com"
			bundle := a.signs(content, issuer, subject, 0)
			trust := func(who ...signature.Identity) signature.Trust {
				return signature.Trust{Root: a.json(), Identities: who}
			}
			ann := signature.Identity{Issuer: issuer, Subject: subject}
			signed, err := verify(trust(signature.Identity{Issuer: issuer, Subject: "bob@example.com"}, ann), of(kit), bundle)
			require.NoError(t, err)
			require.Equal(t, []string{subject, issuer, ""}, []string{signed.By, signed.Issuer, signed.Key})
			require.WithinDuration(t, time.Now(), signed.At, time.Minute)
			_, err = verify(trust(signature.Identity{Issuer: issuer, Pattern: `[a-z]+@example\.com`}), of(kit), bundle)
			require.NoError(t, err)

			for _, who := range []signature.Identity{
				{Issuer: issuer, Subject: "bob@example.com"}, {Issuer: "https://other.example", Subject: subject},
				{Issuer: issuer, Pattern: "ann"}, {Issuer: issuer, Pattern: `nn@example\.com|bob`},
			} {
				_, err = verify(trust(who), of(kit), bundle)
				require.ErrorIs(t, err, signature.ErrUntrusted, who)
			}
			_, err = verify(trust(ann), of([]byte("another kit")), bundle)
			require.ErrorIs(t, err, signature.ErrForeign)
			_, err = verify(signature.Trust{Root: newAuthority(t).json(), Identities: []signature.Identity{ann}}, of(kit), bundle)
			require.ErrorIs(t, err, signature.ErrUntrusted, "by another authority")
			_, err = verify(trust(ann), of(kit), a.signs(content, issuer, subject, 30*time.Minute))
			require.ErrorIs(t, err, signature.ErrUntrusted, "signed after the certificate had ended")
			_, public := byKey(t, content)
			_, err = verify(signature.Trust{Keys: []string{public}}, of(kit), bundle)
			require.ErrorIs(t, err, signature.ErrUntrusted)
			require.ErrorContains(t, err, "only keys")
		})
	}
}

// TestABundleOfTheRealThingIsKnown verifies, without a network, what a real
// Fulcio and a real Rekor made.
func TestABundleOfTheRealThingIsKnown(t *testing.T) {
	bundle, err := data.Bundle(t, "othername.sigstore.json").MarshalJSON()
	require.NoError(t, err)
	root, err := data.TrustedRoot(t, "scaffolding.json").MarshalJSON()
	require.NoError(t, err)
	sum, err := base64.StdEncoding.DecodeString("vBA7SoSXHvZFmylKK5hWiiv7cs3tCdSs0eFjZqQB+Vs=")
	require.NoError(t, err)
	c := signature.Content{Digest: digest.SHA256(sum)}
	trust := signature.Trust{Root: root, Identities: []signature.Identity{{Issuer: "http://oidc.local:8080", Subject: "foo!oidc.local"}}}
	signed, err := verify(trust, c, bundle)
	require.NoError(t, err)
	require.Equal(t, "foo!oidc.local", signed.By)
	require.False(t, signed.At.IsZero())
	_, err = verify(trust, of(kit), bundle)
	require.ErrorIs(t, err, signature.ErrForeign)
	trust.Identities[0].Subject = "bar!oidc.local"
	_, err = verify(trust, c, bundle)
	require.ErrorIs(t, err, signature.ErrUntrusted)
	trust.Root, err = data.TrustedRoot(t, "public-good.json").MarshalJSON()
	require.NoError(t, err)
	_, err = verify(trust, c, bundle)
	require.ErrorIs(t, err, signature.ErrUntrusted)
}

func TestABundleThatIsNoneIsRefused(t *testing.T) {
	_, public := byKey(t, statement(t, kit))
	for _, text := range []string{"{}", "nonsense", `{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"}`} {
		_, err := verify(signature.Trust{Keys: []string{public}}, of(kit), []byte(text))
		require.ErrorIs(t, err, signature.ErrMalformed, text)
	}
}

func TestTrustThatCannotBeKeptIsRefusedBeforehand(t *testing.T) {
	root := newAuthority(t).json()
	for want, trust := range map[string]signature.Trust{
		"nobody is trusted":  {},
		"name identities":    {Root: root},
		"name a trusted":     {Identities: []signature.Identity{{Issuer: "x", Subject: "y"}}},
		"who vouches":        {Root: root, Identities: []signature.Identity{{Subject: "y"}}},
		"give either":        {Root: root, Identities: []signature.Identity{{Issuer: "x"}}},
		"its pattern":        {Root: root, Identities: []signature.Identity{{Issuer: "x", Pattern: "("}}},
		"cannot be read":     {Root: []byte("x"), Identities: []signature.Identity{{Issuer: "x", Subject: "y"}}},
		"no public key":      {Keys: []string{"x"}},
		"key 2: it is no pu": {Keys: []string{"x", "y"}},
	} {
		trust.Policy = signature.Sigstore
		require.ErrorContains(t, verifiers.Check(trust), want)
	}
	_, public := byKey(t, statement(t, kit))
	require.NoError(t, verifiers.Check(signature.Trust{Policy: signature.Sigstore, Keys: []string{public}}))
}

func FuzzBundle(f *testing.F) {
	t := &testing.T{}
	bundle, public := byKey(t, statement(t, kit))
	f.Add(bundle)
	f.Add([]byte(`{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"x"}},"messageSignature":{}}`))
	trust := signature.Trust{Keys: []string{public}}
	other := of([]byte("never signed"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := verify(trust, other, text); err == nil {
			t.Fatalf("%q is believed: %+v", text, s)
		}
	})
}
