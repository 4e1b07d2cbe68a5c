package ops

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Compose reads compose files of every format, fig.yml included: the services that are built from the repository's
// directories, and the backing services beside them.
func Compose() scan.Reader {
	return scan.Reader{Name: "compose", Wants: func(p string) bool { return isCompose(p) || deploymentFile.MatchString(p) }, Read: readCompose}
}

func isCompose(p string) bool {
	return composeName.MatchString(path.Base(p))
}

func readCompose(t *scan.Tree, paths []string, r *scan.Report) {
	c := newComposeReader(t, r)
	files := composeFiles(t, paths, r)
	c.all = files
	for _, f := range files {
		c.read(f)
		if strings.HasPrefix(f.path, "docker-compose.y") { // in the root, as nothing stands before the name
			r.Note(f.path, 0, "`docker compose` by hand takes compose.yaml before this; `docker compose --file %s` starts what stands here", f.path)
		}
	}
	if len(files) == 1 && !c.placed {
		c.storesAlone(files[0])
	}
}

// inHidden are the directories of editors and developers' machines: .devcontainer, .vscode.
var inHidden = scan.MustCompile(`(^|/)\.[^/]+/`)

// composeFiles loads the files that speak of production, the strongest first: of several beside each other those for tests
// and additions don't count, and those for development only where they are alone.
func composeFiles(t *scan.Tree, paths []string, r *scan.Report) []*composeFile {
	paths = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return !composes(t, p) })
	plain := map[string]bool{}
	for _, p := range paths {
		if use := useOf(p); use == composePlain || use == composeProduction {
			plain[path.Dir(p)] = true
		}
	}
	var files []*composeFile
	var additions []string
	taken := map[string]bool{}
	for _, p := range paths {
		use := useOf(p)
		if use == composeTest || use > composePlain && (plain[path.Dir(p)] || len(plain) > 0 && inHidden.MatchString(p)) {
			if strings.HasPrefix(path.Base(p), "docker-compose.override.") {
				additions = append(additions, p)
			} else {
				r.Note(p, 0, "for tests, development or an addition by its name, not read")
			}
			continue
		}
		if f := loadCompose(t, p, r); f != nil {
			taken[f.takeAddition(t, r)] = true
			files = append(files, f)
		}
	}
	for _, f := range files {
		for _, plain := range files {
			if f.use == composeProduction && plain.use == composePlain && f.dir == plain.dir {
				f.takeBuilds(plain)
			}
		}
	}
	for _, p := range additions {
		if !taken[p] {
			r.Note(p, 0, "an addition, not read: `docker compose` by hand adds it to compose.yaml, make run_local does not")
		}
	}
	sort.SliceStable(files, func(i, j int) bool {
		return cmp.Or(cmp.Compare(files[i].use, files[j].use), strings.Count(files[i].path, "/")-strings.Count(files[j].path, "/")) < 0
	})
	return files
}

// composeReader goes through the files; said holds what a stronger file has said already.
type composeReader struct {
	t      *scan.Tree
	r      *scan.Report
	all    []*composeFile // all that are read
	said   map[string]bool
	places map[*composeService]place
	placed bool                     // whether a file starts code of the repository
	images map[*composeService]bool // those that have an image of their own by the arguments of the build
}

func newComposeReader(t *scan.Tree, r *scan.Report) *composeReader {
	return &composeReader{t: t, r: r, said: map[string]bool{}, places: map[*composeService]place{}, images: map[*composeService]bool{}}
}

func (c *composeReader) read(f *composeFile) {
	byDir := map[string][]*composeService{}
	var dirs []string
	for _, s := range f.services {
		place := c.place(s)
		if place.dir == "" {
			continue
		}
		if byDir[place.dir] == nil {
			dirs = append(dirs, place.dir)
		}
		byDir[place.dir] = append(byDir[place.dir], s)
	}
	for _, dir := range dirs {
		c.directory(f, dir, byDir[dir])
	}
	c.needs(f, byDir)
	c.placed = c.placed || len(dirs) > 0
}

