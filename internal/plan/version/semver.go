package version

import (
	"fmt"
	"strings"
)

// readSemver reads Semantic Versioning 2.0.0. The libraries for it stop at
// numbers of 64 bits, which dates and builds in version numbers exceed.
func readSemver(text string) (Version, error) {
	wrong := func(why string, args ...any) (Version, error) {
		return Version{}, fmt.Errorf("%q is no semantic version such as 1.4.2 or 2.0.0-rc.1: %s", text, fmt.Sprintf(why, args...))
	}
	rest, build, hasBuild := strings.Cut(text, "+")
	core, pre, hasPre := strings.Cut(rest, "-")
	numbers := strings.Split(core, ".")
	switch {
	case text == "":
		return wrong("it is empty")
	case (text[0] == 'v' || text[0] == 'V') && len(text) > 1 && isDigit(text[1]):
		return wrong("it begins with %q", text[0])
	case len(numbers) != 3:
		return wrong("it needs three numbers, major.minor.patch")
	}
	v := Version{text: text}
	for _, n := range numbers {
		if why := faultyNumber(n); why != "" {
			return wrong("%s", why)
		}
		v.parts = append(v.parts, part{number, n})
	}
	v.line = v.parts[:2:2]
	if !hasPre {
		v.parts = append(v.parts, part{class: released})
	} else {
		for id := range strings.SplitSeq(pre, ".") {
			p, why := identifier(id)
			if why != "" {
				return wrong("in its pre-release %s", why)
			}
			v.parts = append(v.parts, p)
		}
	}
	if hasBuild {
		for id := range strings.SplitSeq(build, ".") {
			if why := faultyIdentifier(id); why != "" {
				return wrong("in its build data %s", why)
			}
		}
	}
	return v, nil
}

func faultyNumber(n string) string {
	switch {
	case n == "":
		return "a number is missing"
	case strings.Trim(n, "0123456789") != "":
		return fmt.Sprintf("%q is no number", n)
	case len(n) > 1 && n[0] == '0':
		return fmt.Sprintf("%q begins with 0", n)
	}
	return ""
}

func faultyIdentifier(id string) string {
	if id == "" {
		return "an identifier is empty"
	}
	for _, c := range id {
		if !isDigit(c) && !('a' <= c && c <= 'z') && !('A' <= c && c <= 'Z') && c != '-' {
			return fmt.Sprintf("%q holds %q: only letters, digits and - are allowed", id, c)
		}
	}
	return ""
}

// identifier is one of a pre-release: a number, or a text, which follows all
// numbers.
func identifier(id string) (part, string) {
	if why := faultyIdentifier(id); why != "" {
		return part{}, why
	}
	if strings.Trim(id, "0123456789") != "" {
		return part{letters, id}, ""
	}
	if why := faultyNumber(id); why != "" {
		return part{}, why
	}
	return part{identNum, id}, ""
}
