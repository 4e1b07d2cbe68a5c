package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// workers reports the processes that run beside the server: of Celery, RQ, Huey and Dramatiq.
func (p *pythonProject) workers(e pythonEntry) {
	if _, ok := p.deps.find("celery", "django-celery"); ok {
		p.celery(e)
	}
	root := "."
	if e.manage != "" {
		root = e.manage
	}
	for _, w := range []struct {
		dep     string
		command []string
		manage  bool
	}{
		{"django-rq", []string{"python", root, "rqworker"}, true}, {"rq", []string{"rq", "worker"}, false},
		{"huey", []string{"python", root, "run_huey"}, true}, {"django-q", []string{"python", root, "qcluster"}, true}, {"django-dramatiq", []string{"python", root, "rundramatiq"}, true},
		{"django-background-tasks", []string{"python", root, "process_tasks"}, true},
	} {
		dep, ok := p.deps.find(w.dep)
		if !ok || w.manage && e.manage == "" {
			continue
		}
		rank := scan.Convention
		if own := p.startsWorker(); own != nil && strings.HasSuffix(w.dep, "rq") {
			p.process("worker", []string{"python", relative(p.dir, own.file)}, own.file, scan.LineOf(own.text, startsWorker), rank, "the script works off the queue")
			break
		}
		if w.dep == "rq" {
			rank = scan.Guess // its connection and queues are not known
		}
		p.process("worker", w.command, dep.file, dep.line, rank, dep.name+" is among the dependencies")
		break
	}
	if dep, ok := p.deps.find("rq-scheduler"); ok {
		command := []string{"rqscheduler"}
		if _, django := p.deps.find("django-rq"); django && e.manage != "" {
			command = []string{"python", e.manage, "rqscheduler"}
		}
		p.process("scheduler", command, dep.file, dep.line, scan.Convention, dep.name+" is among the dependencies; exactly one may run")
	}
	p.brokerWorkers(e)
	p.makeWorkers()
	p.programProcesses(e)
	p.background(e)
	p.crons(e)
}

// startsWorker is a script of the project's own that starts a worker of RQ.
func (p *pythonProject) startsWorker() *source {
	for _, s := range p.sources {
		if startsWorker.MatchString(s.text) && strings.Contains(s.text, ".work(") && !strings.Contains(relative(p.dir, s.file), "/") {
			return s
		}
	}
	return nil
}

func (p *pythonProject) process(name string, command []string, file string, line int, rank scan.Rank, note string) {
	p.r.Find(scan.Finding{Dir: p.dir, Process: name, Service: service.Service{Command: command}}, file, line, rank, note)
}

// schedules are the settings that give Celery's beat something to do.
var schedules = scan.MustCompile(`(?m)^[^#\n]*(\bbeat_schedule\b(?:\[[^\]\n]*\])?\s*=|\bbeat_schedule\.update\(|\bCELERYBEAT_SCHEDULE\b\s*=|\bCELERY_BEAT_SCHEDULE\b\s*=|add_periodic_task\(|@periodic_task\()`)

// startsScheduler is a process of a Procfile that is the scheduler by its name, whatever script starts it.
var startsScheduler = scan.MustCompile(`(?m)^(?:celery[-_]?beat|(?:celery[-_]?)?(?:scheduler|clock))\w*:`)

var databaseSchedule = scan.MustCompile(`["']django_celery_beat["']`)

func (p *pythonProject) celery(e pythonEntry) {
	app, root, file, line := p.celeryApp()
	dep, _ := p.deps.find("celery", "django-celery")
	if app == "" {
		if old, ok := p.deps.find("django-celery"); ok && e.manage != "" {
			p.process("worker", []string{"python", e.manage, "celery", "worker"}, old.file, old.line, scan.Convention, "django-celery runs its workers through manage.py")
			p.beat(func(flags ...string) []string {
				return append([]string{"python", e.manage, "celery", "beat"}, flags...)
			})
		}
		return
	}
	command := func(what string, flags ...string) []string {
		words := []string{"celery", "-A", app, what}
		if root != "." {
			words = []string{"celery", "-A", app, "--workdir", root, what}
			if before5.MatchString(dep.version) {
				words = []string{"celery", "-A", app, what, "--workdir", root}
			}
		}
		return append(words, flags...)
	}
	p.process("worker", command("worker"), file, line, scan.Convention, "Celery's application")
	p.beat(func(flags ...string) []string { return command("beat", flags...) })
}

