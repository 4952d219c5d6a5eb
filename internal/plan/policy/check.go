package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/period"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/plan/version"
)

// Demand is what a policy demands of releases of a type and, where it says so, of
// a category: kinds of deliverables or tests, or optional needs.
type Demand struct {
	Type     release.Type
	Category release.Category // empty: all
	Kinds    []string
}

// Signer is who signs a cell: the holders of a role, or of a function that is no
// role. One of both is set.
type Signer struct {
	Role     domain.Role
	Function string
}

func (s Signer) String() string { return string(s.Role) + s.Function }

// Row says who signs for one nature of deployment.
type Row struct {
	Nature                                     string
	Delivered, Accepted, HandedOver, Supported []Signer
}

// Step is an environment of the promotion path, and what it must show there.
type Step struct {
	Environment domain.Environment
	Shows       []string
}

// TaskRule says before which status tasks of a kind must be done.
type TaskRule struct {
	Kind   domain.TaskKind
	Before release.Status
}

// Rules are the contents of a policy, as far as they can contradict themselves.
// Periods that are nil are not set.
type Rules struct {
	Numbering, ItemNumbering     version.Scheme
	PackagePattern, NameTemplate string
	MajorEvery, MinorEvery       *period.Period
	Deliverables, Tests, Demands []Demand
	SignOff                      []Row
	MaxProblems                  int
	MinimumPriority              domain.Priority
	PackageEvery                 period.Period
	MaxReleases, MaxItems        int
	PromotionPath                []Step
	TaskRules                    []TaskRule
	Reversibility                map[release.Category]domain.BackOutKind
	MaxVariants                  int
	MaxManualSteps               *int
	Retention, Verifying         period.Period
	AuditMaxAge                  *period.Period
	KitSignature                 string
}

// What policies may name.
var (
	DeliverableKinds = []string{
		"INSTALLATION_MANUAL", "RELEASE_NOTES", "SUPPORT_DOCUMENT", "OPERATING_INSTRUCTIONS", "TRAINING_PLAN", "ASSEMBLY_INSTRUCTIONS",
		"BACK_OUT_PROCEDURE", "TEST_REPORT", "BUILD_TEST_REPORT", "QUALITY_PLAN", "SBOM", "OTHER",
	}
	TestKinds = []string{"FUNCTIONAL", "TECHNICAL", "INTEGRATION", "PERFORMANCE", "INSTALLATION", "BACKOUT", "ACTIVATION"}
	// OptionalNeeds are the needs that a policy can switch on and off.
	OptionalNeeds = []string{
		release.NeedReversible.Name, release.NeedTasks.Name, release.NeedProductionAudit.Name, release.NeedBoardAdvice.Name, release.NeedFrequency.Name,
		release.NeedKitSigned.Name, release.NeedBuildTest.Name, release.NeedPurchases.Name, release.NeedRegression.Name, release.NeedManualSteps.Name,
	}
	// Natures are those of deployments, one row of the responsibility table each.
	Natures = []string{
		"NEW_BOUGHT_SOFTWARE", "NEW_IN_HOUSE_APPLICATION", "DATABASE_CHANGE", "SERVER", "EXISTING_WORKSTATION_APPLICATION", "WORKSTATION",
	}
	KitSignatures = []string{"NONE", "MINISIGN", "SIGSTORE"}
	// tasksBefore are the statuses before which tasks can be due: PLANNED is the
	// first of a release, so nothing comes before it.
	tasksBefore = []release.Status{release.Building, release.InAcceptance, release.Accepted, release.Deploying, release.Verifying, release.Closed}
	// alwaysTested are tested whatever else is not.
	alwaysTested = []string{"INSTALLATION", "BACKOUT"}
)

// Fault is something wrong with a policy: the field, and what.
type Fault struct{ Field, Text string }

func (f Fault) String() string { return f.Field + " " + f.Text }

