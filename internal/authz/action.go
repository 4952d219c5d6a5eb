package authz

import "releasegraph/internal/entity"

// Action is what an actor wants to do with records of a kind, or with a
// relationship.
type Action string

// The actions. Each is declared in actions, with what it means.
const (
	Read       Action = "read"
	Create     Action = "create"
	Update     Action = "update"
	Remove     Action = "remove"
	Withdraw   Action = "withdraw"
	Connect    Action = "connect"
	Disconnect Action = "disconnect"
	// Move is bringing a record from one status to another.
	Move Action = "move"
	// Submit is handing a request for change in, or asking for a standard one.
	Submit Action = "submit"
	// Assess is finding out what a change hurts, and leaving items out of that.
	Assess Action = "assess"
	// Vote is casting a vote on a request for change.
	Vote Action = "vote"
	// Implement is reporting that a change was carried out.
	Implement Action = "implement"
	// Decide is moving a request for change where no vote is needed.
	Decide Action = "decide"
	// Lead is walking a release from its plan to its roll-out, and writing policies.
	Lead Action = "lead"
	// Build is handing what was built to acceptance.
	Build Action = "build"
	// Test is accepting or rejecting what was built.
	Test Action = "test"
	// Cancel is giving a release up.
	Cancel Action = "cancel"
	// Deposit is putting a copy into the media library.
	Deposit Action = "deposit"
	// Master is accepting, refusing and retiring what is in the library.
	Master Action = "master"
	// Stock is counting and reserving what is in the hardware store.
	Stock Action = "stock"
	// Import is writing records of any kind in bulk.
	Import Action = "import"
	// Migrate is bringing by an import what is otherwise left to the verbs.
	Migrate Action = "migrate"
	// Manage is seeing and handling what is not of the graph, such as tokens.
	Manage Action = "manage"
)

// declaredAction is an action as policies know it: Group, where it is given,
// is an action that stands for all of its members.
type declaredAction struct {
	name  Action
	group Action
	doc   string
}

// write is the group of the actions that change single records.
const write Action = "write"

// actions are those of all areas. A policy that names another is refused.
var actions = withOwn(entity.Actions(), []declaredAction{
	{Read, "", "see records, their relationships and their history"},
	{Create, write, "add a record"},
	{Update, write, "change a record's fields"},
	{Remove, write, "delete a record"},
	{Move, write, "bring a record from one status to another"},
	{Withdraw, write, "take a configuration item out of use, give a request up"},
	{Connect, write, "add or change a relationship"},
	{Disconnect, write, "take a relationship away"},
	{Submit, "", "hand in a request for change"},
	{Assess, "", "find out what a change hurts, and exclude what it does not"},
	{Vote, "", "vote on a request for change"},
	{Implement, "", "report that a change was carried out"},
	{Decide, "", "lead a request for change on where no vote is needed"},
	{Lead, "", "walk a release from its plan to its roll-out, revise a policy"},
	{Build, "", "hand what was built to acceptance"},
	{Test, "", "accept or reject what was built"},
	{Cancel, "", "give a release up"},
	{Deposit, "", "put a copy into the media library"},
	{Master, "", "accept, refuse, retire and purge what is in the media library"},
	{Stock, "", "count and reserve what is in the hardware store"},
	{Import, "", "write records of any kind in bulk"},
	{Migrate, "", "bring by an import what is otherwise left to the verbs: votes, states, decisions, as they are"},
	{Manage, "", "handle what is not of the graph, such as tokens"},
})

// withOwn adds the actions that areas declare in the Catalog.
func withOwn(declared []entity.Action, list []declaredAction) []declaredAction {
	for _, a := range declared {
		list = append(list, declaredAction{name: Action(a.Name), doc: a.Doc})
	}
	return list
}

// Actions lists all actions.
func Actions() []Action {
	list := make([]Action, len(actions))
	for i, a := range actions {
		list[i] = a.name
	}
	return list
}
