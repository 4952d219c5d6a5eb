package version

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

func (r *Reader) readPattern(text string) (Version, error) {
	s := norm.NFC.String(text)
	m := r.re.FindStringSubmatch(s)
	if m == nil {
		return Version{}, fmt.Errorf("%q is no version: it does not match the pattern %s", text, r.scheme.Pattern)
	}
	v := Version{text: text}
	byName := map[string]part{}
	for _, g := range r.scheme.Order {
		p, err := g.part(m[r.re.SubexpIndex(g.Name)])
		if err != nil {
			return Version{}, fmt.Errorf("%q is no version: %w", text, err)
		}
		v.parts = append(v.parts, p)
		byName[g.Name] = p
	}
	line := r.scheme.Line
	if len(line) == 0 {
		line = []string{r.scheme.Order[0].Name}
	}
	for _, name := range line {
		v.line = append(v.line, byName[name])
	}
	return v, nil
}

func (g Group) part(text string) (part, error) {
	switch {
	case text == "" && g.Absent == Last:
		return part{class: afterwards}, nil
	case text == "":
		return part{class: before}, nil
	case g.As == Number && strings.Trim(text, "0123456789") != "":
		return part{}, fmt.Errorf("its %s, %q, is no number", g.Name, text)
	case g.As == Number:
		return part{number, digits(text)}, nil
	case g.As == Text:
		return part{letters, norm.NFC.String(text)}, nil
	}
	at := slices.IndexFunc(g.Ranks, func(r string) bool { return norm.NFC.String(r) == norm.NFC.String(text) })
	if at < 0 {
		return part{}, fmt.Errorf("its %s, %q, is none of %s", g.Name, text, strings.Join(g.Ranks, ", "))
	}
	return part{ranked, strconv.Itoa(at)}, nil
}
