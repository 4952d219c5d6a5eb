package importer

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// isXML tells XML by its first character, isJSON an object of JSON.
func isXML(text []byte) bool { return beginsWith(text, '<') }

func isJSON(text []byte) bool { return beginsWith(text, '{') }

func beginsWith(text []byte, c byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && text[0] == c
}

// notXML explains why a document cannot be decoded, by line where that is known.
func notXML(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: not valid XML: %s", syntax.Line, syntax.Msg)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("ends in the middle")
	}
	return err
}

// xmlLists are the elements whose elements are told by their number.
var xmlLists = map[string]bool{"components": true, "dependencies": true}

// xmlLines tells on which line each element of a document begins, by its place as
// elementLines names it: "metadata/component", "components/3".
func xmlLines(text []byte) map[string]int {
	type open struct {
		path     string
		list     bool
		elements int
	}
	decoder, lines := xml.NewDecoder(bytes.NewReader(text)), map[string]int{}
	var stack []open
	for {
		line, _ := decoder.InputPos()
		token, err := decoder.RawToken()
		if err != nil {
			return lines
		}
		switch element := token.(type) {
		case xml.StartElement:
			one := open{list: xmlLists[element.Name.Local]}
			if len(stack) > 0 {
				above := &stack[len(stack)-1]
				name := element.Name.Local
				if above.list {
					name = strconv.Itoa(above.elements)
				}
				above.elements++
				one.path = strings.TrimPrefix(above.path+"/"+name, "/")
			}
			if len(stack) <= maxPlaced {
				lines[one.path] = line
			}
			stack = append(stack, one)
		case xml.EndElement:
			if len(stack) > 0 {
				stack = stack[:len(stack)-1]
			}
		}
	}
}
