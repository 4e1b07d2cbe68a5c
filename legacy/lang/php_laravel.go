package lang

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// laravel reads Laravel's own files of settings: of all the drivers that they describe those count that are chosen.
func (p *phpProject) laravel() {
	database, file := p.laravelFile("database")
	if file == "" {
		p.laravelLite()
	}
	p.chosenConnection(database, file, "DB_CONNECTION")
	used := p.laravelStores()
	if from, ok := used["redis"]; ok {
		p.redis(database, from)
	} else if from, ok := p.callsRedis(); ok {
		p.redis(database, from)
	}
	if from, ok := used["memcached"]; ok {
		p.infer.claimed["MEMCACHED_HOST"], p.infer.claimed["MEMCACHED_PORT"] = true, true
		p.infer.add(scan.Need{Need: service.Need{Kind: "memcached", Port: 11211}, Env: map[string]string{"MEMCACHED_HOST": "{host}", "MEMCACHED_PORT": "{port}"}}, from.file, from.line, scan.Declared, "")
	}
	p.laravelMail()
	p.laravelFiles()
	p.laravelSpared(used)
	p.laravelEnv()
}

// laravelFile is what a file of settings returns: those of Laravel 5 and later stand in config/, those of 4 in app/config/.
func (p *phpProject) laravelFile(name string) (value, string) {
	if file := p.first("config/"+name+".php", "app/config/"+name+".php", "app/Config/"+name+".php"); file != "" {
		return returned(p.t.Text(file, p.r)), file
	}
	return value{}, ""
}

// chosen is what a setting comes to where it is deployed, as far as the repository tells: by the example of the .env file,
// under the variable that the setting reads or one of those that are usual for it, else by the default in the code.
func (p *phpProject) chosen(v value, variables ...string) (string, variableLine) {
	if name, _, ok := v.environment(); ok {
		variables = append([]string{name}, variables...)
	}
	for _, name := range variables {
		if set, ok := p.dotenv[name]; ok && set.value != "" && !noValue.MatchString(set.value) {
			return set.value, set
		}
	}
	text, _ := v.literal()
	return text, variableLine{}
}

// laravelLite reads the choice of SQLite of a project without settings of its own for the database: Laravel's have the file here.
func (p *phpProject) laravelLite() {
	if text, from := p.chosen(value{}, "DB_CONNECTION"); text == "sqlite" {
		p.infer.lite = append(p.infer.lite, liteFile{"database/database.sqlite", from.file, from.line, true})
	}
}

// chosenConnection reads the one connection of a file of settings that its default names.
func (p *phpProject) chosenConnection(database value, file, variable string) {
	which := database.at("default")
	connection, from := p.chosen(which, variable)
	if connection == "" {
		return
	}
	if name, _, ok := which.environment(); ok {
		variable = name
	}
	if user := p.dotenv["DB_USERNAME"]; connection == "sqlite" && from.file == "" && user.value != "" {
		connection, from = "mysql", user // an account is for a server, and this is what Laravel took before
	}
	v := p.filled(database.at("connections", connection).without("engine")) // the table engine of MySQL
	if _, ok := v.get("driver"); ok {
		p.infer.group("database", v, file, "")
		if password, ok := v.get("password"); ok {
			if name, _, isEnv := password.environment(); isEnv {
				p.infer.vars = append(p.infer.vars, readVariable{name, "", file, password.line})
			}
		}
	} else if kind := kindOfEngine(connection); sqlKinds[kind] {
		p.infer.add(scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}, Env: map[string]string{"DB_HOST": "{host}", "DB_PORT": "{port}"}}, first(from.file, file, p.manifest), max(from.line, 1), scan.Declared, "")
	}
	p.settled(variable, connection, from)
}

// laravelStores are the drivers that sessions, the cache, the queues and the events are kept with, and where that is said.
func (p *phpProject) laravelStores() map[string]variableLine {
	used := map[string]variableLine{}
	for _, c := range laravelChoices {
		if !c.store {
			continue
		}
		v, name := p.laravelFile(c.file)
		text, from := p.chosen(v.at(c.key), c.variables...)
		if from.file == "" {
			from = variableLine{file: name, line: max(v.at(c.key).line, 1)}
		}
		if (text == "file" || text == "native") && c.file == "session" {
			p.r.Note(from.file, from.line, "sessions are kept in files: with more than one replica users are logged out at random; choose redis or database")
		}
		if used[text].file == "" && from.file != "" {
			used[text] = from
		}
	}
	return used
}

// facade is what code calls Redis by itself with, whatever sessions, caches and queues are kept in.
var facade = scan.MustCompile(`(?m)^use\s+(?:Illuminate\\Support\\Facades\\)?(?:LRedis|Redis)(?:\s+as\s+\w+)?;`)

// callsRedis is where the application's own code does so.
func (p *phpProject) callsRedis() (variableLine, bool) {
	if _, ok := p.requires("predis/predis", "ext-redis", "illuminate/redis"); !ok {
		return variableLine{}, false
	}
	for _, file := range p.files {
		if own := relative(p.dir, file); !strings.HasPrefix(own, "app/") || !strings.HasSuffix(own, ".php") || p.t.Aside(file) {
			continue
		}
		if data, err := p.t.Read(file); err == nil && bytes.Contains(data, []byte("Redis;")) {
			if line := scan.LineOf(string(data), facade); line > 0 {
				return variableLine{"", file, line}, true
			}
		}
	}
	return variableLine{}, false
}

