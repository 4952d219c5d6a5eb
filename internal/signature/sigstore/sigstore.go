// Package sigstore verifies bundles of Sigstore. Only the composition root
// imports it: what it brings is large.
package sigstore

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	sigsign "github.com/sigstore/sigstore/pkg/signature"

	"releasegraph/internal/signature"
)

// Verifier verifies bundles: made with a key of one's own, or with a certificate
// of a root that is pinned.
type Verifier struct{}

var _ signature.Verifier = Verifier{}

// Check implements signature.Verifier.
func (Verifier) Check(t signature.Trust) error {
	_, err := read(t)
	return err
}

// trusted is what a signature.Trust amounts to.
type trusted struct {
	keys       []key
	root       *root.TrustedRoot // nil: certificates are not believed
	identities []verify.PolicyOption
}

type key struct {
	id     string
	public crypto.PublicKey
}

// read reads what is trusted, and tells all that is wrong with it.
func read(t signature.Trust) (*trusted, error) {
	into := &trusted{}
	var wrong []error
	for i, text := range t.Keys {
		k, err := readKey(text)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("key %d: %w", i+1, err))
			continue
		}
		into.keys = append(into.keys, k)
	}
	if len(t.Root) > 0 {
		var err error
		if into.root, err = root.NewTrustedRootFromJSON(t.Root); err != nil {
			wrong = append(wrong, fmt.Errorf("the trusted root cannot be read: %w", err))
		}
	}
	for i, who := range t.Identities {
		one, err := identity(who)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("identity %d: %w", i+1, err))
			continue
		}
		into.identities = append(into.identities, one)
	}
	switch {
	case len(t.Root) > 0 && len(t.Identities) == 0:
		wrong = append(wrong, errors.New("a trusted root vouches for everybody who can log in: name identities, too"))
	case len(t.Root) == 0 && len(t.Identities) > 0:
		wrong = append(wrong, errors.New("identities are told by certificates: name a trusted root, too"))
	case len(t.Keys) == 0 && len(t.Root) == 0:
		wrong = append(wrong, errors.New("nobody is trusted: name keys, or a trusted root and identities"))
	}
	return into, errors.Join(wrong...)
}

func readKey(text string) (key, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "PUBLIC KEY" {
		return key{}, errors.New(`it is no public key in PEM, which begins with "-----BEGIN PUBLIC KEY-----"`)
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return key{}, err
	}
	sum := sha256.Sum256(block.Bytes)
	return key{hex.EncodeToString(sum[:]), public}, nil
}

// identity is one of those whom a certificate may be of, by the whole of its
// subject.
func identity(who signature.Identity) (verify.PolicyOption, error) {
	pattern := who.Pattern
	switch {
	case who.Issuer == "":
		return nil, errors.New("say who vouches for it (issuer)")
	case (who.Subject == "") == (pattern == ""):
		return nil, errors.New("give either its subject or a pattern of it")
	case pattern != "":
		if _, err := regexp.Compile(pattern); err != nil {
			return nil, fmt.Errorf("its pattern: %w", err)
		}
		pattern = `^(?:` + pattern + `)$`
	}
	one, err := verify.NewShortCertificateIdentity(who.Issuer, "", who.Subject, pattern)
	return verify.WithCertificateIdentity(one), err
}

// Verify implements signature.Verifier. Of the content nothing but its digest is
// needed.
func (Verifier) Verify(_ context.Context, t signature.Trust, c signature.Content, text []byte) (signature.Signed, error) {
	trust, err := read(t)
	if err != nil {
		return signature.Signed{}, err
	}
	b := &bundle.Bundle{}
	if err := b.UnmarshalJSON(text); err != nil {
		return signature.Signed{}, fmt.Errorf("%w: %w", signature.ErrMalformed, err)
	}
	content, err := b.VerificationContent()
	if err != nil {
		return signature.Signed{}, fmt.Errorf("%w: %w", signature.ErrMalformed, err)
	}
	if content.Certificate() == nil {
		return trust.byKey(b, c)
	}
	return trust.byCertificate(b, c)
}

func of(c signature.Content) verify.ArtifactPolicyOption {
	return verify.WithArtifactDigest("sha256", c.Digest[:])
}

