package entity

import "releasegraph/internal/domain"

// The area library is the definitive media library, the hardware store and licences.
var _ = declare(area{
	name: "library", after: "release",
	enums: []enumeration{
		enum(domain.MediaKinds),
		enum(domain.MediaTermsList),
		enum(domain.MediaStatuses),
		enum(domain.LicenceMetrics),
	},
	defaults: []preset{
		presets(func(m *domain.MediaItem) {
			m.Kind, m.Terms, m.Status = domain.MediaPackage, domain.TermsOwn, domain.MediaQuarantine
		}),
		presets(func(l *domain.Licence) { l.Metric = domain.PerInstallation }),
	},
	kinds:         libraryKinds,
	relationships: libraryRelationships,
	policies: []PolicyArea{
		{
			Name: "library", Doc: "the definitive media library", Placed: true,
			Kinds:         []string{domain.KindMediaItem},
			Relationships: []string{domain.RelMasterOf, domain.RelKitOf},
		},
		{
			Name: "licence", Doc: "licences and support, and where they are paid for", Placed: true,
			Kinds:         []string{domain.KindLicence},
			Relationships: []string{domain.RelLicensedBy, domain.RelPaidAt, domain.RelCoversCost},
		},
		{
			Name: "store", Doc: "the definitive hardware store", Placed: true,
			Kinds:         []string{domain.KindHardwareSpare},
			Relationships: []string{domain.RelSpareFor, domain.RelStoredAt, domain.RelReservedFor},
		},
	},
})

func libraryKinds() []*Kind {
	return []*Kind{
		newKind[domain.MediaItem](domain.KindMediaItem),
		newKind[domain.Licence](domain.KindLicence),
		newKind[domain.HardwareSpare](domain.KindHardwareSpare),
	}
}

func libraryRelationships() []*Relationship {
	const (
		item    = domain.KindConfigurationItem
		site    = domain.KindSite
		release = domain.KindRelease
		media   = domain.KindMediaItem
		licence = domain.KindLicence
		party   = domain.KindParty
		spare   = domain.KindHardwareSpare
	)
	return []*Relationship{
		{
			Name: domain.RelMasterOf, Noun: "MasterCopy", From: media, To: item, ToOne: true, AtSites: FromEnd,
			Field: "masterOf", FieldDoc: "The software that this is the master copy of.",
			Inverse: "masters", InverseDoc: "The master copies of this software, one for each version.",
		},
		{
			Name: domain.RelKitOf, Noun: "KitPart", From: media, To: release, AtSites: FromEnd,
			Field: "kitOf", FieldDoc: "The releases in whose kit it is (R6).",
			Inverse: "kit", InverseDoc: "What is installed, and by which scripts (R6).",
		},
		{
			Name: domain.RelLicensedBy, Noun: "ItemLicence", From: item, To: licence, AtSites: ToEnd,
			Field: "licences", FieldDoc: "The licences by which this software is used (L3).",
			Inverse: "items", InverseDoc: "The software that may be used by this licence.",
		},
		{
			Name: domain.RelLicensedBy, Noun: "MediaLicence", From: media, To: licence,
			Field: "licences", FieldDoc: "The licences that cover this copy (L1).",
			Inverse: "media", InverseDoc: "The master copies that this licence covers.",
		},
		link[domain.PaidSeats](Relationship{
			Name: domain.RelPaidAt, Noun: "PaidSeats", From: licence, To: site, AtSites: FromEnd,
			Field: "paidAt", FieldDoc: "The sites for which this licence is paid, and for how many seats (L3).",
			Inverse: "paidLicences", InverseDoc: "The licences that are paid for this site.",
		}),
		{
			Name: domain.RelCoversCost, Noun: "ContractCost", From: item, To: site,
			Field: "paidAt", FieldDoc: "The sites for which this contract is paid (L7).",
			Inverse: "paidContracts", InverseDoc: "The contracts that are paid for this site.",
		},
		{
			Name: domain.RelCoversCost, Noun: "TeamCost", From: party, To: site,
			Field: "paidAt", FieldDoc: "The sites for which the support of this party is paid (L7).",
			Inverse: "paidTeams", InverseDoc: "The parties whose support is paid for this site.",
		},
		{
			Name: domain.RelSpareFor, Noun: "SpareUse", From: spare, To: item,
			Field: "spareFor", FieldDoc: "The hardware that it can replace.",
			Inverse: "spares", InverseDoc: "The stock that can replace this hardware.",
		},
		{
			Name: domain.RelStoredAt, Noun: "SparePlace", From: spare, To: site, ToOne: true, AtSites: FromEnd,
			Field: "storedAt", FieldDoc: "The site where it is kept.",
			Inverse: "spares", InverseDoc: "The stock that is kept at this site.",
		},
		link[domain.Reservation](Relationship{
			Name: domain.RelReservedFor, Noun: "Reservation", From: spare, To: release, Deed: true, ByVerbs: true,
			Field: "reservedFor", FieldDoc: "The releases for which pieces of it are reserved (L4).",
			Inverse: "reservations", InverseDoc: "The stock that is reserved for this release (L4).",
		}),
	}
}
