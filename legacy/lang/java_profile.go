package lang

import (
	"maps"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// profileName is a profile by itself: an expression of several is none.
var profileName = scan.MustCompile(`^[\w-]+$`)

// under are the settings of one profile.
func (s *settings) under(profile string) *settings {
	if s.further[profile] == nil {
		if s.further == nil {
			s.further = map[string]*settings{}
		}
		s.further[profile] = &settings{t: s.t, r: s.r, values: map[string]javaValue{}}
	}
	return s.further[profile]
}

// profiles reports what holds where one of the further profiles is chosen. The file of the general settings may choose it,
// else what the service is started with does.
func (c *javaConfig) profiles() {
	if !c.relaxed {
		return
	}
	always, _ := c.settings.get("spring.profiles.active")
	chosen, _, _ := placeholder(always.text)
	for _, profile := range slices.Sorted(maps.Keys(c.settings.further)) {
		own := c.settings.further[profile]
		for key, v := range c.settings.values {
			if _, ok := own.values[key]; !ok {
				own.values[key] = v // what stands beside a key, a port or an account, may be the general one
			}
		}
		under := &javaConfig{t: c.t, m: c.m, r: &scan.Report{Reader: c.r.Reader}, settings: own, relaxed: true, told: map[string]bool{}, siblings: c.siblings}
		for _, key := range own.ordered {
			under.value(key, own.values[key])
		}
		if slices.Contains(strings.Split(chosen, ","), profile) {
			profile = ""
			c.sql = c.sql || under.sql
		}
		for _, f := range under.r.Findings {
			f.Profile = profile
			c.r.Findings = append(c.r.Findings, f)
		}
	}
}
