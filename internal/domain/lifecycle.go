package domain

import (
	"fmt"
	"slices"
	"strings"
)

// Lifecycle is the state machine of a kind of record, as data: S its states, F
// the facts that its moves look at. What is not in its Moves is illegal.
type Lifecycle[S ~string, F any] struct {
	// Rule names the rule that an illegal move breaks.
	Rule  string
	Moves []Move[S, F]
	// Besides says what else than its state decides which moves a record has; it
	// may be nil.
	Besides func(F) string
}

// Move leads a record from one of some states to another.
type Move[S ~string, F any] struct {
	// Verb is the mutation that makes the move ("diagnoseProblem"); empty: none
	// does, it follows from something else.
	Verb string
	From []S
	To   S
	// For tells which records have the move; nil: all.
	For   func(F) bool
	Needs []Need[F]
}

// Need is something that a move demands.
type Need[F any] struct {
	Name MoveNeed
	// Rule is the one that wants it; empty: that of the life.
	Rule string
	// Field is that of the record that it is about.
	Field string
	// Input is the field of the verb's input that could bring it; empty: none
	// could, and a refusal points at the record.
	Input string
	// Given says that Input alone brings it: it is given when the move is made, and
	// no record lacks it before.
	Given bool
	// Lacks says what is needed, "" when it is there. Each stands in its place where
	// several things may be needed, each told by itself.
	Lacks func(F) string
	Each  func(F) []string
}

// missing lists what is needed, nothing when it is there.
func (n *Need[F]) missing(facts F) []string {
	if n.Each != nil {
		return n.Each(facts)
	}
	if message := n.Lacks(facts); message != "" {
		return []string{message}
	}
	return nil
}

// MoveLack is a need of a move that is not met: by which rule it is needed, which
// field of the record it is about, and what is needed.
type MoveLack struct {
	Need    MoveNeed
	Rule    string
	Field   string
	Message string

	input string
}

// Text is what is missing, in words.
func (l *MoveLack) Text() string { return l.Message }

// LegalMove is a move that a record has, and what it lacks so far.
type LegalMove[S ~string] struct {
	Verb  *string
	To    S
	Lacks []MoveLack
}

// From lists the moves that a state allows, each with what the record lacks: what
// the verb's input alone gives, none does. Moves that are made alike are told as
// one.
func (l *Lifecycle[S, F]) From(state S, facts F) []LegalMove[S] {
	list := []LegalMove[S]{}
	for i := range l.Moves {
		m := &l.Moves[i]
		if !m.has(state, facts) {
			continue
		}
		of := slices.DeleteFunc(slices.Clone(m.Needs), func(n Need[F]) bool { return n.Given })
		legal := LegalMove[S]{To: m.To, Lacks: l.Lacking(of, facts)}
		if m.Verb != "" {
			legal.Verb = &m.Verb
		}
		list = append(list, legal)
	}
	return list
}

// has reports whether a record of the state has the move.
func (m *Move[S, F]) has(state S, facts F) bool {
	return slices.Contains(m.From, state) && (m.For == nil || m.For(facts))
}

// Leads reports whether moves that a record has lead from one state to another.
// Each leads to itself.
func (l *Lifecycle[S, F]) Leads(from, to S, facts F) bool {
	seen := []S{from}
	for i := 0; i < len(seen); i++ {
		for n := range l.Moves {
			if m := &l.Moves[n]; m.has(seen[i], facts) && !slices.Contains(seen, m.To) {
				seen = append(seen, m.To)
			}
		}
	}
	return slices.Contains(seen, to)
}

// Check says why a verb cannot move a record on from a state: one that does not
// lead on from there names those that do and what each lacks; one that does names
// all that it lacks. Otherwise it gives the state that the verb leads to.
func (l *Lifecycle[S, F]) Check(key, verb string, state S, facts F) (S, Errors) {
	return l.check(key, verb, state, facts, func(S) bool { return true })
}

