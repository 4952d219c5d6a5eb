package release

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/plan/version"
)

// Lived is a release that went live. Of those that did at the same time the one of
// the lower Order was first.
type Lived struct {
	Release string
	Number  string
	Type    Type
	At      time.Time
	Order   int
}

// Fall is a release whose number does not rise: Than is the release that was live
// before, empty where the number cannot be compared at all.
type Fall struct {
	Release string
	Unit    Unit
	Than    string
	Why     string
}

// Fallen lists, in the order in which they went live, the releases of a unit whose
// numbers did not rise when they did (R3): each is above all on its line that were
// live before it, on a new line above all of the unit, unless lines may go on in
// parallel, and of a MAJOR above all, always.
func Fallen(unit Unit, lived []Lived, numbers *version.Reader, parallelLines bool) (list []Fall) {
	var all *standing
	lines := map[string]*standing{}
	for _, r := range slices.SortedFunc(slices.Values(lived), compareLived) {
		v, err := numbers.Read(r.Number)
		if err != nil {
			list = append(list, Fall{r.Release, unit, "", err.Error()})
			continue
		}
		top := lines[v.Line()]
		if r.Type == Major || top == nil && !parallelLines {
			top = all
		}
		if top != nil {
			switch c := v.Compare(top.version); {
			case c < 0:
				list = append(list, Fall{r.Release, unit, top.release, fmt.Sprintf("%s is below %s", r.Number, top.version)})
			case c == 0:
				list = append(list, Fall{r.Release, unit, top.release, fmt.Sprintf("%s is the number of both", r.Number)})
			}
		}
		s := &standing{r.Release, v}
		if s.higher(all) {
			all = s
		}
		if s.higher(lines[v.Line()]) {
			lines[v.Line()] = s
		}
	}
	return list
}

func compareLived(a, b Lived) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Release, b.Release))
}
