package release

import (
	"context"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/refusal"
	"releasegraph/internal/domain"
	"releasegraph/internal/optional"
	"releasegraph/internal/plan/release"
	"releasegraph/internal/store"
)

// kitPart is a media item of the kit, with what it is a master copy of and the
// licences that cover it.
type kitPart struct {
	media    *domain.MediaItem
	item     *domain.ConfigurationItem // nil: of none
	licences []*domain.Licence
}

// kit is what a release installs, and what it needs to be undone.
type kit struct {
	now   time.Time
	parts []*kitPart
	// masters are the accepted master copies of the items that the release holds,
	// by key of item: what the back-out puts back may be none of the kit.
	masters map[string][]*domain.MediaItem
	// reserved are the pieces of hardware that are reserved for it, labels their
	// asset tags, by key of the item that they replace.
	reserved map[string]int
	labels   map[string]string
}

// readKit reads the kit of the release, or of the leaves of a package.
func (f *facts) readKit(ctx context.Context) error {
	f.kit = &kit{masters: map[string][]*domain.MediaItem{}, reserved: map[string]int{}, labels: map[string]string{}}
	carriers := ids(f.carriers())
	if f.of.Category == domain.PackageRelease {
		carriers = append(carriers, store.ID(f.of.ID))
	}
	far, err := estate.Linked[*domain.MediaItem](ctx, f.view, carriers, domain.RelKitOf, store.In)
	if err != nil {
		return err
	}
	byID, nodes := map[store.ID]*kitPart{}, []store.ID{}
	for _, id := range carriers {
		for _, m := range far[id] {
			if at := store.ID(m.ID); byID[at] == nil {
				byID[at] = &kitPart{media: m}
				nodes = append(nodes, at)
				f.kit.parts = append(f.kit.parts, byID[at])
				f.keep(m)
			}
		}
	}
	slices.SortFunc(f.kit.parts, func(a, b *kitPart) int { return strings.Compare(a.media.Key, b.media.Key) })
	if err := f.readCopies(ctx, byID, nodes); err != nil {
		return err
	}
	if err := f.readMasters(ctx); err != nil {
		return err
	}
	return f.readReserved(ctx)
}

// readCopies reads what the parts of the kit are copies of, and their licences.
func (f *facts) readCopies(ctx context.Context, byID map[store.ID]*kitPart, nodes []store.ID) error {
	masters, err := estate.Linked[*domain.ConfigurationItem](ctx, f.view, nodes, domain.RelMasterOf, store.Out)
	if err != nil {
		return err
	}
	licences, err := estate.Linked[*domain.Licence](ctx, f.view, nodes, domain.RelLicensedBy, store.Out)
	if err != nil {
		return err
	}
	for id, p := range byID {
		p.item, p.licences = optional.First(masters[id]), licences[id]
	}
	return nil
}

// readMasters reads the master copies of what the release holds.
func (f *facts) readMasters(ctx context.Context) error {
	var items []store.ID
	key := map[store.ID]string{}
	for _, one := range f.held.items {
		id := store.ID(f.units.items[one.Item].ID)
		items, key[id] = append(items, id), one.Item
	}
	far, err := estate.Linked[*domain.MediaItem](ctx, f.view, items, domain.RelMasterOf, store.In)
	for id, list := range far {
		for _, m := range list {
			if m.Status.Mastered() {
				f.kit.masters[key[id]] = append(f.kit.masters[key[id]], m)
			}
		}
	}
	return err
}

// readReserved counts the spares that are reserved for the release, by the
// hardware that they replace.
func (f *facts) readReserved(ctx context.Context) error {
	page, err := f.view.Edges(ctx, store.EdgeQuery{
		Nodes: []store.ID{store.ID(f.of.ID)}, Rel: domain.RelReservedFor, Direction: store.In, Kind: domain.KindHardwareSpare, Order: byKey,
	})
	if err != nil {
		return refusal.OfStore(err)
	}
	quantity, tag := map[store.ID]int{}, map[store.ID]string{}
	var spares []store.ID
	for i, n := range page[0].Nodes {
		spares = append(spares, n.ID)
		q, _ := page[0].Edges[i].Props["quantity"].(int64)
		quantity[n.ID], tag[n.ID] = int(q), n.Props.Text("assetTag")
	}
	far, err := f.view.Far(ctx, spares, domain.RelSpareFor, store.Out, domain.KindConfigurationItem)
	for id, list := range far {
		for _, n := range list {
			key := n.Props.Text("key")
			f.kit.reserved[key] += quantity[id]
			if tag[id] != "" {
				f.kit.labels[key] = tag[id]
			}
		}
	}
	return err
}

