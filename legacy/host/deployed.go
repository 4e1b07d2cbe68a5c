package host

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// deployed is the code of one directory of a host with all that runs of it, on every host that has it.
type deployed struct {
	name     string // what the code is called
	home     string // where it lies
	about    []string
	programs []*process
	state    []string        // as it was found
	needed   map[string]bool // variables that lead to needs
	leftOut  map[string]bool // variables that were noted as such
}

// remember keeps what was found of the code for its jobs.
func (d *deployed) remember(f scan.Finding) {
	d.state = append(d.state, f.Service.State...)
	if f.Need == nil {
		return
	}
	for name := range f.Need.Env {
		if d.needed == nil {
			d.needed = map[string]bool{}
		}
		d.needed[name] = true
	}
}

// process is one program of deployed code; several hosts may run the same.
type process struct {
	*program
	name    string // "" is the one that serves
	unit    *Unit
	command []string
}

// releaseDirs are the ends of paths that say how code was brought there and not what it is.
var releaseDirs = scan.MustCompile(`/(current|releases/[^/]+|release|src|source|public|html|htdocs|web|www|app|bin|sbin|lib|libs|target|dist|build|public_html|venv|env|virtualenv|\.venv|wsgi|code|shared|repo|git|checkout|deploy)$`)

// codeHome is the directory of the code that a program runs, "" where nothing tells.
func codeHome(p *Process, unit *Unit) string {
	for i, w := range p.Command {
		flag, value, joined := strings.Cut(w, "=")
		if flag == "--chdir" || flag == "--pythonpath" || flag == "-C" || flag == "--app-dir" {
			if !joined && i+1 < len(p.Command) {
				value = p.Command[i+1]
			}
			if path.IsAbs(value) {
				return path.Clean(value)
			}
		}
	}
	candidates := []string{p.Dir, unit.setting("WorkingDirectory")}
	if interpreter(p.Program) != "" {
		if script := scriptOf(p.Command); path.IsAbs(script) {
			candidates = append(candidates, path.Dir(script))
		}
	} else {
		candidates = append(candidates, path.Dir(p.Program))
	}
	for _, dir := range candidates {
		if dir != "" && !nobodysHome.MatchString(dir) {
			return path.Clean(dir)
		}
	}
	return ""
}

// nobodysHome are directories that belong to no service in particular.
var nobodysHome = scan.MustCompile(`^(/|/root|/home(/[^/]+)?|/tmp|/var(/(lib|tmp|run|log|spool))?|/run|/usr(/local)?(/(s?bin|lib))?(/.*)?|/s?bin|/lib|/etc|/opt|/srv|/opt/(bin|sbin)|/var/www)$`)

// base is the directory that names the code: /srv/shop of /srv/shop/releases/20200101/web.
func base(home string) string {
	for {
		short := home
		if i := releaseDirs.FindStringIndex(home); i != nil && strings.Count(home[:i[0]], "/") > 0 && home[:i[0]] != "" && !nobodysHome.MatchString(home[:i[0]]) {
			short = home[:i[0]]
		}
		if short == home {
			return home
		}
		home = short
	}
}

// setting is the last value of a key of the unit.
func (u *Unit) setting(key string) string {
	if u == nil {
		return ""
	}
	value := ""
	for _, line := range u.Text {
		if v, ok := strings.CutPrefix(line, key+"="); ok {
			value = strings.TrimPrefix(strings.TrimSpace(v), "-")
		}
	}
	return value
}

// code puts the programs that run a service's code together by the directory that it lies in.
func code(hosts []*Loaded, groups map[*Loaded][]*program) []*deployed {
	byKey := map[string]*deployed{}
	var all []*deployed
	for _, l := range hosts {
		for _, g := range groups[l] {
			if g.role != app && g.role != foreign {
				continue
			}
			p := &process{program: g, unit: l.unit(g.main().Unit)}
			home := base(codeHome(g.main(), p.unit))
			key := home
			if key == "" || key == "." {
				home, key = "", p.ownName()
			}
			d := byKey[key]
			if d == nil {
				d = &deployed{home: home}
				byKey[key] = d
				all = append(all, d)
			}
			d.programs = append(d.programs, p)
		}
	}
	for _, d := range all {
		d.identify()
	}
	for _, d := range all {
		d.setApart(all)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].name < all[j].name })
	return all
}

