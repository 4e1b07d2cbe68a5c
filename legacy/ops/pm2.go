package ops

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// PM2 reads the list of processes that pm2 keeps running: ecosystem.config.js, process.json, pm2.json.
func PM2() scan.Reader {
	return scan.Reader{
		Name:  "pm2",
		Wants: func(p string) bool { return pm2Path.MatchString(path.Base(p)) },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			var daemons []*daemon
			for _, p := range productionFirst(paths) {
				daemons = append(daemons, readPM2(t, p, r)...)
			}
			placeDaemons(t, r, daemons)
		},
	}
}

var (
	pm2Path    = scan.MustCompile(`^(ecosystem([.-][\w-]+)*\.(c?js|json|json5|ya?ml)|pm2([.-][\w-]+)*\.(c?js|json|json5|ya?ml)|process(es)?([.-](prod|production|staging|config))*\.(json|json5|ya?ml)|procfile\.json)$`)
	pm2Exports = scan.MustCompile(`(?:module\.exports|exports\.default|export default)\s*=?\s*([{\[])`)
	pm2Apps    = scan.MustCompile(`(?:["']?\bapps["']?\s*[:=]|exports\.apps\s*=)\s*([{\[])`)
)

// readPM2 gives the processes of one file.
func readPM2(t *scan.Tree, p string, r *scan.Report) []*daemon {
	if developersFile.MatchString(strings.TrimSuffix(p, path.Ext(p)) + ".conf") {
		return nil
	}
	apps, deploy := pm2Entries(p, t.Text(p, r), r)
	var daemons []*daemon
	developers := slices.ContainsFunc(apps, pm2Develops)
	for _, app := range apps {
		if developers && (pm2Develops(app) || pm2Watches(app)) {
			r.Note(p, app.line, "%s: for developers or tests; it was left out", cmp.Or(app.get("name").word(), app.get("script").word()))
			continue
		}
		if app.get("script").word() == "" && app.get("cmd").word() == "" {
			if app.kind == '{' && app.get("name") != nil {
				r.NoteAbout([]string{app.get("name").word()}, p, app.line, "a process of pm2 without a script that can be read here")
			}
			continue
		}
		if d := pm2Process(t, p, r, app); d != nil {
			daemons = append(daemons, d)
		}
	}
	pm2Deploys(p, r, deploy, daemons)
	return daemons
}

// pm2Develops says whether a process is one that only developers run.
func pm2Develops(app *written) bool {
	script := app.get("script").word()
	return script != "" && forDevelopment(pm2Command(app, script))
}

// pm2Watches says whether pm2 starts a process again when a file changes.
func pm2Watches(app *written) bool {
	watch := app.get("watch")
	return watch != nil && watch.word() != "false"
}

// pm2Entries finds the list of processes, whatever stands around it, and how pm2 deploys.
func pm2Entries(p, text string, r *scan.Report) (apps []*written, deploy *written) {
	ext := path.Ext(p)
	if ext == ".yml" || ext == ".yaml" {
		var apps []*written
		for _, doc := range documents(p, text, r) {
			apps = append(apps, yamlWritten(at(doc, "apps")).list()...)
		}
		return apps, nil
	}
	for _, begin := range []*scan.Pattern{pm2Exports, pm2Apps} {
		m := begin.FindStringSubmatchIndex(text)
		if m == nil {
			continue
		}
		root := readWritten(text, m[2])
		if begin == pm2Exports {
			deploy = root.get("deploy")
		}
		switch {
		case root.get("apps") != nil && root.get("apps").kind != 'x' && len(root.get("apps").list()) > 0 && root.get("apps").kind != '"':
			return root.get("apps").list(), deploy
		case root.get("script") != nil || root.kind == '[' && root.items != nil:
			return root.list(), deploy
		}
	}
	if i := strings.IndexAny(text, "{["); i >= 0 && strings.HasPrefix(ext, ".json") {
		root := readWritten(text, i)
		if root.get("apps") != nil {
			return root.get("apps").list(), root.get("deploy")
		}
		if root.kind == '[' || root.get("script") != nil {
			return root.list(), nil
		}
	}
	return nil, deploy
}

