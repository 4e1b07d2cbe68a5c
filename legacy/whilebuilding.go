package legacy

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Variables with these prefixes are put into the pages by what bundles them, while the image is built: Vite, Create React
// App, Next.js, Gatsby, Vue's CLI, Expo, Nuxt and Laravel Mix. Everybody can read them, and the running service asks for none.
var (
	bundled    = scan.MustCompile(`^(?:VITE|REACT_APP|NEXT_PUBLIC|GATSBY|VUE_APP|EXPO_PUBLIC|NUXT_ENV|MIX)_\w+$`)
	notBundled = scan.MustCompile(`^MIX_(?:ENV|HOME|ARCHIVES|DEBUG|EXS|TARGET|PATH|QUIET|STATE|PROFILE|REBAR3?|XDG|(?:BUILD|DEPS|INSTALL|OS|TEST|UNTAR)_\w+)$`) // Elixir's own
	onlyHere   = scan.MustCompile(`^(?:[a-z][\w+.-]*://)?(?:localhost|127\.0\.0\.1)(?:[:/]|$)`)
)

func whileBuilding(name string) bool {
	return bundled.MatchString(name) && !notBundled.MatchString(name)
}

// buildArguments makes arguments of the build of such variables. Those without a value that holds for all are noted, once
// for the code of a directory.
func (r *resolver) buildArguments(findings []Claimed) []Claimed {
	open := map[string]map[string]bool{} // by directory: names without a value
	first := map[string]scan.Evidence{}
	for i, f := range findings {
		names := bundledIn(f)
		if len(names) == 0 {
			continue
		}
		dir := path.Clean(f.Dir)
		if open[dir] == nil {
			open[dir], first[dir] = map[string]bool{}, f.Evidence
		}
		args := map[string]string{}
		for _, name := range names {
			if value := f.Service.Env[name]; value != "" && f.Environment == "" && !onlyHere.MatchString(value) && !strings.ContainsAny(value, "\r\n$") {
				args[name] = value
			} else {
				open[dir][name] = true
			}
		}
		findings[i] = withoutBundled(f, args)
	}
	for _, f := range findings {
		if f.Service.Build != nil {
			for name := range f.Service.Build.Args {
				delete(open[path.Clean(f.Dir)], name)
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(open)) {
		if len(open[dir]) > 0 {
			r.Notes = append(r.Notes, scan.NewNote(first[dir].File, first[dir].Line, "the pages get %s while they are built, and everybody can read them: no secret, and nothing that the running service asks for; give the values of production under build.args", scan.List(slices.Sorted(maps.Keys(open[dir])))))
		}
	}
	return findings
}

// bundledIn are the names of such variables in a finding.
func bundledIn(f Claimed) []string {
	var names []string
	for _, list := range [][]string{slices.Collect(maps.Keys(f.Service.Env)), f.Service.Secrets, {f.Requires}} {
		for _, name := range list {
			if whileBuilding(name) {
				names = append(names, name)
			}
		}
	}
	if f.Need != nil {
		for name := range f.Need.Env {
			if whileBuilding(name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// withoutBundled is a finding without such variables, and with those that have a value as arguments of the build.
func withoutBundled(f Claimed, args map[string]string) Claimed {
	named := func(name, _ string) bool { return whileBuilding(name) }
	f.Service.Env = maps.Clone(f.Service.Env)
	maps.DeleteFunc(f.Service.Env, named)
	if len(f.Service.Env) == 0 {
		f.Service.Env = nil
	}
	f.Service.Secrets = slices.DeleteFunc(slices.Clone(f.Service.Secrets), whileBuilding)
	if len(f.Service.Secrets) == 0 {
		f.Service.Secrets = nil
	}
	if whileBuilding(f.Requires) {
		f.Requires = ""
	}
	if f.Need != nil {
		need := *f.Need
		need.Env = maps.Clone(need.Env)
		maps.DeleteFunc(need.Env, named)
		f.Need = &need
	}
	if len(args) > 0 {
		build := service.Build{}
		if f.Service.Build != nil {
			build = *f.Service.Build
		}
		build.Args = maps.Clone(build.Args)
		if build.Args == nil {
			build.Args = map[string]string{}
		}
		maps.Copy(build.Args, args)
		f.Service.Build, f.Process = &build, ""
	}
	return f
}

// withoutArguments leaves out arguments of a build that a generated Dockerfile has no place for: only that of Node.js
// makes pages.
func (r *resolver) withoutArguments(at string, s *service.Service) {
	if s.Language == "node" {
		return
	}
	for name := range s.Build.Args {
		delete(r.Claims, at+".build.args."+name)
	}
	s.Build.Args = nil
}