var testService = scan.MustCompile(`(?i)(^|[-_.])(tests?|testing|sut|compile-requirements|e2e|cypress|codecept(?:js)?|testcafe|nightwatch|playwright|newman|jmeter|gatling|lint|specs?|ci|bench|loadtest|load-?gen|seeds?|seeding|seeder|seed-data|fixtures|mock\w*|fake\w*|stubs?|shell|console|watch|watcher|docs|storybook|builder)($|[-_.])|^(build|compile|package)$|^assets($|[-_.])|[-_.]assets$`)

// onlyBuilds are commands that leave a program behind for another service, or for developers, and end.
var onlyBuilds = scan.MustCompile(`^(?:(?:/bin/)?(?:ba)?sh -l?c )?(?:(?:npm|yarn|pnpm) (?:install|ci|i) && )?(?:go (?:build|install|mod download)|cargo build|mvn .*\b(?:package|install)\b|(?:\./)?gradlew? .*\b(?:build|assemble)\b|(?:npm|yarn|pnpm) (?:run )?(?:build|install|ci)\b|(?:bundle|composer) install)[^;&|]*(?:(?:;|&&)\s*(?:sha\d+sum|md5sum|touch|echo|cp|true)\b[^;&|]*)*$`)

// makesPackages is what makes a package for a distribution of the code.
var makesPackages = scan.MustCompile(`\b(?:dpkg-buildpackage|debuild|rpmbuild)\b`)

// helps says whether a service is there for tests or for developers: by its name, or by a profile that isn't production's.
// Where all that the file builds stands behind profiles, they choose among the services and tell that of none.
func (c *composeReader) helps(s *composeService) bool {
	line := strings.Join(slices.Concat(s.Entrypoint, s.Command), " ")
	if testService.MatchString(s.Name) && s.Name != sailService || makesPackages.MatchString(line) || s.Build == nil && testRun.MatchString(shown(s.Command)) || (s.Build == nil || s.Restart == "no" || len(s.Entrypoint) > 0) && onlyBuilds.MatchString(line) {
		return true
	}
	apart := false
	for _, profile := range s.Profiles {
		if productionWord.MatchString(profile) || profile != "" && !helperProfile.MatchString(profile) && c.chosen(s.file) {
			return false
		}
		apart = apart || profile != "" // one that a variable can set is off where nothing sets it
	}
	return apart
}

// sailService is what Laravel's tool for developers calls the application itself.
const sailService = "laravel.test"

// helperProfile are profiles of what nobody runs in production, whatever else the file holds.
var helperProfile = scan.MustCompile(`(?i)(^|[-_.])(tests?|testing|e2e|ci|dev|development|debug|tools?|manual|local|mocks?|cli|docs?|lint|seed|utils?|monitoring|metrics)($|[-_.])`)

// chosen says whether every service that a file builds of the repository's code waits for a profile.
func (c *composeReader) chosen(f *composeFile) bool {
	built := false
	for _, s := range f.services {
		if s.Build == nil || c.storeBuilt(s) != "" {
			continue
		}
		if !slices.ContainsFunc(s.Profiles, func(profile string) bool { return profile != "" }) {
			return false
		}
		built = true
	}
	return built
}

// runsHelper are programs out of a directory for developers or tests: they stand in for something that production has.
var runsHelper = scan.MustCompile(`(^|[\s/])((dev|devel|development|tests?|mocks?|fakes?|stubs?|fixtures)/[\w./-]+\.(py|js|ts|rb|php|pl)\b|dev[-_]?tools/\w)`)

// systemDaemon are programs that others wrote and a distribution packs.
var systemDaemon = scan.MustCompile(`^(postfix|exim\d?|sendmail|sshd|rsyslogd|syslog-ng|memcached|redis-server|mysqld\w*|mariadbd|postgres|mongod|rabbitmq-server|varnishd|dnsmasq)$`)

// bareTool is a tool for building that is given no task.
var bareTool = scan.MustCompile(`^(\S*/)?(npm|yarn|pnpm|npx|composer|bundle|gulp|grunt|bower|make|mvn|gradle|((php\s+)?(\./)?(artisan|bin/console)))$`)

