package ops

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// CloudFoundry reads the manifests of `cf push`: applications with their commands, variables, routes and bound services.
func CloudFoundry() scan.Reader {
	return scan.Reader{
		Name:  "cloudfoundry",
		Wants: isCloudFoundry,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			c := &cloudFoundry{newPlatform(t, r, herokuPort), map[string]cfApp{}}
			var manifests []cfManifest
			c.readDocuments(paths, func(file string, doc *yaml.Node) {
				if m := (cfManifest{file, doc}); m.applications() != nil {
					manifests = append(manifests, m)
				}
			})
			slices.SortStableFunc(manifests, func(a, b cfManifest) int {
				return cmp.Or(cmp.Compare(placeRank(a.file)/2, placeRank(b.file)/2), cmp.Compare(a.unrouted(), b.unrouted()), cmp.Compare(placeRank(a.file), placeRank(b.file)))
			})
			for _, m := range manifests {
				c.manifest(m.file, m.doc)
			}
		},
	}
}

var cloudFoundryName = scan.MustCompile(`^(?:[\w-]+[._-])?manifest(?:[._-][\w.-]+)?\.ya?ml$`)

func isCloudFoundry(p string) bool {
	if !strings.HasSuffix(p, ".yml") && !strings.HasSuffix(p, ".yaml") {
		return false
	}
	dir := path.Base(path.Dir(p))
	return cloudFoundryName.MatchString(path.Base(p)) || dir == "manifests" || dir == "manifest" || dir == "cf"
}

type cloudFoundry struct {
	*platform
	mains map[string]cfApp // the application that serves, by the directory of its code
}

// cfManifest is one document with applications.
type cfManifest struct {
	file string
	doc  *yaml.Node
}

func (m cfManifest) applications() *yaml.Node {
	if list := child(m.doc, "applications"); list != nil && list.Kind == yaml.SequenceNode {
		return list
	}
	return nil
}

// unrouted is 1 where no application of a manifest serves: one beside it is what its workers belong to.
func (m cfManifest) unrouted() int {
	for _, n := range m.applications().Content {
		if (cfApp{node: n, base: m.doc}).serves() {
			return 0
		}
	}
	return 1
}

// cfApp is one application with the directory of its code.
type cfApp struct {
	node *yaml.Node
	base *yaml.Node // what stands at the top of an older manifest holds for all of its applications
	name string
	dir  string
}

func (a cfApp) get(key string) *yaml.Node {
	if n := child(a.node, key); n != nil {
		return n
	}
	return child(a.base, key)
}

func (c *cloudFoundry) manifest(file string, doc *yaml.Node) {
	byDir := map[string][]cfApp{}
	var dirs []string
	for _, n := range (cfManifest{file, doc}).applications().Content {
		a := cfApp{node: n, base: doc, name: scalar(child(n, "name"))}
		if a.dir = c.place(file, a); a.dir == "" {
			continue
		}
		if byDir[a.dir] == nil {
			dirs = append(dirs, a.dir)
		}
		byDir[a.dir] = append(byDir[a.dir], a)
	}
	for _, dir := range dirs {
		apps := byDir[dir]
		slices.SortStableFunc(apps, func(a, b cfApp) int { return cmp.Compare(placeRank(a.name), placeRank(b.name)) })
		main, first := c.mainOf(dir, apps)
		for i, a := range apps {
			f := scan.Finding{Dir: dir}
			switch {
			case i != main:
				f.Process = processName(a.name, first)
				if otherPlace(f.Process) && main >= 0 { // the same application in another place: shop-staging beside shop
					if place := scan.EnvironmentName(f.Process); place != "" {
						c.settings(file, scan.Finding{Dir: dir, Environment: place}, a)
					}
					continue
				}
			case len(dirs) > 1 && !placeholder.MatchString(a.name):
				f.Name = a.name
			}
			if i == main || f.Process != "" {
				c.app(file, f, a)
			}
		}
	}
}

// place is the directory of an application's code.
func (c *cloudFoundry) place(file string, a cfApp) string {
	given := scalar(a.get("path"))
	if given == "" || placeholder.MatchString(given) {
		return c.codeAbove(file)
	}
	for _, from := range []string{path.Dir(file), "."} { // a manifest in a directory of its own is pushed from the root as often
		at, ok := within(from, given)
		for ok && at != "" {
			if c.hasCode(at) {
				return at
			}
			if at == "." || c.t.HasDir(at) || !builtPath.MatchString(given) { // what is built is not there: its directory is one above
				break
			}
			at = path.Dir(at)
		}
	}
	return ""
}

