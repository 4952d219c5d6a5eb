package library

import (
	"cmp"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/version"
)

// FindingKind is what an installation is found to be.
type FindingKind string

// What installations are found to be.
const (
	UnauthorisedCopy FindingKind = "UNAUTHORISED_COPY" // no master of its version
	Regression       FindingKind = "REGRESSION"        // older than what was deployed
	WrongVersion     FindingKind = "WRONG_VERSION"     // other than what was deployed
	WildInstallation FindingKind = "WILD_INSTALLATION" // brought by no release
	UnknownVersion   FindingKind = "UNKNOWN_VERSION"
)

// FindingKinds lists all kinds of findings, in the order in which those of one
// installation are told.
var FindingKinds = []FindingKind{UnknownVersion, UnauthorisedCopy, Regression, WrongVersion, WildInstallation}

// Master is a media item of the software.
type Master struct {
	Key, Version string
	// Approved says that it is ACCEPTED or RETIRED.
	Approved bool
}

// Rollout is the last one of an item at a site that reached INSTALLED.
type Rollout struct {
	Key     string
	Release string
	// Removes says that the release removes the item. To is the version to which it
	// brings it, Before the one that stood there before, empty where none did.
	Removes    bool
	To, Before string
	// BeforeUnknown says that nobody knows what stood there before.
	BeforeUnknown bool
	// Activated says that the site reached ACTIVATED, BackedOut that it was backed
	// out since.
	Activated, BackedOut bool
}

// deployed is the version that ought to be at the site, "" for none.
func (r *Rollout) deployed() string {
	switch {
	case r.BackedOut:
		return r.Before
	case r.Removes:
		return ""
	}
	return r.To
}

// unknown reports whether nobody knows which version ought to be at the site.
func (r *Rollout) unknown() bool { return r.BackedOut && r.BeforeUnknown }

// Found is an installation as an audit or the estate tells it.
type Found struct {
	Item, Site string
	Class      domain.Class
	// Version is installed, Active is the one that runs, where that is another.
	Version, Active string
	Masters         []Master // of the item
	Rollout         *Rollout // nil: none there
	// Released are the versions to which releases brought the item that went live
	// anywhere.
	Released []string
	// Versions reads the versions of the item, as its policy says.
	Versions *version.Reader
}

// Finding is a row of the reports (L3).
type Finding struct {
	Kind       FindingKind
	Item, Site string
	// Version is the one that is wrong, empty where it is not known.
	Version string
	// Deployed is the version that ought to be there, empty for none.
	Deployed string
	Rollout  string   // its key, empty for none
	Masters  []string // of the version, by key
}

// IsSoftware reports whether items of the class are software, which the reports
// are about.
func IsSoftware(c domain.Class) bool {
	switch c {
	case domain.Application, domain.Program, domain.Database, domain.Utility, domain.SystemSoftware, domain.Firmware:
		return true
	}
	return false
}

// Judge lists what is wrong with an installation (L3, R15). The installed version
// and the active one each need a master in the library. Against the last roll-out
// there, a lower version is a REGRESSION, any other a WRONG_VERSION: one row, of
// the graver, and of the installed version where both are as grave. The active
// version is compared from ACTIVATED on. Versions that cannot be compared are
// different, and nothing is compared with one that is not known. Where nothing was
// rolled out, a version that no release brought live is a WILD_INSTALLATION.
func Judge(f Found) (list []Finding) {
	if !IsSoftware(f.Class) {
		return nil
	}
	versions := f.versions()
	if len(versions) == 0 {
		list = append(list, f.row(UnknownVersion, ""))
	}
	for _, v := range versions {
		if !slices.ContainsFunc(f.Masters, func(m Master) bool { return m.Approved && f.Versions.Same(m.Version, v) }) {
			list = append(list, f.row(UnauthorisedCopy, v))
		}
	}
	if f.Rollout != nil {
		return append(list, f.compare()...)
	}
	for _, v := range versions {
		if !slices.ContainsFunc(f.Released, func(r string) bool { return f.Versions.Same(r, v) }) {
			list = append(list, f.row(WildInstallation, v))
		}
	}
	return list
}

// versions are the installed and the active one, each once, those that are known.
func (f Found) versions() (list []string) {
	if f.Version != "" {
		list = append(list, f.Version)
	}
	if f.Active != "" && (f.Version == "" || !f.Versions.Same(f.Active, f.Version)) {
		list = append(list, f.Active)
	}
	return list
}

// compare is the row against the last roll-out, if there is one.
func (f Found) compare() []Finding {
	if f.Rollout.unknown() {
		return nil
	}
	deployed, installed := f.Rollout.deployed(), cmp.Or(f.Version, f.Active)
	if deployed == "" {
		return []Finding{f.row(WrongVersion, installed)}
	}
	compared := []string{installed}
	if f.Rollout.Activated && f.Active != "" {
		compared = append(compared, f.Active)
	}
	var worst []Finding
	for _, v := range compared {
		if v == "" || f.Versions.Same(v, deployed) {
			continue
		}
		kind := WrongVersion
		if c, err := f.Versions.Compare(v, deployed); err == nil && c < 0 {
			kind = Regression
		}
		if worst == nil || kind == Regression && worst[0].Kind != Regression {
			worst = []Finding{f.row(kind, v)}
		}
	}
	return worst
}

func (f Found) row(kind FindingKind, v string) Finding {
	row := Finding{Kind: kind, Item: f.Item, Site: f.Site, Version: v}
	if f.Rollout != nil {
		row.Rollout, row.Deployed = f.Rollout.Key, f.Rollout.deployed()
	}
	for _, m := range f.Masters {
		if v != "" && f.Versions.Same(m.Version, v) {
			row.Masters = append(row.Masters, m.Key)
		}
	}
	slices.Sort(row.Masters)
	return row
}
