package store_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"releasegraph/internal/store"
)

func TestOnlyDigitsWithASignAndAFractionAreANumber(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "-0": 0, "007": 7, "-12": -12, "2.50": 2.5, "0.1": 0.1, "999999999999999": 999999999999999, "0.00000000000001": 1e-14} {
		if n, ok := store.Number(text); !ok || n != want {
			t.Errorf("%q: %v, %v", text, n, ok)
		}
	}
	for _, text := range []string{
		"", "-", ".", ".5", "5.", "-.5", "1.2.3", "+1", " 1", "1 ", "1\n", "--1", "1-", "1e3", "0x10", "Inf", "NaN", "1_000", "1,5", "٣",
		"1000000000000000", "0.000000000000001", "64\x00", "many",
	} {
		if n, ok := store.Number(text); ok {
			t.Errorf("%q is no number, but %v", text, n)
		}
	}
}

func TestANumberIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(-999_999_999, 999_999_999).Draw(t, "whole")
		places := rapid.IntRange(0, 6).Draw(t, "places")
		want := float64(whole) / math.Pow10(places)
		if n, ok := store.Number(fmt.Sprintf("%.*f", places, want)); !ok || n != want {
			t.Fatalf("%d places of %v: %v, %v", places, want, n, ok)
		}
	})
}
