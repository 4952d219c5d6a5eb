package release

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"releasegraph/internal/period"
)

// Fix is an emergency release, as regularisation sees it (R16).
type Fix struct {
	Release string
	Type    Type
	Status  Status
	LiveAt  time.Time
	// Superseded says that it is so in all of its units, by a CLOSED release.
	Superseded bool
	// Packages are the statuses of the packages that bundle it.
	Packages []Status
	Items    []string // that it CHANGES
}

// live reports whether the fix went live and is still in force.
func (f Fix) inForce() bool {
	return f.Type == Emergency && (f.Status == Verifying || f.Status == Closed) && !f.Superseded
}

// gathered reports whether a package that is not given up has the fix.
func (f Fix) gathered() bool {
	return slices.ContainsFunc(f.Packages, func(s Status) bool { return s != Cancelled && s != BackedOut })
}

// Gather lists the emergency releases that a package takes in which gathers all
// that went live after an instant: those in force and in no package yet, by when
// they went live, then by key. More releases, or items together, than the policy
// allows are refused, naming the oldest that fit.
func Gather(fixes []Fix, since time.Time, maxReleases, maxItems int) ([]string, error) {
	chosen := slices.DeleteFunc(slices.Clone(fixes), func(f Fix) bool { return !f.inForce() || f.gathered() || !f.LiveAt.After(since) })
	slices.SortFunc(chosen, func(a, b Fix) int { return cmp.Or(a.LiveAt.Compare(b.LiveAt), cmp.Compare(a.Release, b.Release)) })
	keys, items, fit := []string{}, map[string]bool{}, 0
	for i, f := range chosen {
		keys = append(keys, f.Release)
		for _, item := range f.Items {
			items[item] = true
		}
		if i < maxReleases && len(items) <= maxItems {
			fit = i + 1
		}
	}
	if lacks := PackageSize(len(keys), len(items), maxReleases, maxItems); len(lacks) > 0 {
		return nil, fmt.Errorf("%s: %s", lacks[0].Text, take(keys[:fit]))
	}
	return keys, nil
}

func take(keys []string) string {
	if len(keys) == 0 {
		return "not even the oldest fits"
	}
	return "take " + join(keys) + " first"
}

// PackageSize is the need PACKAGE_SIZE: so many releases and items as the policy
// allows in one package.
func PackageSize(releases, items, maxReleases, maxItems int) []Lack {
	switch {
	case releases > maxReleases && items > maxItems:
		return NeedPackageSize.only("", "%d releases with %d items, the policy allows %d with %d", releases, items, maxReleases, maxItems)
	case releases > maxReleases:
		return NeedPackageSize.only("", "%d releases, the policy allows %d", releases, maxReleases)
	case items > maxItems:
		return NeedPackageSize.only("", "%d items, the policy allows %d", items, maxItems)
	}
	return nil
}

// Overdue is a fix that no package has taken everywhere in time.
type Overdue struct {
	Release string
	Since   time.Time
}

// OverdueFixes lists the emergency releases in force that went live longer ago
// than the policy's period and are in no CLOSED package: the one overdue longest
// first, then by key.
func OverdueFixes(fixes []Fix, every period.Period, now time.Time) (list []Overdue) {
	for _, f := range fixes {
		if !f.inForce() || slices.Contains(f.Packages, Closed) {
			continue
		}
		if since := every.After(f.LiveAt); !now.Before(since) {
			list = append(list, Overdue{f.Release, since})
		}
	}
	slices.SortFunc(list, func(a, b Overdue) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Release, b.Release)) })
	return list
}
