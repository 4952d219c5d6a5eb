// Package acceptance decides what a release needs to be accepted (R8, R22).
package acceptance

import (
	"cmp"
	"fmt"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/release"
)

// Column is what a signature says.
type Column = domain.SignOffColumn

// The columns of signatures.
const (
	Delivered      = domain.SignDelivered
	Accepted       = domain.SignAccepted
	HandedOver     = domain.SignHandedOver
	Supported      = domain.SignSupported
	Business       = domain.SignBusiness
	Implementation = domain.SignImplementation
	Authorisation  = domain.SignAuthorisation
)

// Cell is a signature that a release needs. Nature is empty in the columns that
// are signed once for the whole release; Signer is empty in BUSINESS, which the
// business owner of the release signs.
type Cell struct {
	Column Column
	Nature domain.DeploymentNature
	Signer domain.Signatory
}

func (c Cell) String() string {
	text := string(c.Column)
	if c.Nature != "" {
		text += " " + string(c.Nature)
	}
	if signer := c.Signer.Text(); signer != "" {
		text += " " + signer
	}
	return text
}

// Cells are the signatures that a release of some natures needs to be accepted,
// by column, then in the order of the table, then of the signers (R8, R22).
// AUTHORISATION is not among them: it is given after acceptance.
func Cells(rows []domain.SignOffRow, natures []domain.DeploymentNature, business bool) (list []Cell) {
	for _, row := range rows {
		if !slices.Contains(natures, row.Nature) {
			continue
		}
		for _, c := range []struct {
			column  Column
			signers []domain.Signatory
		}{{Delivered, row.Delivered}, {Accepted, row.Accepted}, {HandedOver, row.HandedOver}, {Supported, row.Supported}} {
			for _, s := range c.signers {
				list = append(list, Cell{c.column, row.Nature, s})
			}
		}
	}
	if business {
		list = append(list, Cell{Column: Business})
	}
	manager := domain.ReleaseManager
	list = append(list, Cell{Column: Implementation, Signer: domain.Signatory{Role: &manager}})
	slices.SortStableFunc(list, func(a, b Cell) int {
		return cmp.Compare(slices.Index(domain.SignOffColumns, a.Column), slices.Index(domain.SignOffColumns, b.Column))
	})
	return list
}

// Signatures is the need SIGNATURES: the cells without a standing signature, by
// name. Signed are the cells of those that stand.
func Signatures(cells, signed []Cell) (list []release.Lack) {
	for _, c := range cells {
		if !slices.ContainsFunc(signed, c.Same) {
			list = append(list, release.Lack{Need: release.NeedSignatures, About: c.String(), Text: fmt.Sprintf("a signature that stands: %s", c)})
		}
	}
	return list
}

// Same reports whether both are the same cell: functions compare folded.
func (c Cell) Same(d Cell) bool {
	return c.Column == d.Column && c.Nature == d.Nature && c.Signer.Same(d.Signer)
}
