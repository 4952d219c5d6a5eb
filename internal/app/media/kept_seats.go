package media

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/plan/library"
	"releasegraph/internal/store"
)

// keptSeats are the seats of all licences as of a revision. Items and sites go by
// their ids, shortened.
type keptSeats struct {
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

func newKeptSeats() *keptSeats {
	return &keptSeats{seats: library.NewSeats(), licences: map[store.ID]store.Props{}}
}

// follow does what a change set did. It may be told again.
func (k *keptSeats) follow(c *store.Change) {
	for i := range c.Effects {
		if e := &c.Effects[i]; e.Node != "" {
			k.node(e)
		} else {
			k.edge(e)
		}
	}
	k.at = c.Revision
}

func (k *keptSeats) node(e *store.Effect) {
	gone := e.Verb() == store.Removed
	switch e.Kind {
	case domain.KindSite:
		_, had := e.Before["users"]
		if users, has := e.After["users"].(int64); had || has {
			k.seats.PutUsers(short(e.Node), int(users))
		}
	case domain.KindConfigurationItem:
		if gone {
			k.seats.RemoveItem(short(e.Node))
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

func (k *keptSeats) licence(e *store.Effect) {
	was, props := k.key(e.Node), store.Props{}
	maps.Copy(props, k.licences[e.Node])
	for name := range e.Before {
		delete(props, name)
	}
	maps.Copy(props, e.After)
	k.licences[e.Node] = props
	k.seats.PutLicence(entity.KindNamed(domain.KindLicence).Decode(store.Node{ID: e.Node, Props: props}).(*domain.Licence))
	k.renamed = k.renamed || was != "" && was != k.key(e.Node)
}

func (k *keptSeats) edge(e *store.Effect) {
	gone, item := e.Verb() == store.Removed, short(e.Edge.From)
	switch e.Edge.Rel {
	case domain.RelPaidAt:
		k.seats.Pay(k.key(e.Edge.From), short(e.Edge.To), !gone)
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
			k.seats.Remove(item, short(e.Edge.To))
		case e.Verb() == store.Created || had || has:
			k.seats.Put(installationAt(e.Edge, e.After))
		}
	}
}

// key is that of a licence by its id.
func (k *keptSeats) key(id store.ID) string { return estate.Text(k.licences[id]["key"]) }

func installationAt(k store.EdgeKey, props store.Props) library.Installation {
	return library.Installation{Item: short(k.From), Site: short(k.To), Licence: estate.Text(props["licence"])}
}

// short is an id in fewer bytes: most are UUIDs, 16 bytes in 36 characters.
func short(id store.ID) string {
	if u, err := uuid.Parse(string(id)); err == nil && u.String() == string(id) {
		return string(u[:])
	}
	return string(id)
}
