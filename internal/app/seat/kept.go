package seat

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/store"
)

// kept are the seats of all licences as of a revision. Items and sites go by
// their ids, shortened.
type kept struct {
	seats    *library.Seats
	licences map[store.ID]store.Props
	at       store.Revision
	// unread are items that came to have a licence: what is installed of them is to
	// be read.
	unread []store.ID
	// renamed says that a licence is called otherwise now: what goes by its key is to
	// be read anew.
	renamed bool
}

func newKept() *kept {
	return &kept{seats: library.NewSeats(), licences: map[store.ID]store.Props{}}
}

// follow does what a change set did. It may be told again.
func (k *kept) follow(c *store.Change) {
	for i := range c.Effects {
		if e := &c.Effects[i]; e.Node != "" {
			k.node(e)
		} else {
			k.edge(e)
		}
	}
	k.at = c.Revision
}

func (k *kept) node(e *store.Effect) {
	gone := e.Verb() == store.Removed
	switch e.Kind {
	case domain.KindSite:
		_, had := e.Before["users"]
		if users, has := e.After["users"].(int64); had || has {
			k.seats.PutUsers(Short(e.Node), int(users))
		}
	case domain.KindConfigurationItem:
		if gone {
			k.seats.RemoveItem(Short(e.Node))
		}
	case domain.KindLicence:
		if gone {
			k.seats.RemoveLicence(k.key(e.Node))
			delete(k.licences, e.Node)
		} else {
			k.licence(e)
		}
	}
}

func (k *kept) licence(e *store.Effect) {
	was, props := k.key(e.Node), store.Props{}
	maps.Copy(props, k.licences[e.Node])
	for name := range e.Before {
		delete(props, name)
	}
	maps.Copy(props, e.After)
	k.licences[e.Node] = props
	k.seats.PutLicence(licenceOf(props))
	k.renamed = k.renamed || was != "" && was != k.key(e.Node)
}

func (k *kept) edge(e *store.Effect) {
	gone, item := e.Verb() == store.Removed, Short(e.Edge.From)
	switch e.Edge.Rel {
	case domain.RelPaidAt:
		k.seats.Pay(k.key(e.Edge.From), Short(e.Edge.To), !gone)
	case domain.RelLicensedBy:
		key := k.key(e.Edge.To)
		keys := slices.DeleteFunc(slices.Clone(k.seats.LicencesOf(item)), func(other string) bool { return other == key })
		if !gone {
			keys = append(keys, key)
		}
		if k.seats.License(item, keys...) {
			k.unread = append(k.unread, e.Edge.From)
		}
	case domain.RelInstalledAt:
		_, had := e.Before["licence"]
		_, has := e.After["licence"]
		switch {
		case gone:
			k.seats.Remove(item, Short(e.Edge.To))
		case e.Verb() == store.Created || had || has:
			k.seats.Put(installationAt(e.Edge, e.After))
		}
	}
}

// licenceOf is what counting looks at of a licence.
func licenceOf(props store.Props) *domain.Licence {
	l := &domain.Licence{Metric: domain.LicenceMetric(props.Text("metric"))}
	l.Key = props.Text("key")
	if seats, ok := props["seats"].(int64); ok {
		n := int(seats)
		l.Seats = &n
	}
	for name, at := range map[string]**time.Time{"validFrom": &l.ValidFrom, "expires": &l.Expires, "endedAt": &l.EndedAt} {
		if t, ok := props[name].(time.Time); ok {
			*at = &t
		}
	}
	return l
}

// key is that of a licence by its id.
func (k *kept) key(id store.ID) string { return k.licences[id].Text("key") }

func installationAt(k store.EdgeKey, props store.Props) library.Installation {
	return library.Installation{Item: Short(k.From), Site: Short(k.To), Licence: props.Text("licence")}
}

// Short is an id in fewer bytes: most are UUIDs, 16 bytes in 36 characters.
func Short(id store.ID) string {
	if u, err := uuid.Parse(string(id)); err == nil && u.String() == string(id) {
		return string(u[:])
	}
	return string(id)
}