// directory reports the services that run the code of one directory.
func (c *composeReader) directory(f *composeFile, dir string, services []*composeService) {
	var real []*composeService
	for _, s := range services {
		if c.helps(s) || runsHelper.MatchString(strings.Join(slices.Concat(s.Entrypoint, s.Command), " ")) {
			c.r.NoteItem(nil, f.path, s.line, "helpers of tests or development by their names or profiles, left out", s.Name)
			continue
		}
		if len(s.Command) > 0 && systemDaemon.MatchString(path.Base(s.Command[0])) {
			c.r.Note(f.path, s.line, "%s: runs %s, a program of the system: what the services call is a need, and it has an image of its own", s.Name, s.Command[0])
			continue
		}
		if argv := append(append([]string(nil), s.Entrypoint...), s.Command...); s.Build == nil && bareTool.MatchString(strings.Join(argv, " ")) {
			c.r.Note(f.path, s.line, "%s: runs %s for developers, who say what it does; left out", s.Name, strings.Join(argv, " "))
			continue
		}
		if argv := slices.Concat(s.Entrypoint, s.Command); functionRun.MatchString(strings.Join(argv, " ")) {
			c.r.Note(f.path, s.line, "%s: a function of AWS Lambda, which waits for events there: not a service", s.Name)
			continue
		}
		if len(services) > 1 && c.front(s) {
			c.r.Note(f.path, s.line, "%s: a web server in front of the other services of this Dockerfile: the gateway takes its place; what answers without HTTP needs an image with a web server", s.Name)
			continue
		}
		real = append(real, s)
	}
	var beside []*composeService
	real = slices.DeleteFunc(real, func(s *composeService) bool {
		if c.besides(s) {
			beside = append(beside, s)
			return true
		}
		return false
	})
	for _, s := range beside { // what runs in another image is told apart from the main process by name
		c.process(s, dir, s.Name)
	}
	if len(real) == 0 {
		return
	}
	main := mainService(dir, real)
	for _, s := range real {
		switch {
		case s == main:
			c.process(s, dir, "")
		case s.rank() == scan.Guess && pagesName.MatchString(s.Name):
			c.r.Note(f.path, s.line, "%s: serves the pages of %s while they are developed, by its name and file", s.Name, main.Name)
		case len(s.Command)+len(s.Entrypoint) > 0 || c.otherArguments(s, main):
			c.images[s] = c.otherArguments(s, main)
			c.process(s, dir, s.Name)
		default:
			c.r.Note(f.path, s.line, "%s: runs the same image as %s without a command of its own", s.Name, main.Name)
		}
	}
}

var webName = scan.MustCompile(`(?i)(^|[-_])(web|app|api|server|backend|www|site|http|frontend|django|rails|php)($|[-_\d])`)

// productionService is called after production itself, beside the same service for developers.
var productionService = scan.MustCompile(`(?i)^(prod|production)([-_](web|app|server|site))?$|^(web|app|server|site)[-_](prod|production)$`)

// pagesName are what developers run beside a service to build its pages again after each change.
var pagesName = scan.MustCompile(`(?i)^(front|front-?end|ui|client|web-?client|js|css|webpack(er)?|vite|tailwind|yarn|npm|esbuild|parcel)([-_]?(dev|server|dev-?server))?$`)

// mainService is the one of several processes of an image that serves.
func mainService(dir string, services []*composeService) *composeService {
	best, most := services[0], -1
	for _, s := range services {
		score := 0
		if len(s.Ports) > 0 {
			score += 8
		}
		if len(s.Command)+len(s.Entrypoint) == 0 {
			score += 3
		}
		if webName.MatchString(s.Name) || s.Name == path.Base(dir) {
			score += 4
		}
		if len(s.Expose) > 0 {
			score += 2
		}
		if productionService.MatchString(s.Name) && len(s.Ports) > 0 {
			score += 16 // the others are for developers
		}
		if score > most {
			best, most = s, score
		}
	}
	return best
}

func (s *composeService) rank() scan.Rank {
	if s.file.use == composeProduction || s.file.use == composePlain {
		return scan.Declared
	}
	return scan.Guess
}

// find reports a claim unless a stronger file made one for the same field.
func (c *composeReader) find(s *composeService, f scan.Finding, field string, line int, rank scan.Rank, note string) {
	c.findAt(s, f, field, scan.Evidence{File: s.file.path, Line: line, Rank: rank, Note: note})
}

