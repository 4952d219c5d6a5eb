package domain

import (
	"fmt"
	"net/mail"
	"strings"

	"golang.org/x/text/language"
)

// maxAddress is how many characters an address has at most (RFC 5321).
const maxAddress = 254

// CheckEmail says why a text is no e-mail address, or nil: the bare address alone,
// without a name, comments or line breaks.
func CheckEmail(address string) error {
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || len(address) > maxAddress || strings.ContainsAny(address, "\r\n\t\x00") {
		return fmt.Errorf("%q is no e-mail address such as desk@example.org", address)
	}
	return nil
}

// CheckLanguage says why a text is no tag of a language, or nil.
func CheckLanguage(tag string) error {
	if _, err := language.Parse(tag); err != nil {
		return fmt.Errorf("%q is no language tag such as en, fr or de-CH (BCP 47)", tag)
	}
	return nil
}

// reached adds what is wrong with how somebody is told (R14).
func (es *Errors) reached(email, language *string) {
	if email != nil {
		es.wrong("email", CheckEmail(*email))
	}
	if language != nil {
		es.wrong("language", CheckLanguage(*language))
	}
}
