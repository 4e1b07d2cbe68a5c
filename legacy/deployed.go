package legacy

import (
	"path"
	"strings"
)

// places notes which directories of the old machine hold the code, as operations say it who bring it there.
func (s *subjects) places(findings []Claimed) {
	s.deployed = map[string]string{}
	if len(s.dirs) == 0 {
		return
	}
	taken := map[string]bool{} // by the code of others
	for _, f := range findings {
		if f.Deployed == "" {
			continue
		}
		dir, _, ok := s.meant(f.About, true)
		for at := path.Clean(f.Deployed); strings.Count(at, "/") > 1; at = path.Dir(at) {
			if !ok {
				taken[at] = true
			} else if _, known := s.deployed[at]; !known {
				s.deployed[at] = dir
			}
			if base := slug(path.Base(at)); !genericNames[base] && !toolNames[base] {
				break
			}
		}
	}
	for at := range taken {
		delete(s.deployed, at)
	}
}

// deployedFrom finds the code that is deployed to a directory above a path of the old machine.
func (s *subjects) deployedFrom(name string) (dir string, ok bool) {
	if !path.IsAbs(name) || len(s.deployed) == 0 {
		return "", false
	}
	for at := path.Clean(name); strings.Count(at, "/") > 1; at = path.Dir(at) {
		if dir, ok = s.deployed[at]; ok {
			return dir, true
		}
	}
	return "", false
}
