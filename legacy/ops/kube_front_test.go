package ops

import (
	"fmt"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// An HTTPRoute leads each host of it to each of the places of each rule; a file that nobody writes has thousands of all.
func TestFrontsOfARoute(t *testing.T) {
	for name, c := range map[string]struct {
		hosts, refs, path string
		again, want       int
	}{
		"two of each":                 {"a.example.org, b.example.org", "{name: web}, {name: api}", "/a", 0, 8},
		"more than there may be":      {strings.Repeat("a.example.org, ", 3000), strings.Repeat("{name: web}, ", 3000), "/a", 3000, maxClusterFronts},
		"more, and none that is kept": {strings.Repeat("a.example.org, ", 3000), strings.Repeat("{name: web}, ", 3000), "(a", 3000, 0},
		"more that lead nowhere":      {strings.Repeat("a.example.org, ", 3000), "", "/a", 3000, 0},
	} {
		t.Run(name, func(t *testing.T) { // a hang is the failure
			rule := fmt.Sprintf("&r {backendRefs: [%s], matches: [{path: {value: %q}}, {path: {value: %q}}]}", c.refs, c.path, c.path+"/b")
			text := fmt.Sprintf("spec: {hostnames: [%s], rules: [%s%s]}", c.hosts, rule, strings.Repeat(", *r", c.again))
			var doc yaml.Node
			if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
				t.Fatal(err)
			}
			k := &kubernetes{}
			k.frontsOf("route.yml", doc.Content[0])
			if len(k.fronts) != c.want || k.asked > maxFrontsAsked+1 {
				t.Errorf("%d fronts of %d", len(k.fronts), k.asked)
			}
		})
	}
}
