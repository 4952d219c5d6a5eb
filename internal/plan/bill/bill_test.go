package bill_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/plan/bill"
)

func part(key, name, version, purl string) bill.Part {
	return bill.Part{Key: key, Component: bill.Component{Name: name, Version: version, Purl: purl}, Whole: key == "shop"}
}

func TestABillIsComparedByPackage_L1(t *testing.T) {
	got, err := bill.Compare(t.Context(), []bill.Component{
		{"lodash", "4.17.22", "pkg:npm/lodash@4.17.22"},
		{"@angular/core", "17.0.0", "pkg:npm/%40angular/core@17.0.0"},
		{"left-pad", "1.3.0", ""},
		{"same", "1", "pkg:deb/debian/same@1?arch=amd64"},
		{"Log4j", "2.17.1", "pkg:MAVEN/org.apache/log4j@2.17.1#x"},
		{"twice", "1", ""}, {"twice", "2", ""},
		{"any", "7", ""}, {"unsaid", "", ""}, {"Keyed", "1", ""},
	}, []bill.Part{
		part("pkg:npm/lodash@4.17.21", "lodash", "4.17.21", "pkg:npm/lodash@4.17.21"),
		part("pkg:npm/@angular/core@17.0.0", "core", "17.0.0", "pkg:npm/@angular/core@17.0.0"),
		part("gone", "Gone", "1", ""),
		part("same", "same", "1", "pkg:deb/debian/same@1?arch=arm64"),
		part("log4j", "log4j", "2.17.1", "pkg:maven/org.apache/log4j@2.17.1"),
		part("t1", "TWICE", "1", ""),
		part("any", "any", "", ""),
		part("shop", "shop", "2.0.0", ""),
		part("u", "unsaid", "3", ""), part("keyed", "The keyed one", "1", ""),
	})
	require.NoError(t, err)
	require.Equal(t, []bill.Difference{
		{bill.Missing, "gone", nil, []string{"gone"}},
		{bill.Unexpected, "left-pad", []string{"1.3.0"}, nil},
		{bill.OtherVersion, "pkg:npm/lodash", []string{"4.17.22"}, []string{"pkg:npm/lodash@4.17.21"}},
		{bill.OtherVersion, "twice", []string{"2"}, []string{}},
	}, got)
}

// A bill may name the software itself, and then in the version that it gets.
func TestABillNamesTheSoftwareInItsVersion_L1(t *testing.T) {
	got, err := bill.Compare(t.Context(), []bill.Component{{"shop", "1.9.0", ""}}, []bill.Part{part("shop", "shop", "2.0.0", "")})
	require.NoError(t, err)
	require.Equal(t, []bill.Difference{{bill.OtherVersion, "shop", []string{"1.9.0"}, []string{"shop"}}}, got)
}

// Of packages that have names alone, pairs of name and version tell all: what the
// differences name is what one side has and the other has not.
func TestDifferencesAreWhatOneSideHasAlone_L1(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOfDistinct(rapid.Custom(func(t *rapid.T) [2]string {
			return [2]string{rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name"), rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "version")}
		}), func(p [2]string) [2]string { return p })
		left, right := pairs.Draw(t, "bill"), pairs.Draw(t, "graph")
		var components []bill.Component
		var parts []bill.Part
		for _, p := range left {
			components = append(components, bill.Component{Name: p[0], Version: p[1]})
		}
		for _, p := range right {
			parts = append(parts, part(p[0]+p[1], p[0], p[1], ""))
		}
		got, err := bill.Compare(t.Context(), components, parts)
		require.NoError(t, err)
		var told, wanted []string
		for _, d := range got {
			for _, v := range d.Versions {
				told = append(told, "bill "+d.Package+v)
			}
			for _, key := range d.Parts {
				told = append(told, "graph "+key)
			}
		}
		for _, p := range left {
			if !slices.Contains(right, p) {
				wanted = append(wanted, fmt.Sprint("bill ", p[0], p[1]))
			}
		}
		for _, p := range right {
			if !slices.Contains(left, p) {
				wanted = append(wanted, fmt.Sprint("graph ", p[0], p[1]))
			}
		}
		require.ElementsMatch(t, wanted, told)
	})
}
