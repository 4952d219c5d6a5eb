package interchange

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"releasegraph/internal/domain"
)

// Change begins a change set in a history: what follows it in the file
// was changed together. An empty actor or source is that of the import.
type Change struct {
	At     time.Time
	Actor  string
	Reason string
	Source string // by what means: "api", "import", …
	// Revision is the one that the change set had where the history was written,
	// 0 where that is not said.
	Revision int64
	// Told says that a line of its own began the change set: what that leaves
	// out there was not, a reason for one.
	Told bool
}

// parseChange reads what a line says of a change set.
func parseChange(fields map[string]any) (*Change, domain.Errors) {
	given, ok := fields["change"].(map[string]any)
	if !ok || len(fields) > 1 {
		return nil, domain.Errors{invalid("change", `a line that begins a change set holds nothing else: {"change":{"at":"2026-03-01T08:00:00Z",…}}`)}
	}
	c := &Change{Told: true}
	var errs domain.Errors
	for _, name := range slices.Sorted(maps.Keys(given)) {
		value, isText := given[name].(string)
		to := map[string]*string{"actor": &c.Actor, "reason": &c.Reason, "source": &c.Source}[name]
		switch {
		case name == "revision": // it gets the next one here
			c.Revision, _ = revision(given[name])
		case name != "at" && to == nil:
			errs = append(errs, invalid("change."+name, "a change set has at, actor, reason, source and revision"))
		case !isText:
			errs = append(errs, invalid("change."+name, "must be a text"))
		case name == "at":
			errs = append(errs, readTime("change.at", value, &c.At)...)
		default:
			if err := domain.CheckText(value, domain.MaxIndexed); err != nil {
				errs = append(errs, invalid("change."+name, err.Error()))
			}
			*to = value
		}
	}
	if _, ok := given["at"]; !ok {
		errs = append(errs, invalid("change.at", "is missing: when it was"))
	}
	return c, errs
}

// revision reads the number of a change set, 0 for what is none.
func revision(v any) (int64, error) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, nil
	}
	return n.Int64()
}

func readTime(field, value string, to *time.Time) domain.Errors {
	when, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return domain.Errors{invalid(field, fmt.Sprintf("must be a time such as 2026-03-01T08:00:00Z, not %q", value))}
	}
	*to = when.UTC().Truncate(time.Microsecond)
	return nil
}
