package legacy

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// named looks a subject up: the name of a service, then that of the application, with a process behind it perhaps.
func (s *subjects) named(name string) (dir, process string, ok bool) {
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '-') {
		dir, ok := s.exactly(name[:end])
		if !ok {
			continue
		}
		process = strings.TrimPrefix(name[end:], "-")
		if onlyServes(process) {
			process = "" // what serves is the service itself
		}
		return dir, process, true
	}
	return s.namedBehind(name)
}

// hostLabels are a host's name: the first of its labels says which service or process of it answers.
var hostLabels = scan.MustCompile(`(?i)^([a-z0-9-]+)(\.[a-z0-9-]+)+\.(com|org|net|edu|gov|mil|int|info|io|eu|uk|de|fr|nl|ch|at|be|it|es|se|fi|dk|cz|us|ca|au|nz|br|jp|cn|local|internal|lan|corp|test|invalid)$`)

// ownDomain is a domain that is called after what answers there: org is no process of shop.org.
var ownDomain = scan.MustCompile(`(?i)^(?:www\.)?([a-z0-9-]+)\.(com|org|net|edu|gov|mil|int|info|io|eu|uk|de|fr|nl|ch|at|be|it|es|se|fi|dk|cz|us|ca|au|nz|br|jp|cn|dev|app)$`)

// onlyServes says whether all that stands behind a service's name speaks of what serves: puma-server.
func onlyServes(process string) bool {
	return !slices.ContainsFunc(strings.Split(process, "-"), func(word string) bool {
		return !genericNames[word] && !serverNames[word] && word != "upstream" && word != "cluster" && word != "blue" && word != "green" && scan.EnvironmentName(word) != "production"
	})
}

// namedBehind looks a subject up that has its process in front: read-shop, where the repository knows a process called read.
func (s *subjects) namedBehind(name string) (dir, process string, ok bool) {
	for i := range len(name) {
		if process = name[:i]; name[i] != '-' || !s.runs[process] && !s.front[process] && !frontNames[process] && !serverNames[process] {
			continue
		}
		if dir, rest, ok := s.named(name[i+1:]); ok {
			if frontNames[process] || serverNames[process] || s.front[process] && !s.runs[process] {
				process = rest
			}
			return dir, process, true
		}
	}
	return "", "", false
}

// plainWord is a word that may name what a program does.
var plainWord = scan.MustCompile(`^[a-z]{3,20}$`)

// frontNames stand before a name and mean what serves.
var frontNames = map[string]bool{"web": true, "www": true, "app": true}

func (s *subjects) exactly(name string) (dir string, ok bool) {
	if dir, _, ok := s.whollyNamed(name); ok {
		return dir, true
	}
	if m := secondTry.FindStringSubmatch(name); m != nil && !genericNames[name] {
		return s.exactly(m[1])
	}
	return "", false
}

// whollyNamed looks a subject up that has neither a process nor a number behind the name.
func (s *subjects) whollyNamed(name string) (dir, process string, ok bool) {
	if name == "" || genericNames[name] {
		return "", "", false
	}
	if dir, ok := s.names[name]; ok {
		s.hears(name)
		return dir, "", true
	}
	for _, whole := range s.whole {
		if same(whole, name) {
			s.hears(name)
			return s.home(), "", true
		}
	}
	return "", "", false
}

// hears remembers a name by which operations code spoke of the code.
func (s *subjects) hears(name string) {
	if s.heard == nil {
		s.heard = map[string]bool{}
	}
	s.heard[name] = true
}

// secondTry is the name of a service whose operations were written anew beside the old ones: shop2.
var secondTry = scan.MustCompile(`^([a-z][a-z-]*[a-z]{3})[2-9]$`)

// same says whether a subject is what a name means: equal but for separators, or the name without the company's in front.
func same(whole, name string) bool {
	plain := func(s string) string { return strings.ReplaceAll(s, "-", "") }
	for wanted := plain(name); plain(whole) != wanted; {
		_, rest, more := strings.Cut(whole, "-")
		if !more || len(name) <= 3 {
			return false
		}
		whole = rest
	}
	return true
}

// home is the directory that the application's own name means: the root where code runs there, else the first.
func (s *subjects) home() string {
	if slices.Contains(s.dirs, ".") {
		return "."
	}
	return s.dirs[0]
}
