package sheet

import (
	"fmt"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/locale"
	"releasegraph/internal/plan/actionplan"
)

// Markdown writes a sheet as Markdown. What records say is escaped: it is text.
func (w *Writer) Markdown(s *actionplan.Sheet) (string, error) {
	say := w.Speaker(s.Language)
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n%s\n", domain.Markdown(title(s, say)), domain.Markdown(when(s, say)), domain.Markdown(place(s, say)))
	fmt.Fprintf(&b, "\n## %s\n\n", domain.Markdown(say.Message("steps", nil)))
	b.WriteString("|  |")
	for _, column := range []string{"hour", "takes", "step", "party", "done"} {
		b.WriteString(" " + domain.Markdown(say.Message(column, nil)) + " |")
	}
	b.WriteString("\n| ---: | --- | ---: | --- | --- | --- |\n")
	for i, step := range s.Lines {
		fmt.Fprintf(&b, "| %d |", i+1)
		for _, cell := range []string{hour(s, say, step), long(step.Takes), describe(say, s.Activation, step), by(s, say, step)} {
			b.WriteString(" " + domain.Markdown(cell) + " |")
		}
		b.WriteString(" ☐ |\n")
	}
	ready(s, &b, say)
	fmt.Fprintf(&b, "\n## %s\n\n", domain.Markdown(say.Message("wayBack", nil)))
	if len(s.WayBack) == 0 {
		fmt.Fprintf(&b, "%s\n", domain.Markdown(say.Message("nothing", nil)))
	} else {
		fmt.Fprintf(&b, "%s\n\n", domain.Markdown(say.Message("wayBackIntro", nil)))
	}
	for i, u := range s.WayBack {
		fmt.Fprintf(&b, "%d. ☐ %s\n", i+1, domain.Markdown(undoing(say, u)))
	}
	if s.Report != "" {
		fmt.Fprintf(&b, "\n[%s](<%s>)\n", domain.Markdown(say.Message("report", nil)), s.Report)
	}
	return b.String(), say.Err
}

// ready writes what is kept ready.
func ready(s *actionplan.Sheet, b *strings.Builder, say *locale.Speaker) {
	for _, part := range kept(s) {
		if len(part.list) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n## %s\n\n", domain.Markdown(say.Message(part.heading, nil)))
		for _, one := range part.list {
			fmt.Fprintf(b, "- %s\n", domain.Markdown(one))
		}
	}
}

type part struct {
	heading string
	list    []string
}

func kept(s *actionplan.Sheet) []part { return []part{{"spares", s.Spares}, {"licences", s.Licences}} }

func title(s *actionplan.Sheet, say *locale.Speaker) string {
	return say.Message("title", locale.Values{"Release": s.Release, "Site": s.Site})
}

func place(s *actionplan.Sheet, say *locale.Speaker) string {
	return say.Message("wave", locale.Values{"Wave": s.Wave, "Deployment": s.Deployment})
}

// by is who does a step.
func by(s *actionplan.Sheet, say *locale.Speaker, step actionplan.Line) string {
	if step.Party == "" {
		return say.Message("site", nil)
	}
	return step.Party
}
