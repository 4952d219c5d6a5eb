package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
)

// body is a request as GraphQL over HTTP writes it.
type body struct {
	Query         *string        `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
	Extensions    map[string]any `json:"extensions"`
}

// decodeParams reads a body. Its errors never quote what was sent.
func decodeParams(r io.Reader) (*graphql.RawParams, error) {
	var b body
	if err := decodeJSON(r, &b); err != nil {
		return nil, explain("the body", err)
	}
	return b.params()
}

func (b *body) params() (*graphql.RawParams, error) {
	query := ""
	if b.Query != nil {
		query = *b.Query
	}
	if query == "" && persistedHash(b.Extensions) == "" {
		return nil, errors.New(`no document: give it as "query"`)
	}
	return &graphql.RawParams{
		Query: query, OperationName: b.OperationName, Variables: b.Variables, Extensions: b.Extensions,
	}, nil
}

func paramsOfURL(raw string) (*graphql.RawParams, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, errors.New("the address has a malformed query string")
	}
	query := values.Get("query")
	b := body{Query: &query, OperationName: values.Get("operationName")}
	for name, into := range map[string]*map[string]any{"variables": &b.Variables, "extensions": &b.Extensions} {
		if text := values.Get(name); text != "" {
			if err := decodeJSON(strings.NewReader(text), into); err != nil {
				return nil, explain(name, err)
			}
		}
	}
	return b.params()
}

// decodeJSON reads exactly one JSON value; numbers keep their digits. Bytes
// that are no text are refused: the decoder would put others in their place.
func decodeJSON(r io.Reader, into any) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if !utf8.Valid(text) {
		return errNotUTF8
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is more after the JSON value")
	}
	return nil
}

var errNotUTF8 = errors.New("it is not valid UTF-8")

func explain(what string, err error) error {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return err
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%s is empty", what)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s ends in the middle of its JSON", what)
	case errors.As(err, &syntax):
		return fmt.Errorf("%s is not JSON, from byte %d on", what, syntax.Offset)
	case errors.As(err, &mistyped) && mistyped.Field == "":
		return fmt.Errorf("%s must be one JSON object, not %s %s", what, article(mistyped.Value), mistyped.Value)
	case errors.As(err, &mistyped):
		return fmt.Errorf("%s: %q must not be %s %s", what, mistyped.Field, article(mistyped.Value), mistyped.Value)
	}
	return fmt.Errorf("%s cannot be read: %w", what, err)
}

func article(noun string) string {
	if strings.IndexByte("aeiou", noun[0]) >= 0 {
		return "an"
	}
	return "a"
}
