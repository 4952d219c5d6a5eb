package domain

// Drift is what DRIFTS_AT says: how what is installed at a site differs from what was
// deployed there last (L3).
type Drift struct {
	Kind DriftKind `graph:"kind,required,filter,set"`
	// Installed is the version that is there, Deployed the one that ought to be.
	Installed *string `graph:"installed,filter,set"`
	Deployed  *string `graph:"deployed,filter,set"`
}

// DriftKind is how an installation differs from what was deployed (L3).
type DriftKind string

// The kinds of drift.
const (
	Regressed    DriftKind = "REGRESSION"
	WrongVersion DriftKind = "WRONG_VERSION"
)

// DriftKinds lists both kinds.
var DriftKinds = []DriftKind{Regressed, WrongVersion}
