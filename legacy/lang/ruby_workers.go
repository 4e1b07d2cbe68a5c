package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// rubyWorkers are the gems that run jobs in a process of their own. A Procfile with workers has said it all.
var rubyWorkers = []struct {
	gem, process string
	command      []string
	env          map[string]string
	uses         *scan.Pattern // what in the code says that jobs are worked off here; nil where the gem alone does
	files        []string      // or files of its settings, the first of which -C takes
}{
	{"sidekiq", "worker", []string{"sidekiq"}, nil, scan.MustCompile(`(?m)^\s*include Sidekiq::(Worker|Job)\b|queue_adapter\s*=\s*:sidekiq`), []string{"config/sidekiq.yml"}},
	{"govuk_sidekiq", "worker", []string{"sidekiq"}, nil, nil, []string{"config/sidekiq.yml"}},
	{"resque-pool", "worker", []string{"resque-pool"}, nil, nil, nil},
	{"resque", "worker", []string{"rake", "resque:work"}, map[string]string{"QUEUE": "*"}, scan.MustCompile(`resque/tasks|queue_adapter\s*=\s*:resque|Resque\.enqueue`), nil},
	{"resque-scheduler", "scheduler", []string{"rake", "resque:scheduler"}, nil, scan.MustCompile(`resque[_/]scheduler\b|Resque\.schedule`), nil},
	{"delayed_job_worker_pool", "worker", []string{"delayed_job_worker_pool", "config/delayed_job_worker_pool.rb"}, nil, nil, nil},
	{"delayed_job_active_record", "worker", []string{"rake", "jobs:work"}, nil, nil, nil},
	{"delayed_job_mongoid", "worker", []string{"rake", "jobs:work"}, nil, nil, nil},
	{"delayed_job", "worker", []string{"rake", "jobs:work"}, nil, nil, nil},
	{"que", "worker", []string{"que"}, nil, nil, nil},
	{"good_job", "worker", []string{"good_job", "start"}, nil, nil, nil},
	{"solid_queue", "worker", []string{"rake", "solid_queue:start"}, nil, nil, nil},
	{"shoryuken", "shoryuken", []string{"shoryuken", "-R"}, nil, nil, []string{"config/shoryuken.yml"}},
	{"sneakers", "consumer", []string{"rake", "sneakers:run"}, nil, scan.MustCompile(`include Sneakers::Worker`), nil},
	{"hutch", "consumer", []string{"hutch"}, nil, scan.MustCompile(`include Hutch::Consumer`), nil},
	{"queue_classic", "worker", []string{"rake", "qc:work"}, nil, nil, nil},
	{"backburner", "worker", []string{"rake", "backburner:work"}, nil, scan.MustCompile(`include Backburner::|Backburner\.(?:enqueue|work)|queue_adapter\s*=\s*:backburner`), nil},
	{"crono", "scheduler", []string{"crono"}, nil, nil, nil},
	{"karafka", "consumer", []string{"karafka", "server"}, nil, nil, nil},
}

// workers reports the processes that run beside the server, as far as no Procfile does.
func (p *rubyProject) workers() {
	procfile := ""
	if file := p.first("Procfile", "Procfile.production", "Procfile.prod"); file != "" {
		procfile = p.t.Text(file, p.r)
	}
	if procfileWorks.MatchString(procfile) || procfileJobs.MatchString(procfile) {
		return // it names the processes, all of them
	}
	known := map[string]bool{}
	if procfile == "" {
		p.developersProcesses(known)
	}
	for _, w := range rubyWorkers {
		dep, ok := p.gems.find(w.gem)
		if !ok || known[w.process] {
			continue
		}
		config := p.first(w.files...)
		at, note := dep, w.gem+" is among the gems"
		if config != "" {
			at, note = dependency{file: config, line: 1}, w.gem+"'s settings"
		} else if w.uses != nil {
			if at, ok = p.uses(w.uses); !ok {
				continue // a client only: the jobs are worked off elsewhere
			}
		}
		command := append([]string{"bundle", "exec"}, w.command...)
		if bin := p.first("bin/jobs"); bin != "" && w.gem == "solid_queue" {
			command = []string{"bin/jobs"} // what the gem's installer writes
		}
		if config != "" {
			command = append(command, "-C", relative(p.dir, config))
		}
		known[w.process] = true
		p.process(w.process, service.Service{Command: command, Env: w.env}, at, scan.Convention, note)
	}
	if file := p.clockFile(); file != "" {
		if _, ok := p.gems.find("clockwork"); ok && !known["clock"] {
			p.process("clock", service.Service{Command: []string{"bundle", "exec", "clockwork", relative(p.dir, file)}}, dependency{file: file, line: 1}, scan.Convention, "the scheduler; exactly one may run")
		}
	}
}

