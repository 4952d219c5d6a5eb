package domain

// Baseline is a name for a moment of the estate, to compare with later (C4).
type Baseline struct {
	Record
	Description *string `graph:"description,set,text"`
	// Revision is the last change set that the baseline holds.
	Revision int64 `graph:"revision,required,filter,sort"`
}

// FieldRevision is the field of a record that names a revision of the log.
const FieldRevision = "revision"

// NewBaseline is what a baseline is made of; AsOf nil stands for now.
type NewBaseline struct {
	Key, Name   string
	Description *string
	AsOf        *AsOf
}