func (l *Loaded) unit(name string) *Unit {
	template := name
	if at := strings.IndexByte(name, '@'); at >= 0 {
		template = name[:at+1] + path.Ext(name)
	}
	for i := range l.Units {
		if u := &l.Units[i]; u.Name == name || u.Name == template {
			return u
		}
	}
	return nil
}

// ownName is what the machine calls a program: its unit, its module, its script or its file.
func (p *process) ownName() string {
	if name := p.unitName(); name != "" {
		return name
	}
	if module := moduleOf(p.main().Command); module != "" {
		return module
	}
	name := p.program.name()
	if ext := path.Ext(name); ext == ".py" || ext == ".js" || ext == ".rb" || ext == ".pl" || ext == ".jar" || ext == ".php" || ext == ".sh" {
		name = strings.TrimSuffix(name, ext)
	}
	return name
}

// unitName is the name of the unit where it is one of its own, not a session or the unit of whatever holds everything.
func (p *process) unitName() string {
	name, ok := strings.CutSuffix(p.main().Unit, ".service")
	if !ok || strings.HasPrefix(name, "user@") || name == "cron" || name == "ssh" || name == "sshd" || name == "supervisor" || name == "supervisord" || name == "docker" || name == "containerd" || name == "rc-local" {
		return p.supervisedName()
	}
	name, _, _ = strings.Cut(name, "@")
	return name
}

// supervisedName is what supervisord calls the program that it has started, which all of its processes are told.
func (p *process) supervisedName() string {
	for _, variable := range []string{"SUPERVISOR_GROUP_NAME", "SUPERVISOR_PROCESS_NAME"} {
		if name := p.main().Environment[variable]; name != nil && *name != "" {
			return *name
		}
	}
	return ""
}

var moduleWord = scan.MustCompile(`^([A-Za-z_]\w*)((?:\.\w+)*)(:[A-Za-z_]\w*)?$`)

// moduleOf is the module that a server of applications was given: shop of gunicorn shop.wsgi:app.
func moduleOf(command []string) string {
	for i, w := range command {
		if (w == "-A" || w == "--app" || w == "--module" || w == "--wsgi") && i+1 < len(command) {
			w = command[i+1] + ":app"
		}
		if m := moduleWord.FindStringSubmatch(strings.TrimSuffix(w, "]")); m != nil && m[2]+m[3] != "" && path.Ext(w) != ".py" && path.Ext(w) != ".js" && path.Ext(w) != ".rb" && path.Ext(w) != ".jar" && path.Ext(w) != ".ru" {
			return m[1]
		}
	}
	return ""
}

// plainNames are names that say what a thing is, and not whose.
var plainNames = set("web app server service api www http site current src public main index run start manage wsgi asgi application config default code bin html worker gunicorn uwsgi celery puma unicorn python node java ruby php php-fpm daemon program site-packages apps backend")

var releaseName = scan.MustCompile(`^(v?[\d.]+|[0-9a-f]{7,40}|\d{8,14})$`)

// identify names the code and the processes of it.
func (d *deployed) identify() {
	seen := map[string]bool{}
	add := func(name string) {
		name = strings.TrimSuffix(name, ".service")
		if key := strings.ToLower(name); name != "" && !seen[key] && !plainNames[key] && !releaseName.MatchString(name) {
			seen[key] = true
			d.about = append(d.about, name)
		}
	}
	if d.home != "" {
		add(path.Base(d.home))
	}
	for _, p := range d.programs {
		add(p.unitName())
	}
	for _, p := range d.programs {
		add(moduleOf(p.main().Command))
		add(path.Base(p.host.module(p.main())))
		if interpreter(p.main().Program) == "" || path.Ext(p.program.name()) == ".jar" {
			add(jarName(p.program.name()))
		}
	}
	for _, p := range d.programs {
		if user := p.main().User; !systemUsers[user] && strings.Trim(user, "0123456789") != "" {
			add(user)
		}
	}
	if d.home != "" && len(d.about) == 0 {
		for up := path.Dir(d.home); up != "/" && up != "." && len(d.about) == 0; up = path.Dir(up) {
			add(path.Base(up))
		}
	}
	if len(d.about) == 0 {
		d.about = []string{d.programs[0].ownName()}
	}
	d.name = d.about[0]
	d.nameProcesses()
}

