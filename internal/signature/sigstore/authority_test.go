package sigstore_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
	protobundle "github.com/sigstore/protobuf-specs/gen/pb-go/bundle/v1"
	protocommon "github.com/sigstore/protobuf-specs/gen/pb-go/common/v1"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/sign"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"
)

// authority is a Sigstore of a test's own: it gives certificates to whoever it
// knows, and says what time it is.
type authority struct {
	t                *testing.T
	root, stamps     *x509.Certificate
	rootKey          *ecdsa.PrivateKey
	stampKey         *ecdsa.PrivateKey
	stampCertificate *x509.Certificate
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return k
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, rootKey: newKey(t), stampKey: newKey(t)}
	a.root = a.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "root"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, a.rootKey.Public())
	a.stamps = a.root
	stamping, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	require.NoError(t, err)
	a.stampCertificate = a.issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "clock"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: stamping}},
	}, a.root, a.stampKey.Public())
	return a
}

func (a *authority) issue(c, by *x509.Certificate, public crypto.PublicKey) *x509.Certificate {
	a.t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	require.NoError(a.t, err)
	c.SerialNumber = serial
	if c.NotBefore.IsZero() {
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	}
	if by == nil {
		by = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, by, public, a.rootKey)
	require.NoError(a.t, err)
	made, err := x509.ParseCertificate(der)
	require.NoError(a.t, err)
	return made
}

// json is what is pinned of the authority.
func (a *authority) json() []byte {
	a.t.Helper()
	from, until := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	r, err := root.NewTrustedRoot(root.TrustedRootMediaType01,
		[]root.CertificateAuthority{&root.FulcioCertificateAuthority{Root: a.root, ValidityPeriodStart: from, ValidityPeriodEnd: until}}, nil,
		[]root.TimestampingAuthority{&root.SigstoreTimestampingAuthority{Root: a.stamps, Leaf: a.stampCertificate, ValidityPeriodStart: from, ValidityPeriodEnd: until}}, nil)
	require.NoError(a.t, err)
	text, err := r.MarshalJSON()
	require.NoError(a.t, err)
	return text
}

// statement says that somebody built a kit, by in-toto and SLSA.
func statement(t *testing.T, kit []byte) *sign.DSSEData {
	t.Helper()
	sum := sha256.Sum256(kit)
	text, err := json.Marshal(map[string]any{
		"_type":         "https://in-toto.io/Statement/v1",
		"subject":       []any{map[string]any{"name": "kit", "digest": map[string]string{"sha256": hex.EncodeToString(sum[:])}}},
		"predicateType": "https://slsa.dev/provenance/v1", "predicate": map[string]any{"buildDefinition": map[string]any{"buildType": "test"}},
	})
	require.NoError(t, err)
	return &sign.DSSEData{Data: text, PayloadType: "application/vnd.in-toto+json"}
}

// signs makes a bundle: with a certificate of the subject, which lives as long as
// is said, or with a key alone where there is no authority.
func (a *authority) signs(content sign.Content, issuer, subject string, before time.Duration) []byte {
	a.t.Helper()
	pair, err := sign.NewEphemeralKeypair(nil)
	require.NoError(a.t, err)
	b, err := sign.Bundle(content, pair, sign.BundleOptions{})
	require.NoError(a.t, err)
	now := time.Now().Add(-before)
	certificate := a.issue(&x509.Certificate{
		EmailAddresses: []string{subject}, NotBefore: now.Add(-time.Minute), NotAfter: now.Add(10 * time.Minute),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageCodeSigning},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 1, 1}, Value: []byte(issuer)}},
	}, a.root, pair.GetPublicKey())
	b.VerificationMaterial = &protobundle.VerificationMaterial{
		Content: &protobundle.VerificationMaterial_Certificate{Certificate: &protocommon.X509Certificate{RawBytes: certificate.Raw}},
		TimestampVerificationData: &protobundle.TimestampVerificationData{
			Rfc3161Timestamps: []*protocommon.RFC3161SignedTimestamp{{SignedTimestamp: a.stamp(signatureOf(b))}},
		},
	}
	text, err := protojson.Marshal(b)
	require.NoError(a.t, err)
	return text
}

func signatureOf(b *protobundle.Bundle) []byte {
	if m := b.GetMessageSignature(); m != nil {
		return m.Signature
	}
	return b.GetDsseEnvelope().Signatures[0].Sig
}

// stamp says that a signature exists now.
func (a *authority) stamp(signature []byte) []byte {
	a.t.Helper()
	asked, err := timestamp.CreateRequest(bytes.NewReader(signature), &timestamp.RequestOptions{Hash: crypto.SHA256})
	require.NoError(a.t, err)
	request, err := timestamp.ParseRequest(asked)
	require.NoError(a.t, err)
	answer := timestamp.Timestamp{
		HashAlgorithm: request.HashAlgorithm, HashedMessage: request.HashedMessage, Time: time.Now(),
		Policy: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 57264, 2},
	}
	text, err := answer.CreateResponseWithOpts(a.stampCertificate, a.stampKey, crypto.SHA256)
	require.NoError(a.t, err)
	return text
}

// byKey makes a bundle with a key of one's own, and returns the key in PEM.
func byKey(t *testing.T, content sign.Content) (bundle []byte, public string) {
	t.Helper()
	pair, err := sign.NewEphemeralKeypair(nil)
	require.NoError(t, err)
	b, err := sign.Bundle(content, pair, sign.BundleOptions{Context: context.Background()})
	require.NoError(t, err)
	bundle, err = protojson.Marshal(b)
	require.NoError(t, err)
	der, err := x509.MarshalPKIXPublicKey(pair.GetPublicKey())
	require.NoError(t, err)
	return bundle, string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}