// pm2Process is one process with its settings.
func pm2Process(t *scan.Tree, p string, r *scan.Report, app *written) *daemon {
	script := app.get("script")
	if script == nil {
		script = app.get("cmd")
	}
	name := app.get("name").word()
	if name == "" {
		name, _, _ = strings.Cut(path.Base(script.word()), ".")
	}
	d := newDaemon(t, r, name, p, script.line)
	d.dir = app.get("cwd").word()
	if below := path.Clean(path.Join(path.Dir(p), d.dir)); d.dir != "" && !path.IsAbs(d.dir) && t.First(below, manifests...) != "" {
		d.home = below
	} else if below := codeUnder(t, d.dir, script.word()); t.MountOf(p) == "" && below != "" {
		d.home = below
	} else if t.MountOf(p) == "" && t.First(path.Dir(p), manifests...) != "" {
		d.home = path.Dir(p)
	}
	d.script.argv = d.inContainer(pm2Command(app, script.word()))
	if len(d.script.argv) == 0 {
		return nil
	}
	for _, env := range []string{"env", "env_production", "env_prod"} {
		d.pm2Settings(app.get(env), p)
	}
	if port := portText(d.script.vars["PORT"]); port > 0 && !behindName.MatchString(name) {
		d.claim(service.Service{Port: port}, p, d.script.from["PORT"].Line)
	}
	d.pm2Remarks(app, p)
	return d
}

// codeUnder is the directory of the repository that an absolute one on the machine ends in, by the script that lies there
// and the manifest beside it; "" where there is none.
func codeUnder(t *scan.Tree, dir, script string) string {
	if !path.IsAbs(dir) || path.IsAbs(script) {
		return ""
	}
	for rest, more := strings.Trim(path.Clean(dir), "/"), true; more; _, rest, more = strings.Cut(rest, "/") {
		if t.First(rest, manifests...) != "" && t.Has(path.Join(rest, script)) {
			return rest
		}
	}
	return ""
}

// pm2Runs are the interpreters that pm2 chooses by a script's ending.
var pm2Runs = map[string]string{".js": "node", ".cjs": "node", ".mjs": "node", "": "node", ".py": "python", ".rb": "ruby", ".php": "php", ".pl": "perl", ".sh": "bash", ".coffee": "coffee", ".ts": "ts-node"}

// pm2Programs are no scripts of node's, whatever pm2 makes of them.
var pm2Programs = map[string]bool{"npm": true, "yarn": true, "pnpm": true, "npx": true, "bun": true, "serve": true, "bundle": true, "gunicorn": true, "python": true, "python3": true, "java": true, "php": true, "dotnet": true, "uvicorn": true, "ruby": true, "node": true, "bash": true, "sh": true, "make": true, "docker": true}

// pm2Command is the command of a process: its interpreter, the script and the arguments of both.
func pm2Command(app *written, script string) []string {
	words := func(keys ...string) []string {
		for _, key := range keys {
			l := app.get(key)
			if l != nil && l.kind == '[' {
				return l.words()
			}
			if l.word() != "" {
				argv, _ := command("x " + l.word())
				return argv[min(1, len(argv)):]
			}
		}
		return nil
	}
	if strings.ContainsAny(script, " \t") { // a whole line
		argv, _ := command(script)
		return append(argv, words("args")...)
	}
	script = strings.TrimPrefix(script, "./")
	run := app.get("interpreter").word()
	if run == "" {
		run = app.get("exec_interpreter").word()
	}
	switch _, known := pm2Runs[path.Ext(script)]; {
	case run == "none" || pm2Programs[path.Base(script)]:
		run = ""
	case run == "" && !known:
		run = ""
	case run == "":
		run = pm2Runs[path.Ext(script)]
	}
	var argv []string
	if run != "" {
		argv = append([]string{run}, words("interpreter_args", "node_args", "interpreterArgs", "nodeArgs")...)
	}
	return append(append(argv, script), words("args")...)
}