// Check lists all that is wrong with the rules of a policy at once, in the order
// of its fields.
func (r Rules) Check() []Fault {
	c := &check{}
	c.numbering(r)
	c.every("majorEvery", r.MajorEvery)
	c.every("minorEvery", r.MinorEvery)
	c.demands("deliverables", r.Deliverables, DeliverableKinds, nil)
	c.demands("tests", r.Tests, TestKinds, alwaysTested)
	c.demands("demands", r.Demands, OptionalNeeds, nil)
	c.signOff(r.SignOff)
	c.atLeast("emergency.maxProblems", r.MaxProblems, 1)
	c.oneOf("emergency.minimumPriority", string(r.MinimumPriority), texts(domain.Priorities))
	c.every("package.every", &r.PackageEvery)
	c.atLeast("package.maxReleases", r.MaxReleases, 1)
	c.atLeast("package.maxItems", r.MaxItems, 1)
	c.path(r.PromotionPath)
	c.tasks(r.TaskRules)
	c.limits(r)
	return c.faults
}

type check struct{ faults []Fault }

func (c *check) say(field, text string, args ...any) {
	c.faults = append(c.faults, Fault{field, fmt.Sprintf(text, args...)})
}

func (c *check) oneOf(field, value string, legal []string) {
	if !slices.Contains(legal, value) {
		c.say(field, "must be one of %s, not %q", strings.Join(legal, ", "), value)
	}
}

func (c *check) atLeast(field string, value, least int) {
	if value < least {
		c.say(field, "must be at least %d, not %d", least, value)
	}
}

// every wants how often something comes to be a time of the calendar.
func (c *check) every(field string, p *period.Period) {
	switch {
	case p == nil:
	case p.Zero():
		c.say(field, "must be longer than nothing")
	case p.Exact != 0:
		c.say(field, "must be whole days or more, not %s", p)
	}
}

func (c *check) numbering(r Rules) {
	for _, s := range []struct {
		field  string
		scheme version.Scheme
	}{{"numbering", r.Numbering}, {"itemNumbering", r.ItemNumbering}} {
		for _, p := range s.scheme.Check() {
			c.say(s.field+"."+p.Field, "%s", p.Text)
		}
	}
	for _, t := range []struct {
		field, text string
		fields      []string
	}{{"packagePattern", r.PackagePattern, version.PackageFields}, {"nameTemplate", r.NameTemplate, version.NameFields}} {
		if _, err := version.ParseTemplate(t.text, t.fields); err != nil {
			c.say(t.field, "%v", err)
		}
	}
}

func (c *check) demands(field string, list []Demand, known, always []string) {
	seen := map[[2]string]bool{}
	for i, d := range list {
		at := fmt.Sprintf("%s[%d]", field, i)
		c.oneOf(at+".type", string(d.Type), texts(release.Types))
		if d.Category != "" {
			c.oneOf(at+".category", string(d.Category), texts(release.Categories))
		}
		key := [2]string{string(d.Type), string(d.Category)}
		if seen[key] {
			c.say(at, "is about %s a second time", strings.TrimSpace(string(d.Type)+" "+string(d.Category)))
		}
		seen[key] = true
		for j, kind := range d.Kinds {
			c.oneOf(fmt.Sprintf("%s.kinds[%d]", at, j), kind, known)
			if slices.Index(d.Kinds, kind) < j {
				c.say(fmt.Sprintf("%s.kinds[%d]", at, j), "is %s a second time", kind)
			}
		}
		for _, kind := range always {
			if !slices.Contains(d.Kinds, kind) {
				c.say(at+".kinds", "must hold %s: it is tested whatever else is not", kind)
			}
		}
	}
}