// setApart keeps code that lies in a directory of its own from being taken for other code of the same machines: shop-admin
// may run as the user shop, and is not a process of shop's.
func (d *deployed) setApart(all []*deployed) {
	if d.home == "" {
		return
	}
	exact := successor.MatchString(d.name)
	for _, other := range all {
		if other == d || other.home == "" || other.name == d.name {
			continue
		}
		d.about = append(d.about[:1:1], slices.DeleteFunc(slices.Clone(d.about[1:]), func(name string) bool { return strings.EqualFold(name, other.name) })...)
		exact = exact || strings.HasPrefix(strings.ToLower(d.name), strings.ToLower(other.name))
	}
	if exact {
		d.about = append(d.about, scan.Exact)
	}
}

// successor is a name that has come after another one: shop2.
var successor = scan.MustCompile(`[A-Za-z][2-9]$`)

var jarVersion = scan.MustCompile(`[-_]v?\d+(\.\d+)*([.-]?(SNAPSHOT|RELEASE|FINAL|all|fat))*$|-(all|fat|standalone|jar-with-dependencies)$`)

func jarName(file string) string {
	return jarVersion.ReplaceAllString(strings.TrimSuffix(file, ".jar"), "")
}

var systemUsers = set("root www-data nobody daemon apache nginx http httpd ubuntu admin ec2-user centos debian vagrant deploy deployer www web app user service uwsgi tomcat node")

// module is the import path of a Go program.
func (l *Loaded) module(p *Process) string {
	if r := l.runtime(p.Program); r != nil && r.Module != "" {
		return r.Module
	}
	return ""
}

func (l *Loaded) runtime(program string) *Runtime {
	for i := range l.Runtimes {
		if l.Runtimes[i].Program == program {
			return &l.Runtimes[i]
		}
	}
	return nil
}

// nameProcesses finds the process that serves, and names for the others. The same command on several hosts is one.
func (d *deployed) nameProcesses() {
	for _, p := range d.programs {
		p.command = p.fitted(d.home)
	}
	sort.SliceStable(d.programs, func(i, j int) bool { return d.programs[i].weight() > d.programs[j].weight() })
	taken := map[string]*process{}
	for i, p := range d.programs {
		if i == 0 || p.like(d.programs[0]) && slices.Equal(p.ports(), d.programs[0].ports()) {
			taken[""] = p
			continue
		}
		name := p.processName(d)
		for n := 2; ; n++ {
			if before, ok := taken[name]; !ok || p.like(before) {
				break
			}
			name = strings.TrimRight(name, "0123456789-") + "-" + itoa(n)
		}
		p.name = name
		taken[name] = p
	}
}

// like says whether two processes are the same one: started alike or, on two machines, with other numbers only, such as
// more workers. What is different then is a conflict of one service.
func (p *process) like(other *process) bool {
	return slices.Equal(p.command, other.command) || p.host != other.host && len(p.command) > 0 && slices.Equal(withoutNumbers(p.command), withoutNumbers(other.command))
}

var numberOrAddress = scan.MustCompile(`^[\d.:]+[kKmMgGs]?$`)

// withoutNumbers is a command without the numbers and addresses that its options are given.
func withoutNumbers(command []string) []string {
	var words []string
	for _, w := range command {
		option, value, joined := strings.Cut(w, "=")
		switch {
		case numberOrAddress.MatchString(w):
		case joined && strings.HasPrefix(w, "-") && numberOrAddress.MatchString(value):
			words = append(words, option)
		default:
			words = append(words, w)
		}
	}
	return words
}

// weight is larger for what serves.
func (p *process) weight() int {
	switch sockets := p.listens(); {
	case len(p.ports()) > 0 && launchers[p.program.name()]:
		return 4
	case len(p.ports()) > 0:
		return 3
	case len(sockets) > 0 || p.servesUnseen():
		return 2
	case len(p.command) > 0:
		return 1
	}
	return 0
}

// processName is shop-worker's worker: what the unit, the module or the script adds to the name of the code.
func (p *process) processName(d *deployed) string {
	names := []string{p.unitName()}
	words := p.main().Command
	for i, w := range words {
		if strings.HasSuffix(path.Base(w), "celery") || w == "celery" {
			for _, sub := range words[i+1:] {
				if sub == "beat" || sub == "flower" || sub == "worker" {
					names = append(names, sub)
					break
				}
			}
		}
	}
	for _, name := range append(names, p.program.name()) {
		name = strings.TrimSuffix(name, path.Ext(name))
		for _, whole := range d.about {
			if rest, ok := strings.CutPrefix(strings.ToLower(name), strings.ToLower(whole)); ok {
				name = strings.Trim(rest, "-_.")
			}
		}
		if name != "" && name != "python" && name != "celery" {
			return name
		}
	}
	return "worker"
}
