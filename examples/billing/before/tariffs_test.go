package main

import "testing"

func TestPrice(t *testing.T) {
	basic, _ := tariffByName("basic")
	for units, want := range map[int]int{0: 999, 50: 999, 51: 1011, 120: 1839} {
		if got := basic.price(units); got != want {
			t.Errorf("%d units: %d cents, want %d", units, got, want)
		}
	}
}
