package interchange

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

// AppendNode appends a record as a line of the interchange format, its fields
// in the order of their declaration.
func AppendNode(b []byte, k *entity.Kind, props store.Props) []byte {
	b = append(b, `{"node":`...)
	b = AppendJSON(b, k.Name)
	b = appendFields(b, k.Fields, props)
	b = AppendSources(b, props)
	b = AppendKept(b, props)
	return append(b, "}\n"...)
}

// AppendEdge appends a relationship.
func AppendEdge(b []byte, r *entity.Relationship, from, to End, props store.Props) []byte {
	b = append(b, `{"edge":`...)
	b = AppendJSON(b, r.Name)
	b = append(b, `,"from":`...)
	b = AppendJSON(b, from.String())
	b = append(b, `,"to":`...)
	b = AppendJSON(b, to.String())
	b = appendFields(b, r.Properties, props)
	if source, ok := props[entity.SourceProperty]; ok {
		b = AppendJSON(append(b, `,"source":`...), text(source))
	}
	b = AppendKept(b, props)
	return append(b, "}\n"...)
}

// AppendSources appends which source set which field, where that is known.
func AppendSources(b []byte, props store.Props) []byte {
	sources := entity.DecodeSources(props)
	if len(sources) == 0 {
		return b
	}
	b = append(b, `,"sources":{`...)
	for i, s := range sources {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendJSON(b, s.Field)
		b = AppendJSON(append(b, ':'), s.Source)
	}
	return append(b, '}')
}

func appendFields(b []byte, fields []entity.Field, props store.Props) []byte {
	for i := range fields {
		f := &fields[i]
		if f.Map {
			b = AppendAttributes(b, f.Name, props)
			continue
		}
		if v, ok := props[f.Name]; ok {
			b = AppendField(b, f, v)
		}
	}
	return b
}

// AppendField appends a field with its value. What keeps an object is JSON already.
func AppendField(b []byte, f *entity.Field, v any) []byte {
	b = append(AppendJSON(append(b, ','), f.Name), ':')
	if f.Object {
		return append(b, text(v)...)
	}
	return AppendValue(b, v)
}

// AppendAttributes appends the attributes that are kept under a field.
func AppendAttributes(b []byte, name string, props store.Props) []byte {
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
	b = append(AppendJSON(append(b, ','), name), ":{"...)
	for i, short := range slices.Sorted(maps.Keys(attributes)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendJSON(b, short)
		b = AppendJSON(append(b, ':'), attributes[short])
	}
	return append(b, '}')
}

// AppendValue appends the value of a field.
func AppendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return AppendJSON(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case time.Time:
		return AppendJSON(b, v.UTC().Format(time.RFC3339Nano))
	}
	text, _ := json.Marshal(v) // a property value always has a JSON form
	return append(b, text...)
}

// AppendJSON appends a JSON string, without the escapes that only HTML needs.
func AppendJSON(b []byte, s string) []byte {
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

// text is a value that is a text, empty where it is none.
func text(v any) string {
	s, _ := v.(string)
	return s
}
