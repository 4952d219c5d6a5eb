package domain

import (
	"fmt"
	"slices"
	"time"
)

// ConfigurationAudit is what was expected at a site, held against what was found
// there (R5, D3).
type ConfigurationAudit struct {
	Record
	Moment AuditMoment `graph:"moment,required,filter,sort,import"`
	// AuditedBy looked, AuditedAt a time.
	AuditedBy string    `graph:"auditedBy,required,filter,sort,import,text,person"`
	AuditedAt time.Time `graph:"auditedAt,required,filter,sort,import"`
	Comment   *string   `graph:"comment,import,text"`
	// Expected and Found count the installations that the configuration graph had
	// and that were found.
	Expected int `graph:"expected,import"`
	Found    int `graph:"found,import"`
	// Discrepancies are where the two differ, by item.
	Discrepancies []Discrepancy `graph:"discrepancies,import"`
}

// AuditedByPerson is who looked.
func (a *ConfigurationAudit) AuditedByPerson() *Person { return PersonOf(a, a.AuditedBy) }

// AuditMoment says when in the life of a site it was audited.
type AuditMoment string

// The moments of an audit.
const (
	AuditBefore AuditMoment = "BEFORE"
	AuditAfter  AuditMoment = "AFTER"
	AuditSpot   AuditMoment = "SPOT"
)

// AuditMoments lists all moments of an audit.
var AuditMoments = []AuditMoment{AuditBefore, AuditAfter, AuditSpot}

// siteAudits holds the audits that sites need to those that belong to a roll-out (D3).
func (es *Errors) siteAudits(list []AuditMoment) {
	for i, m := range list {
		field := fmt.Sprintf("siteAudits.%d", i)
		if m != AuditBefore && m != AuditAfter {
			es.rule("D3", field, fmt.Sprintf("is %s: a site is audited BEFORE and AFTER its roll-out", m))
		}
		if slices.Contains(list[:i], m) {
			es.wrong(field, fmt.Errorf("says %s twice", m))
		}
	}
}

// Discrepancy is an item that is not at a site as was expected. Versions are nil
// where the item was not expected, not found, or its version is not known.
type Discrepancy struct {
	Item     string          `json:"item"`
	Kind     DiscrepancyKind `json:"kind"`
	Expected *string         `json:"expected"`
	Found    *string         `json:"found"`
	// Advice says what to do about it.
	Advice string `json:"advice"`
}

// DiscrepancyKind says how an item differs.
type DiscrepancyKind string

// The kinds of discrepancy.
const (
	ItemNotFound     DiscrepancyKind = "MISSING"
	ItemNotExpected  DiscrepancyKind = "UNEXPECTED"
	OtherItemVersion DiscrepancyKind = "OTHER_VERSION"
	UnknownItem      DiscrepancyKind = "UNKNOWN_ITEM"
)

// DiscrepancyKinds lists all kinds of discrepancy.
var DiscrepancyKinds = []DiscrepancyKind{ItemNotFound, ItemNotExpected, OtherItemVersion, UnknownItem}

// Advice says what to do about a discrepancy of the kind.
func (k DiscrepancyKind) Advice() string {
	switch k {
	case ItemNotFound:
		return "Install it again, or disconnect it from the site (disconnectInstallation)."
	case ItemNotExpected:
		return "Take it away, or connect it with the site (connectInstallation) once a request for change covers it."
	case OtherItemVersion:
		return "Install the version that was expected, or correct the installation (updateInstallation) once a request for change covers it."
	}
	return "Find out what it is, and create the item or take it away."
}

// Check tells what is wrong with the audit, as an import may bring it.
func (a *ConfigurationAudit) Check() Errors {
	es := a.Record.Check()
	es.given("auditedAt", a.AuditedAt)
	for i, d := range a.Discrepancies {
		if d.Item == "" {
			es.wrong(fmt.Sprintf("discrepancies.%d.item", i), fmt.Errorf("is missing: the key of an item"))
		}
	}
	return es
}
