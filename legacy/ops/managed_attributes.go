package ops

import "slices"

// attributes are what a resource is given. They are a list: most resources have two or three, and a repository has tens of
// thousands of resources.
type attributes []attribute

type attribute struct {
	name  string
	value managedValue
}

func (a attributes) index(name string) int {
	return slices.IndexFunc(a, func(one attribute) bool { return one.name == name })
}

// get is the value of an attribute, and whether there is one.
func (a attributes) get(name string) (managedValue, bool) {
	if i := a.index(name); i >= 0 {
		return a[i].value, true
	}
	return managedValue{}, false
}

// of is the value of an attribute; of one that isn't there it is not known.
func (a attributes) of(name string) managedValue {
	v, _ := a.get(name)
	return v
}

func (a *attributes) put(name string, v managedValue) {
	if i := a.index(name); i >= 0 {
		(*a)[i].value = v
		return
	}
	*a = append(*a, attribute{name, v})
}

func (a *attributes) drop(name string) {
	*a = slices.DeleteFunc(*a, func(one attribute) bool { return one.name == name })
}

// hash is a map of them.
func (a attributes) hash() map[string]managedValue {
	hash := make(map[string]managedValue, len(a))
	for _, one := range a {
		hash[one.name] = one.value
	}
	return hash
}