// lacks are the needs of the kit (R6, L1, L2, L4, L5, R24).
func (k *kit) lacks(f *facts) []release.Lack {
	classes := map[string]domain.Class{}
	for _, one := range f.held.items {
		classes[one.Item] = f.units.items[one.Item].Class
	}
	software, hardware := release.Split(f.contents(), classes)
	list := slices.Concat(
		release.Kit(software, k.copies(), f.numbering.Items), release.KitWhole(k.stored()), release.KitLicensed(k.licensed()),
		release.PriorMasters(software, f.backOut, k.library(), f.numbering.Items), release.Hardware(k.devices(f, hardware)), k.signed(f),
	)
	if f.of.Category != domain.PackageRelease {
		list = append(list, k.assembly(f, software)...)
	}
	most, steps := f.policy.Policy.MaxManualSteps, len(f.of.ManualSteps)
	if most != nil && steps > *most && f.asks(domain.NeedManualSteps) {
		list = append(list, release.NeedManualSteps.Lack("", "at most %d manual steps at a site: it has %d", *most, steps))
	}
	return list
}

// assembly are the needs ASSEMBLY and SCRIPTS (R6).
func (k *kit) assembly(f *facts, software []release.Content) (list []release.Lack) {
	if blank(f.of.Assembly) == "" {
		list = append(list, release.NeedAssembly.Lack("", "assembly instructions: how its kit is put together (assembly)"))
	}
	installs := slices.ContainsFunc(software, func(c release.Content) bool { return c.Action != release.Remove })
	isScript := func(p *kitPart) bool {
		return p.media.Kind == domain.MediaScript && p.media.Status == domain.MediaAccepted
	}
	if installs && !slices.ContainsFunc(k.parts, isScript) {
		list = append(list, release.NeedScripts.Lack("", "a script that installs it: an ACCEPTED media item of kind SCRIPT in its kit (connectKitPart)"))
	}
	return list
}

// copies are the parts of the kit that are copies of some software.
func (k *kit) copies() (list []release.Master) {
	for _, p := range k.parts {
		if p.item != nil {
			list = append(list, masterOf(p.item.Key, p.media))
		}
	}
	return list
}

func masterOf(item string, m *domain.MediaItem) release.Master {
	return release.Master{
		Key: m.Key, Item: item, Version: m.ProductVersion,
		Accepted: m.Status == domain.MediaAccepted, Retired: m.Status == domain.MediaRetired,
	}
}

// library are the master copies of what the release holds.
func (k *kit) library() (list []release.Master) {
	for item, masters := range k.masters {
		for _, m := range masters {
			list = append(list, masterOf(item, m))
		}
	}
	return list
}

// stored says of each part of the kit whether its bytes are there. What is kept by
// reference is not in the library, and is compared where it is deployed.
func (k *kit) stored() (list []release.Stored) {
	for _, p := range k.parts {
		m := p.media
		list = append(list, release.Stored{Key: m.Key, There: m.Stored || byReference(m), Wrong: m.WrongCopies, Sound: !m.Damaged()})
	}
	return list
}

func byReference(m *domain.MediaItem) bool {
	return m.Location != nil && !strings.HasPrefix(*m.Location, "sha256/")
}

// licensed are the parts of the kit that need a licence.
func (k *kit) licensed() (list []release.Licensed) {
	for _, p := range k.parts {
		if p.media.Terms != domain.TermsLicensed {
			continue
		}
		one := release.Licensed{Key: p.media.Key}
		for _, l := range p.licences {
			one.Licences = append(one.Licences, release.LicenceNow{Key: l.Key, Status: string(l.StatusAt(k.now))})
		}
		list = append(list, one)
	}
	return list
}

// devices are the hardware that the release adds or replaces.
func (k *kit) devices(f *facts, hardware []release.Content) (list []release.Device) {
	for _, c := range hardware {
		if c.Action == release.Remove || c.Action == release.Rebuild {
			continue
		}
		list = append(list, release.Device{Item: c.Item, AssetTag: k.labels[c.Item], Reserved: k.reserved[c.Item] > 0})
	}
	return list
}

// signed is the need KIT_SIGNED.
func (k *kit) signed(f *facts) (list []release.Lack) {
	scheme := f.policy.Policy.KitSignature
	if scheme == domain.SignatureNone || !f.asks(domain.NeedKitSigned) {
		return nil
	}
	for _, p := range k.parts {
		if s := p.media.Signature; s == nil || !s.Valid || s.Scheme != scheme {
			list = append(list, release.NeedKitSigned.Lack(p.media.Key, "a signature on %s that counts (%s)", p.media.Key, scheme))
		}
	}
	return list
}
