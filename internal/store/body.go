package store

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
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

// DecodeEffects reads what EncodeEffects wrote.
func DecodeEffects(b []byte) ([]Effect, error) {
	return decodeEffects(b, func(r *logText, e *Effect) {
		r.changed(e)
		r.must("}")
	})
}

// DecodeUndo reads of what EncodeEffects wrote what undoing the effects needs.
// With which properties something was created it passes over: its After is
// empty.
func DecodeUndo(b []byte) ([]Effect, error) {
	return decodeEffects(b, func(r *logText, e *Effect) {
		if r.hasBefore() {
			r.changed(e)
			r.must("}")
			return
		}
		e.After = unread
		r.rest = r.rest[max(0, effectEnd(r.rest, 0)):]
	})
}

// unread stands for the properties that DecodeUndo passes over.
var unread = Props{}

// decodeEffects reads each effect's head, and has the rest of it read.
func decodeEffects(b []byte, rest func(*logText, *Effect)) ([]Effect, error) {
	b = bytes.TrimSpace(b)
	r := newLogText(b)
	effects := make([]Effect, 0, bytes.Count(b, opening)+1)
	r.must("[")
	for !r.wrong && !r.skip("]") {
		if len(effects) > 0 {
			r.must(",")
		}
		e := r.head()
		rest(r, &e)
		effects = append(effects, e)
	}
	r.wrong = r.wrong || len(r.rest) > 0
	return effects, r.err("effects", b)
}

// decodeEffect reads one effect.
func decodeEffect(b []byte) (Effect, error) {
	r := newLogText(b)
	e := r.head()
	r.changed(&e)
	r.must("}")
	return e, r.err("an effect", b)
}

// head reads the beginning of an effect, as appendEffect writes it, up to its
// properties.
func (r *logText) head() (e Effect) {
	if r.skip(`{"node":`) {
		e.Node = ID(r.text())
		r.must(`,"kind":`)
		e.Kind = r.name()
	} else {
		r.must(`{"rel":`)
		e.Edge.Rel = r.name()
		r.must(`,"from":`)
		e.Edge.From = ID(r.text())
		r.must(`,"to":`)
		e.Edge.To = ID(r.text())
		if r.skip(`,"tag":`) {
			e.Edge.Tag = r.name()
		}
	}
	r.must(`,"version":`)
	e.Version = r.integer()
	if r.skip(`,"was":[`) {
		e.CreatedAt = time.UnixMicro(r.integer()).UTC()
		r.must(`,`)
		e.UpdatedAt = time.UnixMicro(r.integer()).UTC()
		r.must(`]`)
	}
	return e
}

const before, after = `,"before":`, `,"after":`

func (r *logText) hasBefore() bool { return bytes.HasPrefix(r.rest, []byte(before)) }

// changed reads the properties of an effect.
func (r *logText) changed(e *Effect) {
	if r.skip(before) {
		e.Before = r.props()
	}
	if r.skip(after) {
		e.After = r.props()
	}
}

// DecodeProps reads what AppendProps wrote.
func DecodeProps(b []byte) (Props, error) {
	r := &logText{rest: b}
	p := r.props()
	r.space()
	r.wrong = r.wrong || len(r.rest) > 0
	return p, r.err("properties", b)
}

// decodeFloat takes a number too large for a float for infinite.
func decodeFloat(text string) (any, error) {
	f, err := strconv.ParseFloat(text, 64)
	if math.IsInf(f, 0) {
		return f, nil
	}
	return f, err
}
