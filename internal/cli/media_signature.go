package cli

import (
	"context"
	"errors"
	"io"

	"releasegraph/internal/app/media"
	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
	"releasegraph/internal/library"
	"releasegraph/internal/signature"
	"releasegraph/internal/store/blob"
)

// mediaVerifier verifies signatures of what is in the library.
type mediaVerifier struct {
	library   *library.Library
	verifiers signature.Verifiers
	root      []byte // nil: certificates are not believed
}

var _ media.Verifier = mediaVerifier{}

// Verify implements media.Verifier.
func (v mediaVerifier) Verify(ctx context.Context, s media.Signature) (*domain.KitSignature, error) {
	trust := v.trust(s)
	if err := v.verifiers.Check(trust); err != nil {
		return nil, &domain.Error{Code: domain.RuleViolation, Rule: "L1", Field: "input.signature", Message: "cannot be verified by the policy's kitSigners: " + err.Error(), Cause: err}
	}
	content, err := v.content(s.Item)
	if err != nil {
		return nil, err
	}
	signed, err := v.verifiers.Verify(ctx, trust, content, []byte(s.Text))
	if err != nil {
		return unsigned(s, err)
	}
	by := signed.By
	if signed.Issuer != "" {
		by += " (" + signed.Issuer + ")"
	}
	k := &domain.KitSignature{Scheme: s.Scheme, Signer: by, Valid: true}
	if !signed.At.IsZero() {
		k.SignedAt = &signed.At
	}
	return k, nil
}

// trust is whose signatures count by the policy.
func (v mediaVerifier) trust(s media.Signature) signature.Trust {
	t := signature.Trust{Policy: signature.Policy(s.Scheme)}
	for _, who := range s.Signers {
		if who.Key != nil {
			t.Keys = append(t.Keys, *who.Key)
		}
		if who.Identity != nil {
			one := signature.Identity{Subject: *who.Identity}
			if who.Issuer != nil {
				one.Issuer = *who.Issuer
			}
			t.Identities = append(t.Identities, one)
		}
	}
	if len(t.Identities) > 0 {
		t.Root = v.root
	}
	return t
}

// content is what an item's bytes are.
func (v mediaVerifier) content(m *domain.MediaItem) (signature.Content, error) {
	d, err := digest.Parse(m.Sha256)
	return signature.Content{Digest: d, Size: int64(m.Size), Open: func(ctx context.Context) (io.ReadCloser, error) {
		c, _, err := v.library.Open(ctx, d, m.Copies)
		return c, err
	}}, err
}

// unsigned tells what came of a signature that does not count. That the bytes are
// damaged or gone, or that it is none, is an error.
func unsigned(s media.Signature, err error) (*domain.KitSignature, error) {
	var mismatch *digest.MismatchError
	var size *digest.SizeError
	switch {
	case errors.Is(err, signature.ErrUntrusted), errors.Is(err, signature.ErrForeign):
		why := err.Error()
		return &domain.KitSignature{Scheme: s.Scheme, Signer: "unknown", Reason: &why}, nil
	case errors.Is(err, signature.ErrMalformed), errors.Is(err, signature.ErrMissing):
		return nil, &domain.Error{Code: domain.Invalid, Rule: "L1", Field: "input.signature", Message: err.Error(), Cause: err}
	case errors.As(err, &mismatch), errors.As(err, &size):
		return nil, &domain.Error{Code: domain.Conflict, Rule: "L6", Field: "input.ref", Message: "the bytes in the library are damaged: put them again (" + err.Error() + ")", Cause: err}
	case errors.Is(err, blob.ErrNotFound):
		return nil, &domain.Error{Code: domain.Conflict, Rule: "L6", Field: "input.ref", Message: "no bytes of this item are in the library: put them again", Cause: err}
	}
	return nil, err
}
