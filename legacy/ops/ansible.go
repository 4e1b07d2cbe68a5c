package ops

import (
	"path"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Ansible reads playbooks, roles, inventories and their variables: each play and role is worked out as far as its variables
// are known, and each task gives what it means for the service that it is about. Nothing is decrypted.
func Ansible() scan.Reader {
	return scan.Reader{
		Name:  "ansible",
		Wants: wantsAnsible,
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			for _, root := range rootsOf(t, paths) {
				if w := readAnsibleWorld(t, root.paths, r); len(w.roles) > 0 || len(w.plays) > 0 {
					w.report(root.name)
				}
			}
		},
	}
}

var (
	ansiblePlace    = scan.MustCompile(`(?i)(^|/)(roles|tasks|defaults|vars|meta|group_vars|host_vars|inventory|inventories|environments|playbooks?|[\w.-]*ansible[\w.-]*|provision(ing|er)?|deploy(ment)?|ops|devops|infra(structure)?)/`)
	ansibleBook     = scan.MustCompile(`(?i)(^|/)(site|playbook|provision|deploy|setup|main|production|staging|install)[\w.-]*\.ya?ml$`)
	ansiblePlain    = scan.MustCompile(`(?i)(^|/)(group_vars|host_vars)/.*[^/.]+$|(^|/)(hosts|inventory|inventories/.*|inventory/.*)(\.ini)?$|(^|/)(production|staging|prod|stage|hosts|inventory)[\w-]*\.ini$`)
	ansibleElsewhen = scan.MustCompile(`(?i)(^|/)(molecule|tests?|\.github|\.circleci|node_modules|files|templates|library|filter_plugins)/`)
)

func wantsAnsible(p string) bool {
	other := strings.HasPrefix(p, "@")
	switch { // what most files are not comes first: every file of a tree is asked
	case strings.HasSuffix(p, ".yml") || strings.HasSuffix(p, ".yaml"):
		if !other && !ansiblePlace.MatchString(p) && !ansibleBook.MatchString(p) {
			return false
		}
	case strings.Contains(path.Base(p), ".py") || !ansiblePlain.MatchString(p):
		return false
	}
	return !ansibleElsewhen.MatchString(p) && (other || !developersGroup.MatchString(strings.ReplaceAll(p, "/", ".")))
}

// ansibleWorld is everything that one root says.
type ansibleWorld struct {
	t        *scan.Tree
	r        *scan.Report
	roles    map[string]*ansibleRole // by name
	order    []string
	plays    []string // files that hold plays
	vars     []ansibleVars
	groups   map[string][]string // the groups that a group or a host is a part of
	hosts    map[string]inventoryHost
	docs     map[string]managedValue
	defaults map[string]managedValue // of all roles: a role uses those of others that run before it
	vaults   map[string]bool
	read     map[string]bool                    // see ansibleRun
	asked    map[string]int                     // see askers
	ofHosts  map[string]map[string]managedValue // see groupVars
	secret   []string                           // names of roles that sound like secrets, as the beginnings of their variables
}

type ansibleRole struct {
	name, dir string
}

// ansibleVars is a file of variables for a group of hosts.
type ansibleVars struct {
	file, group, environment string
	host                     bool
	values                   managedValue
}

func readAnsibleWorld(t *scan.Tree, paths []string, r *scan.Report) *ansibleWorld {
	w := &ansibleWorld{t: t, r: r, ofHosts: map[string]map[string]managedValue{}, roles: map[string]*ansibleRole{}, groups: map[string][]string{}, hosts: map[string]inventoryHost{}, docs: map[string]managedValue{}, defaults: map[string]managedValue{}, vaults: map[string]bool{}}
	for _, p := range paths {
		w.findRole(p)
	}
	for _, p := range paths {
		switch {
		case w.isVars(p):
		case w.inRole(p):
		case strings.HasSuffix(p, ".yml") || strings.HasSuffix(p, ".yaml"):
			if text := t.Text(p, r); ansibleHosts.MatchString(text) && isPlaybook(w.doc(p)) {
				w.plays = append(w.plays, p)
			} else if inventoryName.MatchString(p) {
				w.inventory(p, w.doc(p))
			}
		case inventoryName.MatchString(p):
			w.iniInventory(p)
		}
	}
	for _, p := range paths {
		if w.isVars(p) && (len(w.roles) > 0 || len(w.plays) > 0) {
			w.readVars(p)
		}
	}
	sort.SliceStable(w.vars, func(i, j int) bool { return w.vars[i].weight() < w.vars[j].weight() })
	for _, name := range w.order {
		for key, v := range w.fileVars(w.roles[name].dir, "defaults").hash {
			if _, have := w.defaults[key]; !have {
				w.defaults[key] = v
			}
		}
	}
	w.asked = w.askers()
	return w
}

var (
	ansibleHosts  = scan.MustCompile(`(?m)^\s*-?\s*(hosts|import_playbook|include)\s*:`)
	inventoryName = scan.MustCompile(`(?i)(^|/)(inventory|inventories|hosts|environments)(/|[\w.-]*$)|(^|/)(production|staging|prod|stage)[\w-]*\.ini$`)
)

