package pipeline

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
)

// Believed tells whether who sends a request knows the secret of the source; it takes as long
// whether they do or not.
func (s *Source) Believed(header http.Header, body []byte) bool {
	switch s.Kind {
	case GitHub:
		text, is := strings.CutPrefix(header.Get("X-Hub-Signature-256"), "sha256=")
		given, err := hex.DecodeString(text)
		sum := hmac.New(sha256.New, s.secret)
		sum.Write(body)
		return hmac.Equal(given, sum.Sum(nil)) && is && err == nil
	case GitLab:
		return s.same(header.Get("X-Gitlab-Token"))
	}
	scheme, token, _ := strings.Cut(header.Get("Authorization"), " ")
	return s.same(strings.TrimSpace(token)) && strings.EqualFold(scheme, "Bearer")
}

// same compares a secret by its digest, which has one length.
func (s *Source) same(given string) bool {
	want, got := sha256.Sum256(s.secret), sha256.Sum256([]byte(given))
	return len(s.secret) > 0 && subtle.ConstantTimeCompare(want[:], got[:]) == 1
}
