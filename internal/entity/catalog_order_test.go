package entity

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnAreaStandsBehindTheOneThatItNames(t *testing.T) {
	names := func(all ...area) (list []string) {
		for _, a := range inOrder(all) {
			list = append(list, a.name)
		}
		return list
	}
	require.Equal(t, []string{"a", "b", "e", "d"}, names(area{name: "d", after: "a"}, area{name: "e", after: "b"}, area{name: "b", after: "a"}, area{name: "a"}))
	require.Panics(t, func() { names(area{name: "a"}, area{name: "b", after: "c"}) })
}
