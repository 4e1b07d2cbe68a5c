package generators

import (
	"maps"
	"slices"
	"strings"
)

// dropUncalled leaves out object stores that nothing would call: where no variable says an address, the code asks Amazon's. Lines
// of a comment say so.
func (c *composer) dropUncalled() []string {
	var names []string
	c.backends = slices.DeleteFunc(c.backends, func(b backend) bool {
		uncalled := b.Kind == "s3" && b.Port == 443 && !c.called(b)
		if uncalled {
			names = append(names, comment(b.Name))
		}
		return uncalled
	})
	if names == nil {
		return nil
	}
	return wrapped("No container plays " + strings.Join(names, ", ") + " (s3): no variable says where it is, so the code asks Amazon's. A variable of a service with its address, such as http://" + names[0] + ":443, brings one.")
}

// called says whether a variable or a file of a service may say where a need is.
func (c *composer) called(b backend) bool {
	for _, name := range c.app.ServiceNames() {
		s := c.app.Effective(name)
		if !slices.Contains(s.Needs, b.Name) {
			continue
		}
		said := slices.Collect(maps.Values(s.Env))
		for _, key := range s.Secrets {
			said = append(said, localValue(key, s, c.backendsFor(s)))
		}
		if len(s.Files) > 0 || strings.Contains(strings.Join(said, "\n"), b.Name) {
			return true
		}
	}
	return false
}
