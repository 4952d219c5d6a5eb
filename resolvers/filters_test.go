package resolvers_test

import (
	"slices"
	"testing"
)

func TestListsAreFilteredByWhatTextsEndWithAndIgnoringCase(t *testing.T) {
	a := newAPI(t)
	for _, item := range []vars{
		{"key": "a", "name": "Web Shop", "owner": "Zoe", "productVersion": "2.1"},
		{"key": "b", "name": "WEB SHOP", "owner": "adam", "supplier": "Acme"},
		{"key": "c", "name": "Straße", "productVersion": "1.9"},
	} {
		item["class"], item["status"], item["environment"] = "SERVICE", "LIVE", "LIVE"
		a.ask(`mutation($input: CreateConfigurationItemInput!) { createConfigurationItem(input: $input) { revision } }`, vars{"input": item})
	}
	const page = `query($filter: ConfigurationItemFilter, $orderBy: [ConfigurationItemOrder!]) {
		configurationItems(filter: $filter, orderBy: $orderBy) { nodes { key } } }`
	for _, c := range []struct {
		filter vars
		want   []string
	}{
		{vars{"name": vars{"endsWith": "Shop"}}, []string{"a"}},
		{vars{"name": vars{"endsWith": "shop", "ignoringCase": true}}, []string{"a", "b"}},
		{vars{"name": vars{"contains": "RASS", "ignoringCase": true}}, []string{}},
		{vars{"name": vars{"eq": "STRAẞE", "ignoringCase": true}}, []string{"c"}},
		{vars{"name": vars{"startsWith": "web", "endsWith": "SHOP", "ignoringCase": true}}, []string{"a", "b"}},
		{vars{"name": vars{"in": []string{"web shop"}, "ignoringCase": true}}, []string{"a", "b"}},
		{vars{"name": vars{"notIn": []string{"web shop"}, "ignoringCase": true}}, []string{"c"}},
		{vars{"owner": vars{"notIn": []string{"Zoe"}}}, []string{"b", "c"}},
		{vars{"class": vars{"notIn": []string{"SERVICE"}}}, []string{}},
		{vars{"class": vars{"notIn": []string{}}}, []string{"a", "b", "c"}},
	} {
		got := a.ask(page, vars{"filter": c.filter, "orderBy": []vars{{"field": "KEY", "direction": "ASC"}}}).texts("configurationItems.nodes", "key")
		if !slices.Equal(got, c.want) {
			t.Errorf("%v finds %v, not %v", c.filter, got, c.want)
		}
	}
	for field, want := range map[string][]string{"OWNER": {"a", "b", "c"}, "SUPPLIER": {"b", "a", "c"}, "PRODUCT_VERSION": {"c", "a", "b"}} {
		got := a.ask(page, vars{"orderBy": []vars{{"field": field, "direction": "ASC"}}}).texts("configurationItems.nodes", "key")
		if field == "SUPPLIER" { // Those without one come last, by id.
			got, want = got[:1], want[:1]
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %s: %v, not %v", field, got, want)
		}
	}
}
