package domain

// NewOpening is a maintenance window or a freeze to declare: its fields by name,
// and the sites and services that it is for.
type NewOpening struct {
	Fields   map[string]any
	Sites    []*Ref
	Services []*Ref
}
