package domain

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"releasegraph/internal/period"
)

// ReleasePolicy is one version of the written rules for releases, as data. What
// it says in prose stands beside what the server keeps.
type ReleasePolicy struct {
	Record
	Description *string      `graph:"description,set,text"`
	Status      PolicyStatus `graph:"status,required,filter,sort,import"`
	// PolicyVersion counts the versions of the policy; each is a record of its own.
	PolicyVersion int        `graph:"policyVersion,filter,sort,import"`
	EffectiveFrom *time.Time `graph:"effectiveFrom,filter,sort,import"`
	// WrittenBy are those who wrote this version, InForceBy who put it in force.
	WrittenBy []string `graph:"writtenBy,filter,import,person"`
	InForceBy *string  `graph:"inForceBy,filter,import,text,person"`
	// Classes and Environment are the scope, beside the units, services and
	// suppliers that it governs.
	Classes     []Class      `graph:"classes,filter,set"`
	Environment *Environment `graph:"environment,filter,sort,set"`
	// Numbering is how releases are numbered, ItemNumbering how the versions of
	// items compare (R3).
	Numbering      *VersionScheme `graph:"numbering,set"`
	ItemNumbering  *VersionScheme `graph:"itemNumbering,set"`
	PackagePattern *string        `graph:"packagePattern,set"`
	// ParallelLines lets a new line of versions begin below another.
	ParallelLines bool    `graph:"parallelLines,filter,set"`
	NameTemplate  *string `graph:"nameTemplate,set"`
	Granularity   *string `graph:"granularity,set,text"`
	// MajorEvery and MinorEvery are the least time between two of them.
	MajorEvery *string `graph:"majorEvery,set"`
	MinorEvery *string `graph:"minorEvery,set"`
	// Deliverables, Tests and Demands say what a release must bring, pass and have
	// (R7, R8), by type and category.
	Deliverables []DeliverableDemand `graph:"deliverables,set"`
	Tests        []TestDemand        `graph:"tests,set"`
	Demands      []NeedDemand        `graph:"demands,set"`
	// SignOffRoles is the table of section 9.
	SignOffRoles    []SignOffRow       `graph:"signOffRoles,set"`
	BusinessSignOff bool               `graph:"businessSignOff,filter,set"`
	Emergency       *EmergencyRules    `graph:"emergency,set"`
	Package         *PackageRules      `graph:"package,set"`
	PromotionPath   []PromotionStep    `graph:"promotionPath,set"`
	TaskRules       []TaskRule         `graph:"taskRules,set"`
	Reversibility   *ReversibilityRule `graph:"reversibility,set"`
	// MaxVariants is how many versions of a unit may be live at once (R18),
	// MaxManualSteps how many steps a person may have to do at a site (R24).
	MaxVariants    *int `graph:"maxVariants,set"`
	MaxManualSteps *int `graph:"maxManualSteps,set"`
	// MinRepresentativeness is how much of production, in percent, a test environment
	// must have at the same versions (R12).
	MinRepresentativeness *int `graph:"minRepresentativeness,set"`
	// MaxWaveUsersAtRisk is how many users the failure of a wave may hurt (P6).
	MaxWaveUsersAtRisk *int `graph:"maxWaveUsersAtRisk,set"`
	// Retention is how long media are kept (L5), Verifying how long a release is
	// watched once it is live (D8), AuditMaxAge how old an audit may be (R5).
	Retention   *string `graph:"retention,set"`
	Verifying   *string `graph:"verifying,set"`
	AuditMaxAge *string `graph:"auditMaxAge,set"`
	// SiteTimeLimit is how long the work at a site may take before it has failed (D1),
	// OverdueSites what becomes of sites that let the deadline of a PULL pass, RemindBefore
	// how long before it those are reminded that have not said when they take it (P1).
	SiteTimeLimit *string      `graph:"siteTimeLimit,set"`
	OverdueSites  *OverdueRule `graph:"overdueSites,set"`
	RemindBefore  *string      `graph:"remindBefore,set"`
	// SiteAudits are the audits without which nothing is installed at a site, or verified
	// there (D3): BEFORE, AFTER.
	SiteAudits   []AuditMoment   `graph:"siteAudits,set"`
	KitSignature SignatureScheme `graph:"kitSignature,required,filter,set"`
	KitSigners   []KitSigner     `graph:"kitSigners,set"`
	// MediaCriteria are the criteria of the library, each a sentence (L1).
	MediaCriteria []string `graph:"mediaCriteria,set"`
	// The prose of the policy, in Markdown.
	Process         *string `graph:"process,set,text"`
	CommitteeDuties *string `graph:"committeeDuties,set,text"`
	BackOutPolicy   *string `graph:"backOutPolicy,set,text"`
	MajorMinor      *string `graph:"majorMinor,set,text"`
	FrequencyGuide  *string `graph:"frequencyGuide,set,text"`
}

