package happening

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Type is a type of event.
type Type struct {
	Name string // deployment.started: it stays as it is
	Doc  string // what became of the record, or of the relationship
	// Kind is that of its subject; Relationship is set where the event is about one,
	// whose subject may be of several kinds.
	Kind, Relationship string
}

const (
	created = "created"
	changed = "changed"
	removed = "removed"
	// ofRelationship begins the types of events about relationships.
	ofRelationship = "relationship."
)

var words = map[store.Verb]string{store.Created: created, store.Updated: changed, store.Removed: removed}

// said is how a status that was come to is said, where that is not its own name.
var said = map[[2]string]string{
	{domain.KindDeployment, string(domain.DeploymentRunning)}:    "started",
	{domain.KindWave, string(domain.WaveRunning)}:                "started",
	{domain.KindChangeRequest, string(domain.ChangeAuthorised)}:  "approved",
	{domain.KindProblem, string(domain.ProblemOpen)}:             "reopened",
	{domain.KindSiteRollout, string(domain.SitePending)}:         "retried",
	{domain.KindDeployment, string(domain.DeploymentVerifying)}:  "verifying",
	{domain.KindDeployment, string(domain.DeploymentBackingOut)}: "back_out_started",
}

// resumed are the kinds of which it is told apart that they go on after a pause.
var resumed = map[[3]string]string{
	{domain.KindDeployment, string(domain.DeploymentPaused), string(domain.DeploymentRunning)}: "resumed",
	{domain.KindWave, string(domain.WavePaused), string(domain.WaveRunning)}:                   "resumed",
}

// TypeOf returns the type of the event of an effect.
func TypeOf(e *store.Effect) string {
	if e.Node == "" {
		return ofRelationship + strings.ToLower(e.Edge.Rel) + "." + words[e.Verb()]
	}
	return PrefixOf(e.Kind) + wordOf(e)
}

// PrefixOf is what the types of events about records of a kind begin with.
func PrefixOf(kind string) string {
	if p, ok := prefixes[kind]; ok {
		return p + "."
	}
	return strings.ToLower(entity.UpperSnake(kind)) + "."
}

func wordOf(e *store.Effect) string {
	word := words[e.Verb()]
	if word != changed {
		return word
	}
	after := e.After.Text(statusField)
	switch {
	case after != "":
		return moved(e.Kind, e.Before.Text(statusField), after)
	case e.Kind == domain.KindDeployment && e.After["acceptedAt"] != nil:
		return planAccepted
	case e.Kind == domain.KindSiteRollout && e.After["forcedAt"] != nil:
		return forced
	case e.Kind == domain.KindSiteRollout && e.After["remindedAt"] != nil:
		return reminded
	case e.Kind == domain.KindSiteRollout && e.After["overdueSince"] != nil:
		return overdue
	case e.Kind == domain.KindSiteRollout && e.After["warnedAt"] != nil:
		return warned
	case e.Kind == domain.KindSiteRollout && e.After["chosenAt"] != nil:
		return chosen
	}
	return word
}

const (
	planAccepted = "plan_accepted"
	// overdue, warned, reminded, forced and chosen are told of sites: that the window is over,
	// that the deadline of a PULL is near, that it is over, that an hour was set for them
	// since, that they chose one.
	overdue  = "overdue"
	warned   = "warned"
	reminded = "reminded"
	forced   = "forced"
	chosen   = "chosen"
)

// Tested is the type of the event by which a webhook is tried. It is not of the log.
const Tested = "webhook.tested"

// moved is the word for a move from a status to another.
func moved(kind, before, after string) string {
	if word, ok := resumed[[3]string{kind, before, after}]; ok {
		return word
	}
	if word, ok := said[[2]string{kind, after}]; ok {
		return word
	}
	return strings.ToLower(after)
}

// types are all that there are, by name.
var types = catalogue()

// Types lists all types of events, by kind and then by relationship.
func Types() []Type { return slices.Clone(types) }

// Names reports whether a text names types: one of them, or, with .* behind it, all that
// begin so.
func Names(text string) bool {
	return slices.ContainsFunc(types, func(t Type) bool { return Among(text, t.Name) })
}

// Among reports whether a text names a type, as Names has it.
func Among(text, name string) bool {
	if group, ok := strings.CutSuffix(text, "*"); ok && (group == "" || strings.HasSuffix(group, ".")) {
		return strings.HasPrefix(name, group)
	}
	return text == name
}

// Near lists the types that somebody may have meant who wrote a text: those that begin
// as it does.
func Near(text string) []string {
	group, _, _ := strings.Cut(text, ".")
	var names []string
	for _, t := range types {
		if strings.HasPrefix(t.Name, group+".") {
			names = append(names, t.Name)
		}
	}
	if len(names) > 0 {
		return names
	}
	for _, t := range types {
		group, _, _ := strings.Cut(t.Name, ".")
		if group += ".*"; !slices.Contains(names, group) {
			names = append(names, group)
		}
	}
	return names
}

func catalogue() (list []Type) {
	for _, k := range entity.Kinds() {
		list = append(list, ofKind(k)...)
	}
	known := map[string]bool{}
	for _, r := range entity.Relationships() {
		if known[r.Name] {
			continue
		}
		known[r.Name] = true
		for _, word := range []string{created, changed, removed} {
			if word == changed && !slices.ContainsFunc(entity.RelationshipsNamed(r.Name), func(r *entity.Relationship) bool { return len(r.Properties) > 0 }) {
				continue
			}
			list = append(list, Type{Name: ofRelationship + strings.ToLower(r.Name) + "." + word, Doc: r.Name + " was " + word, Relationship: r.Name})
		}
	}
	return append(list, Type{Name: Tested, Doc: "is tried: nothing has happened", Kind: "Webhook"})
}

// ofKind lists the types of events about records of a kind.
func ofKind(k *entity.Kind) []Type {
	var list []Type
	add := func(word, doc string) {
		name := PrefixOf(k.Name) + word
		if !slices.ContainsFunc(list, func(t Type) bool { return t.Name == name }) {
			list = append(list, Type{Name: name, Doc: doc, Kind: k.Name})
		}
	}
	add(created, "is new")
	add(changed, "has other values of fields, its status not among them")
	for _, status := range Statuses(k) {
		add(moved(k.Name, "", status), "became "+status)
		for _, before := range Statuses(k) {
			add(moved(k.Name, before, status), fmt.Sprintf("was %s and became %s", before, status))
		}
	}
	if k.Name == domain.KindDeployment {
		add(planAccepted, "its plan was accepted (P11)")
	}
	if k.Name == domain.KindSiteRollout {
		add(overdue, "is not done with, and its window is over (D2)")
		add(chosen, "has its hour in a PULL chosen (P1)")
		add(warned, "is reminded: the deadline of a PULL is near, and it has not said when it takes the release (P1)")
		add(reminded, "is reminded: it has not taken the release of a PULL, and the deadline is over (P1)")
		add(forced, "has an hour set for it: it has not taken the release of a PULL, and the deadline is over (P1)")
	}
	add(removed, "is gone")
	return list
}

// object is a field that holds an object, as it is told.
func object(text string) any {
	if !json.Valid([]byte(text)) {
		return text
	}
	return json.RawMessage(text)
}
