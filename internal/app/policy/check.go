package policy

import (
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/version"
)

// checkReadable says which schemes and templates of a policy cannot be read (R3).
func checkReadable(p *domain.ReleasePolicy) (es domain.Errors) {
	for _, scheme := range []struct {
		field string
		of    *domain.VersionScheme
	}{{"numbering", p.Numbering}, {"itemNumbering", p.ItemNumbering}} {
		if scheme.of == nil {
			continue
		}
		for _, wrong := range schemeOf(scheme.of).Check() {
			es = append(es, domain.Breaks("R3", scheme.field+"."+dotted(wrong.Field), "%s", wrong.Text))
		}
	}
	for _, template := range []struct {
		field  string
		text   *string
		fields []string
	}{{"packagePattern", p.PackagePattern, version.PackageFields}, {"nameTemplate", p.NameTemplate, version.NameFields}} {
		if template.text == nil {
			continue
		}
		if _, err := version.ParseTemplate(*template.text, template.fields); err != nil {
			es = append(es, domain.Breaks("R3", template.field, "%s", err))
		}
	}
	return es
}

// dotted writes the place in a scheme as places in an input are written: order.0.
func dotted(field string) string {
	return strings.NewReplacer("[", ".", "]", "", "kind", "scheme").Replace(field)
}
