package domain

// NewException is an exception to ask for.
type NewException struct {
	Key           string
	Name          *string
	Freeze        *Ref
	ChangeRequest *Ref
	Kind          *string
	Reason        string
}

// Values are the fields that are given, by name; the freeze and the change
// aside.
func (x *NewException) Values() map[string]any {
	v := map[string]any{"key": x.Key, "reason": x.Reason}
	if x.Name != nil {
		v["name"] = *x.Name
	}
	if x.Kind != nil {
		v["kind"] = *x.Kind
	}
	return v
}
