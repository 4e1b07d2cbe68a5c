package main

type tariff struct {
	Name string `json:"name"`
	Base int    `json:"base"` // cents a month
	Unit int    `json:"unit"` // cents a unit after the free ones
	Free int    `json:"free"` // units in the base price
}

var tariffs = []tariff{
	{Name: "basic", Base: 999, Unit: 12, Free: 50},
	{Name: "family", Base: 1999, Unit: 9, Free: 200},
	{Name: "office", Base: 4900, Unit: 5, Free: 1000},
}

func tariffByName(name string) (tariff, bool) {
	for _, t := range tariffs {
		if t.Name == name {
			return t, true
		}
	}
	return tariff{}, false
}

func (t tariff) price(units int) int {
	if units <= t.Free {
		return t.Base
	}
	return t.Base + (units-t.Free)*t.Unit
}