// PolicyStatus is where a version of a policy stands.
type PolicyStatus string

// The statuses of a policy.
const (
	PolicyDraft   PolicyStatus = "DRAFT"
	PolicyInForce PolicyStatus = "IN_FORCE"
	PolicyRetired PolicyStatus = "RETIRED"
)

// PolicyStatuses lists all statuses of a policy.
var PolicyStatuses = []PolicyStatus{PolicyDraft, PolicyInForce, PolicyRetired}

// EmergencyRules bound emergency releases (R9).
type EmergencyRules struct {
	MaxProblems     int      `json:"maxProblems"`
	MinimumPriority Priority `json:"minimumPriority"`
}

// PackageRules say how often emergency fixes are gathered, and how large a package
// may be (R16).
type PackageRules struct {
	Every       string `json:"every"`
	MaxReleases int    `json:"maxReleases"`
	MaxItems    int    `json:"maxItems"`
}

// PromotionStep is an environment that a release must pass (R15).
type PromotionStep struct {
	Environment Environment `json:"environment"`
	Shows       []TestKind  `json:"shows"`
}

// TaskRule is a sort of task that must be done before a status (R12).
type TaskRule struct {
	Kind     TaskKind      `json:"kind"`
	Before   ReleaseStatus `json:"before"`
	Template *string       `json:"template"`
}

// ReversibilityRule is how far releases must be reversible, by category (R20).
type ReversibilityRule struct {
	Full  BackOutKind `json:"full"`
	Delta BackOutKind `json:"delta"`
}

// KitSigner is whose signature on a kit counts: a key, or an identity that an
// issuer vouches for.
type KitSigner struct {
	Key      *string `json:"key"`
	Identity *string `json:"identity"`
	Issuer   *string `json:"issuer"`
}

// WrittenByPersons are those who wrote this version of the policy.
func (p *ReleasePolicy) WrittenByPersons() []*Person { return PeopleOf(p, p.WrittenBy) }

// InForceByPerson is who put it in force.
func (p *ReleasePolicy) InForceByPerson() *Person { return maybePersonOf(p, p.InForceBy) }

// Check tells all in which the policy contradicts itself, as far as a field shows
// it: what its version schemes and templates say is checked by package
// plan/version.
func (p *ReleasePolicy) Check() Errors {
	es := p.Record.Check()
	es.period("majorEvery", p.MajorEvery)
	es.period("minorEvery", p.MinorEvery)
	es.period("retention", p.Retention)
	es.period("verifying", p.Verifying)
	es.period("auditMaxAge", p.AuditMaxAge)
	es.longer("siteTimeLimit", p.SiteTimeLimit)
	es.longer("remindBefore", p.RemindBefore)
	es.siteAudits(p.SiteAudits)
	es.within("maxVariants", p.MaxVariants, 1, MaxCount)
	es.within("maxManualSteps", p.MaxManualSteps, 0, MaxCount)
	es.within("minRepresentativeness", p.MinRepresentativeness, 0, 100)
	es.within("maxWaveUsersAtRisk", p.MaxWaveUsersAtRisk, 0, MaxCount)
	p.checkReadable(&es)
	p.checkKeeping(&es)
	p.checkDemands(&es)
	p.checkSignOffs(&es)
	p.checkPath(&es)
	p.checkLimits(&es)
	return es
}

// checkKeeping holds media at least as long as releases are watched (L5).
func (p *ReleasePolicy) checkKeeping(es *Errors) {
	w := p.Whole()
	kept, errKept := period.Parse(*w.Retention)
	watched, errWatched := period.Parse(*w.Verifying)
	if errKept == nil && errWatched == nil && !kept.AtLeast(watched) {
		es.rule("L5", "retention", fmt.Sprintf("is %s, shorter than the verifying period of %s: a release could not be backed out", *w.Retention, *w.Verifying))
	}
}

