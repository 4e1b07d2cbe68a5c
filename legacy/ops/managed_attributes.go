package ops

import (
	"maps"
	"slices"
)

// attributes are what a resource is given. They are a list: most resources have two or three, and a repository has tens of
// thousands of resources. A class of a role or a cookbook may have many thousand, so a long list is looked up by an index.
type attributes struct {
	list []attribute
	at   map[string]int // where each name is in the list; nil for a short one
}

type attribute struct {
	name  string
	value managedValue
}

// maxUnindexed is the length up to which a list is gone through from its start.
const maxUnindexed = 32

func (a attributes) index(name string) int {
	if a.at != nil {
		if i, ok := a.at[name]; ok {
			return i
		}
		return -1
	}
	return slices.IndexFunc(a.list, func(one attribute) bool { return one.name == name })
}

// get is the value of an attribute, and whether there is one.
func (a attributes) get(name string) (managedValue, bool) {
	if i := a.index(name); i >= 0 {
		return a.list[i].value, true
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
		a.list[i].value = v
		return
	}
	a.list = append(a.list, attribute{name, v})
	if a.at != nil {
		a.at[name] = len(a.list) - 1
	} else if len(a.list) > maxUnindexed {
		a.reindex()
	}
}

func (a *attributes) drop(name string) {
	i := a.index(name)
	if i < 0 {
		return
	}
	a.list = slices.Delete(a.list, i, i+1)
	if a.at != nil {
		a.reindex()
	}
}

func (a *attributes) reindex() {
	a.at = make(map[string]int, len(a.list))
	for i, one := range a.list {
		a.at[one.name] = i
	}
}

// clone are the same attributes, for another resource to change.
func (a attributes) clone() attributes {
	return attributes{slices.Clone(a.list), maps.Clone(a.at)}
}

// hash is a map of them.
func (a attributes) hash() map[string]managedValue {
	hash := make(map[string]managedValue, len(a.list))
	for _, one := range a.list {
		hash[one.name] = one.value
	}
	return hash
}
