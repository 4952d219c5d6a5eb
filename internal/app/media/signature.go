package media

import (
	"context"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Verifier verifies signatures of bytes that are in the library.
type Verifier interface {
	// Verify returns what came of it. An error says that nothing did: what was
	// given is no signature, or the bytes cannot be read.
	Verify(ctx context.Context, s Signature) (*domain.KitSignature, error)
}

// Signature is a signature that is to be verified.
type Signature struct {
	Item *domain.MediaItem
	Text string
	// Scheme and Signers are the policy's.
	Scheme  domain.SignatureScheme
	Signers []domain.KitSigner
}

// VerifyBy has signatures verified by a verifier. It is to be called before the
// first is.
func (a *Area) VerifyBy(v Verifier) { a.verifier = v }

// Verify names a media item and gives a signature of its bytes.
type Verify struct {
	Ref       domain.Ref
	Signature string
	IfVersion *int
}

// VerifyMediaSignature verifies a signature of the bytes of an item in quarantine,
// and keeps what came of it: also that it does not count, and why (L1).
func (a *Area) VerifyMediaSignature(ctx context.Context, in Verify, o *domain.WriteOptions) (*estate.Written, error) {
	m := estate.Mutation{Action: authz.Deposit, Kind: domain.KindMediaItem, Options: o, Input: []any{"verifySignature", domain.KindMediaItem, in}}
	return a.estate.Mutate(ctx, m, func(k *entity.Kind) (*estate.Draft, entity.Record, error) {
		found, err := a.estate.Seen(ctx, authz.Deposit, k, in.Ref, in.IfVersion)
		if err != nil {
			return nil, nil, err
		}
		before := found.(*domain.MediaItem)
		s, err := a.signatureOf(ctx, before, in.Signature)
		if err != nil {
			return nil, nil, err
		}
		verified, err := a.verifier.Verify(ctx, s)
		if err != nil {
			return nil, nil, err
		}
		after := entity.Clone(before).(*domain.MediaItem)
		after.Signature = verified
		d := &estate.Draft{}
		d.Update(before, after)
		return d, after, nil
	})
}

// signatureOf is what is to be verified, unless something stands against it.
func (a *Area) signatureOf(ctx context.Context, m *domain.MediaItem, text string) (Signature, error) {
	var wrong domain.Errors
	if m.Status != domain.MediaQuarantine {
		wrong = append(wrong, domain.Breaks("L1", "input.ref", "%s is %s: signatures are verified in QUARANTINE", m.Key, m.Status))
	}
	if !m.Stored {
		wrong = append(wrong, domain.Breaks("L1", "input.ref", "the bytes of %s are not in the library yet: put them first (PUT /media/%s)", m.Key, m.Key))
	}
	p, err := a.policyOfCopy(ctx, m)
	if err != nil {
		return Signature{}, err
	}
	if p.KitSignature == domain.SignatureNone || p.KitSignature == "" {
		wrong = append(wrong, domain.Breaks("L1", "input.ref", "the policy %s asks for no signature (kitSignature is NONE)", p.Key))
	}
	if a.verifier == nil {
		wrong = append(wrong, &domain.Error{Code: domain.Unavailable, Message: "this server has no media library: it is named by --media"})
	}
	return Signature{Item: m, Text: text, Scheme: p.KitSignature, Signers: p.KitSigners}, wrong.Err()
}

// policyOfCopy is the policy that applies to a media item.
func (a *Area) policyOfCopy(ctx context.Context, m *domain.MediaItem) (*domain.ReleasePolicy, error) {
	id := store.ID(m.ID)
	copied, err := estate.Linked[*domain.ConfigurationItem](ctx, a.estate.Unnamed(ctx), []store.ID{id}, domain.RelMasterOf, store.Out)
	if err != nil {
		return nil, err
	}
	return a.policyOf(ctx, a.estate.Unnamed(ctx), copied[id])
}
