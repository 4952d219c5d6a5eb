package app

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// appendNode appends a record as a line of the interchange format, its fields
// in the order of their declaration.
func appendNode(b []byte, k *entity.Kind, props store.Props) []byte {
	b = append(b, `{"node":`...)
	b = appendJSON(b, k.Name)
	b = appendFields(b, k.Fields, props)
	b = appendSources(b, props)
	return append(b, "}\n"...)
}

// appendEdge appends a relationship.
func appendEdge(b []byte, r *entity.Relationship, from, to ImportEnd, props store.Props) []byte {
	b = append(b, `{"edge":`...)
	b = appendJSON(b, r.Name)
	b = append(b, `,"from":`...)
	b = appendJSON(b, from.String())
	b = append(b, `,"to":`...)
	b = appendJSON(b, to.String())
	b = appendFields(b, r.Properties, props)
	if source, ok := props[entity.SourceProperty]; ok {
		b = appendJSON(append(b, `,"source":`...), text(source))
	}
	return append(b, "}\n"...)
}

// appendSources appends which source set which field, where that is known.
func appendSources(b []byte, props store.Props) []byte {
	sources := entity.DecodeSources(props)
	if len(sources) == 0 {
		return b
	}
	b = append(b, `,"sources":{`...)
	for i, s := range sources {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, s.Field)
		b = appendJSON(append(b, ':'), s.Source)
	}
	return append(b, '}')
}

func appendFields(b []byte, fields []entity.Field, props store.Props) []byte {
	for i := range fields {
		f := &fields[i]
		if f.Map {
			b = appendAttributes(b, f.Name, props)
			continue
		}
		if v, ok := props[f.Name]; ok {
			b = appendJSON(append(b, ','), f.Name)
			b = appendValue(append(b, ':'), v)
		}
	}
	return b
}

func appendAttributes(b []byte, name string, props store.Props) []byte {
	prefix := name + "."
	attributes := map[string]string{}
	for property, v := range props {
		if short, ok := strings.CutPrefix(property, prefix); ok {
			attributes[short] = text(v)
		}
	}
	if len(attributes) == 0 {
		return b
	}
	b = append(appendJSON(append(b, ','), name), ":{"...)
	for i, short := range slices.Sorted(maps.Keys(attributes)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, short)
		b = appendJSON(append(b, ':'), attributes[short])
	}
	return append(b, '}')
}

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendJSON(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case time.Time:
		return appendJSON(b, v.UTC().Format(time.RFC3339Nano))
	}
	text, _ := json.Marshal(v) // a property value always has a JSON form
	return append(b, text...)
}

// appendJSON appends a JSON string, without the escapes that only HTML needs.
func appendJSON(b []byte, s string) []byte {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] >= ' ' && s[i] < 0x7f && s[i] != '"' && s[i] != '\\'
	}
	if plain {
		b = append(append(append(b, '"'), s...), '"')
		return b
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string always has a JSON form
	return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}
