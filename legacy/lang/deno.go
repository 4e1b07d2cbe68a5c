package lang

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Deno reads programs for Deno: deno.json with its tasks and imports, and what the code serves and asks for.
func Deno() scan.Reader {
	return scan.Reader{Name: "deno", Wants: func(p string) bool { return denoSource.MatchString(p) || denoConfig.MatchString(p) }, Read: readDeno}
}

var (
	denoConfig  = scan.MustCompile(`(^|/)(deno\.jsonc?|import_map\.json|deps\.ts)$`)
	denoSource  = scan.MustCompile(`\.(ts|tsx|js|mjs)$`)
	denoServes  = scan.MustCompile(`\bDeno\.serve\(|\bserve\(|\bDeno\.listen\(|\.listen\(|\bstart\(manifest`)
	denoPort    = scan.MustCompile(`\bport\s*:\s*(?:Number\(|parseInt\(|\+)?\s*(?:Deno\.env\.get\(\s*["'](\w+)["']\s*\)\s*\)?\s*(?:\?\?|\|\|)\s*)?["']?(\d{2,5})`)
	denoEnv     = scan.MustCompile(`\bDeno\.env\.get\(\s*["'](\w+)["']\s*\)(?:!|\s*(?:\?\?|\|\|)\s*["']([^"'\n]*)["'])?`)
	denoTask    = scan.MustCompile(`^deno\s+(?:task\s+([\w:-]+)|run\s+(.+)|(serve)\s+(.+))$`)
	denoWatch   = scan.MustCompile(`\s--(?:watch|watch-hmr|hmr|inspect\S*|unstable-hmr)(?:=\S+)?|\s--env(?:-file)?(?:=\S+)?`)
	denoVersion = []versionSource{
		{".deno-version", scan.MustCompile(`(?m)^\s*v?(\d+\.\d+(?:\.\d+)?)`), scan.Declared, ""},
		{".dvmrc", scan.MustCompile(`(?m)^\s*v?(\d+\.\d+(?:\.\d+)?)`), scan.Declared, ""},
		{".tool-versions", scan.MustCompile(`(?m)^\s*deno\s+v?(\d+\.\d+(?:\.\d+)?)`), scan.Declared, ""},
		{"mise.toml", scan.MustCompile(`(?m)^\s*deno\s*=\s*"v?(\d+(?:\.\d+){0,2})`), scan.Declared, ""},
	}
	denoFrameworks = []struct{ word, name string }{{"fresh", "fresh"}, {"oak", "oak"}, {"hono", "hono"}, {"aleph", "aleph"}, {"lume", "lume"}}
	// denoDrivers lead from what an import names to the kind of need.
	denoDrivers = []struct {
		re   *scan.Pattern
		kind string
	}{
		{scan.MustCompile(`(deno\.land/x/(postgres|postgresjs)\b|(jsr|npm):/?@?(db/postgres|bartlomieju/postgres|postgres|pg)\b)`), "postgres"},
		{scan.MustCompile(`(deno\.land/x/(mysql|mysql2)\b|npm:/?mysql2?\b)`), "mysql"},
		{scan.MustCompile(`(deno\.land/x/redis\b|(jsr:@db|npm:/?)/?(redis|ioredis)\b)`), "redis"},
		{scan.MustCompile(`(deno\.land/x/mongo\b|(jsr:@db|npm:/?)/?(mongo|mongodb|mongoose)\b)`), "mongodb"},
		{scan.MustCompile(`(deno\.land/x/(smtp|denomailer)\b|npm:/?nodemailer\b)`), "smtp"},
	}
)

// denoProject is one directory with a deno.json.
type denoProject struct {
	t           *scan.Tree
	r           *scan.Report
	dir, config string
	tasks       map[string]javaValue
	files       []string
}

func readDeno(t *scan.Tree, paths []string, r *scan.Report) {
	dirs := map[string]bool{}
	for _, p := range paths {
		if base := path.Base(p); base == "deno.json" || base == "deno.jsonc" {
			dirs[path.Dir(p)] = true
		}
	}
	byDir := map[string][]string{}
	for _, p := range paths {
		if dir := owner(dirs, p); dir != "" {
			byDir[dir] = append(byDir[dir], p)
		}
	}
	for _, dir := range sortedSet(dirs) {
		if t.First(dir, "package.json") != "" {
			continue // Node's reader speaks: Deno only checks or formats there
		}
		p := &denoProject{t: t, r: r, dir: dir, config: t.First(dir, "deno.json", "deno.jsonc"), files: byDir[dir]}
		p.read()
	}
}

