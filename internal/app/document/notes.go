package document

import (
	"fmt"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
)

// Notes writes the notes of a release as a
func Notes(r *domain.Release, n release.Notes) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s\n", domain.Markdown(r.Name), domain.Markdown(r.ReleaseVersion))
	if need := optional.Or(r.BusinessNeed, ""); need != "" {
		fmt.Fprintf(&b, "\n%s\n", domain.Markdown(need))
	}
	Section(&b, "Changes", n.Changes, func(c release.NotedChange) string { return Keyed(c.Key, c.Name) })
	Section(&b, "Problems solved", n.Problems, func(p release.NotedProblem) string { return Keyed(p.Key, p.Name) })
	Section(&b, "Known errors", n.Errors, knownError)
	Section(&b, "What is asked of you", n.Asked, func(s release.NotedStep) string { return domain.Markdown(s.Text) })
	Section(&b, "Items", n.Items, func(i release.NotedItem) string {
		return fmt.Sprintf("%s %s: %s", i.Action, Keyed(i.Item, i.Name), versions(i.Content))
	})
	if n.Since != nil {
		Section(&b, "Since "+Keyed(n.Since.Release, n.Since.Number), n.Since.Items, difference)
	}
	Section(&b, "Calendar", n.Calendar, func(s release.NotedStep) string { return domain.Markdown(s.Text) })
	Section(&b, "Whom to call", n.Contacts, func(c release.NotedContact) string {
		return fmt.Sprintf("%s: %s, %s", c.Role, Keyed(c.Key, c.Name), domain.Markdown(c.Contact))
	})
	Section(&b, "Installation order", n.Install, domain.Markdown)
	Section(&b, "Back-out order", n.BackOut, func(s release.UndoStep) string {
		return strings.TrimSpace(fmt.Sprintf("%s %s %s", domain.Markdown(s.Item), s.Does, domain.Markdown(s.Request)))
	})
	Section(&b, "Checksums", n.Kit, func(k release.KitItem) string { return fmt.Sprintf("%s `%s`", domain.Markdown(k.Key), k.Sha256) })
	return b.String()
}

func knownError(e release.NotedError) string {
	line := Keyed(e.Key, e.Name)
	if e.Symptoms != "" {
		line += ": " + domain.Markdown(e.Symptoms)
	}
	if e.Workaround != "" {
		line += " — workaround: " + domain.Markdown(e.Workaround)
	}
	return line
}

func difference(d release.NotedDifference) string {
	switch {
	case d.Before == "":
		return fmt.Sprintf("%s: %s, not in the one before", domain.Markdown(d.Item), domain.Markdown(d.Now))
	case d.Now == "":
		return fmt.Sprintf("%s: %s in the one before alone", domain.Markdown(d.Item), domain.Markdown(d.Before))
	}
	return fmt.Sprintf("%s: %s → %s", domain.Markdown(d.Item), domain.Markdown(d.Before), domain.Markdown(d.Now))
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
