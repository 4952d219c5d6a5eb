package domain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Minutes are what a board said and decided in a time.
type Minutes struct {
	Board   *Board
	During  TimeRange
	Entries []*MinutesEntry
}

// MinutesEntry is one request that was voted on.
type MinutesEntry struct {
	Request *ChangeRequest
	Votes   []*Vote // cast in that time, in their order
	// Board is the one that decided, as it was then, or of an open request as it
	// is; nil when nobody can tell.
	Board *Board
	// Decision is what came out in that time; empty: it stays open.
	Decision ChangeRequestStatus
}

// Attended lists who voted, in the order of their names.
func (m *Minutes) Attended() []string {
	names := []string{}
	for _, e := range m.Entries {
		for _, v := range e.Votes {
			if !ContainsName(names, v.Voter) {
				names = append(names, v.Voter)
			}
		}
	}
	slices.Sort(names)
	return names
}

// AttendedPersons are who voted.
func (m *Minutes) AttendedPersons() []*Person { return PeopleOf(m.Board, m.Attended()) }

// Decide says what the votes of the entry came to, when the request was decided
// on in the time of the minutes.
func (e *MinutesEntry) Decide(during TimeRange) {
	at := e.Request.DecidedAt
	if at == nil || at.Before(during.From) || !at.Before(during.To) {
		return
	}
	e.Decision = ChangeAuthorised
	if slices.ContainsFunc(e.Votes, func(v *Vote) bool { return v.Verdict == Reject && v.Stands(e.Request) }) {
		e.Decision = ChangeRejected
	}
}

// Markdown writes the minutes as a document.
func (m *Minutes) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Minutes: %s\n\n%s to %s\n\n", Markdown(m.Board.Name), minute(m.During.From), minute(m.During.To))
	names := m.Attended()
	if len(names) == 0 {
		b.WriteString("Nobody voted.\n")
		return b.String()
	}
	for i := range names {
		names[i] = Markdown(names[i])
	}
	fmt.Fprintf(&b, "Voting: %s.\n", strings.Join(names, ", "))
	slices.SortFunc(m.Entries, func(x, y *MinutesEntry) int {
		return cmp.Or(x.Votes[0].CastAt.Compare(y.Votes[0].CastAt), cmp.Compare(x.Request.Key, y.Request.Key))
	})
	for _, e := range m.Entries {
		e.write(&b)
	}
	return b.String()
}

func (e *MinutesEntry) write(b *strings.Builder) {
	c := e.Request
	fmt.Fprintf(b, "\n## %s: %s\n\n", Markdown(c.Key), Markdown(c.Name))
	var about []string
	about = append(about, string(c.Type), "priority "+string(c.Priority))
	if c.Risk != nil {
		about = append(about, "risk "+string(*c.Risk))
	}
	if c.Requester != nil {
		about = append(about, "asked for by "+Markdown(*c.Requester))
	}
	fmt.Fprintf(b, "%s\n\n| at | vote | by | comment |\n| --- | --- | --- | --- |\n", strings.Join(about, ", "))
	for _, v := range e.Votes {
		by, comment := Markdown(v.Voter), ""
		if v.Deputised() {
			by += " for " + Markdown(v.Seat)
		}
		if v.Comment != nil {
			comment = Markdown(*v.Comment)
		}
		if !v.Stands(c) {
			comment = strings.TrimSpace(comment + " (fallen: the content changed after it)")
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", minute(v.CastAt), v.Verdict, by, comment)
	}
	decision := string(e.Decision)
	if decision == "" {
		decision = "none yet"
	}
	fmt.Fprintf(b, "\nDecision: **%s**. %s\n", decision, e.needed())
}

// needed tells how many votes of whom the decision needed.
func (e *MinutesEntry) needed() string {
	if e.Board == nil {
		return "How many votes it needed is not known here."
	}
	members := make([]string, len(e.Board.Members))
	for i, m := range e.Board.Members {
		members[i] = Markdown(m)
	}
	verb := "needed"
	if e.Decision == "" {
		verb = "needs"
	}
	return fmt.Sprintf("It %s %d votes of %s.", verb, e.Board.Quorum, strings.Join(members, ", "))
}

// Quorum is how many votes the decision needed, nil when nobody can tell.
func (e *MinutesEntry) Quorum() *int {
	if e.Board == nil {
		return nil
	}
	return &e.Board.Quorum
}

// Members are those who could vote, as far as anybody can tell.
func (e *MinutesEntry) Members() []string {
	if e.Board == nil {
		return []string{}
	}
	return append([]string{}, e.Board.Members...)
}

// MemberPersons are those who could vote.
func (e *MinutesEntry) MemberPersons() []*Person { return PeopleOf(e.Board, e.Members()) }

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// Markdown keeps a text on its line, and its signs from meaning anything.
func Markdown(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "#", `\#`, "[", `\[`, "]", `\]`).Replace(s)
}