func (c *check) signOff(rows []Row) {
	seen := map[string]bool{}
	for i, row := range rows {
		at := fmt.Sprintf("signOffRoles[%d]", i)
		c.oneOf(at+".nature", row.Nature, Natures)
		if seen[row.Nature] {
			c.say(at+".nature", "is %s a second time", row.Nature)
		}
		seen[row.Nature] = true
		for _, column := range []struct {
			name    string
			signers []Signer
		}{{"delivered", row.Delivered}, {"accepted", row.Accepted}, {"handedOver", row.HandedOver}, {"supported", row.Supported}} {
			c.signers(at+"."+column.name, column.signers)
		}
		for j, s := range row.Accepted {
			if slices.ContainsFunc(row.Delivered, s.same) {
				c.say(fmt.Sprintf("%s.accepted[%d]", at, j), "is %s, who delivers: nobody accepts what they deliver", s)
			}
		}
	}
	for _, nature := range Natures {
		if !seen[nature] {
			c.say("signOffRoles", "must have a row for %s", nature)
		}
	}
}

// same compares functions as holders are found by them: folded.
func (s Signer) same(t Signer) bool {
	return s.Role == t.Role && domain.FoldName(s.Function) == domain.FoldName(t.Function)
}

func (c *check) signers(field string, signers []Signer) {
	if len(signers) == 0 {
		c.say(field, "must not be empty")
	}
	for i, s := range signers {
		at := fmt.Sprintf("%s[%d]", field, i)
		switch function := strings.TrimSpace(s.Function); {
		case (s.Role == "") == (function == ""):
			c.say(at, "must be a role or a function, one of both")
		case s.Role != "":
			c.oneOf(at+".role", string(s.Role), texts(domain.Roles))
		}
		if slices.ContainsFunc(signers[:i], s.same) {
			c.say(at, "is %s a second time", s)
		}
	}
}

func (c *check) path(steps []Step) {
	for i, s := range steps {
		at := fmt.Sprintf("promotionPath[%d].environment", i)
		c.oneOf(at, string(s.Environment), texts(domain.Environments))
		if slices.ContainsFunc(steps[:i], func(t Step) bool { return t.Environment == s.Environment }) {
			c.say(at, "is %s a second time", s.Environment)
		}
	}
	if len(steps) == 0 || steps[len(steps)-1].Environment != domain.Live {
		c.say("promotionPath", "must end with LIVE")
	}
}

func (c *check) tasks(rules []TaskRule) {
	for i, r := range rules {
		at := fmt.Sprintf("taskRules[%d]", i)
		c.oneOf(at+".kind", string(r.Kind), texts(domain.TaskKinds))
		c.oneOf(at+".before", string(r.Before), texts(tasksBefore))
		if slices.Contains(rules[:i], r) {
			c.say(at, "is %s before %s a second time", r.Kind, r.Before)
		}
	}
}

func (c *check) limits(r Rules) {
	for _, category := range slices.Sorted(maps.Keys(r.Reversibility)) {
		c.oneOf("reversibility", string(category), texts(release.Categories))
		c.oneOf("reversibility."+string(category), string(r.Reversibility[category]), texts(domain.BackOutKinds))
	}
	c.atLeast("maxVariants", r.MaxVariants, 1)
	if r.MaxManualSteps != nil {
		c.atLeast("maxManualSteps", *r.MaxManualSteps, 0)
	}
	if !r.Retention.AtLeast(r.Verifying) {
		c.say("retention", "is %s, which may be over before the verifying period of %s", r.Retention, r.Verifying)
	}
	if r.AuditMaxAge != nil && r.AuditMaxAge.Zero() {
		c.say("auditMaxAge", "must be longer than nothing")
	}
	c.oneOf("kitSignature", r.KitSignature, KitSignatures)
}

func texts[T ~string](values []T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

// Demanded are the kinds that rows of a policy demand of a release: those of the
// row for its type and category, else of the row for its type, else the default.
func Demanded(rows []Demand, t release.Type, c release.Category, otherwise []string) []string {
	for _, category := range []release.Category{c, ""} {
		for _, row := range rows {
			if row.Type == t && row.Category == category {
				return row.Kinds
			}
		}
	}
	return otherwise
}
