package domain

// ReleaseUnit groups configuration items that can only be updated together.
type ReleaseUnit struct {
	Record
	Description *string `graph:"description,set,text"`
	// Granularity says why the unit is cut as it is.
	Granularity *string `graph:"granularity,set,text"`
}
