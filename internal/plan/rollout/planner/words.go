package planner

import (
	"fmt"
	"strings"
	"time"

	"releasegraph/internal/plan/rollout"
	"releasegraph/internal/plan/rollout/demand"
)

// chainText writes a chain by keys, as in app > api > db.
func chainText(chain []rollout.Edge) string {
	if len(chain) == 0 {
		return ""
	}
	keys := []string{keyOf(chain[0].From)}
	for _, e := range chain {
		keys = append(keys, keyOf(e.To))
	}
	return strings.Join(keys, " > ")
}

func keyOf(record string) string {
	_, key, _ := strings.Cut(record, ":")
	return key
}

// words tell why a step has a demand on another.
func (b *base) words(d *demand.Demand) string {
	switch {
	case d.Shared:
		return fmt.Sprintf("both receive %s, whose versions may not run side by side", b.m.Item(d.Alone).Key)
	case d.Alone >= 0 && d.Together:
		return fmt.Sprintf("%s, and the versions of %s may not run side by side", chainText(d.Shares), b.m.Item(d.Alone).Key)
	}
	return chainText(d.Chain)
}

// name is how texts call a site.
func name(s *rollout.Site) string {
	if s.Name != "" && s.Name != s.Key {
		return fmt.Sprintf("%s (%s)", s.Name, s.Key)
	}
	return s.Key
}

// few lists some names, and counts the rest.
func few(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func at(micro int64) time.Time { return time.UnixMicro(micro).UTC() }

// instant writes a time in UTC, to the minute where it has no seconds.
func instant(t time.Time) string {
	if t.Truncate(time.Minute).Equal(t) {
		return t.UTC().Format("2006-01-02T15:04Z")
	}
	return t.UTC().Format(time.RFC3339)
}

// stamp writes a time for programs.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// local writes a time as the clocks of a site show it.
func local(t time.Time, s *rollout.Site) string {
	if s.Zone == "" {
		return instant(t)
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return instant(t)
	}
	return t.In(zone).Format("2006-01-02 15:04 ") + s.Zone
}

// join writes records as one text.
func join(records []string) string { return strings.Join(records, " ") }
