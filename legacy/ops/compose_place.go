package ops

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// place is where the code of a compose service lies. dir is "" for one that runs other people's code.
type place struct {
	dir        string
	dockerfile string // the file that builds it, where there is one
	context    string // what it is built from where that is not dir
	target     string // the stage of the file that production runs, where compose says it
	helper     bool   // what it builds is for tests or development only
	mounted    bool   // the image holds no code: the directory was mounted into it
	commanded  bool   // the compose service says what it runs
	process    string // the further process that it is, in another language than the code that is mounted into it
}

// manifests are files that say: here is the code of something.
var manifests = []string{"package.json", "deno.json", "deno.jsonc", "requirements.txt", "Pipfile", "pyproject.toml", "setup.py", "manage.py", "go.mod", "Gopkg.toml", "glide.yaml", "pom.xml",
	"build.gradle", "build.gradle.kts", "build.sbt", "Gemfile", "composer.json", "Procfile", "mix.exs", "rebar.config", "Cargo.toml", "cpanfile", "app.py", "server.js", "index.js", "main.go", "index.php", ".bp-config/options.json"}

func (c *composeReader) hasCode(dir string) bool { return c.t.First(dir, manifests...) != "" }

// place finds the directory of a service and says in notes why there is none.
func (c *composeReader) place(s *composeService) place {
	p := c.placeOf(s)
	if p.dir != "" {
		return p
	}
	img := parseImage(s.Image)
	kind, _ := img.store()
	switch {
	case onlyVolumes.MatchString(strings.Join(s.Command, " ")):
		c.r.Note(s.file.path, s.line, "%s: runs nothing and holds volumes for others", s.Name)
	case kind != "" || c.storeBuilt(s) != "":
	case s.Build != nil:
		c.r.Note(s.file.path, s.line, "%s: builds something that is no service of this repository", s.Name)
	case img.helper():
		c.r.Note(s.file.path, s.line, "%s: a tool of development (%s), left out", s.Name, s.Image)
	case img.webServer():
		c.r.Note(s.file.path, s.line, "%s: a web server or proxy (%s): the configuration of nginx, Apache and HAProxy is read where it lies in the repository", s.Name, s.Image)
	default:
		c.r.Note(s.file.path, s.line, "%s: runs an image that isn't built here (%s)", s.Name, s.written("image", s.Image))
	}
	return place{}
}

// placeOf is place without notes. It reads Dockerfiles, and many ask it.
func (c *composeReader) placeOf(s *composeService) place {
	p, known := c.places[s]
	if !known {
		p = c.findPlace(s)
		c.places[s] = p
	}
	return p
}

func (c *composeReader) findPlace(s *composeService) place {
	mount := c.mountedCode(s)
	if s.Build != nil {
		context, file, ok := s.builds()
		if m := fetchedFrom.FindStringSubmatch(s.Build.Context); m != nil && c.calledLike(m[1]) {
			return place{dir: "."}
		}
		if !ok || len(c.t.Below(context)) == 0 {
			return place{dir: mount}
		}
		p := place{dir: context, dockerfile: file}
		if image, ok := c.chosenImageOf(s, file); ok {
			p.dir, p.context = image.Home, context
			return p
		}
		switch {
		case c.storeBuilt(s) != "" || c.toolBuilt(p.dockerfile) || len(s.Command)+len(s.Entrypoint) == 0 && c.testsBuilt(p.dockerfile):
			return place{}
		case c.withoutCode(p.dockerfile, context):
			if mount == "" {
				return place{}
			}
			p.dir, p.mounted = mount, true
		case mount == context && c.onlyInstalls(p.dockerfile), mount != "" && mount != context && !c.hasCode(context):
			p.dir, p.mounted = mount, true
		case mount != "" && c.onlyInstalls(p.dockerfile), c.startsMounted(p.dockerfile, context):
			p.mounted = true
		default:
			if home := homeOf(c.t, p.dockerfile, context); home != "" {
				p.dir, p.context = home, context
			}
		}
		if own, _ := besideModule(c.t, p.dockerfile); p.mounted && own != "" && (mount == "." || strings.HasPrefix(own, mount+"/")) {
			p.dir = own
		}
		return p
	}
	if kind, _ := parseImage(s.Image).store(); kind != "" {
		return place{}
	}
	if mount != "" {
		return place{dir: mount, mounted: true}
	}
	return place{dir: c.namedAfterImage(s)}
}

