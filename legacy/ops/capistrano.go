package ops

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Deployers reads the scripts by which a team deploys: Capistrano's and Mina's, Deployer's, Fabric's. What the machines
// keep between two releases is configuration or state; the rest are remarks on what runs where.
func Deployers() scan.Reader {
	return scan.Reader{
		Name:  "deployers",
		Wants: deployerPath.MatchString,
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			deployments := map[string]*deployScripts{} // by directory of the code
			var order []string
			for _, p := range paths {
				root := deployRoot(p)
				if deployments[root] == nil {
					deployments[root] = &deployScripts{subject: subject{t: t, r: r, file: p, about: []string{path.Base(root)}}, hosts: map[string][]string{}, lines: map[string]int{}}
					order = append(order, root)
				}
				deployments[root].readFile(p)
			}
			for _, root := range order {
				deployments[root].report()
			}
		},
	}
}

var deployerPath = scan.MustCompile(`(^|/)(Capfile|fabfile\.py|fabfile/[\w.]+\.py|deploy\.php|deployer\.php|config/deploy\.rb|config/deploy/[\w.-]+\.rb|config/mina\.rb)$`)

// deployRoot is the directory that a script deploys.
func deployRoot(p string) string {
	for _, below := range []string{"config/deploy/", "config/", "fabfile/"} {
		if i := strings.LastIndex(p, below); i == 0 || i > 0 && p[i-1] == '/' {
			return path.Clean(p[:i] + ".")
		}
	}
	return path.Dir(p)
}

// deployScripts is what the scripts of one directory say together.
type deployScripts struct {
	subject
	kind    string
	name    string
	dir     string
	files   []sharedPath
	dirs    []sharedPath
	hosts   map[string][]string // by environment
	stages  []string
	lines   map[string]int // of the first mention of what a note is about
	at      map[string]string
	restart []string
	plugins []string
}

// sharedPath is what all releases share, with the line that says so.
type sharedPath struct {
	name, file string
	line       int
}

var (
	rubySet      = scan.MustCompile(`(?m)^[ \t]*set\s*\(?\s*:(\w+)\s*,\s*([^\n]+)`)
	rubyList     = scan.MustCompile(`(?m)^[ \t]*(?:set|append)\s*\(?\s*:(linked_files|linked_dirs|shared_files|shared_dirs|shared_paths|shared_children)\s*,`)
	rubyNext     = scan.MustCompile(`(?m)^[ \t]*(?:$|#|(?:set|append|namespace|task|after|before|desc|server|role|require|load|import|install_plugin)\b)`)
	rubyServer   = scan.MustCompile(`(?m)^[ \t]*(?:server|role\s*\(?\s*:\w+\s*,)\s*\(?\s*["']([\w.-]+@)?([\w.-]+)["']`)
	rubyRequire  = scan.MustCompile(`(?m)^[ \t]*(?:require|install_plugin)\s+["']?((?:capistrano|mina|capistrano3|whenever|sidekiq|delayed|bundler|rvm|thinking_sphinx|puma)[\w:/.-]*)`)
	rubySymlink  = scan.MustCompile(`#\{release_path\}/([\w./-]+)"?\s*=>`)
	deploySet    = scan.MustCompile(`(?m)\bset\(\s*['"](\w+)['"]\s*,\s*(['"][^'"\n]*['"]|\[[^\]]*\])`)
	deployAdd    = scan.MustCompile(`\badd\(\s*['"](\w+)['"]\s*,\s*(\[[^\]]*\])`)
	deployHost   = scan.MustCompile(`\b(?:host|server)\(\s*['"]([\w.-]+)['"](?:\s*,\s*['"]([\w.-]+)['"])?`)
	deployPath   = scan.MustCompile(`->set\(\s*['"]deploy_path['"]\s*,\s*['"]([^'"]+)['"]`)
	fabricHosts  = scan.MustCompile(`(?m)\benv\.(?:hosts|roledefs|host_string)(?:\[[^\]]*\])?\s*=\s*([^\n]+(?:\n[ \t]+[^\n]+){0,20})`)
	fabricCD     = scan.MustCompile(`\bcd\(\s*['"](/[^'"]+)['"]`)
	fabricDir    = scan.MustCompile(`(?m)\benv\.(?:path|root|project_root|project_dir|deploy_dir|code_dir|directory|app_path|base_dir)\s*=\s*['"](/[^'"]+)['"]`)
	quotedText   = scan.MustCompile(`["']([^"'\n]+)["']`)
	rubyWords    = scan.MustCompile(`%[wWiI][\[({]([^\])}]*)[\])}]`)
	restartsWhat = scan.MustCompile(`\b(?:(?:service|systemctl|initctl|sv|supervisorctl|svc|monit|upstart|circusctl)\s+(?:-\S+\s+(?:\d+\s+)?)?(?:(?:restart|reload|start)\s+)?([a-z][\w@:.-]+)(?:\s+(?:restart|reload|start))?|(touch\s+\S*restart\.txt)|/etc/init\.d/([\w-]+)\s+(?:restart|reload|start))`)
	machineName  = scan.MustCompile(`^(?:[\w-]+@)?([\w-]+(?:\.[\w-]+)+|\d+(?:\.\d+){3})(?::\d+)?$`)
)