// findRole takes a directory with tasks/main.yml for a role; a repository that is a role itself goes by its own name.
func (w *ansibleWorld) findRole(p string) {
	dir := path.Dir(path.Dir(p))
	part := path.Base(path.Dir(p))
	if base := strings.TrimSuffix(strings.TrimSuffix(path.Base(p), ".yml"), ".yaml"); base != "main" || part != "tasks" && part != "meta" {
		return
	}
	if part == "meta" && path.Base(path.Dir(dir)) != "roles" {
		return
	}
	name := roleName(dir)
	if strings.HasPrefix(dir, "@") && !strings.Contains(dir, "/") {
		name = strings.TrimPrefix(dir, "@")
	}
	for _, prefix := range []string{"ansible-role-", "ansible-", "role-"} {
		name = strings.TrimPrefix(name, prefix)
	}
	if _, twice := w.roles[name]; !twice && name != "." && name != "/" {
		w.roles[name] = &ansibleRole{name, dir}
		w.order = append(w.order, name)
		if prefix := rolePrefix(name); scan.SecretName(prefix + "x") {
			w.secret = append(w.secret, prefix)
		}
	}
}

// roleName is what plays call the role in a directory: its place below the directory of roles.
func roleName(dir string) string {
	if i := strings.LastIndex("/"+dir, "/roles/"); i >= 0 {
		return dir[i+len("roles/"):]
	}
	return path.Base(dir)
}

// rolePrefix is how the variables of a role begin.
func rolePrefix(name string) string {
	return strings.ReplaceAll(strings.ToLower(path.Base(name)), "-", "_") + "_"
}

// role finds a role by the name that a play has for it: its own, with that of a collection before it, or alone where the
// directory that it lies in is one of those in which roles are looked for. It is nil where the role is kept elsewhere.
func (w *ansibleWorld) role(name string) *ansibleRole {
	if role := w.roles[name]; role != nil {
		return role
	}
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[i+1:]
	}
	if role := w.roles[name]; role != nil || name == "" {
		return role
	}
	if role := w.roles[path.Base(name)]; role != nil && strings.HasSuffix("/"+role.dir, "/"+strings.Trim(path.Clean("/"+name), "/")) {
		return role // roles/shop
	}
	for _, other := range w.order {
		if strings.HasSuffix(other, "/"+name) && !layers[strings.ToLower(name)] {
			return w.roles[other]
		}
	}
	return nil
}

// guarded is guard for a variable of Ansible: the name of the role before it says nothing of its value.
func (w *ansibleWorld) guarded(name string, v managedValue) managedValue {
	return guard(withoutPrefix(name, w.secret), v)
}

func withoutPrefix(name string, prefixes []string) string {
	for _, prefix := range prefixes {
		if len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) {
			return name[len(prefix):]
		}
	}
	return name
}

func (w *ansibleWorld) inRole(p string) bool {
	for dir := path.Dir(p); dir != "." && dir != "/"; dir = path.Dir(dir) {
		switch path.Base(dir) {
		case "tasks", "defaults", "vars", "meta", "handlers":
			for _, role := range w.roles {
				if role.dir == path.Dir(dir) {
					return true
				}
			}
		}
	}
	return false
}

func isPlaybook(doc managedValue) bool {
	for _, item := range doc.list {
		if item.kind == valueHash && (item.hash["hosts"].kind != valueUnknown || item.hash["import_playbook"].kind == valueText) {
			return true
		}
	}
	return false
}

// doc reads a file of YAML once; lines of statements of Jinja are left out where it is none with them.
func (w *ansibleWorld) doc(p string) managedValue {
	if v, known := w.docs[p]; known {
		return v
	}
	v := managedValue{}
	if !w.t.Has(p) {
		return v
	}
	text := w.t.Text(p, w.r)
	if strings.HasPrefix(strings.TrimSpace(text), "$ANSIBLE_VAULT") {
		if !w.vaults[p] {
			w.vaults[p] = true
			w.r.Note(p, 1, "an encrypted file, not decrypted: what services are given of it has to come from gopass")
		}
	} else {
		v = yamlValues(p, text, w.r, w.secret...)
	}
	w.docs[p] = v
	return v
}

var jinjaLine = scan.MustCompile(`(?m)^[ \t]*\{[%#].*[%#]\}[ \t]*$`)

// foreignAlias is a value that stands under an anchor elsewhere.
var foreignAlias = scan.MustCompile(`(?m)([:-][ \t]+)\*([\w-]+)[ \t]*$`)

// yamlValues reads a text as YAML, with the values of secrets left out. The prefixes of names don't count there.
func yamlValues(p, text string, r *scan.Report, prefixes ...string) managedValue {
	var doc yaml.Node
	err := yaml.Unmarshal([]byte(text), &doc)
	if err != nil && jinjaLine.MatchString(text) {
		doc = yaml.Node{}
		err = yaml.Unmarshal([]byte(jinjaLine.ReplaceAllString(text, "")), &doc)
	}
	if err != nil && strings.Contains(err.Error(), "unknown anchor") { // of a file that a template includes
		doc = yaml.Node{}
		err = yaml.Unmarshal([]byte(foreignAlias.ReplaceAllString(text, "${1}'$${$2}'")), &doc)
	}
	if err != nil {
		name := strings.TrimSuffix(path.Base(p), path.Ext(p))
		r.NoteAbout([]string{name, path.Base(path.Dir(p)), path.Base(path.Dir(path.Dir(p)))}, p, 0, "not understood as YAML: %s", yamlReason(err))
		return managedValue{}
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return managedValue{}
	}
	left := maxValues
	level := &hieraLevel{file: p, prefixes: prefixes}
	variables := doc.Content[0].Kind == yaml.MappingNode // a list is plays or tasks, whatever the file is called
	return level.value("", doc.Content[0], &left, 0, variables && (secretFile.MatchString(path.Base(p)) || path.Base(path.Dir(p)) == "secrets"))
}
