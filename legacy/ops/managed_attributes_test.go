package ops

import (
	"fmt"
	"testing"
)

// A class may have tens of thousands of attributes: a lookup must not go through them all.
func TestManyAttributes(t *testing.T) {
	var a attributes
	for i := range 90_000 {
		a.put(fmt.Sprintf("k%05d", i), textValue(fmt.Sprint(i), "x", 1))
	}
	if len(a.list) != 90_000 || len(a.at) != len(a.list) {
		t.Errorf("%d of %d attributes are in the index", len(a.at), len(a.list))
	}
}

func TestAttributes(t *testing.T) {
	for _, n := range []int{3, maxUnindexed, maxUnindexed + 1, 100} {
		var a attributes
		for i := range n {
			a.put(fmt.Sprint(i), textValue(fmt.Sprint(i), "x", 1))
		}
		if short := n <= maxUnindexed; short != (a.at == nil) {
			t.Errorf("%d: the index is %v", n, a.at)
		}
		other := a.clone()
		other.put("new", textValue("new", "x", 1))
		other.put("2", textValue("two", "x", 1))
		other.drop("1")
		other.drop("none")
		if _, have := a.get("new"); have || a.of("1").text != "1" || a.of("2").text != "2" {
			t.Errorf("%d: a copy changed what it was made of", n)
		}
		if _, have := other.get("1"); have || other.of("0").text != "0" || other.of("2").text != "two" || other.of("new").text != "new" || len(other.hash()) != n {
			t.Errorf("%d: %v", n, other.list)
		}
	}
}
