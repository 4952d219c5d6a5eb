package sheet

import (
	"fmt"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/locale"
)

// Markdown writes a sheet as Markdown. What records say is escaped: it is text.
func (w *Writer) Markdown(s *Sheet) (string, error) {
	say := w.Speaker(s.Language)
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n%s\n", domain.Markdown(s.title(say)), domain.Markdown(s.when(say)), domain.Markdown(s.place(say)))
	fmt.Fprintf(&b, "\n## %s\n\n", domain.Markdown(say.Message("steps", nil)))
	b.WriteString("|  |")
	for _, column := range []string{"hour", "takes", "step", "party", "done"} {
		b.WriteString(" " + domain.Markdown(say.Message(column, nil)) + " |")
	}
	b.WriteString("\n| ---: | --- | ---: | --- | --- | --- |\n")
	for i, step := range s.Steps {
		fmt.Fprintf(&b, "| %d |", i+1)
		for _, cell := range []string{s.hour(say, step), long(step.Takes), describe(say, s.Activation, step), s.by(say, step)} {
			b.WriteString(" " + domain.Markdown(cell) + " |")
		}
		b.WriteString(" ☐ |\n")
	}
	s.ready(&b, say)
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
func (s *Sheet) ready(b *strings.Builder, say *locale.Speaker) {
	for _, part := range s.kept() {
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

func (s *Sheet) kept() []part { return []part{{"spares", s.Spares}, {"licences", s.Licences}} }

func (s *Sheet) title(say *locale.Speaker) string {
	return say.Message("title", locale.Values{"Release": s.Release, "Site": s.Site})
}

func (s *Sheet) place(say *locale.Speaker) string {
	return say.Message("wave", locale.Values{"Wave": s.Wave, "Deployment": s.Deployment})
}

// by is who does a step.
func (s *Sheet) by(say *locale.Speaker, step Step) string {
	if step.Party == "" {
		return say.Message("site", nil)
	}
	return step.Party
}