var before5 = scan.MustCompile(`^[=~<>! ]*[0-4]\.`)

// beat reports Celery's scheduler where something is scheduled. Its schedule and pid files go where a container may write.
func (p *pythonProject) beat(command func(flags ...string) []string) {
	if startsScheduler.MatchString(p.t.Text(path.Join(p.dir, "Procfile"), &scan.Report{})) {
		return
	}
	for _, s := range p.sources {
		if !hasAny(s.text, "beat_schedule", "BEAT_SCHEDULE", "CELERYBEAT", "periodic_task") {
			continue
		}
		if line := scan.LineOf(s.text, schedules); line > 0 {
			p.process("beat", command("-s", "/tmp/celerybeat-schedule", "--pidfile="), s.file, line, scan.Convention, "the scheduler; exactly one may run")
			return
		}
	}
	for _, s := range p.sources {
		if line := scan.LineOf(s.text, databaseSchedule); line > 0 {
			p.process("beat", command("-S", "django_celery_beat.schedulers:DatabaseScheduler", "--pidfile="), s.file, line, scan.Convention, "the schedule is kept in the database; exactly one may run")
			return
		}
	}
}

// celeryApp finds what -A takes: the package of a celery.py, or the module with the name of the application in it.
func (p *pythonProject) celeryApp() (app, root, file string, line int) {
	rank := 1 << 30
	for _, s := range p.sources {
		for _, set := range s.settings {
			if set.v.kind != valCall || !s.module() || !makesCelery.MatchString(set.v.text) || set.indent > 0 || strings.Contains(set.name, ".") {
				continue
			}
			base := path.Base(s.file)
			n := strings.Count(s.file, "/")
			if base != "celery.py" {
				n += 10
			}
			if n >= rank {
				continue
			}
			dir, module := p.locate(s.file)
			if module == "celery" && dir != "." {
				dir, module = path.Dir(dir), path.Base(dir)+".celery" // by itself it would stand for Celery's own package
			}
			switch {
			case base == "celery.py" && strings.Contains(module, "."):
				module = strings.TrimSuffix(module, ".celery") // Celery looks there by itself
			case p.handsCelery(s.file, base, set.name):
				module = module[:strings.LastIndexByte(module, '.')]
			case set.name != "app" && set.name != "celery" && set.name != "application" || base == "celery.py":
				module += ":" + set.name
			}
			rank, app, root, file, line = n, module, dir, s.file, set.v.line
		}
	}
	if worker, m := p.workerModule(file); worker != nil {
		dir, module := p.locate(worker.file)
		return module + "." + m.Groups[1], dir, worker.file, m.Line
	}
	return app, root, file, line
}

// makesCelery is what makes the application of Celery: its class, one that a library or the team derives from it, a function.
var makesCelery = scan.MustCompile(`^(?:[\w.]+\.)?(?:[A-Z]\w*)?Celery(?:App)?$|^(?:make|create)_celery(?:_app)?$`)

// handsCelery says whether the package hands on the application that stands in one of its modules, so that Celery finds it by
// the package's name.
func (p *pythonProject) handsCelery(file, base, name string) bool {
	init := path.Join(path.Dir(file), "__init__.py")
	if base == "__init__.py" || base == "celery.py" || !p.t.Has(init) {
		return false
	}
	_, module := p.locate(file)
	hands := "." + strings.TrimSuffix(base, ".py") + " import " + name
	text := p.t.Text(init, p.r)
	return strings.Contains(module, ".") && (strings.Contains(text, "from "+hands) || strings.Contains(text, "from "+path.Base(path.Dir(file))+hands))
}

var importsCelery = scan.MustCompile(`(?m)^from[ \t]+[\w.]+[ \t]+import[ \t][^\n#]*?\b(celery|celery_app)\b`)
var pushesContext = scan.MustCompile(`(?m)^(?:\w+\.)?(?:app_context|test_request_context)\(\)\.push\(\)`)

// workerModule is the module that workers are started from where the application of Celery stands in a package of Flask's:
// it imports that, and gives it the context that the tasks run in.
func (p *pythonProject) workerModule(app string) (*source, scan.Match) {
	for _, s := range p.sources {
		if s.file == app || strings.Contains(relative(p.dir, s.file), "/") || !pushesContext.MatchString(s.text) {
			continue
		}
		if m := scan.Find(s.text, importsCelery); len(m) > 0 {
			return s, m[0]
		}
	}
	return nil, scan.Match{}
}

