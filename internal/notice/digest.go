package notice

import (
	"cmp"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/happening"
	"releasegraph/internal/locale"
)

//go:embed messages/active.*.json
var files embed.FS

// Writer writes digests and messages of chats from a catalogue of messages.
type Writer struct{ *locale.Catalogue }

// NewWriter returns a writer.
func NewWriter() *Writer { return &Writer{locale.NewCatalogue(files)} }

// Digest is what happened in a period.
type Digest struct {
	// Name says what is followed, Language in which it is told.
	Name, Language string
	From, To       time.Time
	// Events are the first of them, in the order of the log; Counts how many there are
	// of each type in all.
	Events []happening.Event
	Counts map[string]int
}

// Total returns how many events there are.
func (d *Digest) Total() (n int) {
	for _, of := range d.Counts {
		n += of
	}
	return n
}

// Digest writes what happened in a period as a letter in plain text.
func (w *Writer) Digest(d *Digest) (subject, text string, err error) {
	s, n := w.Speaker(d.Language), d.Total()
	subject = s.Message("subject", locale.Values{"Name": short(d.Name, maxValue), "Events": s.Counted("events", n)})
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", s.Message("period", locale.Values{"From": s.Moment(d.From.UTC()), "To": s.Moment(d.To.UTC()), "Events": s.Counted("events", n)}), s.Message("types", nil))
	types := slices.SortedFunc(maps.Keys(d.Counts), func(x, y string) int {
		return cmp.Or(cmp.Compare(d.Counts[y], d.Counts[x]), cmp.Compare(x, y))
	})
	for _, t := range types {
		fmt.Fprintf(&b, "  - %s: %d\n", t, d.Counts[t])
	}
	fmt.Fprintf(&b, "\n%s\n", s.Message("order", nil))
	for i := range d.Events {
		e := &d.Events[i]
		fmt.Fprintf(&b, "\n  %s  %s\n    %s\n", e.At.UTC().Format(time.DateTime), title(e), s.Message("by", locale.Values{"Actor": line(e.Actor), "Revision": e.Revision}))
		if e.Reason != "" {
			fmt.Fprintf(&b, "    %s\n", s.Message("reason", locale.Values{"Reason": short(e.Reason, maxReason)}))
		}
		list, more := changes(e)
		for _, one := range list {
			fmt.Fprintf(&b, "    %s\n", one)
		}
		if more > 0 {
			fmt.Fprintf(&b, "    %s\n", s.Counted("fields", more))
		}
	}
	if more := n - len(d.Events); more > 0 {
		fmt.Fprintf(&b, "\n%s\n", s.Counted("more", more))
	}
	return subject, b.String(), s.Err
}
