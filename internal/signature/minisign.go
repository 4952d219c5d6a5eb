package signature

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"aead.dev/minisign"

	"releasegraph/internal/digest"
)

// minisignVerifier verifies what minisign signs: a key for a file.
type minisignVerifier struct{}

// Check implements Verifier.
func (minisignVerifier) Check(t Trust) error {
	_, err := minisignKeys(t)
	return err
}

// minisignKeys reads public keys, with or without the comment that their files
// begin with.
func minisignKeys(t Trust) (map[uint64]minisign.PublicKey, error) {
	keys := map[uint64]minisign.PublicKey{}
	var wrong []error
	if len(t.Keys) == 0 {
		wrong = append(wrong, errors.New("no key is trusted: name the supplier's public keys"))
	}
	for i, text := range t.Keys {
		var k minisign.PublicKey
		if err := k.UnmarshalText([]byte(strings.TrimSpace(text))); err != nil {
			wrong = append(wrong, fmt.Errorf("key %d is no public key of minisign: %w", i+1, err))
			continue
		}
		keys[k.ID()] = k
	}
	return keys, errors.Join(wrong...)
}

func keyID(id uint64) string { return fmt.Sprintf("%016X", id) }

// Verify implements Verifier. The content is read once, and its digest compared
// on the way.
func (minisignVerifier) Verify(ctx context.Context, t Trust, c Content, signature []byte) (Signed, error) {
	keys, err := minisignKeys(t)
	if err != nil {
		return Signed{}, err
	}
	var s minisign.Signature
	if err := s.UnmarshalText(signature); err != nil {
		return Signed{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if s.Algorithm != minisign.HashEdDSA {
		return Signed{}, fmt.Errorf("%w: it is of the old form, which needs all of a content in memory; sign with minisign -H", ErrMalformed)
	}
	key, ok := keys[s.KeyID]
	if !ok {
		return Signed{}, fmt.Errorf("%w: the key %s is none of theirs", ErrUntrusted, keyID(s.KeyID))
	}
	from, err := c.Open(ctx)
	if err != nil {
		return Signed{}, err
	}
	defer from.Close()
	read := minisign.NewReader(digest.NewReader(from, c.Digest, c.Size))
	if _, err := io.Copy(io.Discard, contextReader{ctx, read}); err != nil {
		return Signed{}, err
	}
	if !read.Verify(key, signature) {
		return Signed{}, fmt.Errorf("%w, or not by the key %s", ErrForeign, keyID(s.KeyID))
	}
	return Signed{Policy: Minisign, By: keyID(s.KeyID), Key: keyID(s.KeyID), At: minisignedAt(s.TrustedComment)}, nil
}

// minisignedAt reads when the signer says that they signed: minisign writes
// "timestamp:…" into the comment that is signed, too.
func minisignedAt(comment string) time.Time {
	for field := range strings.FieldsSeq(comment) {
		if text, ok := strings.CutPrefix(field, "timestamp:"); ok {
			if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
				return time.Unix(seconds, 0).UTC()
			}
		}
	}
	return time.Time{}
}

// contextReader reads no further once its context has ended.
type contextReader struct {
	ctx  context.Context
	from io.Reader
}

// Read implements io.Reader.
func (r contextReader) Read(into []byte) (int, error) {
	if err := context.Cause(r.ctx); err != nil {
		return 0, err
	}
	return r.from.Read(into)
}
