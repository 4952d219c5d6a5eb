package release

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
)

func text(s *string) string { return optional.Or(s, "") }

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Markdown writes the notes as a document.
func (n *Notes) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s\n", domain.Markdown(n.of.Name), domain.Markdown(n.of.ReleaseVersion))
	if need := text(n.of.BusinessNeed); need != "" {
		fmt.Fprintf(&b, "\n%s\n", domain.Markdown(need))
	}
	section(&b, "Changes", n.Changes, func(c release.NotedChange) string { return keyed(c.Key, c.Name) })
	section(&b, "Problems solved", n.Problems, func(p release.NotedProblem) string { return keyed(p.Key, p.Name) })
	section(&b, "Known errors", n.Errors, knownError)
	section(&b, "What is asked of you", n.Asked, func(s release.NotedStep) string { return domain.Markdown(s.Text) })
	section(&b, "Items", n.Items, func(i release.NotedItem) string {
		return fmt.Sprintf("%s %s: %s", i.Action, keyed(i.Item, i.Name), versions(i.Content))
	})
	section(&b, "Calendar", n.Calendar, func(s release.NotedStep) string { return domain.Markdown(s.Text) })
	section(&b, "Whom to call", n.Contacts, func(c release.NotedContact) string {
		return fmt.Sprintf("%s: %s, %s", c.Role, keyed(c.Key, c.Name), domain.Markdown(c.Contact))
	})
	section(&b, "Installation order", n.Install, domain.Markdown)
	section(&b, "Back-out order", n.BackOut, func(s release.UndoStep) string {
		return strings.TrimSpace(fmt.Sprintf("%s %s %s", domain.Markdown(s.Item), s.Does, domain.Markdown(s.Request)))
	})
	section(&b, "Checksums", n.Kit, func(k release.KitItem) string { return fmt.Sprintf("%s `%s`", domain.Markdown(k.Key), k.Sha256) })
	return b.String()
}

// section writes a list under a heading, nothing when it is empty.
func section[T any](b *strings.Builder, heading string, list []T, line func(T) string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", heading)
	for _, one := range list {
		fmt.Fprintf(b, "- %s\n", line(one))
	}
}

func keyed(key, name string) string {
	if key == "" || key == name {
		return domain.Markdown(name)
	}
	return domain.Markdown(key) + " " + domain.Markdown(name)
}

func knownError(e release.NotedError) string {
	line := keyed(e.Key, e.Name)
	if e.Symptoms != "" {
		line += ": " + domain.Markdown(e.Symptoms)
	}
	if e.Workaround != "" {
		line += " — workaround: " + domain.Markdown(e.Workaround)
	}
	return line
}

func versions(c release.Content) string {
	switch {
	case c.From == "":
		return c.To
	case c.To == "":
		return c.From + " removed"
	case c.From == c.To:
		return c.To
	}
	return c.From + " → " + c.To
}

// HTML is the document as HTML. What records say is escaped: it is text.
func (n *Notes) HTML() (string, error) {
	var out bytes.Buffer
	err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert([]byte(n.Markdown()), &out)
	return out.String(), err
}