// builds is the directory that a service with an image of its own is built from, and the Dockerfile; false where that lies
// outside of the repository.
func (s *composeService) builds() (context, dockerfile string, ok bool) {
	context, ok = within(s.file.dir, s.Build.Context)
	return context, path.Join(context, cmp.Or(s.Build.Dockerfile, "Dockerfile")), ok
}

// within joins dir and a relative path; it is false for a URL and for what lies outside of the repository.
func within(dir, rel string) (string, bool) {
	if strings.Contains(rel, "://") || strings.HasPrefix(rel, "git@") || strings.HasPrefix(rel, "/") || strings.HasPrefix(rel, "~") {
		return "", false
	}
	p := path.Join(dir, rel)
	return p, p != ".." && !strings.HasPrefix(p, "../")
}

// besides says whether a service is a program in Node.js beside a service in another language, of the same code: an image
// for each has the code mounted, and a server of websockets and the like is run with Node.js there.
func (c *composeReader) besides(s *composeService) bool {
	dir, language := c.mountedLanguage(s)
	if language != "node" {
		return false
	}
	return slices.ContainsFunc(s.file.services, func(other *composeService) bool {
		there, language := c.languageOf(other)
		return there == dir && language != "node" && language != "" && (c.placeOf(other).mounted || language == "php" && c.t.Has(path.Join(dir, "composer.json"))) && !c.helps(other)
	})
}

// mountedLanguage is the directory that is mounted into an image without code of its own, and the language of that image.
func (c *composeReader) mountedLanguage(s *composeService) (dir, language string) {
	if !c.placeOf(s).mounted {
		return "", ""
	}
	return c.languageOf(s)
}

// languageOf is the directory of a service's code, and the language of its image.
func (c *composeReader) languageOf(s *composeService) (dir, language string) {
	p, from := c.placeOf(s), s.Image
	if p.dockerfile != "" {
		from = c.fromOf(p.dockerfile)
	}
	language, _, _ = parseImage(from).language()
	return p.dir, language
}

// mountedCode is the directory with code that is mounted into the service, "" for none.
func (c *composeReader) mountedCode(s *composeService) string {
	for _, v := range s.Volumes {
		if v.Type != "bind" && !strings.HasPrefix(v.Source, ".") {
			continue
		}
		if dir, ok := within(s.file.dir, v.Source); ok && !c.builtByAnother(s, dir) && (c.hasCode(dir) || c.builtHere(s, dir)) && !parseImage(s.Image).webServer() {
			return dir
		}
	}
	return ""
}

// builtByAnother says whether an image of others, made for no language, sees code that another service of the file is built
// of: it looks into that, and does not run it.
func (c *composeReader) builtByAnother(s *composeService, dir string) bool {
	if language, _, _ := parseImage(s.Image).language(); s.Build != nil || s.Image == "" || language != "" {
		return false
	}
	for _, other := range s.file.services {
		if other == s || other.Build == nil || other.Image == s.Image {
			continue
		}
		if context, ok := within(s.file.dir, other.Build.Context); ok && context == dir {
			return true
		}
	}
	return false
}

// builtHere says whether an image is built from this directory, and starts a file of it.
func (c *composeReader) builtHere(s *composeService, dir string) bool {
	d := c.built(s)
	return d != nil && d.dir == dir && d.runsOwn(c.t)
}

// namedAfterImage finds the code of an image that something else builds: another service of the file says how, or a
// directory with code has the image's name.
func (c *composeReader) namedAfterImage(s *composeService) string {
	if s.Image == "" {
		return ""
	}
	img := parseImage(s.Image)
	for _, other := range s.file.services {
		if other != s && other.Build != nil && other.Image != "" && parseImage(other.Image).path == img.path {
			return c.placeOf(other).dir
		}
	}
	if img.helper() || img.webServer() {
		return ""
	}
	if lang, _, _ := img.language(); lang != "" {
		return ""
	}
	if dir := c.builtBeside(s, img); dir != "" {
		return dir
	}
	dir := c.directoryOf(s, c.hasCode)
	if dir == "" {
		dir = c.publishedOf(img)
	}
	if dir == "" && c.ownImage(s, img) {
		return "."
	}
	if dir == "" || c.t.Has(path.Join(dir, "Dockerfile")) {
		return dir
	}
	// A package of the code often has the name of the whole: what builds an image is the directory with the Dockerfile.
	for up := path.Dir(dir); ; up = path.Dir(up) {
		if c.t.Has(path.Join(up, "Dockerfile")) && c.hasCode(up) {
			return up
		}
		if up == "." {
			return dir
		}
	}
}

