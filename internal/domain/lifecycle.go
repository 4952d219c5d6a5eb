package domain

import (
	"fmt"
	"slices"
	"strings"
)

// Lifecycle is the state machine of a kind of record, as data: S its states, F
// the facts that its moves look at.
type Lifecycle[S ~string, F any] struct {
	// Rule names the rule that an illegal move breaks.
	Rule  string
	Moves []Move[S, F]
}

// Move leads a record from one of some states to another.
type Move[S ~string, F any] struct {
	Verb  string // of the mutation: "diagnoseProblem"
	From  []S
	To    S
	Needs []Need[F]
}

// Need is something that a move demands.
type Need[F any] struct {
	// Field is the one of the move's input that could bring it.
	Field string
	Text  string // what is needed: "a cause"
	Met   func(F) bool
}

// LegalMove is a move that a state allows, and what it lacks so far.
type LegalMove[S ~string] struct {
	Verb  string
	To    S
	Lacks []string
}

// From lists the moves that a state allows, each with what it lacks.
func (l *Lifecycle[S, F]) From(state S, facts F) []LegalMove[S] {
	var list []LegalMove[S]
	for i := range l.Moves {
		m := &l.Moves[i]
		if !slices.Contains(m.From, state) {
			continue
		}
		legal := LegalMove[S]{Verb: m.Verb, To: m.To, Lacks: []string{}}
		for _, n := range m.lacks(facts) {
			legal.Lacks = append(legal.Lacks, n.Text)
		}
		list = append(list, legal)
	}
	return list
}

// Check says why a record in a state cannot make a move: one that the state
// does not allow, naming those that it does and what each lacks; or all that a
// legal one lacks. Otherwise it gives the state that the move leads to.
func (l *Lifecycle[S, F]) Check(key, verb string, state S, facts F) (S, Errors) {
	i := slices.IndexFunc(l.Moves, func(m Move[S, F]) bool { return m.Verb == verb })
	if i < 0 {
		return state, Errors{{Code: Invalid, Rule: l.Rule, Message: fmt.Sprintf("there is no move %q", verb)}}
	}
	m := &l.Moves[i]
	if !slices.Contains(m.From, state) {
		return state, Errors{l.illegal(key, m, state, facts)}
	}
	var es Errors
	for _, n := range m.lacks(facts) {
		es = append(es, &Error{
			Code: RuleViolation, Rule: l.Rule, Field: n.Field,
			Message: fmt.Sprintf("%q cannot become %s: it lacks %s", key, m.To, n.Text),
			Details: map[string]any{"state": string(state), "lacks": n.Text},
		})
	}
	return m.To, es
}

func (m *Move[S, F]) lacks(facts F) (list []*Need[F]) {
	for i := range m.Needs {
		if !m.Needs[i].Met(facts) {
			list = append(list, &m.Needs[i])
		}
	}
	return list
}

func (l *Lifecycle[S, F]) illegal(key string, m *Move[S, F], state S, facts F) *Error {
	var legal []string
	details := []any{}
	for _, one := range l.From(state, facts) {
		text := fmt.Sprintf("%s (to %s)", one.Verb, one.To)
		if len(one.Lacks) > 0 {
			text = fmt.Sprintf("%s (to %s; lacks %s)", one.Verb, one.To, strings.Join(one.Lacks, ", "))
		}
		legal = append(legal, text)
		details = append(details, map[string]any{"move": one.Verb, "to": string(one.To), "lacks": one.Lacks})
	}
	message := fmt.Sprintf("%q is %s, and %s leads from %s only", key, state, m.Verb, names(m.From))
	if len(legal) > 0 {
		message += "; legal now: " + strings.Join(legal, ", ")
	} else {
		message += "; nothing leads on from there"
	}
	return &Error{
		Code: RuleViolation, Rule: l.Rule, Field: "ref", Message: message,
		Details: map[string]any{"state": string(state), "legal": details},
	}
}

func names[S ~string](states []S) string {
	list := make([]string, len(states))
	for i, s := range states {
		list[i] = string(s)
	}
	return strings.Join(list, " or ")
}
