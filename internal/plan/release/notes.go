package release

import (
	"cmp"
	"slices"
)

// Audience is for whom release notes are.
type Audience string

// The audiences of release notes.
const (
	Customers Audience = "CUSTOMERS"
	Support   Audience = "SUPPORT"
	Technical Audience = "TECHNICAL"
)

// Audiences lists all audiences; each is told what the one before it is, and
// more.
var Audiences = []Audience{Customers, Support, Technical}

// NotedChange is a request that the release carries out.
type NotedChange struct{ Type, Key, Name string }

// NotedProblem is a problem that the release solves.
type NotedProblem struct{ Category, Key, Name string }

// NotedError is an error that is known and stays.
type NotedError struct{ Key, Name, Symptoms, Workaround string }

// NotedItem is an item that the release adds, changes, removes or rebuilds.
type NotedItem struct {
	Content
	Name string
}

// NotedDifference is an item in which a release differs from the one before it, and
// what each does to it; empty: nothing.
type NotedDifference struct{ Item, Before, Now string }

// Since is how a release differs from the one before it, of the same units.
type Since struct {
	Release, Number string
	// Accepted says that it is kept as it was accepted.
	Accepted bool
	Items    []NotedDifference // by key
}

// NotedContact is whom to call about what.
type NotedContact struct{ Role, Key, Name, Contact string }

// NotedStep is what happens at a place at a time, or is asked of people.
type NotedStep struct{ Kind, Key, Text string }

// Notes are release notes as data (R11): all that a reader may know, or what of
// it is for an audience. What is hidden from the reader is not given.
type Notes struct {
	Changes  []NotedChange
	Problems []NotedProblem
	Errors   []NotedError
	Asked    []NotedStep // what is asked of customers
	// From here on for SUPPORT too.
	Items    []NotedItem
	Since    *Since // nil: none went live before
	Contacts []NotedContact
	Calendar []NotedStep
	// From here on for TECHNICAL only. Install and BackOut are in their order.
	Install []string // items
	BackOut []UndoStep
	Kit     []KitItem
}

// ForAudience is what of the notes is for an audience, each list by type and then
// by key. CUSTOMERS get names and no keys; symptoms are for SUPPORT and TECHNICAL,
// the keys of requests for TECHNICAL alone.
func (n Notes) ForAudience(a Audience) Notes {
	told := n.sorted()
	if a == Technical {
		return told
	}
	told.Install, told.BackOut, told.Kit = nil, nil, nil
	for i := range told.Changes {
		told.Changes[i].Key = ""
	}
	if a == Support {
		return told
	}
	told.Items, told.Since, told.Contacts, told.Calendar = nil, nil, nil, nil
	for i := range told.Problems {
		told.Problems[i].Key = ""
	}
	for i := range told.Errors {
		told.Errors[i].Key, told.Errors[i].Symptoms = "", ""
	}
	for i := range told.Asked {
		told.Asked[i].Key = ""
	}
	return told
}

// changeTypes is the order in which notes tell of requests.
var changeTypes = []string{"EMERGENCY", "NORMAL", "STANDARD"}

func (n Notes) sorted() Notes {
	n.Changes = ordered(n.Changes, func(a, b NotedChange) int {
		return cmp.Or(slices.Index(changeTypes, a.Type)-slices.Index(changeTypes, b.Type), cmp.Compare(a.Key, b.Key))
	})
	n.Problems = ordered(n.Problems, func(a, b NotedProblem) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(a.Key, b.Key))
	})
	n.Errors = ordered(n.Errors, func(a, b NotedError) int { return cmp.Compare(a.Key, b.Key) })
	n.Asked = ordered(n.Asked, NotedStep.compare)
	n.Items = ordered(n.Items, func(a, b NotedItem) int {
		return cmp.Or(slices.Index(Actions, a.Action)-slices.Index(Actions, b.Action), cmp.Compare(a.Item, b.Item))
	})
	n.Contacts = ordered(n.Contacts, func(a, b NotedContact) int { return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Key, b.Key)) })
	n.Calendar = ordered(n.Calendar, NotedStep.compare)
	n.Kit = sortedKit(n.Kit)
	return n
}

func (s NotedStep) compare(t NotedStep) int {
	return cmp.Or(cmp.Compare(s.Kind, t.Kind), cmp.Compare(s.Key, t.Key))
}

func ordered[T any](list []T, compare func(a, b T) int) []T {
	return slices.SortedFunc(slices.Values(list), compare)
}
