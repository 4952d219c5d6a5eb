package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
)

// planned is an answer as the API gives it.
type planned struct {
	Deployment    *plannedDeployment
	Violations    []struct{ Rule, Text string }
	Contradiction []struct {
		Rule, Text string
		Records    []string
		Relaxed    *string
	}
}

type plannedDeployment struct {
	Key, Name, Approach string
	LowerBound          int
	Proved              bool
	Path                []struct {
		Environment string
		Shows       []string
	}
	Waves    []plannedWave
	UpToDate []struct {
		Site, Item keyed
		Version    string
	}
	Compare             *comparedPlans
	Gantt, Mermaid, Dot string
}

type plannedWave struct {
	Ordinal int
	Window  *window
	Risk    struct {
		HurtSites, HurtUsers        int
		Users                       int
		ReachedBefore, ReachedAfter int
		Exceeds                     bool
	}
	Sites []plannedStep
}

type window struct{ From, To time.Time }

type plannedStep struct {
	Wave int `json:"wave"`
	Site struct {
		Key, Name string
		TimeZone  *string
		Users     *int
	} `json:"site"`
	Release *keyed        `json:"release"`
	Window  *window       `json:"window"`
	Install []keyed       `json:"install"`
	Remove  []keyed       `json:"remove"`
	Reasons []placeReason `json:"reasons"`

	PastMedian   *string `json:"pastMedian"`
	PastP90      *string `json:"pastP90"`
	PastRollouts int     `json:"pastRollouts"`
}

type placeReason struct {
	Rule  string `json:"rule"`
	Code  string `json:"code"`
	Text  string `json:"text"`
	Chain []struct {
		From, To     keyed
		Relationship string
	} `json:"chain"`
}

// comparedPlans is how two plans differ.
type comparedPlans struct {
	From, To   planFigures
	MovedSites int
	Moves      []struct {
		Site struct {
			Key      string
			TimeZone *string
		}
		From, To *planPlace
	}
}

type planFigures struct {
	Deployment   keyed
	Waves, Sites int
	Window       *window
	Exposure     []struct{ Wave, Before, After int }
	Waived       []struct{ Rule, Reason string }
}

type planPlace struct {
	Wave   int
	Window *window
}

// at lists what a site receives.
func (d *plannedDeployment) at(site string) (list []plannedStep) {
	for _, w := range d.Waves {
		for _, s := range w.Sites {
			if strings.EqualFold(s.Site.Key, site) {
				s.Wave = w.Ordinal
				list = append(list, s)
			}
		}
	}
	return list
}

// table prints the steps, by the clocks of their sites, then what each wave risks.
func (d *plannedDeployment) table(w io.Writer, most int) {
	t := planTable(w, table.Row{"Wave", "Site", "From", "To", "Install", "Remove", "Why"})
	listed, all := 0, 0
	for _, wave := range d.Waves {
		for _, s := range wave.Sites {
			if all++; most == 0 || listed < most {
				listed++
				from, to := s.Window.local(s.Site.TimeZone)
				t.AppendRow(table.Row{wave.Ordinal, s.Site.Key, from, to, strings.Join(keys(s.Install), ", "), strings.Join(keys(s.Remove), ", "), s.codes()})
			}
		}
	}
	t.Render()
	if all > listed {
		fmt.Fprintf(w, "and %d more; --first 0 lists all\n", all-listed)
	}
	fmt.Fprintln(w)
	risks := planTable(w, table.Row{"Wave", "Begins (UTC)", "Ends (UTC)", "Sites", "Users", "Hurt if it fails", "Have it then"})
	for _, wave := range d.Waves {
		from, to := wave.Window.local(nil)
		hurt := fmt.Sprintf("%s, %s", counted(wave.Risk.HurtUsers, "user"), counted(wave.Risk.HurtSites, "site"))
		if wave.Risk.Exceeds {
			hurt += ": too many"
		}
		risks.AppendRow(table.Row{wave.Ordinal, from, to, len(wave.Sites), wave.Risk.Users, hurt, wave.Risk.ReachedAfter})
	}
	risks.Render()
	for _, step := range d.Path {
		gate := "no gate"
		if len(step.Shows) > 0 {
			gate = "gate " + strings.Join(step.Shows, ", ")
		}
		fmt.Fprintf(w, "Before the first wave: %s, %s\n", step.Environment, gate)
	}
	proof := fmt.Sprintf("at least %d", d.LowerBound)
	if d.Proved {
		proof = "no plan has fewer"
	}
	fmt.Fprintf(w, "%s: %s, %s (%s)\n", d.Approach, counted(len(d.Waves), "wave"), counted(all, "step"), proof)
	if n := len(d.UpToDate); n > 0 {
		fmt.Fprintf(w, "%s up to date\n", counted(n, "item"))
	}
}

