// Package document writes what is told of records as Markdown, and that as HTML.
package document

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"releasegraph/internal/domain"
)

// Section writes a list under a heading, nothing when it is empty.
func Section[T any](b *strings.Builder, heading string, list []T, line func(T) string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", heading)
	for _, one := range list {
		fmt.Fprintf(b, "- %s\n", line(one))
	}
}

// Table writes rows under a heading and their columns' names, nothing when there are
// none. Each cell is text.
func Table(b *strings.Builder, heading string, columns []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n| %s |\n|%s\n", heading, strings.Join(columns, " | "), strings.Repeat(" --- |", len(columns)))
	for _, row := range rows {
		b.WriteString("|")
		for _, cell := range row {
			b.WriteString(" " + domain.Markdown(cell) + " |")
		}
		b.WriteString("\n")
	}
}

// Keyed writes a record's key and name, once where they are the same.
func Keyed(key, name string) string {
	if key == "" || key == name {
		return domain.Markdown(name)
	}
	return domain.Markdown(key) + " " + domain.Markdown(name)
}

// Minute writes an instant to the minute.
func Minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// HTML writes Markdown as HTML. What records say is escaped: it is text.
func HTML(markdown string) (string, error) {
	var out bytes.Buffer
	err := goldmark.New(goldmark.WithExtensions(extension.Table)).Convert([]byte(markdown), &out)
	return out.String(), err
}
