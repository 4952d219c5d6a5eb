package importer

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/spdx/tools-golang/spdx"
	"github.com/spdx/tools-golang/tagvalue"
)

// decodeTagValue reads an SPDX document of lines "Tag: value", and tells the lines
// of its packages and relationships.
func decodeTagValue(text []byte) (*spdx.Document, map[string]int, error) {
	lines, places, err := tagLines(string(text))
	if err != nil {
		return nil, nil, err
	}
	doc, err := tagvalue.Read(bytes.NewReader(lines))
	return doc, places, err
}

// maxTagValue is how much of a value is read. What is longer is prose, of which
// nothing is looked at.
const maxTagValue = 32 << 10

// tagLines gives each tag with its value one line, so that a text of many lines
// costs no more than its length.
func tagLines(text string) ([]byte, map[string]int, error) {
	var out bytes.Buffer
	places, count := map[string]int{}, map[string]int{}
	number := 0
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		tag, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, nil, fmt.Errorf("line %d: has no colon, which parts a tag from its value", number)
		}
		tag = strings.TrimSpace(tag)
		if list, counted := tagLists[tag]; counted {
			places[fmt.Sprintf("%s/%d", list, count[list])] = number
			count[list]++
		}
		if _, begun, long := strings.Cut(value, "<text>"); long {
			if !strings.Contains(begun, "</text>") {
				rest, more, ended := strings.Cut(text, "</text>")
				if !ended {
					return nil, nil, errors.New("ends in the middle of a text")
				}
				begun += "\n" + rest
				number += 1 + strings.Count(rest, "\n")
				_, text, _ = strings.Cut(more, "\n")
			}
			begun, _, _ = strings.Cut(begun, "</text>")
			value = strings.Join(strings.Fields(begun), " ")
		}
		value = strings.ToValidUTF8(value[:min(len(value), maxTagValue)], "")
		fmt.Fprintf(&out, "%s: %s\n", tag, strings.TrimSpace(value))
	}
	return out.Bytes(), places, nil
}

// tagLists are the lists to which a tag adds an element.
var tagLists = map[string]string{"PackageName": "packages", "Relationship": "relationships"}
