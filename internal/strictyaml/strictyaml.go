// Package strictyaml reads what people write in YAML: mappings, and files of
// settings.
package strictyaml

import (
	"bytes"
	"errors"
	"io"

	"github.com/goccy/go-yaml"
)

// Read reads one document. Fields that into does not know are refused, with
// the place; an empty text is a document without any. The library panics at some
// texts that are no YAML: those are refused, too.
func Read(text []byte, into any) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("this cannot be read as YAML")
		}
	}()
	err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(into)
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return errors.New(yaml.FormatError(err, false, true))
}
