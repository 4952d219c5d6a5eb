package model

import (
	"fmt"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/rollout"
)

// opens holds when windows, freezes and service hours are on. What is told alike is
// one and the same window.
type opens struct {
	// WindowOpens and FreezeOpens are by place in the input.
	WindowOpens, FreezeOpens []*calendar.Window
	hours                    map[[2]string]hours
	errs                     domain.Errors
}

type hours struct {
	windows []*calendar.Window
	err     error
}

// open reads when all windows and freezes are on.
func (m *Model) open() {
	alike := map[string]*calendar.Window{}
	read := func(kind string, list []rollout.Opening) []*calendar.Window {
		windows := make([]*calendar.Window, len(list))
		for i := range list {
			spec := describe(&list[i].Spec)
			w, known := alike[spec]
			if !known {
				var errs domain.Errors
				w, errs = calendar.New(list[i].Spec)
				m.errs = append(m.errs, errs.Under(kind+"."+list[i].Key)...)
				if len(errs) == 0 {
					alike[spec] = w
				}
			}
			windows[i] = w
		}
		return windows
	}
	m.WindowOpens, m.FreezeOpens = read("windows", m.In.Windows), read("freezes", m.In.Freezes)
	m.hours = map[[2]string]hours{}
}

// describe writes a spec so that only equal ones are alike.
func describe(s *calendar.Spec) string {
	var b strings.Builder
	for _, t := range []*time.Time{s.From, s.To} {
		if t != nil {
			b.WriteString(t.UTC().Format(time.RFC3339Nano))
		}
		b.WriteByte('|')
	}
	for _, text := range append([]*string{s.Recurrence, s.StartsAt, s.Duration, s.TimeZone}, pointers(s.Except)...) {
		if text != nil {
			fmt.Fprintf(&b, "%q", *text)
		}
		b.WriteByte('|')
	}
	return b.String()
}

func pointers(texts []string) []*string {
	list := make([]*string, len(texts))
	for i := range texts {
		list[i] = &texts[i]
	}
	return list
}

// Hours returns when a site must not be disturbed, nil: it may be at any time.
func (m *Model) Hours(site int32) []*calendar.Window {
	s := m.Site(site)
	if s.ServiceHours == "" || s.Zone == "" {
		return nil
	}
	return m.hoursOf(s).windows
}

func (m *Model) hoursOf(s *rollout.Site) hours {
	key := [2]string{s.ServiceHours, s.Zone}
	h, known := m.hours[key]
	if !known {
		h.windows, h.err = calendar.ParseHours(s.ServiceHours, s.Zone)
		m.hours[key] = h
	}
	return h
}