func (p *denoProject) find(s service.Service, file string, line int, rank scan.Rank, note string) {
	p.r.Find(scan.Finding{Dir: p.dir, Service: s}, file, max(line, 1), rank, note)
}

func (p *denoProject) read() {
	p.readTasks()
	command, main, at, rank, note := p.start()
	from := len(p.r.Findings)
	if len(command) == 0 {
		if !p.t.Has(path.Join(p.dir, "main.ts")) {
			return
		}
		command, main, at, rank, note = []string{"deno", "run", "-A", "main.ts"}, "main.ts", javaValue{"", path.Join(p.dir, "main.ts"), 1}, scan.Guess, "nothing says that it serves"
		defer func() { standAlone(p.r, from) }()
	}
	p.find(service.Service{Language: "deno"}, p.config, 1, scan.Declared, "")
	p.version()
	p.find(service.Service{Command: command}, at.file, at.line, rank, note)
	p.find(service.Service{Build: &service.Build{Tool: "deno", Artifact: main, Files: []string{path.Base(p.config)}}}, at.file, at.line, scan.Convention, "what Deno caches while the image is built")
	if build, ok := p.tasks["build"]; ok {
		p.find(service.Service{Build: &service.Build{Command: []string{"deno", "task", "build"}}}, build.file, build.line, scan.Declared, "")
	}
	p.imports()
	p.code(main, rank == scan.Guess)
}

// readTasks reads the tasks of deno.json, which may have comments; a task is a command, or a mapping that holds one.
func (p *denoProject) readTasks() {
	p.tasks = map[string]javaValue{}
	var doc yaml.Node // JSON is YAML, which gives the lines
	if err := yaml.Unmarshal([]byte(plainJSON(p.t.Text(p.config, p.r))), &doc); err != nil {
		p.r.Note(p.config, 0, "is no valid JSON: %s", strings.TrimPrefix(firstLine(err.Error()), "yaml: "))
		return
	}
	flatten(&doc, "", p.config, 0, func(key string, v javaValue) {
		if name, ok := strings.CutPrefix(key, "tasks."); ok {
			v.text = strings.TrimSpace(v.text)
			p.tasks[strings.TrimSuffix(name, ".command")] = v
		}
	})
}

// plainJSON takes comments and tabs out of JSON; its lines stay where they are.
func plainJSON(text string) string {
	out := []byte(strings.ReplaceAll(text, "\t", " "))
	quoted := false
	for i := 0; i < len(out); i++ {
		switch {
		case quoted && out[i] == '\\':
			i++
		case out[i] == '"':
			quoted = !quoted
		case !quoted && out[i] == '/' && i+1 < len(out) && (out[i+1] == '/' || out[i+1] == '*'):
			line := out[i+1] == '/'
			for ; i < len(out); i++ {
				if line && out[i] == '\n' {
					break
				}
				if !line && out[i] == '*' && i+1 < len(out) && out[i+1] == '/' {
					out[i], out[i+1] = ' ', ' '
					break
				}
				if out[i] != '\n' {
					out[i] = ' '
				}
			}
		}
	}
	return string(out)
}

// start is what production runs: the task made for it, then the file that serves.
func (p *denoProject) start() (command []string, main string, at javaValue, rank scan.Rank, note string) {
	for _, name := range []string{"preview", "prod", "production", "serve", "start"} {
		task, ok := p.tasks[name]
		if !ok {
			continue
		}
		plain := strings.TrimSpace(denoWatch.ReplaceAllString(" "+task.text, ""))
		rank, note = scan.Declared, ""
		if plain != task.text {
			rank, note = scan.Convention, "without what is for developers: "+task.text
		}
		m := denoTask.FindStringSubmatch(plain)
		if m == nil || strings.ContainsAny(plain, "&|;<>$`") {
			continue
		}
		words := strings.Fields(plain)
		for i, w := range words[2:] {
			if denoSource.MatchString(w) && path.Base(w) != "dev.ts" && p.t.Has(path.Join(p.dir, w)) {
				return words, path.Clean(words[i+2]), task, rank, note
			}
		}
	}
	for _, name := range []string{"main.ts", "server.ts", "mod.ts", "app.ts", "index.ts", "src/main.ts", "src/server.ts", "main.tsx", "main.js", "server.js"} {
		file := path.Join(p.dir, name)
		if !p.t.Has(file) {
			continue
		}
		if line := scan.LineOf(p.t.Text(file, p.r), denoServes); line > 0 {
			return []string{"deno", "run", "-A", name}, name, javaValue{"", file, line}, scan.Convention, "it serves, and no task starts it for production"
		}
	}
	return nil, "", javaValue{}, 0, ""
}

