package domain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

// C7: two definitions contradict each other just when there is a class whose
// items can have no value of the attribute.
func TestDefinitionsContradictEachOtherWhenNoValueIsBoth_C7(t *testing.T) {
	values := []string{"5", "5.5", "true", "2026-03-01", "https://example.org", "gold", "silver", ""}
	definition := rapid.Custom(func(t *rapid.T) *domain.AttributeDefinition {
		d := &domain.AttributeDefinition{
			Attribute: rapid.SampledFrom([]string{"tier", "tier", "rack"}).Draw(t, "attribute"),
			Type:      rapid.SampledFrom(domain.AttributeTypes).Draw(t, "type"),
			Classes:   rapid.SliceOfNDistinct(rapid.SampledFrom(domain.Classes[:3]), 0, 2, rapid.ID[domain.Class]).Draw(t, "classes"),
		}
		fits := func(v string) bool { return d.Type.CheckValue(v) == nil }
		for _, v := range values {
			if (d.Type == domain.AttributeEnum || rapid.IntRange(0, 3).Draw(t, "allow") == 0) && fits(v) {
				d.AllowedValues = append(d.AllowedValues, v)
			}
		}
		return d
	})
	rapid.Check(t, func(t *rapid.T) {
		list := []*domain.AttributeDefinition{definition.Draw(t, "one"), definition.Draw(t, "other")}
		for i, d := range list {
			d.ID, d.Key = fmt.Sprint(i), fmt.Sprintf("d-%d", i)
		}
		var classes []domain.Class
		for _, class := range domain.Classes {
			legal := func(v string) bool {
				return len(domain.CheckAttributes(list, class, map[string]string{list[0].Attribute: v})) == 0
			}
			both := list[0].Attribute == list[1].Attribute && list[0].Covers(class) && list[1].Covers(class)
			if both && !slices.ContainsFunc(values, legal) {
				classes = append(classes, class)
			}
		}
		found := domain.Contradictions(list)
		if len(found) == 0 != (len(classes) == 0) || len(found) > 0 && !slices.Equal(found[0].Classes, classes) {
			t.Fatalf("%+v and %+v: %v, want of %v", list[0], list[1], found, classes)
		}
		refused := domain.CheckDefinition(list[0], list[1:])
		if len(refused) != len(found) || len(refused) > 0 && !strings.Contains(refused[0].Message, `"d-1"`) {
			t.Fatalf("refused with %v, want %d", refused, len(found))
		}
		if again := domain.CheckDefinition(list[0], list[:1]); len(again) > 0 {
			t.Fatalf("contradicts itself: %v", again)
		}
	})
}
