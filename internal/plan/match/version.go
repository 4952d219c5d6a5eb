package match

import (
	"strings"

	"github.com/Masterminds/semver/v3"
)

// verdict is what a comparison of versions came to.
type verdict uint8

const (
	saidOfAny verdict = iota
	sameVersion
	notKnown
	otherVersion
)

func (v verdict) points() int {
	return map[verdict]int{sameVersion: MostVersion, saidOfAny: anyVersion, notKnown: unknownVersion}[v]
}

// judge compares the versions that run with those that a known error names,
// and tells which of both met.
func judge(running, said []string) (v verdict, runs, names string) {
	switch {
	case len(said) == 0:
		return saidOfAny, "", ""
	case len(running) == 0:
		return notKnown, "", ""
	}
	for _, r := range running {
		for _, s := range said {
			if Names(s, r) {
				return sameVersion, r, s
			}
		}
	}
	return otherVersion, "", ""
}

// Names tells whether what a known error says of versions names a version: the
// same text, the same semantic version (14.2 is 14.2.0), or a range of semantic
// versions that it lies in, pre-releases included.
func Names(said, version string) bool {
	said, version = strings.TrimSpace(said), strings.TrimSpace(version)
	if said == version {
		return true
	}
	v, err := semver.NewVersion(version)
	if err != nil {
		return false
	}
	if exact, err := semver.NewVersion(said); err == nil {
		return exact.Equal(v)
	}
	within, err := semver.NewConstraint(said)
	if err != nil {
		return false
	}
	within.IncludePrerelease = true
	return within.Check(v)
}