func (p *phpProject) redis(database value, from variableLine) {
	n := scan.Need{Need: service.Need{Kind: "redis", Port: 6379}, Env: map[string]string{"REDIS_HOST": "{host}", "REDIS_PORT": "{port}"}}
	if host, ok := database.at("redis", "default").get("host"); ok {
		if _, _, isEnv := host.environment(); !isEnv {
			n.Env = nil
			p.infer.host(&n, host)
		}
	}
	p.infer.claimed["REDIS_HOST"], p.infer.claimed["REDIS_PORT"] = true, true
	p.infer.add(n, from.file, max(from.line, 1), scan.Declared, "")
}

// stockMail is the host that a new project's settings name; nobody has chosen it.
const stockMail = "smtp.mailgun.org"

// laravelMail reports the mail server where the team has chosen one: smtp is the default of a new project, too.
func (p *phpProject) laravelMail() {
	mail, name := p.laravelFile("mail")
	driver := mail.at("default")
	if driver.kind == valOther {
		driver = mail.at("driver")
	}
	text, from := p.chosen(driver, "MAIL_MAILER", "MAIL_DRIVER")
	if text != "smtp" {
		return
	}
	n := scan.Need{Need: service.Need{Kind: "smtp", Port: 25}}
	if host, ok := mail.get("host"); ok && host.kind == valString && host.text != stockMail { // of Laravel 4
		p.infer.host(&n, host)
		if port := mail.at("port").number(); port > 0 {
			n.Port = port
		}
		p.infer.add(n, name, host.line, scan.Declared, "")
	} else if from.file != "" {
		n.Env = map[string]string{"MAIL_HOST": "{host}", "MAIL_PORT": "{port}"}
		p.infer.claimed["MAIL_HOST"], p.infer.claimed["MAIL_PORT"] = true, true
		p.infer.add(n, from.file, max(from.line, 1), scan.Declared, "")
		p.plainMail()
	}
}

// plainMail says that mail goes without TLS where the example of the .env file does: the settings of a new project ask for
// it where the variable is not set at all.
func (p *phpProject) plainMail() {
	for _, name := range []string{"MAIL_ENCRYPTION", "MAIL_SCHEME"} {
		if set, ok := p.dotenv[name]; ok && strings.EqualFold(set.value, "null") {
			p.infer.claimed[name] = true
			p.find(service.Service{Env: map[string]string{name: "null"}}, set.file, set.line, scan.Convention, "without TLS")
		}
	}
}

// laravelFiles reports where files that users upload are kept.
func (p *phpProject) laravelFiles() {
	if text, from := p.chosen(value{}, "FILESYSTEM_DISK", "FILESYSTEM_DRIVER"); text == "s3" {
		p.infer.add(scan.Need{Need: service.Need{Kind: "s3", Port: 443, TLS: true}}, from.file, from.line, scan.Declared, "")
	} else if app := p.first("storage/app/.gitignore", "storage/app/public/.gitignore", "config/filesystems.php"); app != "" {
		p.infer.keeps("storage/app", app, 1, "files that users upload")
	}
	seen := map[string]bool{}
	for _, file := range p.t.Below(p.dir) {
		m := uploadsKept.FindStringSubmatch(relative(p.dir, file))
		if m != nil && !seen[m[1]] && p.keptEmpty(path.Join(p.dir, m[1])) {
			seen[m[1]] = true
			p.infer.keeps(m[1], file, 1, "files that users upload")
		}
	}
}

var uploadsKept = scan.MustCompile(`^((?:storage|public)/(?:uploads?|images?|media|documents?|attachments?|avatars?))/(?:[\w-]+/)?\.git(?:ignore|keep)$`)

// keptEmpty says whether git keeps a directory, and nothing of what is in it: a volume there hides nothing of the image.
func (p *phpProject) keptEmpty(dir string) bool {
	return !slices.ContainsFunc(p.t.Below(dir), func(file string) bool {
		base := path.Base(file)
		return base != ".gitignore" && base != ".gitkeep"
	})
}

// settled writes down a choice that the needs rest upon.
func (p *phpProject) settled(name, text string, from variableLine) {
	if from.file != "" {
		p.find(service.Service{Env: map[string]string{name: text}}, from.file, from.line, scan.Declared, "")
	}
}

var oldLog = scan.MustCompile(`['"]log['"]\s*=>\s*env\(\s*['"]APP_LOG['"]`)

// laravelEnv says that this is production, where the log goes, and which key it encrypts with.
func (p *phpProject) laravelEnv() {
	if file := p.first("app/config/app.php"); file != "" {
		p.r.Note(file, 1, "Laravel 4 keeps its configuration in app/config/, passwords and all: let its values come from the environment (getenv)")
		return
	}
	at, line := first(p.manifest, p.first("artisan")), 1
	if l, ok := p.requires("laravel/framework", "laravel/lumen-framework"); ok {
		line = l
	}
	env := map[string]string{"APP_ENV": "production", "APP_DEBUG": "false", "LOG_CHANNEL": "stderr"}
	if app := p.first("config/app.php"); app != "" && oldLog.MatchString(p.t.Text(app, p.r)) {
		delete(env, "LOG_CHANNEL") // Laravel before 5.6 has no channels
		env["APP_LOG"] = "errorlog"
	}
	for name := range env {
		p.infer.claimed[name] = true
	}
	p.find(service.Service{Env: env}, at, line, scan.Declared, "what Laravel wants in production")
	p.find(service.Service{Secrets: []string{"APP_KEY"}}, at, line, scan.Convention, "Laravel encrypts with it")
}
