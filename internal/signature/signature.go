// Package signature tells whether a content was signed by somebody who is
// trusted, without asking anybody: keys and roots are pinned beforehand.
package signature

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"releasegraph/internal/digest"
)

// Policy is how contents have to be signed: a release policy's kitSignature.
type Policy string

// The policies.
const (
	None     Policy = "NONE"
	Minisign Policy = "MINISIGN"
	Sigstore Policy = "SIGSTORE"
)

// The errors: what is wrong with a signature. What is wrong with a content is an
// error of package digest.
var (
	ErrMissing   = errors.New("there is no signature, and the policy asks for one")
	ErrMalformed = errors.New("this is no signature of the kind that the policy asks for")
	ErrUntrusted = errors.New("whoever signed this is not trusted")
	ErrForeign   = errors.New("the signature is not of this content")
)

// MaxSignature is the longest signature in bytes.
const MaxSignature = 1 << 20

// Trust says whose signatures are believed: of one supplier, say.
type Trust struct {
	Policy Policy
	// Keys are public keys: as minisign writes them (MINISIGN), or in PEM (SIGSTORE,
	// signed with a key of one's own).
	Keys []string
	// Root is a trusted root in JSON (SIGSTORE, signed with a certificate): the
	// public one, or that of a Sigstore of one's own. What it has of transparency
	// logs and certificate logs, signatures have to be in.
	Root []byte
	// Identities are those whom certificates may be of.
	Identities []Identity
}

// Identity is whom a certificate is of.
type Identity struct {
	// Issuer says who vouches for the subject, such as
	// https://token.actions.githubusercontent.com.
	Issuer string
	// Subject is an address of mail or of a workflow. In its place a Pattern may
	// be given, a regular expression for the whole of it.
	Subject, Pattern string
}

// Content is what was signed.
type Content struct {
	Digest digest.SHA256
	Size   int64
	// Open opens the content. It is read only for signatures that are not made
	// over the digest.
	Open func(context.Context) (io.ReadCloser, error)
}

// Signed is the outcome of a verification that went well.
type Signed struct {
	Policy Policy
	// By is the subject of the certificate, or the key's id.
	By string
	// Issuer vouches for the subject; empty of a key.
	Issuer string
	// Key is the id of the key; empty of a certificate, whose key lives for minutes.
	Key string
	// At is when it was signed; zero: nothing says so. Of minisign it is what the
	// signer says.
	At time.Time
}

// Verifier verifies signatures of one kind.
type Verifier interface {
	// Check tells all that is wrong with what is trusted.
	Check(t Trust) error
	Verify(ctx context.Context, t Trust, c Content, signature []byte) (Signed, error)
}

// Verifiers are those that are there, by policy. Minisign's always is.
type Verifiers map[Policy]Verifier

// of returns the verifier of a policy; nil: none is asked for.
func (v Verifiers) of(p Policy) (Verifier, error) {
	switch {
	case p == None:
		return nil, nil
	case p == Minisign:
		return minisignVerifier{}, nil
	case v[p] != nil:
		return v[p], nil
	}
	return nil, fmt.Errorf("%q is no kind of signature that can be verified here; there are NONE, MINISIGN and SIGSTORE", p)
}

// Check tells all that is wrong with what is trusted.
func (v Verifiers) Check(t Trust) error {
	verifier, err := v.of(t.Policy)
	if err != nil || verifier == nil {
		return err
	}
	return verifier.Check(t)
}

// Verify says who signed a content, or why nobody did who is trusted. Where the
// policy asks for no signature, the answer is that there is none.
func (v Verifiers) Verify(ctx context.Context, t Trust, c Content, signature []byte) (Signed, error) {
	verifier, err := v.of(t.Policy)
	switch {
	case err != nil:
		return Signed{}, err
	case verifier == nil:
		return Signed{Policy: None}, nil
	case len(signature) == 0:
		return Signed{}, ErrMissing
	case len(signature) > MaxSignature:
		return Signed{}, fmt.Errorf("%w: it has %d bytes, and %d are the most", ErrMalformed, len(signature), MaxSignature)
	}
	return verifier.Verify(ctx, t, c, signature)
}
