package domain

// Verb names a record that a verb is done to and, optionally, the version that
// the caller saw (C5) and why it is done.
type Verb struct {
	Ref       Ref
	IfVersion *int
	Reason    *string
}

// Because returns the options with the reason of a verb, for the history (C4). A
// reason that the options give themselves counts before it.
func (o *WriteOptions) Because(reason *string) *WriteOptions {
	if reason == nil || o != nil && o.Reason != nil {
		return o
	}
	with := WriteOptions{}
	if o != nil {
		with = *o
	}
	with.Reason = reason
	return &with
}
