package domain

import "time"

// SiteReport is what a site, or somebody for it, said of its roll-out (D5, D10). It is
// kept as it was said.
type SiteReport struct {
	Record
	// ReportID is the name that whoever reported gave it: the same one again is the same
	// report.
	ReportID string `graph:"reportId,required,filter,import"`
	// Status is what it says of the site, At the time of which it says that.
	Status SiteRolloutStatus `graph:"status,required,filter,sort,import"`
	At     time.Time         `graph:"at,required,filter,sort,import"`
	// Attempt is the one that it is about (D5).
	Attempt int `graph:"attempt,filter,import"`
	// KitSha256 is the digest of the kit that the site has (L2).
	KitSha256 *string `graph:"kitSha256,filter,import"`
	// Detail is what it says besides, such as the end of a log.
	Detail *string `graph:"detail,import,text"`
	// ReportedBy said it.
	ReportedBy string `graph:"reportedBy,required,filter,sort,import,text,person"`
	// Moved says whether the site came to another status by it.
	Moved bool `graph:"moved,filter,import"`
	// Finding is what is odd about it, and what to do.
	Finding *string `graph:"finding,filter,import,text"`
}

// Check tells what is wrong with the report.
func (r *SiteReport) Check() Errors {
	es := r.Record.Check()
	es.within("attempt", &r.Attempt, 1, MaxCount)
	if r.KitSha256 != nil {
		es.wrong("kitSha256", CheckSha256(*r.KitSha256))
	}
	return es
}

// ReportedByPerson is who said it.
func (r *SiteReport) ReportedByPerson() *Person { return PersonOf(r, r.ReportedBy) }

// SameAs reports whether two reports say the same (D5).
func (r *SiteReport) SameAs(other *SiteReport) bool {
	return r.Status == other.Status && r.At.Equal(other.At) && r.Attempt == other.Attempt &&
		sameText(r.KitSha256, other.KitSha256) && sameText(r.Detail, other.Detail)
}
