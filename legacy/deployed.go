package legacy

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
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
			} else if _, known := s.deployed[at]; !known && !machinePlace.MatchString(at) {
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

// machinePlace are directories of every machine, which hold the programs of all.
var machinePlace = scan.MustCompile(`^/usr(/local)?(/(bin|sbin|lib|libexec|share|etc|src))?$`)

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

// codeHomes are directories of machines below which each directory holds the code of one service.
var codeHomes = scan.MustCompile(`^/(?:srv|opt|var/www|var/apps|var/lib|data/apps|usr/share|usr/local|home)/(?:apps/|www/|sites/)?([\w.-]+)/(?:current/|shared/|releases/[^/]+/)?(.+)$`)

// amongCode is a file with its place among the code of a directory, where it lies in one of the machine that is called
// after that code.
func (s *subjects) amongCode(f *scan.File, dir string) *scan.File {
	if f == nil || !path.IsAbs(f.Path) {
		return f
	}
	m := codeHomes.FindStringSubmatch(f.Path)
	if m == nil {
		return f
	}
	if own, process, ok := s.named(slug(m[1])); !ok || process != "" || own != dir {
		return f
	}
	among := *f
	among.Path = path.Clean(m[2])
	return &among
}

// operationsName is a repository that holds the operations code of what its name says besides: shop-ansible, puppet-shop.
var operationsName = scan.MustCompile(`^(?:(?:ansible|puppet|chef|salt|ops|infra|terraform)-)?(.+?)(?:-(?:ansible|puppet|chef|salt|cookbooks?|playbooks?|infra|infrastructure|ops|operations|deploy|deployment|provisioning|terraform))?$`)

// operatedBy says of a file of operations code that it lies in a repository for this service alone, by that one's name: what is about
// no other service here is there for this one's sake.
func (s *subjects) operatedBy(file string) bool {
	source, _, _ := strings.Cut(file, "/")
	name, mounted := strings.CutPrefix(source, "@")
	name = slug(name)
	of := operationsName.FindStringSubmatch(name)
	return mounted && of != nil && of[1] != name && slices.Contains(s.whole, of[1])
}
