package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

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
		dir := t.ModuleIn(context, string(m[1]))
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
