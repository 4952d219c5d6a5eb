package model

import (
	"releasegraph/graph/relay"
	"releasegraph/internal/app/media"
	"releasegraph/internal/app/support"
)

// LibraryFindingConnection is a page of findings about installations.
type LibraryFindingConnection = relay.Connection[media.LibraryFinding, LibraryFindingEdge]

// LibraryFindingEdge is one of a page of findings.
type LibraryFindingEdge = relay.Edge[media.LibraryFinding]

// IllegalUseRowConnection is a page of installations that their licences do not
// cover.
type IllegalUseRowConnection = relay.Connection[media.IllegalRow, IllegalUseRowEdge]

// IllegalUseRowEdge is one of a page of such installations.
type IllegalUseRowEdge = relay.Edge[media.IllegalRow]

// WastedLicenceConnection is a page of sites for which licences are paid in vain.
type WastedLicenceConnection = relay.Connection[media.WasteRow, WastedLicenceEdge]

// WastedLicenceEdge is one of a page of such sites.
type WastedLicenceEdge = relay.Edge[media.WasteRow]

// WastedSupportConnection is a page of sites for which support is paid in vain.
type WastedSupportConnection = relay.Connection[support.Waste, WastedSupportEdge]

// WastedSupportEdge is one of a page of such sites.
type WastedSupportEdge = relay.Edge[support.Waste]
