package domain

// EventType says what an event tells. More types may come; who does not know
// one passes over it.
type EventType string

// The types of events.
const (
	EventRecordCreated       EventType = "RECORD_CREATED"
	EventRecordUpdated       EventType = "RECORD_UPDATED"
	EventRecordRemoved       EventType = "RECORD_REMOVED"
	EventRelationshipCreated EventType = "RELATIONSHIP_CREATED"
	EventRelationshipUpdated EventType = "RELATIONSHIP_UPDATED"
	EventRelationshipRemoved EventType = "RELATIONSHIP_REMOVED"
)

// EventFilter chooses events. What is empty chooses all.
type EventFilter struct {
	Types []EventType
	// Kinds of record and names of relationships.
	Kinds []string
	// IDs of records: their own events, and those of the relationships at them.
	IDs     []string
	Actors  []string
	Sources []string
}
