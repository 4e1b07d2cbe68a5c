package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// takeAddition merges what docker compose adds to a file without being told: how services are built of which the file does
// not say it, and the ports, variables, dependencies and backing services that stand in the addition alone. What an addition
// changes, and what it mounts and starts, is a developer's. It is the path of the addition, "" for none.
func (f *composeFile) takeAddition(t *scan.Tree, r *scan.Report) string {
	name, ending, ok := strings.Cut(path.Base(f.path), ".")
	if !ok || name != "docker-compose" && name != "compose" || strings.Contains(ending, ".") {
		return ""
	}
	at := path.Join(f.dir, name+".override."+ending)
	if !t.Has(at) {
		return ""
	}
	addition := loadCompose(t, at, r)
	if addition == nil {
		return at
	}
	known := map[string]*composeService{}
	for _, s := range f.services {
		known[s.Name] = s
	}
	for _, s := range addition.services {
		base := known[s.Name]
		switch kind, _ := parseImage(s.Image).store(); {
		case base != nil:
			base.take(s, known, r)
		case kind != "":
			f.services = append(f.services, s)
		default:
			r.Note(at, s.line, "%s: stands in this addition alone, which `docker compose` takes on a developer's machine; left out", s.Name)
		}
	}
	r.Note(at, 0, "an addition that `docker compose` by hand takes and make run_local does not: ports, variables and backing services that stand here alone are read, what it mounts and starts is not")
	return at
}

// take adds to a service what only its part of an addition says. known are the services that the file itself has.
func (s *composeService) take(added *composeService, known map[string]*composeService, r *scan.Report) {
	s.added, s.lent = added, map[string]bool{}
	if s.Image == "" && s.Build == nil {
		s.Build, s.Image = added.Build, added.Image
		r.Note(added.file.path, added.line, "how %s is built is taken from here", s.Name)
	}
	if len(s.Ports) == 0 && len(added.Ports) > 0 {
		s.Ports, s.lent["ports"] = added.Ports, true
	}
	for name, value := range added.Environment {
		if _, own := s.Environment[name]; own || value != nil && (added.developers(name, *value) || added.leadsAside(*value, known)) {
			continue
		}
		if s.Environment == nil {
			s.Environment = types.MappingWithEquals{}
		}
		s.Environment[name], s.lent[name] = value, true
	}
	for name, dependency := range added.DependsOn {
		if s.DependsOn == nil {
			s.DependsOn = types.DependsOnConfig{}
		}
		if _, own := s.DependsOn[name]; !own {
			s.DependsOn[name] = dependency
		}
	}
	s.Links = append(s.Links, added.Links...)
}

// leadsAside says whether a value leads to a service that is left out: one that only the addition has and that is no store.
func (s *composeService) leadsAside(value string, known map[string]*composeService) bool {
	other := s.alias(hostOf(value))
	if other == nil || known[other.Name] != nil {
		return false
	}
	kind, _ := parseImage(other.Image).store()
	return kind == ""
}

// debugger are values by which a runtime opens itself to a debugger, debuggersName variables that only serve one, or a runtime's
// checks for developers.
var (
	debugger      = scan.MustCompile(`--inspect(?:-brk|-wait|-port)?(?:[=\s]|$)|-agentlib:jdwp|-Xrunjdwp|-Xdebug\b|\bdebugpy\b`)
	debuggersName = scan.MustCompile(`^(?:PYTHONDEVMODE|PHP_IDE_CONFIG|JPDA_\w+)$`)
)

// environmentName are variables that say in which environment a program runs, and those of the certificate that Visual Studio
// makes for a developer's machine.
var environmentName = scan.MustCompile(`(?i)(^|_)env(ironment)?$|^(ASPNETCORE_)?Kestrel__Certificates__|^ASPNETCORE_HTTPS_PORTS?$`)

// developers says whether an addition's variable holds on a developer's machine only: a switch, the name of the environment,
// an address with TLS to listen at, a debugger, and what lies in a mount.
func (s *composeService) developers(name, value string) bool {
	if developmentValue(name, value) || onOrOff.MatchString(value) || environmentName.MatchString(name) || name == "ASPNETCORE_URLS" && strings.Contains(value, "https:") {
		return true
	}
	if debugger.MatchString(value) || debuggersName.MatchString(name) {
		return true
	}
	return slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Target != "" && strings.HasPrefix(value, v.Target) })
}

// lender is the part of a service in which a variable, or its ports, stand.
func (s *composeService) lender(key string) *composeService {
	if s.lent[key] {
		return s.added
	}
	return s
}

// takeBuilds completes a file of production that only says what differs there: it is given to docker compose behind the
// plain file, which says how its services are built.
func (f *composeFile) takeBuilds(plain *composeFile) {
	for _, s := range f.services {
		if s.Image != "" || s.Build != nil {
			continue
		}
		for _, base := range plain.services {
			if base.Name == s.Name {
				s.Build, s.Image = base.Build, base.Image
			}
		}
	}
}
