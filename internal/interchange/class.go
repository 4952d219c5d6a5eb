package interchange

import (
	"slices"

	"releasegraph/internal/domain"
)

// Serves tells that the relationship leads from a service to a customer.
func (i *Item) Serves() bool { return i.IsEdge() && i.Rel.Name == domain.RelServes }

// Class is the class that an item is given, empty where none is.
func (i *Item) Class() domain.Class {
	if i.IsEdge() || i.Kind.Name != domain.KindConfigurationItem {
		return ""
	}
	class, _ := i.Values["class"].(string)
	return domain.Class(class)
}

// MayBreach tells whether an item could breach the definitions; what it would
// be in the end depends on what the store holds of it.
func (i *Item) MayBreach(definitions []*domain.AttributeDefinition) bool {
	if len(definitions) == 0 || i.IsEdge() || i.Stub || i.Kind.Name != domain.KindConfigurationItem {
		return false
	}
	class := i.Class()
	_, classed := i.Values["class"]
	_, described := i.Values["attributes"]
	if class == "" || !described {
		covered := func(d *domain.AttributeDefinition) bool { return class == "" || d.Covers(class) }
		return (classed || described) && slices.ContainsFunc(definitions, covered)
	}
	item := i.AsNew().(*domain.ConfigurationItem)
	return len(domain.CheckAttributes(definitions, class, item.Attributes)) > 0
}
