package permissions

import (
	"fmt"
	"strings"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

// columns are the heads of the table's columns, one for each role.
var columns = map[domain.Role]string{
	domain.Viewer: "VW", domain.Requester: "RQ", domain.ChangeManager: "CM", domain.CABMember: "CAB",
	domain.ReleaseManager: "RM", domain.BuildManager: "BM", domain.TestManager: "TM", domain.DeploymentManager: "DM",
	domain.SiteOperator: "SO", domain.ConfigurationManager: "CFM", domain.ProblemManager: "PM",
	domain.OperationsManager: "OM", domain.SupportManager: "SM", domain.SupplierRole: "SU", domain.Admin: "AD",
}

// Holder is someone with one role, with a site and a company of their own.
func Holder(r domain.Role) domain.Actor {
	return domain.Actor{Name: "holder", Roles: []domain.Role{r}, Sites: []string{"own"}, Suppliers: []string{"own"}}
}

const preface = `# Who may do what

Made from the schema, the Catalog and the default policies (internal/authz/default.cedar) by ` + "`go generate`" + `; do not edit it.
What the policies say, and how to replace them, is told in [permissions.md](permissions.md).

● all records  ◐ their own sites and what is installed there (SITE_OPERATOR), or what they supply (SUPPLIER)  · refused

`

// Matrix draws who may call which operation, as Markdown.
func Matrix(p *authz.Policies, operations []Operation) string {
	var b strings.Builder
	b.WriteString(preface)
	for i, r := range domain.Roles {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s %s", columns[r], r)
	}
	b.WriteString(".\n")
	for _, root := range Roots {
		if heading := headings[root]; hasRoot(operations, root) {
			fmt.Fprintf(&b, "\n## %s\n\n", heading)
			table(&b, p, root, operations)
		}
	}
	return b.String()
}

var headings = map[string]string{
	"Query": "Queries", "Mutation": "Mutations", "Subscription": "Subscriptions", "Statistics": "Fields of `statistics`",
}

func hasRoot(operations []Operation, root string) bool {
	for _, o := range operations {
		if o.Root == root {
			return true
		}
	}
	return false
}

func table(b *strings.Builder, p *authz.Policies, root string, operations []Operation) {
	b.WriteString("| operation | asks for |")
	for _, r := range domain.Roles {
		fmt.Fprintf(b, " %s |", columns[r])
	}
	b.WriteString("\n| --- | --- |" + strings.Repeat(" :-: |", len(domain.Roles)) + "\n")
	for _, o := range operations {
		if o.Root != root {
			continue
		}
		asks := string(o.Need.Action) + " " + o.Need.Kind
		if o.Need.Nothing() {
			asks = "nothing: shows what one may see"
		}
		fmt.Fprintf(b, "| %s | %s |", o.Name, asks)
		for _, r := range domain.Roles {
			fmt.Fprintf(b, " %s |", mark(p, r, o.Need))
		}
		b.WriteString("\n")
	}
}

func mark(p *authz.Policies, r domain.Role, n Need) string {
	a := Holder(r)
	if n.Nothing() {
		return "●"
	}
	switch d := p.For(a).Decide(a, n.Action, n.Kind); {
	case d.All():
		return "●"
	case d.Any():
		return "◐"
	}
	return "·"
}