// builtPath is a path that a build makes: an archive, or a directory that builds write to.
var builtPath = scan.MustCompile(`(?i)\.[a-z]{2,6}$|(^|/)(\.?build|dist|target|out|output|release|publish|package[ds]?|deploy|stag(e|ing)|artifacts?|bin|tmp|_site|site|public|www|html|app|src)(/|$)`)

// mainOf is the index of the application of a directory that serves, and the name that the others are called beside. It is
// -1 for a manifest that pushes another process of a code which a manifest before it serves.
func (c *cloudFoundry) mainOf(dir string, apps []cfApp) (main int, name string) {
	main = mainApp(apps)
	if main < 0 {
		return main, apps[0].name
	}
	first, known := c.mains[dir]
	if !known {
		c.mains[dir] = apps[main]
		return main, apps[main].name
	}
	if first.another(apps[main]) {
		return -1, first.name
	}
	return main, apps[main].name
}

// another says whether an application is another one than a, and not the same in another place.
func (a cfApp) another(b cfApp) bool {
	own, other := scalar(a.get("command")), scalar(b.get("command"))
	name, second := placeless(a.name), placeless(b.name)
	if name == "" || second == "" || name == second || other == "" || own == other {
		return false
	}
	return own != "" || a.serves() && !b.serves() // what serves may leave its command to the buildpack or a Procfile
}

// placeless is the name of an application without the words for the place that it runs in.
func placeless(name string) string {
	words := strings.FieldsFunc(joinedPlaces.Replace(strings.ToLower(placeholder.ReplaceAllString(name, ""))), func(r rune) bool { return r == '-' || r == '_' })
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return otherEnvironment.MatchString(w) || productionWord.MatchString(w) }), "-")
}

// serves says whether an application has routes of its own.
func (a cfApp) serves() bool {
	check := scalar(a.get("health-check-type"))
	return scalar(a.get("no-route")) != "true" && check != "none" && check != "process"
}

// mainApp is the application that serves: the first with routes of its own.
func mainApp(apps []cfApp) int {
	if i := slices.IndexFunc(apps, cfApp.serves); i >= 0 {
		return i
	}
	if len(apps) == 1 {
		return 0
	}
	for _, serves := range []func(a cfApp, command string) bool{
		func(_ cfApp, command string) bool { return serverLine.MatchString(command) },
		func(a cfApp, command string) bool { return webName.MatchString(a.name) && command != "" },
		func(_ cfApp, command string) bool { return command != "" },
	} {
		for i, a := range apps { // routes that are mapped by hand, from a script, or in front of them all
			if command := scalar(a.get("command")); serves(a, command) && !worksOff.MatchString(command) && !worksOff.MatchString(a.name) {
				return i
			}
		}
	}
	return -1
}

// processName is an application's name without what it shares with the main one: shop-worker beside shop-web is worker.
func processName(name, main string) string {
	if placeholder.MatchString(name) {
		name = placeholder.ReplaceAllString(name, "")
	}
	words, others := strings.Split(name, "-"), strings.Split(main, "-")
	for len(words) > 1 && len(others) > 0 && words[0] == others[0] {
		words, others = words[1:], others[1:]
	}
	return strings.Trim(strings.Join(words, "-"), "-_ ")
}

func (c *cloudFoundry) app(file string, f scan.Finding, a cfApp) {
	line := a.node.Line
	if n := a.get("command"); scalar(n) != "" && !templated.MatchString(scalar(n)) {
		c.command(f, scalar(n), file, n.Line, scan.Declared)
	}
	f.Name = ""
	c.given(file, f, a)
	if base, doc := c.inherited(file, a); doc != nil {
		c.given(base, f, cfApp{base: doc})
	}
	if n := a.get("health-check-http-endpoint"); strings.HasPrefix(scalar(n), "/") && f.Process == "" {
		f.Service = service.Service{Health: health(scalar(n))}
		c.find(f, "health", file, n.Line, scan.Declared, "")
	} else if n := a.get("health-check-type"); scalar(n) == "http" && f.Process == "" {
		f.Service = service.Service{Health: health("/")}
		c.find(f, "health", file, n.Line, scan.Convention, "the platform asks / where nothing else is said")
	}
	if n := a.get("instances"); n != nil {
		claimReplicas(c.r, f, scalar(n), file, n.Line, "instances")
	}
	for _, p := range items(child(a.node, "processes")) {
		c.processOf(file, f, p)
	}
	if f.Process == "" {
		c.routes(file, f, a, line)
	}
}