func (p *denoProject) version() {
	for _, src := range denoVersion {
		file := p.t.First(p.dir, src.file)
		if file == "" {
			continue
		}
		if found := findSome(p.t.Text(file, p.r), src.re); len(found) > 0 {
			p.find(service.Service{Version: found[0].Groups[1]}, file, found[0].Line, src.rank, src.note)
			return
		}
	}
	for _, file := range append([]string{p.config}, p.files...) {
		if !denoConfig.MatchString(file) {
			continue
		}
		if line := scan.LineOf(p.t.Text(file, p.r), denoOld); line > 0 {
			p.find(service.Service{Version: "1"}, file, line, scan.Guess, "libraries of Deno 1")
			return
		}
	}
}

// denoOld is the standard library, or the framework, as it was for Deno 1.
var denoOld = scan.MustCompile(`deno\.land/(std@0\.|x/fresh@1\.)`)

// imports tells the framework and the needs by what is imported.
func (p *denoProject) imports() {
	framework, kinds := false, map[string]bool{}
	for _, file := range p.files {
		if p.t.Aside(file) || strings.Contains(file, "test") {
			continue
		}
		text := p.t.Text(file, p.r)
		if !hasAny(text, "deno.land/", "jsr:", "npm:", "denoland/") {
			continue
		}
		for _, f := range denoFrameworks {
			for _, form := range []string{"deno.land/x/" + f.word + "@", "deno.land/x/" + f.word + "/", "jsr:@" + f.word + "/", "npm:" + f.word + "@", "npm:" + f.word + `"`, "denoland/" + f.word + "/"} {
				if i := strings.Index(text, form); i >= 0 && !framework {
					framework = true
					p.find(service.Service{Framework: f.name}, file, 1+strings.Count(text[:i], "\n"), scan.Declared, "")
				}
			}
		}
		for _, d := range denoDrivers {
			if line := scan.LineOf(text, d.re); line > 0 && !kinds[d.kind] {
				kinds[d.kind] = true
				n := scan.Need{Need: service.Need{Kind: d.kind, Port: scan.DefaultPort(d.kind)}}
				p.r.Find(scan.Finding{Dir: p.dir, Need: &n}, file, line, scan.Convention, "the code imports a client of it")
			}
		}
	}
}

// code reports the port, the variables and the health routes of the sources.
func (p *denoProject) code(main string, alone bool) {
	port, told := false, map[string]bool{}
	order := append([]string{path.Join(p.dir, main)}, p.files...)
	for _, file := range order[:min(len(order), maxSources)] {
		if !denoSource.MatchString(file) || p.t.Aside(file) || notNodeSource.MatchString("/"+relative(p.dir, file)) || told[file] {
			continue
		}
		told[file] = true
		text := p.t.Text(file, p.r)
		if found := scan.Find(text, denoPort); len(found) > 0 && !port && denoServes.MatchString(text) && tcpPort(found[0].Groups[2]) > 0 {
			s := service.Service{Port: tcpPort(found[0].Groups[2])}
			if name := found[0].Groups[1]; name != "" {
				s.Env, told["$"+name] = map[string]string{name: found[0].Groups[2]}, true
			}
			p.find(s, file, found[0].Line, scan.Declared, "")
			port = true
		}
		for _, v := range scan.Find(text, denoEnv) {
			if name := v.Groups[1]; !told["$"+name] {
				told["$"+name] = true
				findSetting(p.r, p.dir, name, v.Groups[2], file, v.Line)
			}
		}
	}
	if !port && !alone {
		p.find(service.Service{Port: 8000}, p.config, 1, scan.Convention, "Deno's port")
	}
}