// pm2Own are settings of pm2's own, and no variables.
var pm2Own = scan.MustCompile(`^(instances|exec_mode|node_args|max_memory_restart|watch|autorestart|merge_logs|combine_logs|increment_var|instance_var)$`)

// pm2Settings takes over the variables of env or env_production.
func (d *daemon) pm2Settings(env *written, file string) {
	if env == nil {
		return
	}
	for _, f := range env.fields {
		if !service.VariableName(f.key) || pm2Own.MatchString(f.key) { // one of pm2's own, at the wrong place
			continue
		}
		value := f.value.word()
		if strings.Contains(value, "${") || strings.HasPrefix(value, "process.env") {
			value = ""
		}
		if value == "" && !scan.SecretName(f.key) {
			continue
		}
		d.script.exported[f.key] = true
		d.script.vars[f.key], d.script.from[f.key] = value, scan.Evidence{File: file, Line: f.line}
	}
}

// pm2Remarks say what becomes of what pm2 does besides starting a process.
func (d *daemon) pm2Remarks(app *written, file string) {
	say := func(key, format string, no ...string) {
		v := app.get(key)
		for _, n := range no {
			if v.word() == n {
				return
			}
		}
		if v != nil && v.word() != "" {
			d.r.NoteAbout(d.about(), file, v.line, format, d.name, v.word())
		}
	}
	if v := app.get("instances"); v == nil || !d.counted(v.word(), file, v.line, "instances of "+d.name) {
		say("instances", "pm2 runs %s %s times on one machine: in Kubernetes each pod runs one, so set replicas", "1", "0")
	}
	say("max_memory_restart", "pm2 restarts %s above %s of memory: set that as its memory limit")
	if cron := app.get("cron_restart"); cron.word() != "" {
		if app.get("autorestart").word() == "false" && service.ValidSchedule(kubernetesSchedule(cron.word())) {
			d.scheduled(kubernetesSchedule(cron.word()), file, cron.line)
		} else {
			d.r.NoteAbout(d.about(), file, cron.line, "pm2 restarts %s at %q: if it leaks, mend that; if it is a job, give it a schedule in %s", d.name, cron.word(), service.FileName)
		}
	}
	for _, key := range []string{"out_file", "error_file", "log_file", "output", "error"} {
		if v := app.get(key); v.word() != "" && !strings.HasPrefix(v.word(), "/dev/") {
			d.r.NoteAbout(d.about(), file, v.line, "pm2 writes what %s prints to files; in a pod it goes to the log by itself", d.name)
			break
		}
	}
	for _, f := range app.fields {
		if name := scan.EnvironmentName(strings.TrimPrefix(f.key, "env_")); name != "" && name != "production" && strings.HasPrefix(f.key, "env_") {
			for _, v := range f.value.fields {
				if service.VariableName(v.key) && v.value.word() != "" {
					d.elsewhere = append(d.elsewhere, elsewhereSetting{name, v.key, v.value.word(), file, v.line})
				}
			}
		}
	}
}

// pm2Deploys notes where pm2 itself brings the code to.
func pm2Deploys(p string, r *scan.Report, deploy *written, daemons []*daemon) {
	if deploy == nil || len(daemons) == 0 {
		return
	}
	for _, stage := range deploy.fields {
		hosts, at := strings.Join(stage.value.get("host").words(), ", "), stage.value.get("path").word()
		if hosts == "" && at == "" {
			continue
		}
		r.NoteAbout(daemons[0].about(), p, stage.line, "pm2 deploys %s to %s of %s; %q runs there afterwards", stage.key, at, hosts, stage.value.get("post-deploy").word())
	}
}
