// Package canonical writes values as the one JSON text that everybody else gets
// for them too (RFC 8785), and digests it.
package canonical

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"
)

// JSON writes a value as RFC 8785 wants it, all texts after NFC and members that
// are null left out. It refuses texts that are no UTF-8, numbers that RFC 8785
// would round, and members that NFC makes one: two different values never
// have one text.
func JSON(value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	var b bytes.Buffer
	if err := copyTokens(jsontext.NewEncoder(&b), jsontext.NewDecoder(bytes.NewReader(plain))); err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	canonical := jsontext.Value(bytes.TrimSpace(b.Bytes()))
	if err := canonical.Canonicalize(); err != nil {
		return nil, fmt.Errorf("canonical JSON: %w", err)
	}
	return canonical, nil
}

// Digest is the SHA-256 of JSON, in hexadecimal.
func Digest(value any) (string, error) {
	text, err := JSON(value)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

func copyTokens(to *jsontext.Encoder, from *jsontext.Decoder) error {
	for {
		isName := expectsName(from)
		token, err := from.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if isName && token.Kind() == '"' {
			token = token.Clone()
			if from.PeekKind() == 'n' {
				if err := from.SkipValue(); err != nil {
					return err
				}
				continue
			}
		}
		if err := write(to, token); err != nil {
			return err
		}
	}
}

// expectsName reports whether the next token names a member of an object.
func expectsName(d *jsontext.Decoder) bool {
	kind, read := d.StackIndex(d.StackDepth())
	return kind == '{' && read%2 == 0
}

func write(to *jsontext.Encoder, token jsontext.Token) error {
	switch token.Kind() {
	case '"':
		return to.WriteToken(jsontext.String(norm.NFC.String(token.String())))
	case '0':
		if err := exact(token.String()); err != nil {
			return err
		}
	}
	return to.WriteToken(token)
}

// exact refuses a number that RFC 8785, to which all numbers are doubles, would
// write as another one.
func exact(number string) error {
	f, err := strconv.ParseFloat(number, 64)
	if err == nil && decimal(number) == decimal(strconv.FormatFloat(f, 'e', -1, 64)) {
		return nil
	}
	return fmt.Errorf("no reader of JSON has to keep the number %s as it is: write it as a text", number)
}

// decimal is the value of a number: its digits without zeros at the ends, and by
// which power of ten they count.
func decimal(number string) (value struct {
	digits string
	power  int
}) {
	number = strings.TrimPrefix(number, "-")
	at := strings.IndexAny(number, "eE")
	if at < 0 {
		at = len(number)
	} else {
		value.power, _ = strconv.Atoi(number[at+1:]) // too many digits: no double has that power
	}
	whole, fraction, _ := strings.Cut(number[:at], ".")
	value.power -= len(fraction)
	value.digits = strings.TrimLeft(whole+fraction, "0")
	significant := strings.TrimRight(value.digits, "0")
	value.power += len(value.digits) - len(significant)
	if value.digits = significant; significant == "" {
		value.power = 0
	}
	return value
}