func planTable(w io.Writer, header table.Row) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(plain())
	t.AppendHeader(header)
	return t
}

// local writes when something is, by the clocks of a zone, UTC for none.
func (s *window) local(zone *string) (from, to string) {
	if s == nil {
		return "", ""
	}
	at := time.UTC
	if zone != nil {
		if known, err := time.LoadLocation(*zone); err == nil {
			at = known
		}
	}
	const form = "2006-01-02 15:04"
	if zone == nil {
		return s.From.In(at).Format(form), s.To.In(at).Format(form)
	}
	return s.From.In(at).Format(form + " MST"), s.To.In(at).Format(form + " MST")
}

// codes are why the site is in its wave and hour, in short.
func (s *plannedStep) codes() string {
	var list []string
	for _, r := range s.Reasons {
		if r.Rule != "P2" && !slices.Contains(list, r.Code) {
			list = append(list, r.Code)
		}
	}
	return strings.Join(list, " ")
}

// explain tells why the site is in its wave and hour.
func (s *plannedStep) explain(w io.Writer) {
	from, to := s.Window.local(s.Site.TimeZone)
	of := ""
	if s.Release != nil {
		of = " gets " + s.Release.Key
	}
	fmt.Fprintf(w, "%s%s in wave %d, %s to %s\n", s.Site.Key, of, s.Wave, from, to)
	if s.PastMedian != nil && s.PastP90 != nil {
		fmt.Fprintf(w, "  Took %s at half of %s of the same items, at most %s at nine tenths of them\n", *s.PastMedian, counted(s.PastRollouts, "past roll-out"), *s.PastP90)
	}
	for _, r := range s.Reasons {
		fmt.Fprintf(w, "  %-15s %s\n", r.Code, r.Text)
		if len(r.Chain) > 0 {
			chain := []string{r.Chain[0].From.Key}
			for _, l := range r.Chain {
				chain = append(chain, l.To.Key)
			}
			fmt.Fprintf(w, "  %-15s %s\n", "", strings.Join(chain, " → "))
		}
	}
}

// refused tells what contradicts itself.
func (p *planned) refused(w io.Writer) {
	w = legible(w)
	if len(p.Contradiction) == 0 {
		return
	}
	fmt.Fprintln(w, "These contradict each other; without any one of them the others can hold:")
	for _, c := range p.Contradiction {
		fmt.Fprintf(w, "  %s %s: %s\n", c.Rule, strings.Join(c.Records, " "), c.Text)
		if c.Relaxed != nil {
			fmt.Fprintf(w, "    without it: %s\n", *c.Relaxed)
		}
	}
}

// table prints the figures side by side, then the sites that move.
func (c *comparedPlans) table(w io.Writer) {
	t := planTable(w, table.Row{"", "This plan", c.To.Deployment.Key})
	for _, row := range []struct {
		name string
		of   func(*planFigures) string
	}{
		{"Waves", func(f *planFigures) string { return fmt.Sprint(f.Waves) }},
		{"Sites", func(f *planFigures) string { return fmt.Sprint(f.Sites) }},
		{"Begins (UTC)", func(f *planFigures) string { from, _ := f.Window.local(nil); return from }},
		{"Ends (UTC)", func(f *planFigures) string { _, to := f.Window.local(nil); return to }},
		{"Users after each wave", func(f *planFigures) string { return f.curve() }},
		{"Waived", func(f *planFigures) string { return f.waivers() }},
	} {
		t.AppendRow(table.Row{row.name, row.of(&c.From), row.of(&c.To)})
	}
	t.Render()
	fmt.Fprintf(w, "\n%s\n", movedText(c.MovedSites))
	if len(c.Moves) == 0 {
		return
	}
	moves := planTable(w, table.Row{"Site", "This plan", c.To.Deployment.Key})
	for _, m := range c.Moves {
		moves.AppendRow(table.Row{m.Site.Key, m.From.text(m.Site.TimeZone), m.To.text(m.Site.TimeZone)})
	}
	moves.Render()
}

func movedText(n int) string {
	switch n {
	case 0:
		return "No site moves"
	case 1:
		return "1 site moves"
	}
	return fmt.Sprintf("%d sites move", n)
}

func (f *planFigures) curve() string {
	list := make([]string, len(f.Exposure))
	for i, point := range f.Exposure {
		list[i] = fmt.Sprint(point.After)
	}
	return strings.Join(list, ", ")
}

func (f *planFigures) waivers() string {
	list := make([]string, len(f.Waived))
	for i, one := range f.Waived {
		list[i] = one.Rule + ": " + one.Reason
	}
	return strings.Join(list, "; ")
}

// text is where a plan puts a site.
func (p *planPlace) text(zone *string) string {
	if p == nil {
		return "left out"
	}
	from, _ := p.Window.local(zone)
	return fmt.Sprintf("wave %d, %s", p.Wave, from)
}
