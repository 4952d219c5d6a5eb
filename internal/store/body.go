package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The log keeps effects as JSON that loses nothing: an integer has neither
// point nor exponent, a float always has one of them (or is {"float":"+Inf"}),
// a time is {"time":"2026-01-02T03:04:05.000006Z"}. A node's times before the
// change are "was", in microseconds since 1970. Entries from before that was
// kept lack it.

// EncodeEffects writes effects for the log; DecodeEffects reads them.
func EncodeEffects(effects []Effect) ([]byte, error) {
	b := make([]byte, 0, 2+160*len(effects))
	b = append(b, '[')
	for i := range effects {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendEffect(b, &effects[i]); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func appendEffect(b []byte, e *Effect) ([]byte, error) {
	if e.Node != "" {
		b = appendText(append(b, `{"node":`...), string(e.Node))
		b = appendText(append(b, `,"kind":`...), e.Kind)
	} else {
		b = appendText(append(b, `{"rel":`...), e.Edge.Rel)
		b = appendText(append(b, `,"from":`...), string(e.Edge.From))
		b = appendText(append(b, `,"to":`...), string(e.Edge.To))
		if e.Edge.Tag != "" {
			b = appendText(append(b, `,"tag":`...), e.Edge.Tag)
		}
	}
	b = strconv.AppendInt(append(b, `,"version":`...), e.Version, 10)
	if !e.UpdatedAt.IsZero() {
		b = strconv.AppendInt(append(b, `,"was":[`...), e.CreatedAt.UnixMicro(), 10)
		b = append(strconv.AppendInt(append(b, ','), e.UpdatedAt.UnixMicro(), 10), ']')
	}
	var err error
	if e.Before != nil {
		if b, err = AppendProps(append(b, `,"before":`...), e.Before); err != nil {
			return nil, err
		}
	}
	if e.After != nil {
		if b, err = AppendProps(append(b, `,"after":`...), e.After); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

// AppendProps writes properties as a JSON object, names in order, in the
// lossless form of the log.
func AppendProps(b []byte, p Props) ([]byte, error) {
	var few [16]string
	names := slices.AppendSeq(few[:0], maps.Keys(p))
	slices.Sort(names)
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, name), ':')
		var err error
		if b, err = appendValue(b, p[name]); err != nil {
			return nil, fmt.Errorf("property %q: %w", name, err)
		}
	}
	return append(b, '}'), nil
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case bool:
		return strconv.AppendBool(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case float64:
		return appendFloat(b, v), nil
	case string:
		return appendText(b, v), nil
	case time.Time:
		b = append(b, `{"time":"`...)
		return append(v.UTC().AppendFormat(b, time.RFC3339Nano), `"}`...), nil
	case []string:
		b = append(b, '[')
		for i, s := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendText(b, s)
		}
		return append(b, ']'), nil
	}
	return nil, fmt.Errorf("%w: %T is no property type", ErrInvalid, v)
}

func appendFloat(b []byte, f float64) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		b = append(b, `{"float":"`...)
		return append(strconv.AppendFloat(b, f, 'g', -1, 64), `"}`...)
	}
	start := len(b)
	b = strconv.AppendFloat(b, f, 'g', -1, 64)
	if !bytes.ContainsAny(b[start:], ".e") {
		b = append(b, ".0"...)
	}
	return b
}

const hexDigits = "0123456789abcdef"

// appendText writes a JSON string. Valid UTF-8 needs no escape beside quote,
// backslash and the control characters.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		if c == '"' || c == '\\' {
			b = append(b, '\\', c)
		} else {
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(b, s[start:]...), '"')
}

type loggedEffect struct {
	Node    ID          `json:"node"`
	Kind    string      `json:"kind"`
	Rel     string      `json:"rel"`
	From    ID          `json:"from"`
	To      ID          `json:"to"`
	Tag     string      `json:"tag"`
	Version int64       `json:"version"`
	Was     []int64     `json:"was"`
	Before  loggedProps `json:"before"`
	After   loggedProps `json:"after"`
}

type loggedProps Props

// UnmarshalJSON reads the lossless form.
func (p *loggedProps) UnmarshalJSON(b []byte) error {
	props, err := DecodeProps(b)
	*p = loggedProps(props)
	return err
}

// DecodeEffects reads what EncodeEffects wrote.
func DecodeEffects(b []byte) ([]Effect, error) {
	var logged []loggedEffect
	if err := json.Unmarshal(b, &logged); err != nil {
		return nil, fmt.Errorf("effects in the log: %w", err)
	}
	effects := make([]Effect, len(logged))
	for i := range logged {
		effects[i] = logged[i].effect()
	}
	return effects, nil
}

func (l *loggedEffect) effect() Effect {
	e := Effect{
		Node: l.Node, Kind: l.Kind, Version: l.Version,
		Edge:   EdgeKey{l.Rel, l.From, l.To, l.Tag},
		Before: Props(l.Before), After: Props(l.After),
	}
	if len(l.Was) == 2 {
		e.CreatedAt, e.UpdatedAt = time.UnixMicro(l.Was[0]).UTC(), time.UnixMicro(l.Was[1]).UTC()
	}
	return e
}

// DecodeProps reads what AppendProps wrote.
func DecodeProps(b []byte) (Props, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var raw map[string]any
	if err := d.Decode(&raw); err != nil {
		return nil, fmt.Errorf("properties: %w", err)
	}
	for name, v := range raw {
		decoded, err := decodeValue(v)
		if err != nil {
			return nil, fmt.Errorf("property %q: %w", name, err)
		}
		raw[name] = decoded
	}
	return raw, nil
}

func decodeValue(v any) (any, error) {
	switch v := v.(type) {
	case bool, string:
		return v, nil
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return decodeFloat(v.String())
		}
		return strconv.ParseInt(v.String(), 10, 64)
	case []any:
		return decodeList(v)
	case map[string]any:
		if text, ok := v["time"].(string); ok {
			t, err := time.Parse(time.RFC3339Nano, text)
			return t.UTC(), err
		}
		if text, ok := v["float"].(string); ok {
			return strconv.ParseFloat(text, 64)
		}
	}
	return nil, fmt.Errorf("%v is not in the log's form", v)
}

// decodeFloat takes a number too large for a float for infinite.
func decodeFloat(text string) (any, error) {
	f, err := strconv.ParseFloat(text, 64)
	if math.IsInf(f, 0) {
		return f, nil
	}
	return f, err
}

func decodeList(list []any) (any, error) {
	texts := make([]string, len(list))
	for i, e := range list {
		s, ok := e.(string)
		if !ok {
			return nil, fmt.Errorf("%v is not a string", e)
		}
		texts[i] = s
	}
	return texts, nil
}
