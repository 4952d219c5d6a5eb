package domain

import "time"

// Assessment is the snapshot of what a request for change was found to hurt, as
// of one revision of the estate (I1, I7), and the risk that follows.
type Assessment struct {
	Record
	// Ordinal tells the assessments of one request apart: the greatest counts.
	Ordinal int `graph:"ordinal,filter,sort,import"`
	// Revision is that of the estate that was analysed.
	Revision int64  `graph:"revision,filter,sort,import"`
	Assessor string `graph:"assessor,required,filter,sort,import,text,person"`
	// Method is how the assessor was known, and Identities by what.
	Method     *IdentityMethod `graph:"method,filter,import"`
	Identities []string        `graph:"identities,import"`
	AssessedAt time.Time       `graph:"assessedAt,filter,sort,import"`
	Comment    *string         `graph:"comment,import,text"`
	// Affected are the keys of the items from which the analysis started, and
	// Excluded those that analysts marked as not impacted (I10).
	Affected []string `graph:"affected,import,shown=ConfigurationItemKey"`
	Excluded []string `graph:"excluded,import,shown=ConfigurationItemKey"`
	// HitFull and HitDegraded are the keys of the hits by strength (I4), the
	// nearest first: up to MaxAssessedHits together; Omitted counts the rest (I8).
	HitFull     []string `graph:"hitFull,import,shown=ConfigurationItemKey"`
	HitDegraded []string `graph:"hitDegraded,import,shown=ConfigurationItemKey"`
	Omitted     int      `graph:"omitted,import"`
	// The totals are those of all hits (I7).
	Total    int `graph:"total,filter,sort,import"`
	Full     int `graph:"full,filter,sort,import"`
	Degraded int `graph:"degraded,filter,sort,import"`
	Services int `graph:"services,filter,sort,import"`
	Sites    int `graph:"sites,filter,sort,import"`
	Users    int `graph:"users,filter,sort,import"`
	// InFlight are the keys of the other requests that are open in the same
	// time and touch what this one affects or hits; Together is how many items
	// are hit when all of them fail at once, of which this one alone hits Total (I6).
	InFlight []string `graph:"inFlight,import,shown=ChangeRequestKey"`
	Together int      `graph:"together,import"`
	// Risk follows from RiskScore, the sum of the parts.
	Risk      Risk     `graph:"risk,required,filter,sort,import"`
	RiskScore int      `graph:"riskScore,filter,sort,import"`
	RiskParts []string `graph:"riskParts,import,shown=RiskPart"`
	// Findings stands for all hits with their strengths: two assessments that
	// found the same have the same.
	Findings string `graph:"findings,filter,import"`
}

// AssessorPerson is who assessed.
func (a *Assessment) AssessorPerson() *Person { return PersonOf(a, a.Assessor, a.Identities...) }

// Check tells what is wrong with the assessment, as an import may bring it.
func (a *Assessment) Check() Errors {
	es := a.Record.Check()
	es.given("assessedAt", a.AssessedAt)
	return es
}

// Parts are the parts of the risk.
func (a *Assessment) Parts() []RiskPart {
	parts := make([]RiskPart, len(a.RiskParts))
	for i, kept := range a.RiskParts {
		parts[i] = ReadRiskPart(kept)
	}
	return parts
}

// MaxAssessedHits is how many hits an assessment lists.
const MaxAssessedHits = 10_000

// Exclusion says of an item that it is not impacted by a request for change,
// whatever the analysis finds: who says so, and why (I10).
type Exclusion struct {
	Reason string    `graph:"reason,required,set"`
	By     string    `graph:"by,required,filter,set,person"`
	Since  time.Time `graph:"since,set"`
}

// ByPerson is who says so.
func (x *Exclusion) ByPerson() *Person { return PersonOf(nil, x.By) }
