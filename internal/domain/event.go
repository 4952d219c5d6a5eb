package domain

// EventFilter chooses events. What is empty chooses all.
type EventFilter struct {
	// Types are names of types, such as deployment.started, or with .* what they begin
	// with.
	Types []string
	Verbs []ChangeType
	// Kinds of record and names of relationships.
	Kinds []string
	// IDs of records: their own events, and those of the relationships at them.
	IDs []string
	// Keys of subjects.
	Keys    []string
	Actors  []string
	Sources []string
	// Site, Service and Deployment choose what concerns a record: a site with what is
	// there, a service with all that it depends on, a deployment with its parts.
	Site, Service, Deployment *Ref
}
