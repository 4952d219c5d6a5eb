package cli

import (
	"fmt"
	"io"
	"strings"

	"releasegraph/internal/domain"
)

// printChanges prints what was or would be written, one change a line.
func printChanges(w io.Writer, changes []domain.Change) {
	for _, c := range changes {
		fmt.Fprintf(w, "%s %s %s%s\n", strings.ToLower(string(c.Type)), c.Kind, subject(c), fields(c.Fields))
	}
}

func subject(c domain.Change) string {
	switch {
	case c.Key != nil:
		return *c.Key
	case c.From != nil && c.To != nil:
		return c.From.Key + " → " + c.To.Key
	}
	return ""
}

func fields(list []domain.FieldChange) string {
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