// findAt is find with evidence that may stand in another file.
func (c *composeReader) findAt(s *composeService, f scan.Finding, field string, at scan.Evidence) {
	key := f.Dir + "\x00" + f.Process + "\x00" + field
	if c.said[s.file.path+key] || !c.said[key] {
		c.said[key], c.said[s.file.path+key] = true, true
		c.r.Find(f, at.File, at.Line, at.Rank, at.Note)
	}
}

// process reports one process of a directory.
func (c *composeReader) process(s *composeService, dir, process string) {
	f := scan.Finding{Dir: dir, Process: process}
	if process == "" {
		if !inHidden.MatchString(s.file.path) && s.Name != sailService { // an editor's container is called after the editor
			f.Name = s.Name
		}
		if lang, version, server := parseImage(s.Image).language(); lang != "" && s.Build == nil {
			f.Service = service.Service{Language: lang, Version: version, Framework: server}
			c.find(s, f, "language", s.lineOf("image"), s.rank(), "image "+s.Image)
		}
		f.Service = service.Service{}
	}
	c.asBuilt(s, f)
	c.command(s, f)
	c.port(s, f)
	c.environment(s, f)
	c.secretFiles(s, f)
	if s.HealthCheck != nil && process == "" {
		test := strings.ReplaceAll(strings.Join(s.HealthCheck.Test, " "), "://"+s.Name, "://localhost")
		if port, route, ok := healthAsked(test); ok {
			if found, rank := checked(test, route); found != nil {
				if s.elsewhere(port, administration(c.t, dir)) {
					found.Port = portText(port)
				}
				f.Service = service.Service{Health: found}
				c.find(s, f, "health", s.lineOf("healthcheck", "test"), min(rank, s.rank()), "")
			}
		} else if d := c.built(s); d != nil {
			if route, file := healthScript(c.t, d.scriptFinder(c.t), test, c.r); route != "" {
				f.Service = service.Service{Health: health(route)}
				c.find(s, f, "health", s.lineOf("healthcheck", "test"), min(scan.Convention, s.rank()), "by "+file)
			}
		}
	}
	c.state(s, f)
	c.files(s, f)
}

// elsewhere says whether a port that a check asks is none of those at which the service is reached, or its administration's.
func (s *composeService) elsewhere(port string, administration map[int]bool) bool {
	asked, err := strconv.Atoi(port)
	if administration[asked] {
		return true
	}
	return err == nil && len(s.Ports) > 0 && !slices.ContainsFunc(s.Ports, func(p types.ServicePortConfig) bool { return int(p.Target) == asked })
}

// asBuilt reports what compose gives to the build of an image. A stage is the Dockerfile reader's affair: compose is where
// that one reads it. What a process besides the main one builds from another stage runs from the main one's image.
func (c *composeReader) asBuilt(s *composeService, f scan.Finding) {
	if s.Build == nil || s.rank() != scan.Declared || c.placeOf(s).dockerfile == "" {
		return
	}
	if stage := s.Build.Target; stage != "" && f.Process != "" && !developmentStage.MatchString(stage) {
		c.r.Note(s.file.path, s.lineOf("build", "target"), "%s: compose builds the stage %s for it; it runs from the image of the main process here", s.Name, stage)
	}
	context, dockerfile, _ := s.builds()
	another := developersPlace.MatchString(dockerfile) && c.t.Has(path.Join(context, "Dockerfile")) // which is built in its place
	for _, name := range slices.Sorted(maps.Keys(s.Build.Args)) {
		value := s.Build.Args[name]
		switch {
		case another:
		case value == nil || *value == "" || strings.Contains(*value, "$") || f.Process != "" && !c.images[s]:
		case developmentStage.MatchString(*value):
			c.r.Note(s.file.path, s.lineOf("build", "args"), "%s: the argument %s of the build is %s, a developer's; it is left out", s.Name, name, *value)
		case scan.SecretName(name) || scan.SecretValue(name, *value) || scan.HasAccount(*value):
			c.r.Note(s.file.path, s.lineOf("build", "args"), "%s: the argument %s of the build is a secret, which would stay in the image; it is left out: let the build mount it as a secret", s.Name, name)
		default:
			f.Service = service.Service{Build: &service.Build{Args: map[string]string{name: *value}}}
			c.find(s, f, "build.args."+name, s.lineOf("build", "args"), s.rank(), "")
		}
	}
}