// foreign reports whether a bundle says itself that it is of another content.
func foreign(b *bundle.Bundle, c signature.Content) bool {
	s, err := b.SignatureContent()
	if err != nil || s.MessageSignatureContent() == nil {
		return false
	}
	m := s.MessageSignatureContent()
	return m.DigestAlgorithm() == "SHA2_256" && !bytes.Equal(m.Digest(), c.Digest[:])
}

// byKey tries each key: what a bundle says of its key is whatever its signer wrote.
func (t *trusted) byKey(b *bundle.Bundle, c signature.Content) (signature.Signed, error) {
	if len(t.keys) == 0 {
		return signature.Signed{}, fmt.Errorf("%w: it was signed with a key, and only certificates are believed", signature.ErrUntrusted)
	}
	failed := errors.New("none of the trusted keys made it")
	for _, k := range t.keys {
		v, err := verify.NewVerifier(k.material(), verify.WithNoObserverTimestamps())
		if err != nil {
			return signature.Signed{}, err
		}
		if _, err = v.Verify(b, verify.NewPolicy(of(c), verify.WithKey())); err == nil {
			return signature.Signed{Policy: signature.Sigstore, By: k.id, Key: k.id}, nil
		}
		if _, without := v.Verify(b, verify.NewPolicy(verify.WithoutArtifactUnsafe(), verify.WithKey())); without == nil {
			return signature.Signed{}, fmt.Errorf("%w: %w", signature.ErrForeign, err)
		}
		failed = err
	}
	if foreign(b, c) {
		return signature.Signed{}, fmt.Errorf("%w: %w", signature.ErrForeign, failed)
	}
	return signature.Signed{}, fmt.Errorf("%w: %w", signature.ErrUntrusted, failed)
}

// material is a key as what is trusted, under whatever name.
func (k key) material() root.TrustedMaterial {
	return root.NewTrustedPublicKeyMaterial(func(string) (root.TimeConstrainedVerifier, error) {
		v, err := sigsign.LoadDefaultVerifier(k.public)
		if err != nil {
			return nil, err
		}
		return root.NewExpiringKey(v, time.Time{}, time.Time{}), nil
	})
}

// byCertificate asks for all the proofs that the root can check.
func (t *trusted) byCertificate(b *bundle.Bundle, c signature.Content) (signature.Signed, error) {
	if t.root == nil {
		return signature.Signed{}, fmt.Errorf("%w: it was signed with a certificate, and only keys are believed", signature.ErrUntrusted)
	}
	proofs := []verify.VerifierOption{verify.WithObserverTimestamps(1)}
	if len(t.root.RekorLogs()) > 0 {
		proofs = append(proofs, verify.WithTransparencyLog(1))
	}
	if len(t.root.CTLogs()) > 0 {
		proofs = append(proofs, verify.WithSignedCertificateTimestamps(1))
	}
	v, err := verify.NewVerifier(t.root, proofs...)
	if err != nil {
		return signature.Signed{}, err
	}
	result, err := v.Verify(b, verify.NewPolicy(of(c), t.identities...))
	switch {
	case err == nil:
		return signed(result), nil
	case errors.As(err, new(*verify.ErrNoMatchingCertificateIdentity)):
		return signature.Signed{}, fmt.Errorf("%w: %w", signature.ErrUntrusted, err)
	case foreign(b, c):
		return signature.Signed{}, fmt.Errorf("%w: %w", signature.ErrForeign, err)
	}
	if _, without := v.Verify(b, verify.NewPolicy(verify.WithoutArtifactUnsafe(), t.identities...)); without == nil {
		return signature.Signed{}, fmt.Errorf("%w: %w", signature.ErrForeign, err)
	}
	return signature.Signed{}, fmt.Errorf("%w: %w", signature.ErrUntrusted, err)
}

func signed(r *verify.VerificationResult) signature.Signed {
	s := signature.Signed{Policy: signature.Sigstore}
	if r.Signature != nil && r.Signature.Certificate != nil {
		s.By, s.Issuer = r.Signature.Certificate.SubjectAlternativeName, r.Signature.Certificate.Issuer
	}
	for _, at := range r.VerifiedTimestamps {
		if s.At.IsZero() || at.Timestamp.Before(s.At) {
			s.At = at.Timestamp.UTC()
		}
	}
	return s
}