// checkDemands holds emergencies to the tests without which nothing goes live.
func (p *ReleasePolicy) checkDemands(es *Errors) {
	seen := map[string]bool{}
	for i, t := range p.Tests {
		row := demandRow(t.Type, t.Category)
		if seen[row] {
			es.wrong(fmt.Sprintf("tests.%d", i), fmt.Errorf("says again what %s must pass", row))
		}
		seen[row] = true
		for _, kind := range []TestKind{InstallationTest, BackOutTest} {
			if !slices.Contains(t.Kinds, kind) {
				es.rule("R7", fmt.Sprintf("tests.%d.kinds", i), fmt.Sprintf("lacks %s, which even an EMERGENCY must pass", kind))
			}
		}
	}
	seen = map[string]bool{}
	for i, d := range p.Deliverables {
		row := demandRow(d.Type, d.Category)
		if seen[row] {
			es.wrong(fmt.Sprintf("deliverables.%d", i), fmt.Errorf("says again what %s must bring", row))
		}
		seen[row] = true
	}
	for i, d := range p.Demands {
		for _, need := range d.Kinds {
			if !slices.Contains(OptionalNeeds, need) {
				es.rule("R5", fmt.Sprintf("demands.%d.kinds", i), fmt.Sprintf("names %s, which no policy can leave out; those that it can are %s", need, list(OptionalNeeds)))
			}
		}
	}
}

func demandRow(t ReleaseType, c *ReleaseCategory) string {
	if c == nil {
		return string(t)
	}
	return string(t) + " " + string(*c)
}

func list[T ~string](values []T) string {
	text := ""
	for i, v := range values {
		if i > 0 {
			text += ", "
		}
		text += string(v)
	}
	return text
}

// checkSignOffs holds the table of section 9 to one row for each nature, with
// every column filled, and nobody who both delivers and accepts.
func (p *ReleasePolicy) checkSignOffs(es *Errors) {
	if len(p.SignOffRoles) == 0 {
		return
	}
	rows := map[DeploymentNature]int{}
	for i, row := range p.SignOffRoles {
		at := fmt.Sprintf("signOffRoles.%d", i)
		rows[row.Nature]++
		es.signatories(at+".delivered", row.Delivered)
		es.signatories(at+".accepted", row.Accepted)
		es.signatories(at+".handedOver", row.HandedOver)
		es.signatories(at+".supported", row.Supported)
		for _, s := range row.Delivered {
			if slices.ContainsFunc(row.Accepted, s.Same) {
				es.rule("R7", at+".accepted", fmt.Sprintf("names %s, who delivers: nobody accepts what they deliver", s.Text()))
			}
		}
	}
	for _, nature := range DeploymentNatures {
		if n := rows[nature]; n != 1 {
			es.wrong("signOffRoles", fmt.Errorf("has %d rows for %s, and must have one", n, nature))
		}
	}
}

// signatories adds what is wrong with a cell of the table.
func (es *Errors) signatories(at string, cell []Signatory) {
	if len(cell) == 0 {
		es.wrong(at, errors.New("names nobody"))
	}
	for _, s := range cell {
		if (s.Role == nil) == (blank(s.Function) == "") {
			es.wrong(at, errors.New("each names a role, or a function, and not both"))
		}
	}
}

// checkPath holds the promotion path to each environment once, LIVE last (R15).
func (p *ReleasePolicy) checkPath(es *Errors) {
	seen := map[Environment]bool{}
	for i, step := range p.PromotionPath {
		if seen[step.Environment] {
			es.rule("R15", fmt.Sprintf("promotionPath.%d", i), fmt.Sprintf("passes %s a second time", step.Environment))
		}
		seen[step.Environment] = true
	}
	if n := len(p.PromotionPath); n > 0 && p.PromotionPath[n-1].Environment != Live {
		es.rule("R15", "promotionPath", "must end in LIVE")
	}
	for i, rule := range p.TaskRules {
		if rule.Before == ReleasePlanned {
			es.rule("R12", fmt.Sprintf("taskRules.%d.before", i), "cannot be PLANNED, where a release begins")
		}
	}
}

func (p *ReleasePolicy) checkLimits(es *Errors) {
	if e := p.Emergency; e != nil {
		es.within("emergency.maxProblems", &e.MaxProblems, 1, MaxCount)
	}
	if k := p.Package; k != nil {
		es.period("package.every", &k.Every)
		es.within("package.maxReleases", &k.MaxReleases, 1, MaxCount)
		es.within("package.maxItems", &k.MaxItems, 1, MaxCount)
	}
	if p.KitSignature != SignatureNone && p.KitSignature != "" && len(p.KitSigners) == 0 {
		es.wrong("kitSigners", fmt.Errorf("is empty, and kitSignature is %s: whose signature counts?", p.KitSignature))
	}
}

// Differs reports whether another state of the policy says something else.
func (p *ReleasePolicy) Differs(other *ReleasePolicy) bool {
	a, b := *p, *other
	a.Record, b.Record = Record{}, Record{}
	a.WrittenBy, b.WrittenBy = nil, nil
	return !reflect.DeepEqual(a, b)
}
