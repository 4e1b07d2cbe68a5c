package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Chef reads cookbooks with their attributes, roles, environments and nodes: each recipe is worked out as far as it can be
// without running Ruby, and each resource gives what it means for the service that it is about.
func Chef() scan.Reader {
	return scan.Reader{Name: "chef", Wants: wantsChef, Ops: true, Read: readChef}
}

var (
	chefCode = scan.MustCompile(`(^|/)(recipes|attributes|resources|definitions|providers)/[^/]+\.rb$`)
	chefData = scan.MustCompile(`(^|/)(roles|environments|nodes)/([^/]+/)?[^/]+\.(rb|json)$`)
)

func wantsChef(p string) bool {
	if !strings.HasSuffix(p, ".rb") && !strings.HasSuffix(p, ".json") {
		return false
	}
	return (chefCode.MatchString(p) || chefData.MatchString(p) || soloData(p)) && !puppetAside(p) && !strings.Contains(p, "/test/")
}

// soloData says by its path whether a file may be what chef-solo gives a machine: it lies at the top of the operations code.
func soloData(p string) bool {
	return strings.HasPrefix(p, "@") && strings.Count(p, "/") == 1 && strings.HasSuffix(p, ".json")
}

func readChef(t *scan.Tree, paths []string, r *scan.Report) {
	for _, root := range rootsOf(t, paths) {
		w := &chefWorld{t: t, r: r, custom: map[string]*chefCustom{}}
		w.load(root.paths)
		if len(w.recipes) > 0 {
			w.report(root.name)
		}
	}
}

// chefWorld is everything that one root says.
type chefWorld struct {
	t          *scan.Tree
	r          *scan.Report
	recipes    []*chefFile
	attributes []*chefFile
	data       []*chefFile // roles, environments, nodes
	custom     map[string]*chefCustom
}

// chefFile is one file: of a cookbook, or of the data beside them.
type chefFile struct {
	path     string
	cookbook string // its directory
	name     string // of the cookbook
	block    *puppetNode
	methods  map[string]*puppetNode // that its actions call, by name
	// environment is the one in which the data holds; machine says that it is of a single one.
	environment string
	machine     bool
}

// chefCustom is a cookbook's own kind of resource, or an old definition.
type chefCustom struct {
	file  *chefFile
	props []*puppetNode // resources called property or attribute
	body  *puppetNode
	param bool // of a definition: its settings are params[:name]
}

// load parses the files and tells them apart by their directories.
func (w *chefWorld) load(paths []string) {
	for _, p := range paths {
		dir := path.Dir(p)
		f := &chefFile{path: p, cookbook: path.Dir(dir), name: path.Base(path.Dir(dir))}
		switch kind := path.Base(dir); {
		case !chefCode.MatchString(p):
			w.place(f)
		case w.t.First(f.cookbook, "metadata.rb", "metadata.json") == "" && !strings.Contains(p, "cookbooks/"):
		case kind == "recipes":
			f.block = parseChef(w.t.Text(p, w.r))
			w.recipes = append(w.recipes, f)
		case kind == "attributes":
			f.block = parseChef(w.t.Text(p, w.r))
			w.attributes = append(w.attributes, f)
		case kind == "resources":
			f.block = parseChef(w.t.Text(p, w.r))
			w.resource(f)
		case kind == "definitions":
			f.block = parseChef(w.t.Text(p, w.r))
			w.definitions(f)
		}
	}
}

// place takes in a file of data, unless it is about developers' machines.
func (w *chefWorld) place(f *chefFile) {
	base := strings.TrimSuffix(path.Base(f.path), path.Ext(f.path))
	if hieraDevelopers.MatchString(base) {
		return
	}
	switch {
	case soloData(f.path):
		if !strings.Contains(w.t.Text(f.path, w.r), `"run_list"`) {
			return
		}
		f.machine, f.environment = true, scan.EnvironmentName(base)
	case strings.Contains(f.path, "environments/"):
		if f.environment = scan.EnvironmentName(base); f.environment == "" {
			return
		}
	case strings.Contains(f.path, "nodes/"):
		f.machine = true
	}
	if strings.HasSuffix(f.path, ".rb") {
		f.block = parseChef(w.t.Text(f.path, w.r))
	}
	w.data = append(w.data, f)
}

// resource takes a cookbook's own resource: named after its file, or as it says.
func (w *chefWorld) resource(f *chefFile) {
	c := &chefCustom{file: f}
	base := strings.TrimSuffix(path.Base(f.path), ".rb")
	names := []string{f.name + "_" + base}
	if base == "default" {
		names[0] = f.name
	}
	f.defines(f.block)
	for _, s := range f.block.kids {
		if s.op != "resource" || len(s.kids) == 0 {
			continue
		}
		first := ""
		if args := s.kids[0].kids; len(args) > 0 && args[0] != nil && args[0].op == "text" {
			first = args[0].text
		}
		switch s.text {
		case "action_class":
			if len(s.kids) > 1 {
				f.defines(s.kids[1])
			}
		case "resource_name", "provides":
			names = append(names, first)
		case "property", "attribute":
			c.props = append(c.props, s)
		case "action":
			if len(s.kids) > 1 && c.body == nil {
				c.body = s.kids[1]
			}
		}
	}
	for _, name := range names {
		if name != "" && c.body != nil {
			w.custom[name] = c
		}
	}
}

// defines remembers the methods that stand in a block.
func (f *chefFile) defines(block *puppetNode) {
	for _, s := range block.kids {
		if s == nil || s.op != "def" {
			continue
		}
		if f.methods == nil {
			f.methods = map[string]*puppetNode{}
		}
		f.methods[s.text] = s.kids[0]
	}
}

// definitions takes define :shop_app, :port => 80 do ... end.
func (w *chefWorld) definitions(f *chefFile) {
	for _, s := range f.block.kids {
		if s.op == "resource" && s.text == "define" && len(s.kids) > 1 && len(s.kids[0].kids) > 0 && s.kids[0].kids[0].op == "text" {
			w.custom[s.kids[0].kids[0].text] = &chefCustom{file: f, props: s.kids[0].kids[1:], body: s.kids[1], param: true}
		}
	}
}

// report works out everything as it is in production, then what differs in the other environments.
func (w *chefWorld) report(root string) {
	var environments []string
	for _, f := range w.data {
		if f.environment != "" && !slices.Contains(environments, f.environment) {
			environments = append(environments, f.environment)
		}
	}
	found := func(environment string) []*managed {
		run := newChefRun(w, environment)
		run.everything()
		if run.steps > maxPuppetSteps || len(run.found) > maxManaged {
			w.r.Note(w.recipes[0].path, 0, "more than can be worked out: what the recipes say is not complete")
		}
		return run.found
	}
	managedWorld{found, w.unused}.report(w.t, w.r, root, environments)
}
