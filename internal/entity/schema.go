package entity

import "releasegraph/internal/store"

// Schema tells a store the shape of everything in the Catalog.
func Schema() store.Schema {
	var s store.Schema
	for _, k := range kinds {
		s.Kinds = append(s.Kinds, k.schema())
	}
	for _, r := range relationships {
		kept := []store.Property{{Name: SourceProperty, Type: store.String}, {Name: ListingsProperty, Type: store.Strings}}
		s.Rels = append(s.Rels, store.RelSchema{Name: r.Name, From: r.From, To: r.To, Properties: append(properties(r.Properties), kept...)})
	}
	return s
}

func (k *Kind) schema() store.KindSchema {
	s := store.KindSchema{Name: k.Name, Properties: append(properties(k.Fields),
		store.Property{Name: SourcesProperty, Type: store.Strings}, store.Property{Name: ListingsProperty, Type: store.Strings},
		store.Property{Name: WithdrawnFromProperty, Type: store.String}, store.Property{Name: RemovedLinksProperty, Type: store.Strings})}
	for _, f := range k.Fields {
		switch {
		case f.Map:
			s.OpenPrefix = AttributePrefix
		case f.Text:
			s.Text = append(s.Text, f.Name)
		}
	}
	return s
}

func properties(fields []Field) []store.Property {
	var list []store.Property
	for _, f := range fields {
		if !f.Map {
			list = append(list, store.Property{Name: f.Name, Type: f.Kind, Indexed: f.Indexed(), Unique: f.Unique})
		}
	}
	return list
}
