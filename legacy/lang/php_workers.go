package lang

import (
	"encoding/json"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// apachePort is where Apache listens in the image that is generated: any user may bind it.
const apachePort = 8080

// serve reports Apache with PHP in it: one process in one image, which needs no second container for the pages and the
// files, reads the .htaccess files that most applications bring, and runs as any user on a read-only file system.
func (p *phpProject) serve() {
	if p.index == "" {
		return
	}
	if p.first("Dockerfile") == "" {
		p.find(service.Service{Port: apachePort}, p.index, 1, scan.Convention, "Apache serves "+path.Join(p.docroot, ".")+" there")
	}
	p.find(service.Service{Command: []string{"apache2-foreground"}}, p.index, 1, scan.Convention, "Apache with PHP, what most hosts of such pages run")
	if p.docroot != "." {
		p.find(service.Service{Build: &service.Build{Artifact: p.docroot}}, p.index, 1, scan.Convention, "the document root")
	}
}

// frontEnd reports the build of scripts and stylesheets that the pages refer to.
func (p *phpProject) frontEnd() {
	file := p.first("package.json")
	if file == "" || p.first("vite.config.js", "vite.config.ts", "webpack.mix.js", "webpack.config.js") == "" {
		return
	}
	text := p.t.Text(file, p.r)
	var pkg struct {
		Scripts map[string]string `json:"scripts"`
	}
	if json.Unmarshal([]byte(text), &pkg) != nil {
		return
	}
	for _, script := range []string{"build:prod", "production", "prod", "build"} {
		if pkg.Scripts[script] == "" {
			continue
		}
		files := []string{"package.json"}
		tool := "npm"
		for _, lock := range []struct{ file, tool string }{{"yarn.lock", "yarn"}, {"pnpm-lock.yaml", "pnpm"}, {"package-lock.json", "npm"}} {
			if p.first(lock.file) != "" {
				files, tool = append(files, lock.file), lock.tool
				break
			}
		}
		if tool == "yarn" {
			files = append(files, yarnFiles(p.t, p.dir)...)
		}
		line := 1 + strings.Count(text[:max(0, strings.Index(text, `"`+script+`"`))], "\n")
		p.find(service.Service{Build: &service.Build{Files: files, Command: []string{tool, "run", script}}}, file, line, scan.Convention, "scripts and stylesheets are built for production")
		return
	}
}

func (p *phpProject) process(name string, s service.Service, file string, line int, note string) {
	p.processAs(scan.Convention, name, s, file, line, note)
}

func (p *phpProject) processAs(rank scan.Rank, name string, s service.Service, file string, line int, note string) {
	if procfile := p.first("Procfile"); procfile != "" && procfileWorks.MatchString(p.t.Text(procfile, p.r)) && s.Schedule == "" {
		return // it names the processes, all of them
	}
	p.r.Find(scan.Finding{Dir: p.dir, Process: name, Service: s}, file, max(line, 1), rank, note)
}

var (
	scheduled     = scan.MustCompile(`(?m)^[^/*#\n]*(\$schedule\s*->\s*(command|job|call|exec)|\bSchedule::(command|job|call|exec))\s*\(`)
	schedulerCron = scan.MustCompile(`(?m)^[^/*#\n]*#\[AsSchedule|implements\s+ScheduleProviderInterface`)
)

// phpWorkers are the packages that run jobs in a process of their own, and what starts it where a file is there.
var phpWorkers = []struct {
	packages []string
	needs    string
	command  []string
}{
	{[]string{"yiisoft/yii2-queue", "zhuravljov/yii2-queue"}, "yii", []string{"php", "yii", "queue/listen"}},
	{[]string{"cakephp/queue"}, "bin/cake", []string{"bin/cake", "queue", "worker"}},
	{[]string{"dereuromark/cakephp-queue"}, "bin/cake", []string{"bin/cake", "queue", "run"}},
	{[]string{"josegonzalez/cakephp-queuesadilla"}, "bin/cake", []string{"bin/cake", "queuesadilla"}},
}

// workers reports the queue's workers, the scheduler and the migrations, beside the script that is the service, if one is.
func (p *phpProject) workers(served string) {
	p.phinx()
	p.programProcesses(served)
	p.headCrons()
	if installed := p.t.YiiInstalled(p.dir, "yii"); installed != "" && p.first("yii") == "" && p.framework == "yii" {
		p.r.Note(installed, 1, "Yii's init puts this and the settings beside it in place: let the image's build run php init --env=Production --overwrite=All")
	}
	for _, w := range phpWorkers {
		if line, ok := p.requires(w.packages...); ok && (p.first(w.needs) != "" || w.needs == "yii" && p.yii() != "") {
			p.process("queue", service.Service{Command: w.command}, p.manifest, line, "works off the queue")
		}
	}
	switch p.framework {
	case "":
		p.plainCron()
	case "laravel", "lumen":
		p.laravelWorkers()
	case "symfony":
		p.symfonyWorkers()
	case "drupal":
		if line, ok := p.requires("drush/drush"); ok {
			p.processAs(scan.Guess, "cron", service.Service{Command: []string{"vendor/bin/drush", "cron"}, Schedule: "0 * * * *"}, p.manifest, line, "Drupal's housekeeping; how often is a guess")
			p.process("migrate", service.Service{Command: []string{"vendor/bin/drush", "updatedb", "--yes"}, Release: true}, p.manifest, line, "updates the database after the code")
		}
	case "wordpress":
		p.wordpressCron()
	case "cakephp":
		if f := p.below("config/Migrations/"); f != "" {
			p.process("migrate", service.Service{Command: []string{"bin/cake", "migrations", "migrate"}, Release: true}, f, 1, "there are migrations")
		}
	case "yii":
		if f := first(p.below("migrations/"), p.below("console/migrations/")); f != "" && p.yii() != "" {
			p.process("migrate", service.Service{Command: []string{"php", "yii", "migrate", "--interactive=0"}, Release: true}, f, 1, "there are migrations")
		}
	}
}

// yii is Yii's program for the command line, "" where there is none.
func (p *phpProject) yii() string {
	return first(p.first("yii"), p.t.YiiInstalled(p.dir, "yii"))
}

// plainCron reports the script that an application without a framework is kept in order by: cron.php, called now and then.
func (p *phpProject) plainCron() {
	best := ""
	for _, f := range p.files {
		if rel := relative(p.dir, f); path.Base(rel) == "cron.php" && strings.Count(rel, "/") < 2 && !p.t.Aside(f) && (best == "" || strings.Count(f, "/") < strings.Count(best, "/")) {
			best = f
		}
	}
	if best != "" {
		p.processAs(scan.Guess, "cron", service.Service{Command: []string{"php", relative(p.dir, best)}, Schedule: "*/5 * * * *"}, best, 1, "by its name it is called by cron; how often is a guess")
	}
}

var noPseudoCron = scan.MustCompile(`(?m)^\s*(?:Config::)?define\(\s*['"]DISABLE_WP_CRON['"]\s*,\s*(?:true|[^)\n]*\btrue\b|env\([^)\n]*\)\s*\?[:?]\s*true\b|(env\())`)

// wordpressCron reports what does the work that WordPress leaves to visits unless that is switched off.
func (p *phpProject) wordpressCron() {
	page := ""
	for _, f := range p.t.Below(p.dir) {
		if rel := relative(p.dir, f); path.Base(f) == "wp-cron.php" && !p.t.Aside(f) && (page == "" || len(rel) < len(page)) {
			page = rel
		}
	}
	if to, ok := p.composer.Extra.WordPress.(string); ok && page == "" {
		page = path.Join(to, "wp-cron.php")
	}
	for _, s := range p.sources {
		for _, m := range findSome(s.text, noPseudoCron) {
			if on := p.dotenv["DISABLE_WP_CRON"].value; page != "" && (m.Groups[1] == "" || on == "1" || strings.EqualFold(on, "true")) {
				p.processAs(scan.Guess, "cron", service.Service{Command: []string{"php", page}, Schedule: "*/5 * * * *"}, s.file, m.Line, "visits do not start what is due; how often is a guess")
				return
			}
		}
	}
}

// ownCron is a line of a crontab in the comment at a script's head, as its author says how it is called.
var ownCron = scan.MustCompile(`(?m)^[ \t|]*(?:(?://|#|/?\*+[ \t])[ \t|]*)?((?:[\d*][\d*/,-]*[ \t]+){5})(?:[\w-]+[ \t]+)?(?:\S*/)?php[\d.]*[ \t]+(?:-\w[ \t]+)*(\S+\.php)\b`)

// headCrons reports the scripts that say themselves when cron calls them.
func (p *phpProject) headCrons() {
	for _, f := range p.files {
		rel := relative(p.dir, f)
		if dir := path.Dir(rel); dir != "." && !ofPrograms.MatchString(dir) && !strings.HasPrefix(dir, "cron") || p.t.Aside(f) {
			continue
		}
		text := p.t.Text(f, p.r)
		for _, m := range findSome(text[:min(len(text), 4000)], ownCron) {
			schedule := strings.Join(strings.Fields(m.Groups[1]), " ")
			if path.Base(m.Groups[2]) == path.Base(rel) && service.ValidSchedule(schedule) {
				name := strings.ReplaceAll(strings.ToLower(strings.TrimSuffix(path.Base(rel), ".php")), "_", "-")
				p.process(name, service.Service{Command: []string{"php", rel}, Schedule: schedule}, f, m.Line, "it says so itself")
				break
			}
		}
	}
}

// below is the first file of PHP in the project under a prefix.
func (p *phpProject) below(prefix string) string {
	for _, f := range p.t.Below(p.dir) {
		if strings.HasPrefix(relative(p.dir, f), prefix) && strings.HasSuffix(f, ".php") {
			return f
		}
	}
	return ""
}

// hearsSignals is what pcntl is for.
const hearsSignals = "a worker that is asked to end finishes what it has in hand"

func (p *phpProject) laravelWorkers() {
	if f := first(p.below("database/migrations/"), p.below("app/database/migrations/")); f != "" {
		p.process("migrate", service.Service{Command: []string{"php", "artisan", "migrate", "--force"}, Release: true}, f, 1, "there are migrations")
	}
	for _, name := range []string{"app/Console/Kernel.php", "routes/console.php", "bootstrap/app.php"} {
		file := p.first(name)
		if file == "" {
			continue
		}
		if line := scan.LineOf(p.t.Text(file, p.r), scheduled); line > 0 {
			p.process("scheduler", service.Service{Command: []string{"php", "artisan", "schedule:run"}, Schedule: "* * * * *"}, file, line, "runs what is due, each minute")
			break
		}
	}
	if line, ok := p.requires("laravel/horizon"); ok {
		p.process("queue", service.Service{Command: []string{"php", "artisan", "horizon"}}, p.manifest, line, "works off the queues; exactly one may run")
		return
	}
	queue, from := p.chosen(value{}, "QUEUE_CONNECTION", "QUEUE_DRIVER")
	if jobs := p.below("app/Jobs/"); queue != "" && queue != "sync" || jobs != "" && queue == "" {
		p.process("queue", service.Service{Command: []string{"php", "artisan", "queue:work", "--tries=3"}}, first(from.file, jobs), from.line, "works off the queue")
		p.extensions(first(from.file, jobs), max(from.line, 1), scan.Convention, hearsSignals, "pcntl")
	}
}

func (p *phpProject) symfonyWorkers() {
	console := p.first("bin/console", "app/console")
	if console == "" {
		return
	}
	run := func(words ...string) []string { return append([]string{"php", relative(p.dir, console)}, words...) }
	migrations := first(p.below("migrations/"), p.below("src/Migrations/"), p.below("app/DoctrineMigrations/"))
	if _, ok := p.requires("doctrine/doctrine-migrations-bundle", "symfony/orm-pack"); ok && migrations != "" {
		p.process("migrate", service.Service{Command: run("doctrine:migrations:migrate", "--no-interaction", "--allow-no-migration"), Release: true}, migrations, 1, "there are migrations")
	}
	p.messengers(run)
	p.rabbitConsumers(run)
	p.symfonyCommands(run)
	for _, s := range p.sources {
		if line := scan.LineOf(s.text, schedulerCron); line > 0 {
			p.process("scheduler", service.Service{Command: run("messenger:consume", "scheduler_default")}, s.file, line, "the scheduler; exactly one may run")
			return
		}
	}
}

// inYAML calls with what the files of Symfony's settings in YAML say under a key, each with its file.
func (p *phpProject) inYAML(key string, found func(v value, file string)) {
	for _, file := range p.t.Below(p.dir) {
		rel := relative(p.dir, file)
		if !strings.HasPrefix(rel, "app/config/") && !strings.HasPrefix(rel, "config/") || !strings.HasSuffix(rel, ".yml") && !strings.HasSuffix(rel, ".yaml") {
			continue
		}
		text := p.t.Text(file, p.r)
		if _, skip := environmentOf(file); skip || !strings.Contains(text, key+":") {
			continue
		}
		var doc yaml.Node
		if yaml.Unmarshal([]byte(text), &doc) == nil && len(doc.Content) > 0 {
			found(yamlValue(&doc, erbBits(nil).scalar).at(key), file)
		}
	}
}

// messengers reports the worker of Symfony's messenger: it takes from all transports but those that are worked off at once
// and the one that keeps what failed.
func (p *phpProject) messengers(run func(words ...string) []string) {
	command, at, line := run("messenger:consume"), "", 0
	p.inYAML("framework", func(v value, file string) {
		messenger := v.at("messenger")
		failure := messenger.at("failure_transport")
		failed := literalOf(&failure)
		transports := messenger.at("transports")
		for i, name := range transports.keys {
			dsn := transports.items[i]
			if below, ok := dsn.get("dsn"); ok {
				dsn = below
			}
			scheme, _, _ := strings.Cut(literalOf(&dsn), ":")
			if plainWord.MatchString(name) && name != failed && name != "failed" && scheme != "sync" && name != "sync" && scheme != "in-memory" && i < maxPrograms && (at == "" || at == file) {
				if command, at = append(command, name), file; line == 0 {
					line = dsn.line
				}
			}
		}
	})
	if at != "" {
		p.process("messenger", service.Service{Command: append(command, "--time-limit=3600")}, at, line, "works off the messages; it ends each hour to be started afresh")
		p.extensions(at, 1, scan.Convention, hearsSignals, "pcntl")
	}
}

// rabbitConsumers reports the consumers that the RabbitMqBundle runs, each by its name.
func (p *phpProject) rabbitConsumers(run func(words ...string) []string) {
	if _, ok := p.requires("php-amqplib/rabbitmq-bundle", "oldsound/rabbitmq-bundle"); !ok {
		return
	}
	p.inYAML("old_sound_rabbit_mq", func(v value, file string) {
		consumers := v.at("consumers")
		for i, name := range consumers.keys {
			if plainWord.MatchString(name) && i < maxPrograms {
				p.process(name, service.Service{Command: run("rabbitmq:consumer", name)}, file, consumers.items[i].line, "works off the messages")
			}
		}
	})
}

var (
	workerFile    = scan.MustCompile(`(?i)/commands?/[^/]*(worker|consum|listen|daemon)[^/]*\.php$`)
	symfonyName   = scan.MustCompile(`(?:AsCommand\(\s*(?:name:\s*)?|setName\(\s*|\$defaultName\s*=\s*)["']([\w:.-]+)["']`)
	workerCommand = scan.MustCompile(`(?i)(^|[:._-])(workers?|consume|consumer|listen|listener|daemon)$`)
)

// symfonyCommands reports the commands of the project's own that keep running: workers and the like, by their names.
func (p *phpProject) symfonyCommands(run func(words ...string) []string) {
	for _, file := range p.files {
		if !workerFile.MatchString("/"+file) || p.t.Aside(file) {
			continue
		}
		for _, m := range findSome(p.t.Text(file, p.r), symfonyName) {
			if name := m.Groups[1]; workerCommand.MatchString(name) {
				p.process(name, service.Service{Command: run(name)}, file, m.Line, "a command that keeps running, by its name")
			}
		}
	}
}

// Routes as PHP's frameworks write them down.
var (
	phpRoute  = scan.MustCompile(`(?:Route::(?:get|any|view|match\(\[[^\]]*\],)|\$(?:app|router|r|group|routes)->(?:get|any|connect|map\(\[[^\]]*\],))\s*\(?\s*["'](/?[^"'\n]{1,120})["']`)
	laminas   = scan.MustCompile(`'route'\s*=>\s*["'](/[^"'\n\[:]{1,120})["']`)
	yamlRoute = scan.MustCompile(`(?m)^\s*(?:path|pattern):\s*["']?(/[^"'\s,}]{1,120})`)
	healthUp  = scan.MustCompile(`health:\s*["'](/[^"'\n]+)["']`)
)

// health reports the routes by which the service says how it is.
func (p *phpProject) health() {
	var routes []route
	add := func(text, file string, re *scan.Pattern, prefix string) {
		groups := routeGroups(text)
		for _, m := range findSome(text, re) {
			if groups.guarded(m.Line) {
				continue
			}
			routes = append(routes, route{path: prefix + groups.above(m.Line) + "/" + strings.TrimPrefix(m.Groups[1], "/"), file: file, line: m.Line})
		}
	}
	for _, s := range p.sources {
		rel := relative(p.dir, s.file)
		prefix := ""
		if rel == "routes/api.php" {
			prefix = p.prefixOfAPI()
		}
		if hasAny(s.text, "Route::", "->get", "->any", "->map", "->connect") {
			add(s.text, s.file, phpRoute, prefix)
		}
		if hasAny(s.text, "'route'") {
			add(s.text, s.file, laminas, "")
		}
		if hasAny(s.text, "Route(", "[Get(") {
			routes = append(routes, p.attributedRoutes(s)...)
		}
		if rel == "bootstrap/app.php" {
			add(s.text, s.file, healthUp, "")
		}
	}
	root := path.Join(p.dir, p.docroot)
	for _, file := range p.files { // a page of its own
		if page := "/" + relative(root, file); owner(map[string]bool{root: true}, file) != "" && pageOfHealth.MatchString(page) {
			routes = append(routes, route{path: page, file: file, line: 1, sure: true})
		}
	}
	for _, name := range []string{"config/routes.yaml", "config/routes.yml", "app/config/routing.yml"} {
		if file := p.first(name); file != "" {
			add(p.t.Text(file, p.r), file, yamlRoute, "")
		}
	}
	findHealth(p.r, p.dir, append(routes, p.bundleRoutes()...))
}

// loadsAPI is where an application's own provider loads routes/api.php below a prefix.
var loadsAPI = scan.MustCompile(`(?s)\bprefix\(\s*["']/?([\w./-]*)["']\s*\)[^;{}]{0,300}?routes/api\.php`)

// prefixOfAPI is the path that the routes of routes/api.php lie below: Laravel takes /api unless the application's own provider
// says another one, or none.
func (p *phpProject) prefixOfAPI() string {
	text := ""
	if file := p.first("app/Providers/RouteServiceProvider.php"); file != "" {
		text = p.t.Text(file, p.r)
	}
	if m := loadsAPI.FindStringSubmatch(text); m != nil {
		return strings.TrimRight("/"+m[1], "/")
	}
	if strings.Contains(text, "routes/api.php") && !strings.Contains(text, "prefix(") && !strings.Contains(text, "'prefix'") {
		return ""
	}
	return "/api"
}

var pageOfHealth = scan.MustCompile(`(?i)^/(?:[\w-]+/)?(health|healthz|healthcheck|health_check|health-check|ping|status|heartbeat|alive|ready)\.php$`)
