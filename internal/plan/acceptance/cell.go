package acceptance

import (
	"fmt"
	"slices"
	"strings"

	"releasegraph/internal/domain"
)

// Asked is what somebody says of the cell that they want to sign: the column, and
// as much of the rest as tells it from the others.
type Asked struct {
	Column Column
	Nature *domain.DeploymentNature
	// As is the role or the function, as people write it.
	As *string
}

// Choose finds the one cell that is meant. Where none is, or several are, text
// says so and names those that there are.
func Choose(cells []Cell, asked Asked) (cell Cell, text string) {
	var column, fit []Cell
	for _, c := range cells {
		if c.Column != asked.Column {
			continue
		}
		column = append(column, c)
		nature := asked.Nature == nil || c.Nature == *asked.Nature
		as := asked.As == nil || c.Signer.Same(domain.Signatory{Function: asked.As})
		if nature && as {
			fit = append(fit, c)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], ""
	case len(fit) > 1:
		return Cell{}, "is one of several: say the nature and as what you sign: " + names(fit)
	case len(column) > 0:
		return Cell{}, "is none of the signatures that it needs: " + names(column)
	case len(cells) == 0:
		return Cell{}, "is not asked of this release"
	}
	return Cell{}, fmt.Sprintf("%s is not asked of this release, which needs: %s", asked.Column, names(cells))
}

func names(cells []Cell) string {
	list := make([]string, len(cells))
	for i, c := range cells {
		list[i] = c.String()
	}
	return strings.Join(slices.Compact(list), ", ")
}

// Function is what somebody holds by their parties: the functions of the person,
// and those of each team that they are a member of (section 9).
type Function struct {
	Own   []string
	Teams [][]string
}

// Holds reports whether they hold a function. Functions compare folded.
func (f Function) Holds(function string) bool {
	is := func(name string) bool { return domain.FoldName(name) == domain.FoldName(function) }
	return slices.ContainsFunc(f.Own, is) || slices.ContainsFunc(f.Teams, func(team []string) bool { return slices.ContainsFunc(team, is) })
}
