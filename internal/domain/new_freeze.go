package domain

import "time"

// NewFreeze is a freeze to declare. What it does not give is nil.
type NewFreeze struct {
	Key         string
	Name        string
	Description *string
	Reason      *string
	From, To    *time.Time
	Recurrence  *string
	StartsAt    *string
	Duration    *string
	TimeZone    *string
	Except      []string

	Everywhere   *bool
	Regions      []string
	Classes      []string
	Environments []string
	Sites        []*Ref
	Services     []*Ref
}

// Values are the fields that are given, by name; sites and services aside.
func (f *NewFreeze) Values() map[string]any {
	v := map[string]any{"key": f.Key, "name": f.Name}
	for name, text := range map[string]*string{
		"description": f.Description, "reason": f.Reason, "recurrence": f.Recurrence, "startsAt": f.StartsAt, "duration": f.Duration, "timeZone": f.TimeZone,
	} {
		if text != nil {
			v[name] = *text
		}
	}
	for name, t := range map[string]*time.Time{"from": f.From, "to": f.To} {
		if t != nil {
			v[name] = *t
		}
	}
	for name, list := range map[string][]string{"except": f.Except, "regions": f.Regions, "classes": f.Classes, "environments": f.Environments} {
		if list != nil {
			v[name] = list
		}
	}
	if f.Everywhere != nil {
		v["everywhere"] = *f.Everywhere
	}
	return v
}

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