// given reports the variables and the bound services of an application.
func (c *cloudFoundry) given(file string, f scan.Finding, a cfApp) {
	c.settings(file, f, a)
	for _, s := range append(items(child(a.node, "services")), items(child(a.base, "services"))...) {
		name := scalar(s)
		if name == "" {
			name = scalar(child(s, "name"))
		}
		if kind := bindingKind(name); kind != "" {
			c.need(f.Dir, kind, "", file, s.Line, scan.Declared, "the bound service "+name)
		}
	}
}

// inherited is the file that an older manifest takes the rest from: inherit: manifest-base.yml.
func (c *cloudFoundry) inherited(file string, a cfApp) (string, *yaml.Node) {
	name := scalar(child(a.base, "inherit"))
	base, ok := within(path.Dir(file), name)
	if name == "" || !ok || base == file || !c.t.Has(base) {
		return "", nil
	}
	for _, doc := range documents(base, c.t.Text(base, c.r), &scan.Report{}) {
		return base, doc
	}
	return "", nil
}

func (c *cloudFoundry) settings(file string, f scan.Finding, a cfApp) {
	for _, v := range append(pairs(child(a.base, "env")), pairs(child(a.node, "env"))...) {
		c.setting(f, v.key.Value, scalar(v.value), file, v.key.Line, scan.Declared)
	}
}

// processOf reports one of the processes of an application.
func (c *cloudFoundry) processOf(file string, f scan.Finding, p *yaml.Node) {
	kind := scalar(child(p, "type"))
	if kind == "" {
		return
	}
	of := scan.Finding{Dir: f.Dir, Process: kind}
	if kind == "web" && f.Process == "" {
		of.Process = ""
	}
	if n := child(p, "instances"); n != nil {
		claimReplicas(c.r, of, scalar(n), file, n.Line, "instances")
	}
	if n := child(p, "command"); scalar(n) != "" {
		c.command(of, scalar(n), file, n.Line, scan.Declared)
	}
	if n := child(p, "health-check-http-endpoint"); strings.HasPrefix(scalar(n), "/") && of.Process == "" {
		of.Service = service.Service{Health: health(scalar(n))}
		c.find(of, "health", file, n.Line, scan.Declared, "")
	}
}

// platformDomain are domains that the platform's operators lend, and that end with it.
var platformDomain = scan.MustCompile(`(?i)(\.|^)(cfapps\.io|cfapps\.\w+\.hana\.ondemand\.com|app\.cloud\.gov|cloudapps\.digital|apps\.internal|mybluemix\.net|pcfapps\.\w+|run\.pivotal\.io|pivotal\.io|example\.com|pcf\.\w+|appdomain\.cloud|herokuapp\.com)(:\d+)?$`)

// routes reports the host names that stay when the platform goes: production's, and those of the other environments there.
func (c *cloudFoundry) routes(file string, f scan.Finding, a cfApp, line int) {
	if otherPlace(file) {
		if f.Environment = environmentOfPath(file); f.Environment == "" {
			return
		}
	}
	said := f.Dir + "\x00routes\x00" + f.Environment
	if c.said[said] {
		return
	}
	for _, n := range items(child(a.node, "routes")) {
		route := scalar(child(n, "route"))
		host, rest, _ := strings.Cut(route, "/")
		if host == "" || placeholder.MatchString(route) || platformDomain.MatchString(host) || strings.ContainsAny(host, ":* ") || !strings.Contains(host, ".") {
			continue
		}
		c.said[said] = true
		f.Service = service.Service{Routes: []service.Route{{Host: host, Path: "/" + rest}}}
		c.r.Find(f, file, max(n.Line, line), scan.Declared, "")
	}
}
