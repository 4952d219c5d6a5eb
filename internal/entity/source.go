package entity

import (
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Every kind keeps in SourcesProperty which source set its fields (C6), a text
// "source=field" each; every relationship in SourceProperty which source set
// the link. Both are absent where that is the default.
const (
	SourcesProperty = "sources"
	SourceProperty  = "source"
)

// EncodeSources gives the value of the SourcesProperty, nil when there are none.
func EncodeSources(list []domain.FieldSource) any {
	if len(list) == 0 {
		return nil
	}
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = s.Source + "=" + s.Field
	}
	return texts
}

// DecodeSources reads the SourcesProperty.
func DecodeSources(props store.Props) []domain.FieldSource {
	texts, _ := props[SourcesProperty].([]string)
	if len(texts) == 0 {
		return nil
	}
	list := make([]domain.FieldSource, len(texts))
	for i, text := range texts {
		list[i].Source, list[i].Field, _ = strings.Cut(text, "=")
	}
	return list
}

// SourceOf tells which source set a link.
func SourceOf(props store.Props) string {
	if source, ok := props[SourceProperty].(string); ok {
		return source
	}
	return domain.SourceImport
}

// SetSource notes in the properties of a link which source set it.
func SetSource(props store.Props, source string) {
	if source == domain.SourceImport {
		delete(props, SourceProperty)
		return
	}
	props[SourceProperty] = source
}
