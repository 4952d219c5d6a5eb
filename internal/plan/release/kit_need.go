package release

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/version"
)

// Master is a media item of the library: which software it is the master of, and
// in which version.
type Master struct {
	Key, Item, Version string
	// Accepted says that its status is ACCEPTED, Retired that it is RETIRED; the
	// bytes of both are there.
	Accepted, Retired bool
}

// has reports whether some masters hold a version of an item.
func has(masters []Master, item, v string, versions *version.Reader, counts func(Master) bool) bool {
	return slices.ContainsFunc(masters, func(m Master) bool {
		return m.Item == item && counts(m) && versions.Same(m.Version, v)
	})
}

// Kit is the need KIT: for each ADD, MODIFY and REBUILD of software an ACCEPTED
// media item of that version in the kit, its own or a leaf's (R6). Software are
// the contents that are software.
func Kit(software []Content, kit []Master, versions *version.Reader) (list []Lack) {
	for _, c := range software {
		if c.Action != Remove && !has(kit, c.Item, c.To, versions, func(m Master) bool { return m.Accepted }) {
			list = append(list, NeedKit.lack(c.Item, "a kit in the library: no ACCEPTED media item of it is %s %s", c.Item, c.To))
		}
	}
	return byAbout(list)
}

// Stored is a media item of the kit, as its bytes are in the library.
type Stored struct {
	Key string
	// There says that they were received, or are kept by reference.
	There bool
	// Wrong are the locations whose copy is not as declared; Sound says that there
	// is one that is.
	Wrong []string
	Sound bool
}

// KitWhole is the need KIT_WHOLE: the bytes of each media item are there, and one
// copy at least has the digest that is declared (L2, L6).
func KitWhole(kit []Stored) (list []Lack) {
	for _, s := range kit {
		switch {
		case !s.There:
			list = append(list, NeedKitWhole.lack(s.Key, "a kit that is whole: the bytes of %s are gone", s.Key))
		case !s.Sound && len(s.Wrong) > 0:
			list = append(list, NeedKitWhole.lack(s.Key, "a kit that is whole: the checksum of %s differs from the declared one, or its copy is gone (%s): put its bytes again", s.Key, join(s.Wrong)))
		}
	}
	return byAbout(list)
}

// Licensed is a media item of the kit whose terms are LICENSED.
type Licensed struct {
	Key string
	// Licences are those that it is licensed by, and where each stands now.
	Licences []LicenceNow
}

// LicenceNow is where a licence stands.
type LicenceNow struct {
	Key    string
	Status string // FUTURE, VALID, EXPIRED or ENDED
}

// KitLicensed is the need KIT_LICENSED: one VALID licence for each LICENSED media
// item (L1).
func KitLicensed(kit []Licensed) (list []Lack) {
	for _, m := range kit {
		if slices.ContainsFunc(m.Licences, func(l LicenceNow) bool { return l.Status == "VALID" }) {
			continue
		}
		stand := []string{}
		for _, l := range m.Licences {
			stand = append(stand, l.Key+" is "+l.Status)
		}
		slices.Sort(stand)
		if len(stand) == 0 {
			stand = []string{"it has none"}
		}
		list = append(list, NeedKitLicensed.lack(m.Key, "a valid licence of %s: %s", m.Key, join(stand)))
	}
	return byAbout(list)
}

// PriorMasters is the need PRIOR_MASTER: where backing out puts a version of
// software back, the library has it, ACCEPTED or RETIRED (L5). What was added has
// no version before; what stays, and what cannot be undone, is not put back.
func PriorMasters(software []Content, p *BackOutPlan, masters []Master, versions *version.Reader) (list []Lack) {
	back := map[string]bool{}
	for _, s := range p.Steps {
		if s.Stays == nil && (s.Does == Undo || s.Does == PutBack) {
			back[s.Item] = true
		}
	}
	for _, c := range software {
		if !back[c.Item] || c.Action == Add || c.From == "" {
			continue
		}
		if !has(masters, c.Item, c.From, versions, func(m Master) bool { return m.Accepted || m.Retired }) {
			list = append(list, NeedPriorMaster.lack(c.Item, "the version before in the library: %s %s is not there, yet its plan puts it back", c.Item, c.From))
		}
	}
	return byAbout(list)
}

// Device is hardware that a release adds or replaces.
type Device struct {
	Item string
	// AssetTag is its label, empty for none; Reserved says that a spare for it is
	// reserved for the release.
	AssetTag string
	Reserved bool
}

// Hardware is the need HARDWARE: each device is labelled, and reserved (L4).
func Hardware(devices []Device) (list []Lack) {
	for _, d := range devices {
		if d.AssetTag == "" {
			list = append(list, NeedHardware.lack(d.Item, "hardware that is labelled: %s has no asset tag", d.Item))
		}
		if !d.Reserved {
			list = append(list, NeedHardware.lack(d.Item, "hardware that is reserved: no spare for %s is", d.Item))
		}
	}
	return byAbout(list)
}

// Purchase is a task PURCHASE of a release.
type Purchase struct {
	Key                      string
	Order, Licence, Warranty bool // are there, or not needed
}

// Purchased is the need PURCHASES: each has its order, licence and warranty (R6).
func Purchased(purchases []Purchase) (list []Lack) {
	for _, p := range purchases {
		var lacking []string
		for _, one := range []struct {
			name  string
			there bool
		}{{"order", p.Order}, {"licence", p.Licence}, {"warranty", p.Warranty}} {
			if !one.there {
				lacking = append(lacking, one.name)
			}
		}
		if len(lacking) > 0 {
			list = append(list, NeedPurchases.lack(p.Key, "purchases that are complete: %s lacks %s", p.Key, join(lacking)))
		}
	}
	return byAbout(list)
}

// Split tells the software and the hardware among contents by their classes; what
// is neither is left out.
func Split(contents []Content, classes map[string]domain.Class) (software, hardware []Content) {
	for _, c := range contents {
		switch class := classes[c.Item]; class {
		case domain.Application, domain.Program, domain.Database, domain.Utility, domain.SystemSoftware, domain.Firmware:
			software = append(software, c)
		default:
			if class.Hardware() {
				hardware = append(hardware, c)
			}
		}
	}
	return software, hardware
}