// release reports what has to run before each rollout: migrations of the database, where the project has any.
func (p *pythonProject) release(e pythonEntry) {
	found := func(command []string, file string, line int, rank scan.Rank, note string) {
		p.r.Find(scan.Finding{Dir: p.dir, Process: "migrate", Service: service.Service{Command: command, Release: true}}, file, line, rank, note)
	}
	migration := ""
	for _, f := range p.files {
		if strings.Contains(f, "/migrations/") && numbered.MatchString(path.Base(f)) && !p.t.Aside(f) {
			migration = f
			break
		}
	}
	if e.django {
		if e.manage != "" && migration != "" {
			found([]string{"python", e.manage, "migrate", "--noinput"}, migration, 1, scan.Convention, "there are migrations")
		}
		return
	}
	ini := p.t.First(p.dir, "alembic.ini")
	dep, flask := p.deps.find("flask-migrate")
	switch {
	case flask:
		for _, s := range p.sources {
			if path.Base(s.file) == "manage.py" && strings.Contains(s.text, "MigrateCommand") {
				found([]string{"python", relative(p.dir, s.file), "db", "upgrade"}, s.file, max(1, scan.LineOf(s.text, scan.MustCompile("MigrateCommand"))), scan.Convention, "")
				return
			}
		}
		const named = "FLASK_APP has to name the application"
		if p.t.First(p.dir, "migrations/alembic.ini", "migrations/env.py") != "" {
			found([]string{"flask", "db", "upgrade"}, dep.file, dep.line, scan.Guess, named)
		} else if ini := p.migrationsBelow(); ini != "" {
			found([]string{"flask", "db", "upgrade", "--directory", path.Dir(relative(p.dir, ini))}, ini, 1, scan.Guess, named)
		}
	case ini != "":
		found([]string{"alembic", "upgrade", "head"}, ini, 1, scan.Convention, "there are migrations")
	}
}

// migrationsBelow is Alembic's file in the one directory of migrations below the project, "" for none and for several.
func (p *pythonProject) migrationsBelow() string {
	found := ""
	for _, f := range p.t.Below(p.dir) {
		if !strings.HasSuffix(f, "/migrations/alembic.ini") || p.t.Aside(f) {
			continue
		}
		if found != "" {
			return ""
		}
		found = f
	}
	return found
}

var numbered = scan.MustCompile(`^\d{4}_\w+\.py$`)

// static reports collectstatic as a build step where the application serves its own files and its settings can be
// loaded without anything being set.
func (p *pythonProject) static(e pythonEntry) {
	if !e.django || e.manage == "" {
		return
	}
	dep, whitenoise := p.deps.find("whitenoise", "dj-static")
	for _, s := range p.sources {
		for _, set := range s.settings {
			if set.name != "STATIC_ROOT" || !settingsFile.MatchString(s.file) {
				continue
			}
			collect := []string{"python", e.manage, "collectstatic", "--noinput"}
			name, file, line := p.required()
			switch {
			case !whitenoise && name == "":
				p.r.Find(scan.Finding{Dir: p.dir, Collects: collect}, s.file, set.v.line, scan.Convention, "the web server's files are collected in STATIC_ROOT")
				return
			case !whitenoise:
				p.r.Note(s.file, set.v.line, scan.ServedElsewhere)
				return
			case name != "" && p.t.First(p.dir, "Dockerfile") != "":
				return // the team's own, which knows how
			case name != "":
				p.r.Note(file, line, "%s must be set to load the settings, so `python %s collectstatic --noinput` can't run while the image is built; give it a default", name, e.manage)
				return
			}
			b := &service.Build{Command: collect}
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: b}}, dep.file, dep.line, scan.Convention, dep.name+" serves the static files")
			return
		}
	}
}

// required is the first variable without which the settings don't load.
func (p *pythonProject) required() (name, file string, line int) {
	for _, s := range p.sources {
		if !settingsFile.MatchString(s.file) {
			continue
		}
		for _, call := range s.calls {
			if env, fallback, ok := call.environment(); ok && fallback == nil && !strings.HasSuffix(call.text, ".get") && call.text != "os.getenv" && call.text != "getenv" && !strings.HasPrefix(call.text, "dj_") {
				return env, s.file, call.line
			}
		}
	}
	return "", "", 0
}
