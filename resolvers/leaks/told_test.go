package leaks_test

// byTheWhole are the fields that are worked out from the whole estate, whoever
// asks, with the reason; docs/permissions.md tells of each. They must not name
// what is hidden: they are the same in an estate of the same form in which it
// has other names.
var byTheWhole = map[string]string{
	"Query.impact":               "what stops a site often stands elsewhere: hidden hits and links are counted",
	"Subscription.impactChanged": "as with impact; it says nothing while the answer stays",
	"Query.serviceView":          "what a service needs is an impact analysis",
	"Query.installationOrder":    "another order would break hidden items",
	"ChangeRequest.moves":        "a change is decided by all that it affects",
	"Problem.moves":              "a problem is moved by all that is to resolve it",
	"FreezeException.stands":     "an exception is for all that its change affects",
	"AgendaItem.lacks":           "a change is decided by all that it affects",
	"Assessment.outdatedBecause": "an assessment is of the whole estate",
}

// refused are the queries that nobody who is narrowed may ask.
var refused = map[string]string{
	"apiTokens":     "tokens are not of the graph, and are made by who sees all of it",
	"boundNames":    "names and identities are not of the graph, and are for ADMIN",
	"webhook":       "webhooks are not of the graph, and are for ADMIN",
	"webhooks":      "webhooks are not of the graph, and are for ADMIN",
	"calendarFeed":  "a feed shows the whole schedule to whoever knows its address",
	"calendarFeeds": "a feed shows the whole schedule to whoever knows its address",
}

// mayAsk tells whether a question may be about a field, "Type.field".
func (q *asker) mayAsk(coordinate string) bool { return q.all || byTheWhole[coordinate] == "" }