// publishedOf finds the directory of an image that the repository publishes below its own name, as
// registry/team/shop/gateway is made in services/gateway, and registry/team/shop/owner-frontend in webapps/owner.
func (c *composeReader) publishedOf(img image) string {
	above := strings.Split(path.Dir(img.path), "/")
	if !slices.ContainsFunc(above, c.calledLike) {
		return ""
	}
	for _, cut := range []func(string) string{
		func(name string) string { _, rest, _ := strings.Cut(name, "-"); return rest },
		func(name string) string { return name[:max(strings.LastIndexByte(name, '-'), 0)] },
	} {
		for name := img.base; name != ""; name = cut(name) {
			if dir := c.onlyBuilt(name); dir != "" {
				return dir
			}
		}
	}
	return ""
}

// onlyBuilt is the one directory of this name that has code and a Dockerfile, "" for none and for several.
func (c *composeReader) onlyBuilt(name string) string {
	found := ""
	for _, p := range c.t.Files() {
		dir := path.Dir(p)
		if dockerDir[strings.ToLower(path.Base(dir))] {
			dir = path.Dir(dir)
		}
		if path.Base(p) != "Dockerfile" || !strings.EqualFold(path.Base(dir), name) || c.t.Aside(p) || !c.hasCode(dir) || dir == found {
			continue
		}
		if found != "" {
			return ""
		}
		found = dir
	}
	return found
}

// directoryOf finds the directory that an image of the team's own is named after, or the service that runs it:
// team/shop-gateway is built in gateway/.
func (c *composeReader) directoryOf(s *composeService, is func(dir string) bool) string {
	names := []string{s.Name}
	base := parseImage(s.Image).base
	for name, more := base, true; more; _, name, more = strings.Cut(name, "-") {
		names = append(names, name)
	}
	for _, name := range names {
		if dir, ok := within(s.file.dir, name); ok && name != "" && dir != s.file.dir && is(dir) {
			return dir
		}
	}
	return ""
}

// buildContexts leads from Dockerfiles to the directory that compose files build them in.
func buildContexts(t *scan.Tree) map[string]place {
	var paths []string
	for _, p := range t.Files() {
		if composes(t, p) && !t.Aside(p) {
			paths = append(paths, p)
		}
	}
	contexts := map[string]place{}
	silent := &scan.Report{}
	c := newComposeReader(t, silent)
	c.all = composeFiles(t, paths, silent)
	for _, f := range c.all {
		staged, whole := map[string][]*composeService{}, map[string]bool{}
		for _, s := range f.services {
			p := c.placeOf(s)
			if p.dockerfile != "" && c.helps(s) && s.Build != nil && s.Build.Target != "" && !strings.EqualFold(c.lastStage(p.dockerfile), s.Build.Target) {
				continue // what comes behind is for others
			}
			whole[p.dockerfile] = whole[p.dockerfile] || s.Build != nil && s.Build.Target == "" && !c.helps(s) && !developmentStage.MatchString(c.lastStage(p.dockerfile))
			if p.dockerfile != "" && s.rank() == scan.Declared && s.Build.Target != "" && !c.helps(s) && !c.front(s) {
				staged[p.dockerfile] = append(staged[p.dockerfile], s)
			}
			known, again := contexts[p.dockerfile]
			if p.dockerfile == "" || again && !known.helper {
				continue
			}
			p.helper, p.commanded = c.helps(s), len(s.Command) > 0
			if c.besides(s) {
				p.process = s.Name
			}
			contexts[p.dockerfile] = p
		}
		for file, services := range staged {
			if whole[file] {
				continue
			}
			p := contexts[file]
			if stage := mainService(p.dir, services).Build.Target; p.target == "" && !developmentStage.MatchString(stage) {
				p.target = stage
				contexts[file] = p
			}
		}
	}
	return contexts
}

// lastStage is the name of the last stage of a Dockerfile, "" where it has none.
func (c *composeReader) lastStage(dockerfile string) string {
	if dockerfile == "" || !c.t.Has(dockerfile) {
		return ""
	}
	stages := scan.DockerStages(c.t.Text(dockerfile, &scan.Report{}))
	if len(stages) == 0 {
		return ""
	}
	return stages[len(stages)-1].Name
}

// front says whether a service is built from a stage that holds a web server, and no code that runs.
func (c *composeReader) front(s *composeService) bool {
	if s.Build == nil || s.Build.Target == "" {
		return false
	}
	d := c.built(s)
	return d != nil && parseImage(d.from.image).webServer()
}

// inlineFrom finds the images in a Dockerfile that stands in the compose file.
var inlineFrom = scan.MustCompile(`(?mi)^\s*FROM\s+(\S+)`)
