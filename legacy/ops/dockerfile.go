package ops

import (
	"bytes"
	"errors"
	"maps"
	"path"
	"sort"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Dockerfile reads the Dockerfiles that build what production runs: their last stage, as BuildKit understands it.
func Dockerfile() scan.Reader {
	return scan.Reader{Name: "dockerfile", Wants: isDockerfile, Read: readDockerfiles}
}

var dockerfileName = scan.MustCompile(`^(?:(?:Docker|Container)file(?:[._-](.+))?|([\w.-]+)\.(?:D|d)ockerfile)$`)

func isDockerfile(p string) bool {
	m := dockerfileName.FindStringSubmatch(path.Base(p))
	return m != nil && !developersContainer(p) && !strings.HasSuffix(p, ".dockerignore") && !strings.HasSuffix(p, ".md")
}

// forProduction orders Dockerfiles by their name: 0 is for production by name, 1 the plain name, -1 none of both.
func forProduction(p string) int {
	m := dockerfileName.FindStringSubmatch(path.Base(p))
	switch strings.ToLower(m[1] + m[2]) {
	case "prod", "production", "release", "openshift":
		return 0
	case "":
		return 1
	}
	return -1
}

// developersContainer says whether a file is about the container in which developers edit the code.
func developersContainer(p string) bool { return strings.Contains("/"+p, "/.devcontainer/") }

// developersDir are directories of what developers use on their machines.
var developersDir = scan.MustCompile(`(?i)(^|/)(dev|devel|development|dev[-_]?tools?|local[-_]?(?:dev|startup|start|setup|stack|env)|dev[-_]?env|scripts[-_]dev|\.gitpod|\.vscode)/`)

// developersPlace are directories of images for developers' machines: docker-dev, docker/local.
var developersPlace = scan.MustCompile(`(?i)(^|[/._-])(dev|devel|development|local)/`)

// developersName are Dockerfiles for developers' machines.
var developersName = scan.MustCompile(`(?i)[._-](dev|devel|develop|development|local)$|^(dev|devel|development|local)\.dockerfile$`)

// templateDir are directories of what services to come are made from.
var templateDir = scan.MustCompile(`(?i)(^|/)((service|app|project|module)[-_]templates?|scaffolds?|scaffolding|boilerplate|skeletons?|cookiecutter[\w-]*)/`)

// toolDir are directories of programs that people call.
var toolDir = scan.MustCompile(`(?i)(^|[/_-])cli$`)

// jobsDir are directories of the operations' own jobs beside a service.
var jobsDir = scan.MustCompile(`(?i)(^|/)(openshift|kubernetes|k8s|kube|deploy|deployments?|infra|infrastructure|ops|\.?ci|jenkins|pipelines?)/([^/]+/)*(jobs?|cron|cronjobs?|backups?|migrations?|jenkins[\w-]*|sonarqube|schemaspy|[\w-]+-(backups?|migrations?|cron|jobs?))/`)

func readDockerfiles(t *scan.Tree, paths []string, r *scan.Report) {
	contexts := buildContexts(t)
	others := map[string][]string{}
	var parsed []*dockerfile
	for _, p := range paths {
		if images := t.ChosenImages(p); images != nil {
			parsed = append(parsed, parseChosen(t, p, images, r)...)
			continue
		}
		where, declared := contexts[p]
		if !declared && !builds(t, p) && calledAfter(t, p) == "" {
			others[path.Dir(p)] = append(others[path.Dir(p)], p)
			continue
		}
		why := ""
		switch {
		case !declared && developersDir.MatchString(p):
			why = "for developers by its directory, not read"
		case !declared && jobsDir.MatchString(p) && anyCode(t) && t.First(path.Dir(p), manifests...) == "":
			why = "the image of a job of operations by its directory, not read: if the service wants it, add it to migrate.yaml"
		case !declared && templateDir.MatchString(p):
			why = "a template for services to come by its directory, not read"
		case !declared && toolDir.MatchString(path.Dir(p)) && t.First(".", manifests...)+t.First(path.Dir(p), manifests...) != "":
			why = "the image of a tool of the command line by its directory, not read"
		case declared && developersName.MatchString(path.Base(p)):
			why = "for developers by its name, which is all that compose runs; the image of production is another one"
		case where.helper:
			why = "compose builds it for tests or development only, not read"
		}
		if why != "" {
			r.Note(p, 0, "%s", why)
			continue
		}
		d := parseStage(t, p, where.target, r)
		if d == nil {
			continue
		}
		d.dir, d.context, d.mounted, d.declared, d.commanded, d.process = where.dir, where.context, where.mounted, declared, where.commanded, where.process
		d.develops = developersPlace.MatchString(p)
		if !declared {
			d.dir, d.context = d.place(t)
		}
		d.prebuilt = len(d.builders) == 0 && len(d.sources) > 0 && sourcesIn(t, d.builtFrom(), d.sources) == 0 && !d.copiesAll()
		parsed = append(parsed, d)
	}
	noteOthers(others, r)
	reportImages(t, onOwnBases(parsed), r)
}

// reportImages reports one image for each directory: the first in their order that is a service.
func reportImages(t *scan.Tree, parsed []*dockerfile, r *scan.Report) {
	chosen, developed := map[string]string{}, map[string]bool{}
	sort.SliceStable(parsed, func(i, j int) bool { return parsed[i].before(t, parsed[j]) })
	withCode, mounted := anyCode(t), mountedInto(parsed)
	for _, d := range parsed {
		if kind, _ := parseImage(d.from.image).store(); kind != "" {
			r.Note(d.file, d.from.line, "an image of %s: a need of the services, not a service", kind)
			continue
		}
		if withCode && !d.mounted && d.tool(t) {
			r.Note(d.file, d.from.line, "holds no code of this repository: a program of others, not a service")
			continue
		}
		if language, _, _ := parseImage(d.from.image).language(); !d.mounted && language != "" && mounted[d.dir] != "" && mounted[d.dir] != language {
			r.Note(d.file, d.from.line, "an image for another language than %s, which the code beside it is in: a program of others, not a service", mounted[d.dir])
			continue
		}
		if argv, _ := d.words(); d.dir != "." && (functionImage.MatchString(d.from.image) || functionRun.MatchString(shown(argv))) {
			r.Note(d.file, d.from.line, "the image of a function of AWS Lambda, which waits for events there: not a service")
			r.Find(scan.Finding{Dir: d.dir, Library: true}, d.file, d.from.line, scan.Declared, "a function of AWS Lambda")
			continue
		}
		if argv, line := d.words(); testRun.MatchString(shown(argv)) {
			r.Note(d.file, line, "runs tests (%s), not the service", shown(argv))
			continue
		}
		if tool := d.packs(t); tool != "" {
			r.Note(d.file, d.from.line, "makes packages for a distribution (%s), not the service", tool)
			continue
		}
		if programs := d.published(t); len(programs) > 1 && d.cmd == nil && d.entry == nil && !d.commanded {
			d.reportPublished(t, programs, r)
			continue
		}
		if first, taken := chosen[d.dir]; taken && (!developed[d.dir] || forProduction(d.file) < 0) {
			r.Note(d.file, 0, "%s holds the image of this directory; a second image is not understood", first)
			continue
		}
		if d.report(t, r) {
			chosen[d.dir], developed[d.dir] = d.file, false
		} else if d.toDevelopIn(t) != "" && chosen[d.dir] == "" {
			chosen[d.dir], developed[d.dir] = d.file, true
		}
	}
}

// packs is the tool by which an image makes packages for a distribution, "" where its last stage has none.
func (d *dockerfile) packs(t *scan.Tree) string {
	text := t.Text(d.file, &scan.Report{})
	if all := stageLine.FindAllStringIndex(text, -1); len(all) > 0 {
		text = text[all[len(all)-1][0]:]
	}
	return packageTool.FindString(text)
}

var (
	stageLine   = scan.MustCompile(`(?mi)^\s*FROM\s`)
	packageTool = scan.MustCompile(`\b(?:debhelper|dh-make|rpm-build|rpmdevtools|rpmbuild|snapcraft|flatpak-builder|makepkg)\b`)
)

// onOwnBases joins Dockerfiles that rest on an image which another one of the repository builds, by the name of its
// directory: team/shop_base is built in shop_base/. What is left are the images that run.
func onOwnBases(all []*dockerfile) []*dockerfile {
	byName := map[string]*dockerfile{}
	for _, d := range all {
		if dir := path.Dir(d.file); dir != "." {
			byName[strings.ToLower(path.Base(dir))] = d
		}
	}
	isBase := map[*dockerfile]bool{}
	for _, d := range all {
		img := parseImage(d.from.image)
		parent := byName[img.base]
		if lang, _, _ := img.language(); parent == nil || parent == d || isBase[d] || lang != "" {
			continue
		}
		if kind, _ := img.store(); kind == "" {
			isBase[parent] = true
			d.rest(parent)
		}
	}
	var left []*dockerfile
	for _, d := range all {
		if !isBase[d] {
			left = append(left, d)
		}
	}
	return left
}

// before orders Dockerfiles of one context: one that is not for developers, one that builds the program, one that compose builds
// beside one that serves developers, by name, one that compose builds, one that runs
// a single process, then the one nearest to the context.
func (d *dockerfile) before(t *scan.Tree, other *dockerfile) bool {
	if d.develops != other.develops {
		return other.develops
	}
	if d.prebuilt != other.prebuilt {
		return other.prebuilt // one that builds the program counts more than one that wants it built
	}
	if first := beforeDevelopers(t, d, other); first != nil {
		return first == d // whatever it is called
	}
	a, b := forProduction(d.file), forProduction(other.file)
	if d.declared != other.declared && a >= 0 && b >= 0 && (releaseName.MatchString(d.file) || releaseName.MatchString(other.file)) {
		return d.declared // one that packs a release is called so, too
	}
	if a != b && a >= 0 && b >= 0 {
		return a < b
	}
	if a != b {
		return a > b
	}
	if d.declared != other.declared {
		return d.declared
	}
	if x, y := d.supervised(t), other.supervised(t); x != y {
		return y
	}
	return strings.Count(d.file, "/") < strings.Count(other.file, "/")
}

// releaseName is a Dockerfile that is called after a release.
var releaseName = scan.MustCompile(`(?i)release`)

// dockerfile is what the image that a Dockerfile builds last is made of.
type dockerfile struct {
	file, dir string
	context   string            // what it is built from where that is not dir
	base      *dockerfile       // the repository's own image that from names
	prebuilt  bool              // copies nothing that is in the repository, and builds nothing
	mounted   bool              // holds no code: compose mounts the directory into it
	declared  bool              // compose builds it
	develops  bool              // by its directory it is for developers' machines
	target    string            // the stage, where it is not the last one
	chosen    bool              // it is one of several images of its file
	chosenBy  map[string]string // by these arguments of the build
	fills     map[string]string // what variables in its command mean by them
	siblings  []process         // what the other stages that rest on the same code run, by name
	workdir   string            // where its command starts, "" where that is not sure
	placed    string            // where it puts the whole build context, "" where it doesn't
	commanded bool              // compose gives it a command
	process   string            // the process that it runs, where that is not the main one of its directory
	from      base              // the image that the last stage rests on in the end
	openBase  string            // the argument that names an image, where nothing gives it a value
	builders  []base            // images of the stages whose results it copies
	sources   []claim           // what it copies out of the build context
	renamed   map[string]string // files of the context by the other names that they have in the image
	results   []claim           // what it copies, from wherever
	programs  []claim           // where it puts programs that another stage compiled
	cmd       *process
	entry     *process
	health    *claim
	exposed   []claim
	env       map[string]claim
	args      map[string]bool // true for those without a default
	volumes   []claim
	user      claim          // what it runs as, as USER says it
	accounts  map[string]int // those that it makes, with their numbers
	python    claim          // the Python that its distribution's packages have
	php       claim          // the PHP that packages with its release in their names have
	listens   claim          // the port that a step puts into Apache's settings
	// extensions are those of PHP that it compiles in.
	extensions []claim
}

// builtFrom is the directory that the image is built from.
func (d *dockerfile) builtFrom() string {
	if d.context != "" {
		return d.context
	}
	return d.dir
}

// copiesAll says whether the image takes the whole build context.
func (d *dockerfile) copiesAll() bool {
	for _, c := range d.sources {
		if path.Clean(c.value) == "." || strings.ContainsAny(c.value, "*?$") {
			return true
		}
	}
	return false
}

type base struct {
	image string
	line  int
}

type claim struct {
	value string
	line  int
}

type process struct {
	name  string // of its stage, for one that is another image
	words []string
	shell bool
	line  int
}

// parseDockerfile reads one file; what can't be understood becomes a note and nil.
func parseDockerfile(t *scan.Tree, p string, r *scan.Report) *dockerfile {
	return parseStage(t, p, "", r)
}

// parseStage reads one stage of a file, the one of production where none is named or the name is none of its.
func parseStage(t *scan.Tree, p, stage string, r *scan.Report) *dockerfile {
	return parseGiven(t, p, stage, nil, r)
}

// parseGiven is parseStage with arguments of the build.
func parseGiven(t *scan.Tree, p, stage string, given map[string]string, r *scan.Report) *dockerfile {
	text := t.Text(p, r)
	if strings.TrimSpace(text) == "" {
		return nil
	}
	result, err := parser.Parse(bytes.NewReader([]byte(text)))
	if err != nil {
		noteDockerfile(p, err, r)
		return nil
	}
	stages, args, err := instructions.Parse(result.AST, nil)
	if err != nil {
		noteDockerfile(p, err, r)
		return nil
	}
	if len(stages) == 0 {
		r.Note(p, 1, "a Dockerfile without FROM, not understood")
		return nil
	}
	forwardSlashes(stages, result.EscapeToken)
	d := &dockerfile{file: p, chosenBy: given, fills: maps.Clone(given), env: map[string]claim{}, args: map[string]bool{}, accounts: map[string]int{}}
	final := stageIndex(stages, stage, len(stages))
	if stage == "" || final < 0 {
		final = finalStage(stages)
		final, d.siblings = choose(stages, final)
	}
	if final < len(stages)-1 {
		d.target = stages[final].Name
	}
	d.collect(stages, final, globals(args))
	for name := range globals(args) {
		d.args[name] = false // a stage that names it takes over what it is at the top
	}
	if words := d.interpreter(); d.entry == nil && d.cmd != nil && words != nil {
		d.entry = &process{words: words, line: d.from.line}
	}
	return d
}

func noteDockerfile(p string, err error, r *scan.Report) {
	line := 0
	var at *parser.LocationError
	if errors.As(err, &at) && len(at.Locations) > 0 && len(at.Locations[0]) > 0 {
		line = at.Locations[0][0].Start.Line
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	r.Note(p, line, "not understood as a Dockerfile (a template?): %s", text)
}

var developmentStage = scan.MustCompile(`(?i)(?:^|[-_.])(dev|devel|develop|development|(?:dev|test)(?:app|env|image|server|build)|local|test|tests|testing|ci|debug|lint|e2e|watch|tools?)([-_].*|\.txt)?$`)
var productionStage = scan.MustCompile(`(?i)^(prod|production|release|final|runtime|server|deploy)([-_].*)?$`)