// CheckTo is Check for a verb that leads to several states, of which the caller
// has chosen one.
func (l *Lifecycle[S, F]) CheckTo(key, verb string, to, state S, facts F) Errors {
	_, es := l.check(key, verb, state, facts, func(s S) bool { return s == to })
	return es
}

func (l *Lifecycle[S, F]) check(key, verb string, state S, facts F, wanted func(S) bool) (S, Errors) {
	i := slices.IndexFunc(l.Moves, func(m Move[S, F]) bool { return m.Verb == verb && wanted(m.To) && m.has(state, facts) })
	if i < 0 {
		return state, Errors{l.illegal(key, verb, state, facts)}
	}
	m := &l.Moves[i]
	var es Errors
	for _, lack := range l.Lacking(m.Needs, facts) {
		es = append(es, &Error{
			Code: RuleViolation, Rule: lack.Rule, Field: lack.place(),
			Message: fmt.Sprintf("%s cannot become %s: it lacks %s", key, m.To, lack.Message),
			Details: map[string]any{"missing": string(lack.Need), "field": lack.Field, "from": string(state), "to": string(m.To)},
		})
	}
	return m.To, es
}

// place is the field of a verb's input that a lack is told at.
func (l *MoveLack) place() string {
	if l.input == "" {
		return "ref"
	}
	return l.input
}

// Lacking tells which needs are not met.
func (l *Lifecycle[S, F]) Lacking(needs []Need[F], facts F) []MoveLack {
	lacks := []MoveLack{}
	for i := range needs {
		n := &needs[i]
		rule := n.Rule
		if rule == "" {
			rule = l.Rule
		}
		for _, message := range n.missing(facts) {
			lacks = append(lacks, MoveLack{Need: n.Name, Rule: rule, Field: n.Field, Message: message, input: n.Input})
		}
	}
	return lacks
}

// illegal names the moves that there are instead.
func (l *Lifecycle[S, F]) illegal(key, verb string, state S, facts F) *Error {
	var legal []string
	details := []any{}
	for _, one := range l.From(state, facts) {
		legal = append(legal, one.text())
		details = append(details, one.details())
	}
	besides := ""
	if l.Besides != nil {
		besides = l.Besides(facts)
	}
	next := "nothing leads on from there"
	if len(legal) > 0 {
		next = "legal now: " + strings.Join(legal, ", ")
	}
	return &Error{
		Code: RuleViolation, Rule: l.Rule, Field: "ref",
		Message: fmt.Sprintf("%s is %s%s, from where %s does not lead on; %s", key, state, besides, verb, next),
		Details: map[string]any{"from": string(state), "verb": verb, "legal": details},
	}
}

// text tells a move in a sentence.
func (m *LegalMove[S]) text() string {
	verb := "by itself"
	if m.Verb != nil {
		verb = *m.Verb
	}
	if len(m.Lacks) == 0 {
		return fmt.Sprintf("%s (to %s)", verb, m.To)
	}
	lacks := make([]string, len(m.Lacks))
	for i, l := range m.Lacks {
		lacks[i] = l.Message
	}
	return fmt.Sprintf("%s (to %s; lacks %s)", verb, m.To, strings.Join(lacks, "; "))
}

func (m *LegalMove[S]) details() map[string]any {
	lacks := []any{}
	for _, l := range m.Lacks {
		lacks = append(lacks, map[string]any{"missing": string(l.Need), "rule": l.Rule, "field": l.Field, "message": l.Message})
	}
	told := map[string]any{"to": string(m.To), "lacks": lacks}
	if m.Verb != nil {
		told["verb"] = *m.Verb
	}
	return told
}

// unless is a need in fixed words.
func unless[F any](met func(F) bool, text string) func(F) string {
	return func(facts F) string {
		if met(facts) {
			return ""
		}
		return text
	}
}
