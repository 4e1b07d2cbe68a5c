package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// chooses is the directory of the module that the arguments of a build choose for an image, "" where they choose none, or
// the same for all services that the Dockerfile builds: COPY ${part}/build/install, with part: gateway in the compose file.
func (c *composeReader) chooses(s *composeService) string {
	own := c.chosenModule(s)
	if own == "" {
		return ""
	}
	_, file, _ := s.builds()
	looked := 0
	for _, f := range append(slices.Clip(c.all), s.file) {
		for _, other := range f.services {
			if other.Build == nil || len(other.Build.Args) == 0 {
				continue
			}
			if _, same, _ := other.builds(); same != file {
				continue
			}
			if looked++; looked > maxOthers {
				return ""
			}
			if module := c.chosenModule(other); module != "" && module != own {
				return own
			}
		}
	}
	return ""
}

// chosenModule is the directory of the module that the arguments of one service's build name, "" for none.
func (c *composeReader) chosenModule(s *composeService) string {
	if s.Build == nil || len(s.Build.Args) == 0 || s.rank() != scan.Declared {
		return ""
	}
	context, file, ok := s.builds()
	if !ok || !c.t.Has(file) {
		return ""
	}
	chosen := ""
	for _, m := range copyLine.FindAllStringSubmatch(c.t.Text(file, &scan.Report{}), 100) {
		for _, word := range strings.Fields(m[1]) {
			given, open := false, variable.ReplaceAllString(word, "-")
			word = variable.ReplaceAllStringFunc(word, func(text string) string {
				parts := variable.FindStringSubmatch(text)
				value := s.Build.Args[parts[1]+parts[2]]
				if value == nil || strings.Contains(*value, "$") {
					return text
				}
				given = given || *value != ""
				return *value
			})
			if dir := moduleIn(c.t, context, word); given && dir != "" && moduleIn(c.t, context, open) != dir {
				if chosen != "" && chosen != dir {
					return ""
				}
				chosen = dir
			}
		}
	}
	return chosen
}

var copyLine = scan.MustCompile(`(?mi)^\s*(?:COPY|ADD)\s+(.+)$`)

// moduleIn is the directory with a module of its own that a path in an image or a build speaks of: /src/gateway/build/libs
// means gateway.
func moduleIn(t *scan.Tree, context, word string) string {
	parts := strings.Split(strings.Trim(path.Clean(word), "/"), "/")
	if len(parts) > 12 || strings.ContainsAny(word, "$*?[") {
		return ""
	}
	for from := range parts {
		for to := len(parts); to > from; to-- {
			dir := path.Join(context, path.Join(parts[from:to]...))
			if dir == context || dir == "." || !t.HasDir(dir) {
				continue
			}
			if kind := module(t, dir); kind != "" && (kind != "go" || t.Has(path.Join(dir, "go.mod"))) {
				return dir
			}
		}
	}
	return ""
}

// buildResult is what a build of the JVM's leaves in a module's directory.
var buildResult = scan.MustCompile(`(?m)^\s*(?:COPY|ADD)\s+(?:--\S+\s+)*(\S+?)/(?:build/(?:libs|distributions|install)|target)/`)

// builtModule is the one module whose program an image holds that is built from a directory above, "" for none or several.
func builtModule(t *scan.Tree, file, context string) string {
	text, err := t.Read(file)
	if err != nil {
		return ""
	}
	only := ""
	for _, m := range buildResult.FindAllSubmatch(text, 20) {
		dir := moduleIn(t, context, string(m[1]))
		if dir == "" || only != "" && only != dir || t.First(dir, "pom.xml", "build.gradle", "build.gradle.kts") == "" {
			return ""
		}
		only = dir
	}
	return only
}

// maxOthers bounds the Dockerfiles that one is compared with.
const maxOthers = 200

// buildsOther says whether another image of the repository holds another module.
func buildsOther(t *scan.Tree, file, own string) bool {
	looked := 0
	for _, p := range t.Files() {
		if p == file || !isDockerfile(p) || forProduction(p) < 0 || t.Aside(p) {
			continue
		}
		if looked++; looked > maxOthers {
			return false
		}
		for context := path.Dir(p); ; context = path.Dir(context) {
			if other := builtModule(t, p, context); other != "" && other != own {
				return true
			}
			if context == "." {
				break
			}
		}
	}
	return false
}

// onlyBelow says whether all that an image takes lies in the directory of its Dockerfile, which rests on a program of others:
// what it adds to that is its own.
func (d *dockerfile) onlyBelow(t *scan.Tree, context, dir string) bool {
	img := parseImage(d.from.image)
	if language, _, _ := img.language(); language != "" || img.webServer() || img.helper() || img.base == "scratch" || len(d.builders) > 0 || len(d.sources) == 0 || dockerDir[strings.ToLower(path.Base(dir))] {
		return false
	}
	for _, c := range d.sources {
		at := path.Join(context, path.Clean(strings.TrimPrefix(c.value, "/")))
		if at == context || !strings.HasPrefix(at, dir+"/") || !t.Has(at) && !t.HasDir(at) {
			return false
		}
	}
	return true
}

// otherArguments says whether the build of a service differs from that of the main one in nothing but its arguments, which
// choose what the image holds.
func (c *composeReader) otherArguments(s, main *composeService) bool {
	if s.Build == nil || main.Build == nil || s.rank() != scan.Declared || c.placeOf(s).dockerfile == "" || c.placeOf(s).dockerfile != c.placeOf(main).dockerfile || s.Build.Target != main.Build.Target {
		return false
	}
	for name, value := range s.Build.Args {
		there := main.Build.Args[name]
		if value == nil || there == nil || *value == *there || *value == "" || *there == "" || strings.Contains(*value+*there, "$") || developmentStage.MatchString(*value) || scan.SecretName(name) {
			continue
		}
		return true
	}
	return false
}
