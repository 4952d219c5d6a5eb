package importer_test

import (
	"slices"
	"strings"
	"testing"

	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
)

func key(text string) domain.Ref { return domain.Ref{Key: &text} }

func TestADiscoveryRunKeepsWhatAPersonSetAndTellsSo(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		ctx := t.Context()
		p.run(t, estate, importer.Options{Source: "netbox"})
		patch := map[string]any{"criticality": 5, "attributes": map[string]any{"tier": "gold"}}
		if _, err := p.Records.Update(ctx, "ConfigurationItem", key("shop"), patch, nil, nil); err != nil {
			t.Fatal(err)
		}
		link := map[string]any{"redundancyGroup": "db", "impact": "DEGRADED"}
		if _, err := p.Records.Connect(ctx, "DEPENDS_ON", key("shop"), key("db-1"), link, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Records.Connect(ctx, "PART_OF", key("emea"), key("par-1"), nil, nil); err == nil {
			t.Fatal("a circle of sites")
		}
		found := strings.Replace(estate, `"key":"shop"`, `"criticality":2,"users":7,"key":"shop"`, 1)
		var kept []domain.FieldKept
		o := importer.Options{Source: "netbox", Kept: func(k domain.FieldKept) error { kept = append(kept, k); return nil }}
		s := p.run(t, found, o)
		if s.Updated() != 1 || s.Kept() != 3 {
			t.Errorf("%+v", s)
		}
		fields := map[string]string{}
		for _, k := range kept {
			fields[k.Field] = value(k.Kept) + " not " + value(k.Offered) + " by " + k.Source
		}
		want := map[string]string{
			"criticality": "5 not 2 by api", "attributes.tier": "gold not 1 by api", "impact": "DEGRADED not FULL by api",
		}
		for field, text := range want {
			if fields[field] != text {
				t.Errorf("%s: %q, want %q", field, fields[field], text)
			}
		}
		out := export(t, p.App)
		for _, line := range []string{
			`"criticality":5,"users":7,"attributes":{"tier":"gold"},"sources":{"*":"netbox","attributes.tier":"api","criticality":"api"}}`,
			`"impact":"DEGRADED","redundancyGroup":"db","minimum":1,"source":"api","listings":["api=*","netbox=*"]}`,
		} {
			if !strings.Contains(out, line) {
				t.Errorf("missing %s in\n%s", line, out)
			}
		}
		o.Overwrite = true
		if s := p.run(t, found, o); s.Updated() != 2 || s.Kept() != 0 {
			t.Errorf("told to overwrite: %+v", s)
		}
		if out := export(t, p.App); !strings.Contains(out, `"criticality":2,"users":7,"attributes":{"tier":"1"},"sources":{"*":"netbox"}}`) {
			t.Error(out)
		}
	})
}

func TestWhatADiscoveryRunFoundItMayChange(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, estate, importer.Options{})
		s := p.run(t, `{"node":"Site","key":"par-1","users":430,"region":null}`, importer.Options{Source: "netbox"})
		if s.Updated() != 1 || s.Kept() != 0 {
			t.Errorf("%+v", s)
		}
		r, err := p.Records.Record(t.Context(), "Site", key("par-1"), nil)
		if err != nil {
			t.Fatal(err)
		}
		want := []domain.FieldSource{{Field: "region", Source: "netbox"}, {Field: "users", Source: "netbox"}}
		if got := r.(*domain.Site).Sources; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
	})
}

func TestAnExportKeepsWhoSetWhat(t *testing.T) {
	a, _ := newApp(t)
	ctx := t.Context()
	run(t, a, importer.Options{Files: []string{file(t, "a.ndjson", estate)}})
	if _, err := a.Records.Update(ctx, "Site", key("par-1"), map[string]any{"users": nil}, nil, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Records.Connect(ctx, "SITE_NEEDS", key("par-1"), key("emea"), nil, nil); err != nil {
		t.Fatal(err)
	}
	b, _ := newApp(t)
	run(t, b, importer.Options{Files: []string{file(t, "b.ndjson", export(t, a))}})
	if got, want := export(t, b), export(t, a); got != want || !strings.Contains(got, `"sources":{"users":"api"}`) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if s := run(t, b, importer.Options{Files: []string{file(t, "c.ndjson", export(t, a))}}); !s.Same() || s.Kept() != 0 {
		t.Errorf("again: %+v", s)
	}
}

func TestAPlaceThatAPersonGaveASiteIsKept(t *testing.T) { // C6
	everywhere(t, func(t *testing.T, p place) {
		p.run(t, estate+`{"node":"Site","key":"fr","name":"France"}`, importer.Options{})
		if _, err := p.Records.Connect(t.Context(), "PART_OF", key("par-1"), key("fr"), nil, nil); err != nil {
			t.Fatal(err)
		}
		s := p.run(t, `{"edge":"PART_OF","from":"Site:par-1","to":"Site:emea"}`, importer.Options{})
		if !s.Same() || s.Kept() != 1 || !strings.Contains(export(t, p.App), `"from":"Site:par-1","to":"Site:fr","source":"api"}`) {
			t.Errorf("%+v\n%s", s, export(t, p.App))
		}
	})
}

func value(text *string) string {
	if text == nil {
		return "nothing"
	}
	return *text
}