func (p *rubyProject) clockFile() string {
	return p.first("config/clock.rb", "clock.rb", "lib/clock.rb", "app/clock.rb", "config/clockwork.rb")
}

func (p *rubyProject) uses(re *scan.Pattern) (dependency, bool) {
	for _, s := range p.sources {
		if line := scan.LineOf(s.text, re); line > 0 {
			return dependency{file: s.file, line: line}, true
		}
	}
	return dependency{}, false
}

// procfileWorks finds a process besides the server in a Procfile.
var procfileWorks = scan.MustCompile(`(?m)^\s*(work|jobs?|sidekiq|resque|clock|cron|sched|queue|delay|que|consum|back|mail|shoryu|sneak|good|solid|low|high|default)[\w-]*:\s*\S`)

// procfileJobs finds one by what it runs.
var procfileJobs = scan.MustCompile(`(?m)^\s*[\w-]+:[^\n#]*(jobs:work|resque:|\bsidekiq\b|delayed_job|good_job|clockwork|solid_queue|shoryuken|karafka|sneakers|hutch|crono|qc:work|backburner|\bque\b)`)

var (
	devProcess = scan.MustCompile(`^([\w-]+):\s*((?:[A-Z_]+=\S+\s+)*)((?:bundle exec |bin/|\./bin/)?(?:rake|rails|sidekiq|resque|delayed_job|que|good_job|clockwork)\b.*)$`)
	jobProgram = scan.MustCompile(`jobs:work|resque:|sidekiq|delayed_job|good_job|clockwork|solid_queue|\bque\b`)
)

// developersProcesses reads what a Procfile for developers says about workers: the same ones run in production, mostly.
func (p *rubyProject) developersProcesses(known map[string]bool) {
	file := p.first("Procfile.dev", "Procfile.development")
	if file == "" {
		return
	}
	for i, line := range strings.Split(p.t.Text(file, p.r), "\n") {
		m := devProcess.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil || m[1] == "web" || !jobProgram.MatchString(m[3]) || strings.ContainsAny(m[3], "&|;$<>\"'") {
			continue
		}
		s := service.Service{Command: strings.Fields(m[3])}
		for _, assign := range strings.Fields(m[2]) {
			if name, text, _ := strings.Cut(assign, "="); !scan.SecretName(name) && !rubyForeign.MatchString(name) {
				if s.Env == nil {
					s.Env = map[string]string{}
				}
				s.Env[name] = text
			}
		}
		known[m[1]], known["worker"] = true, true
		p.process(m[1], s, dependency{file: file, line: i + 1}, scan.Convention, "developers run it so")
	}
}

// release reports the migrations of the database.
func (p *rubyProject) release() {
	migrations := ""
	for _, f := range p.t.Below(p.dir) {
		if rel := relative(p.dir, f); strings.HasPrefix(rel, "db/migrate/") && strings.HasSuffix(rel, ".rb") || rel == "db/schema.rb" || rel == "db/structure.sql" {
			migrations = f
			break
		}
	}
	if migrations == "" {
		return
	}
	command := []string{"bundle", "exec", "rake", "db:migrate"} // every Rails understands it
	if p.framework != "rails" {
		if _, ok := p.gems.find("sinatra-activerecord", "standalone_migrations", "padrino-activerecord", "otr-activerecord"); !ok {
			return
		}
	}
	if file := p.first("Procfile"); file != "" && strings.Contains(p.t.Text(file, p.r), "release:") {
		return
	}
	p.process("migrate", service.Service{Command: command, Release: true}, dependency{file: migrations, line: 1}, scan.Convention, "there are migrations")
}