func (d *deployScripts) readFile(p string) {
	text := d.t.Text(p, d.r)
	base := path.Base(p)
	switch {
	case strings.HasSuffix(base, ".php"):
		if !strings.Contains(text, "eployer") {
			return
		}
		d.kind = "Deployer"
		d.php(p, uncommented(text, "//"))
	case strings.Contains(p, "fabfile"):
		if d.kind == "" {
			d.kind = "Fabric"
		}
		d.fabric(p, uncommented(text, "#"))
	default:
		if d.kind = "Capistrano"; strings.Contains(text, "mina/") {
			d.kind = "Mina"
		}
		d.ruby(p, withoutRubyComments(text))
	}
	for _, m := range scan.Find(text, restartsWhat) {
		for _, g := range m.Groups[1:] {
			if g != "" && g != "nginx" && g != "status" && !slices.Contains(d.restart, g) {
				d.restart = append(d.restart, g)
				d.first("restart", p, m.Line)
			}
		}
	}
}

func uncommented(text, mark string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), mark) {
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// first remembers the line that a note will stand at.
func (d *deployScripts) first(what, file string, line int) {
	if d.at == nil {
		d.at = map[string]string{}
	}
	if d.lines[what] == 0 {
		d.lines[what], d.at[what] = line, file
	}
}

// ruby reads one of the files of Capistrano or Mina.
func (d *deployScripts) ruby(p, text string) {
	stage := ""
	if strings.Contains(p, "config/deploy/") {
		stage, _, _ = strings.Cut(path.Base(p), ".")
		d.stages = append(d.stages, stage)
		d.first("stages", p, 1)
	}
	for _, m := range scan.Find(text, rubySet) {
		value := ""
		if q := quotedText.FindStringSubmatch(m.Groups[2]); q != nil && strings.HasPrefix(m.Groups[2], q[0]) {
			value = q[1]
		}
		switch m.Groups[1] {
		case "application", "application_name":
			d.name = value
		case "deploy_to":
			d.dir = value
			d.first("dir", p, m.Line)
		case "domain":
			d.host(stage, value, p, m.Line)
		}
	}
	for _, m := range rubyList.FindAllStringSubmatchIndex(text, -1) {
		list := text[m[1]:]
		if first := strings.IndexByte(list, '\n'); first >= 0 {
			if end := rubyNext.FindStringIndex(list[first+1:]); end != nil {
				list = list[:first+1+end[0]]
			}
		}
		for _, name := range rubyNames(list) {
			d.shared(text[m[2]:m[3]], name, p, 1+strings.Count(text[:m[2]], "\n"))
		}
	}
	for _, m := range scan.Find(text, rubySymlink) {
		d.shared("symlink", m.Groups[1], p, m.Line)
	}
	for _, m := range scan.Find(text, rubyServer) {
		d.host(stage, m.Groups[2], p, m.Line)
	}
	for _, m := range scan.Find(text, rubyRequire) {
		d.plugins = append(d.plugins, m.Groups[1])
		d.first("plugins", p, m.Line)
	}
}

// rubyNames are the strings of a list, whichever way it is written.
func rubyNames(text string) []string {
	var names []string
	for _, m := range rubyWords.FindAllStringSubmatch(text, -1) {
		names = append(names, strings.Fields(m[1])...)
	}
	for _, m := range quotedText.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// php reads Deployer's recipe.
func (d *deployScripts) php(p, text string) {
	for _, found := range [][]scan.Match{scan.Find(text, deploySet), scan.Find(text, deployAdd)} {
		for _, m := range found {
			switch value := m.Groups[2]; {
			case m.Groups[1] == "application":
				d.name = strings.Trim(value, `'"`)
			case m.Groups[1] == "deploy_path":
				d.dir = strings.Trim(value, `'"`)
				d.first("dir", p, m.Line)
			case strings.HasPrefix(m.Groups[1], "shared_"):
				for _, name := range rubyNames(value) {
					d.shared(m.Groups[1], name, p, m.Line)
				}
			}
		}
	}
	for _, m := range scan.Find(text, deployPath) {
		d.dir = m.Groups[1]
		d.first("dir", p, m.Line)
	}
	for _, m := range scan.Find(text, deployHost) {
		d.host("", m.Groups[1], p, m.Line)
	}
}

// fabric reads hosts and directories; what a task runs is code.
func (d *deployScripts) fabric(p, text string) {
	for _, m := range scan.Find(text, fabricHosts) {
		for _, q := range quotedText.FindAllStringSubmatch(m.Groups[1], -1) {
			if h := machineName.FindStringSubmatch(q[1]); h != nil {
				d.host("", h[1], p, m.Line)
			}
		}
	}
	for _, re := range []*scan.Pattern{fabricDir, fabricCD} {
		for _, m := range scan.Find(text, re) {
			if d.dir == "" {
				d.dir = m.Groups[1]
				d.first("dir", p, m.Line)
			}
		}
	}
}

func (d *deployScripts) host(stage, host, file string, line int) {
	if host == "" || scan.LocalHost(host) || strings.Contains(host, "example.") || slices.Contains(d.hosts[stage], host) {
		return
	}
	d.hosts[stage] = append(d.hosts[stage], host)
	d.first("hosts "+stage, file, line)
}

// passingDir are shared directories of caches, logs and sockets: nobody misses what is in them.
var passingDir = scan.MustCompile(`^(log|logs|tmp|var/(cache|log|sessions?|tmp)|storage/(logs|framework)|vendor|node_modules|bin|bundle|\.bundle|pids?|run|cache|app/(cache|logs)|public/(assets|packs|webpack|build)|system/log|bootstrap/cache|sockets)(/|$)`)

// configurationFile looks like one that people write; rubyList may mix files and directories.
var configurationFile = scan.MustCompile(`(^|/)\.?[\w-]*\.[\w.-]+$|(^|/)(\.env|\.rbenv-version|Procfile|\.htaccess|\.htpasswd)$`)

// shared sorts what the releases share into files, which are configuration, and directories, which are state.
func (d *deployScripts) shared(list, name, file string, line int) {
	if name == "" || strings.ContainsAny(name, "#{}$ *:") || path.IsAbs(name) || strings.Contains(name, "..") {
		return
	}
	s := sharedPath{strings.TrimSuffix(name, "/"), file, line}
	isFile := strings.HasSuffix(list, "_files")
	if list == "symlink" || list == "shared_paths" {
		isFile = configurationFile.MatchString(name)
	}
	to := &d.dirs
	switch {
	case isFile:
		to = &d.files
	case passingDir.MatchString(s.name) || !strings.Contains(list, "shared") && !strings.Contains(list, "linked") && list != "symlink":
		return
	case list == "shared_children" && s.name == "system":
		s.name = "public/system"
	}
	if !slices.ContainsFunc(*to, func(have sharedPath) bool { return have.name == s.name }) {
		*to = append(*to, s)
	}
}

// report gives the state to the code and the rest to people.
func (d *deployScripts) report() {
	if d.kind == "" {
		return
	}
	d.about = append([]string{d.name, d.dir}, d.about...)
	d.about = slices.DeleteFunc(d.about, func(name string) bool { return name == "" || name == "." })
	for _, s := range d.dirs {
		f := d.finding()
		f.Service = service.Service{State: []string{s.name}}
		d.r.Find(f, s.file, s.line, scan.Declared, "kept between releases on the old machines")
	}
	var files []string
	for _, s := range d.files {
		files = append(files, s.name)
	}
	if len(files) > 0 {
		d.file = d.files[0].file
		d.note(d.files[0].line, "%s keeps these files on the machines, outside the repository: %s. Get them from there: what is secret in them goes to gopass, the rest to a ConfigMap", d.kind, scan.List(files))
	}
	d.say("dir", "%s deploys to %s", d.kind, d.dir)
	d.say("restart", "a deployment restarts %s: each is a process that has to be in %s", scan.List(d.restart), service.FileName)
	d.say("plugins", "%s runs with %s", d.kind, scan.List(d.plugins))
	d.say("stages", "deployed to these environments: %s", scan.List(d.stages))
	stages := make([]string, 0, len(d.hosts))
	for stage := range d.hosts {
		stages = append(stages, stage)
	}
	sort.Strings(stages)
	for _, stage := range stages {
		name := stage
		if name == "" {
			name = "all environments"
		}
		d.say("hosts "+stage, "machines of %s: %s. `migrate inspect` on one of them tells what really runs there", name, scan.List(d.hosts[stage]))
	}
}

func (d *deployScripts) say(what, format string, args ...any) {
	if d.lines[what] > 0 {
		d.file = d.at[what]
		d.note(d.lines[what], format, args...)
	}
}
