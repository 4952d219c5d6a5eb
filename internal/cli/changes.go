package cli

import (
	"strings"

	"releasegraph/internal/domain"
)

// painter writes changes as legible lines of text, in colours where there is a
// terminal.
type painter struct{ on bool }

const (
	inRed      = "\x1b[31m"
	inGreen    = "\x1b[32m"
	inYellow   = "\x1b[33m"
	uncoloured = "\x1b[0m"
)

func (p painter) in(colour, text string) string {
	text = legibleText(text)
	if !p.on {
		return text
	}
	return colour + text + uncoloured
}

// change tells one change: + what is new, ~ what changes, - what goes.
func (p painter) change(c domain.Change) string {
	text := c.Kind + " " + subject(c.Key, c.From, c.To)
	switch {
	case c.Type == domain.ChangeCreated:
		return p.in(inGreen, "+ "+text+p.fields(c.Fields))
	case c.Type == domain.ChangeRemoved:
		return p.in(inRed, "- "+text)
	case withdrawn(c):
		return p.in(inRed, "- "+text+" (withdrawn)")
	}
	return p.in(inYellow, "~ "+text) + legibleText(p.fields(c.Fields))
}

// withdrawn tells that an item is taken out of use (C3).
func withdrawn(c domain.Change) bool {
	return len(c.Fields) == 1 && c.Fields[0].Field == "status" && c.Fields[0].After != nil && *c.Fields[0].After == string(domain.ItemWithdrawn)
}

// kept tells that a field stays as it is (C6).
func (p painter) kept(k domain.FieldKept) string {
	if k.Removed {
		return legibleText("= " + k.Kind + " " + subject(k.Key, k.From, k.To) + " (stays removed, by " + k.Source + "; offered again)")
	}
	text := "= " + k.Kind + " " + subject(k.Key, k.From, k.To) + " (" + k.Field + " stays " + orEmpty(k.Kept) +
		", set by " + k.Source
	if k.Offered != nil {
		text += "; offered " + *k.Offered
	}
	return legibleText(text + ")")
}

func orEmpty(text *string) string {
	if text == nil {
		return "empty"
	}
	return *text
}

func subject(key *string, from, to *domain.ChangeEnd) string {
	switch {
	case key != nil:
		return *key
	case from != nil && to != nil:
		return from.Key + " → " + to.Key
	}
	return ""
}

func (p painter) fields(list []domain.FieldChange) string {
	parts := make([]string, len(list))
	for i, f := range list {
		switch {
		case f.Before == nil && f.After != nil:
			parts[i] = f.Field + "=" + *f.After
		case f.Before != nil && f.After == nil:
			parts[i] = "no " + f.Field
		case f.Before != nil:
			parts[i] = f.Field + ": " + *f.Before + " → " + *f.After
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
