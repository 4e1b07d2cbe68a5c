package lang

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// variableLine is one line of a .env file.
type variableLine struct {
	value, file string
	line        int
}

var (
	phpCounts = scan.MustCompile(`(?i)^(config/.*|app/(config|etc)/.*|application/config/.*|bootstrap/.*|routes/.*|app/Console/Kernel|[^/]*|includes?/[^/]*|inc/[^/]*|src/(settings|dependencies|config)[^/]*|(web/|docroot/)?sites/default/[^/]*|public/index|lib/[^/]*)\.php(?:[.-](?:dist|example|sample|default|template|tmpl|orig))?$|^(?:[\w-]+/)?(?:conf|config|etc)/[\w-]+-(?:example|sample|dist)$`)
	notPHP    = scan.MustCompile(`(?i)(^|/)(migrations|seeds|seeders|factories|lang|locale|translations|views|templates|cache|stubs|wp-admin|wp-includes|libraries|plugins|themes|var|storage)/|(Test|\.blade)\.php$|^(install|update|upgrade)\.php$|^((web|docroot|html|public|www|htdocs)/)?core/`)
	phpWords  = []string{"getenv(", "env(", "$_ENV", "$_SERVER", "mysql_connect", "mysqli", "new PDO", "pg_connect", "new Redis", "Memcached", "fsockopen", "curl_init", "->get(", "Route::get", "@Route", "#[Route", "'route'", "S3Client", "SqsClient", "enum Env", "::getStr(", "AsSchedule", "ScheduleProviderInterface",
		"parse_ini_file", "Zend_Config", "Yaml::parse", "yaml_parse", "json_decode(file_get_contents"}
	phpEnv     = scan.MustCompile(`(?:\b(?:env|getenv(?:_docker)?)\(\s*|\$_(?:ENV|SERVER)\[\s*)['"]([A-Z][A-Z0-9_]*)['"]\s*(?:(?:,|[)\]]\s*\?[:?])\s*(?:['"]([^'"\n]{0,200})['"]|(\d+(?:\.\d+)?|true|false)\b))?`)
	phpOption  = scan.MustCompile(`['"]env['"]\s*=>\s*['"]([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)['"]`) // a table of settings names the variable of each
	phpGetter  = scan.MustCompile(`\b(?:\w*(?:Config|Env|Environment|Settings))::get(?:Str|String|Int|Bool|Raw)?\(\s*['"]([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)['"]`)
	phpEnum    = scan.MustCompile(`\benum\s+\w*Env\w*\s*:\s*string\b`) // the names of all variables
	phpCase    = scan.MustCompile(`(?m)^\s*case\s+\w+\s*=\s*['"]([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)['"]\s*;`)
	symfonyEnv = scan.MustCompile(`%env\((?:[\w-]+:)*([A-Z][A-Z0-9_]*)\)%`)
	dotenvSet  = scan.MustCompile(`(?m)^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=[ \t]*["']?([^"'\n#]*)`)
)

// phpForeign are variables of the web server and of PHP's own.
var phpForeign = scan.MustCompile(`^(DOCUMENT_ROOT|SERVER_\w+|REMOTE_\w+|REDIRECT_\w+|PHP_\w+|GATEWAY_INTERFACE|SCRIPT_\w+|AUTH_TYPE|HTTPS|ORIG_\w+|COMPOSER\w*|APP_RUNNING_IN_CONSOLE|LARAVEL_\w+|SYMFONY_\w+|TEST_\w+|\w+_TEST_\w+|DB_TEST_\w+)$`)

func (p *phpProject) readSources() {
	p.sources = plainSources(p.t, p.r, p.dir, append(p.files[:len(p.files):len(p.files)], p.examples...), worth{telling: phpCounts, words: phpWords, never: func(name string) bool {
		return notPHP.MatchString(relative(p.dir, name))
	}})
	p.dotenv = map[string]variableLine{}
	for _, name := range []string{".env.production", ".env.prod", ".env.deploy", ".env.example", ".env.dist", ".env.sample", ".env.docker", ".env.production.example", ".env.prod.example", ".env"} {
		file := p.first(name)
		if file == "" {
			continue
		}
		for _, m := range findSome(p.t.Text(file, p.r), dotenvSet) {
			if _, ok := p.dotenv[m.Groups[1]]; !ok {
				p.dotenv[m.Groups[1]] = variableLine{strings.TrimSpace(m.Groups[2]), file, m.Line}
			}
		}
	}
}

// settings reads what the code is configured by: needs, state, variables.
func (p *phpProject) settings() {
	p.infer = &inference{r: p.r, dir: p.dir, claimed: map[string]bool{}}
	switch p.framework {
	case "laravel", "lumen":
		p.laravel()
	case "symfony":
		p.symfony()
	case "wordpress":
		p.wordpress()
	case "drupal":
		p.drupal()
	}
	p.connects()
	p.arrays()
	p.applications()
	p.variables()
	if p.framework == "laravel" {
		p.sparedByExample()
	}
	p.infer.hostVariables()
	p.ownFiles()
	fileSecrets(p.t, p.r, p.dir, p.names, "getenv(%q)")
	p.drivers()
	for _, s := range p.infer.needs {
		if ext := extensionOf[s.need.Kind]; ext != "" && p.framework != "wordpress" && !(ext == "redis" && p.composer.Require["predis/predis"] != "") {
			p.extensions(s.file, s.line, scan.Convention, "it talks to "+s.need.Kind, ext)
		}
	}
	p.infer.reportVariables()
	p.infer.report()
}

// names says whether the code names a file.
func (p *phpProject) names(base string) bool {
	return slices.ContainsFunc(p.sources, func(s plainSource) bool { return strings.Contains(s.text, base) })
}

// ownFiles notes the files of settings of which the repository has an example only: the image lacks them.
func (p *phpProject) ownFiles() {
	for _, file := range p.examples {
		if real := withoutExample(file); phpConfig.MatchString(relative(p.dir, real)) && !p.t.Aside(file) {
			p.r.Note(file, 1, "an example of %s, which each machine had its own of: put one into the repository that takes what differs from the environment", path.Base(real))
		}
	}
}

// drivers reports the needs that only a package among the dependencies speaks of.
func (p *phpProject) drivers() {
	drivers := map[string]dependency{}
	configured := false
	for _, s := range p.infer.needs {
		configured = configured || sqlKinds[s.need.Kind]
	}
	names := make([]string, 0, len(phpDrivers))
	for name := range phpDrivers {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		kind := phpDrivers[name]
		line, ok := p.requires(name)
		if !ok || drivers[kind].name != "" || sqlKinds[kind] && (configured || len(p.infer.lite) > 0) || p.framework == "laravel" && kind == "redis" && name != "laravel/horizon" {
			continue // Laravel's settings say whether Redis is used
		}
		drivers[kind] = dependency{name: name, file: p.manifest, line: line}
	}
	p.cloudClients()
	p.infer.drivers(drivers, nil)
}

// cloudClient is a client of a store or a queue of Amazon's that the code makes.
var cloudClient = scan.MustCompile(`(?:\bnew\s+\\?(?:Aws\\(?:S3|Sqs)\\)?|->create)(S3|Sqs)(?:Client)?\s*\(`)

// cloudClients reports the stores and queues that the code talks to with Amazon's library: its package alone does not say
// which.
func (p *phpProject) cloudClients() {
	if _, ok := p.requires("aws/aws-sdk-php"); !ok {
		return
	}
	for _, s := range p.sources {
		for _, m := range findSome(s.text, cloudClient) {
			kind := strings.ToLower(m.Groups[1])
			p.infer.add(scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}, s.file, m.Line, scan.Convention, "")
		}
	}
}

// variables collects the variables that the code reads. Of a framework's own files of settings only those count that the
// team has written down in its .env file: they hold every driver there is.
func (p *phpProject) variables() {
	_, pays := p.requires("laravel/cashier")
	for _, s := range p.sources {
		if phpEnum.MatchString(s.text) {
			for _, m := range findSome(s.text, phpCase) {
				p.infer.vars = append(p.infer.vars, readVariable{m.Groups[1], "", s.file, m.Line})
			}
		}
		if hasAny(s.text, "::get") && p.namedVariables(s) {
			continue
		}
		if !hasAny(s.text, "env(", "ENV[", "SERVER[", "'env'", `"env"`) {
			continue
		}
		for _, m := range findSome(s.text, phpOption) {
			p.infer.vars = append(p.infer.vars, readVariable{m.Groups[1], "", s.file, m.Line})
		}
		own := stockSettings.MatchString(relative(p.dir, s.file)) && (p.framework == "laravel" || p.framework == "lumen")
		for _, m := range findSome(s.text, phpEnv) {
			name := m.Groups[1]
			_, named := p.dotenv[name]
			named = named || len(p.dotenv) == 0 && stockSecrets.MatchString(name) || pays && strings.HasPrefix(name, "STRIPE_")
			header := strings.HasPrefix(name, "HTTP_") && strings.Contains(p.t.Line(s.file, m.Line), "_SERVER[") // of the request
			if header || phpForeign.MatchString(name) || own && !named && stockVariable.MatchString(name) || strings.HasPrefix(strings.TrimLeft(p.t.Line(s.file, m.Line), " \t"), "//") || strings.HasPrefix(p.t.Line(s.file, m.Line), "#") {
				continue
			}
			fallback := m.Groups[2] + m.Groups[3]
			if fallback == "false" && scan.SecretName(name) {
				fallback = "" // there is none
			}
			p.infer.vars = append(p.infer.vars, readVariable{name, fallback, s.file, m.Line})
			if p.sparedByRead(s.file, p.t.Line(s.file, m.Line), name) {
				p.infer.spare(name, s.file, m.Line)
			}
		}
	}
}

// namedVariables collects the variables that a file asks a class of settings for by their names: Config::getStr('DB_PASS'),
// where nothing else in it reads the environment.
func (p *phpProject) namedVariables(s plainSource) bool {
	if hasAny(s.text, "getenv(", "env(", "ENV[") || p.framework == "laravel" || p.framework == "wordpress" {
		return false
	}
	found := findSome(s.text, phpGetter)
	for _, m := range found {
		p.infer.vars = append(p.infer.vars, readVariable{m.Groups[1], "", s.file, m.Line})
	}
	return len(found) > 0
}

// stockSecrets are the secrets of Laravel's own settings that a production has, where no .env file says which are in use.
var stockSecrets = scan.MustCompile(`^(APP_KEY|DB_PASSWORD|MAIL_PASSWORD)$`)

// stockVariable are the variables of Laravel's own settings and of packages that bring theirs: a driver each, of which a
// team uses few. Another name there is the team's own.
var stockVariable = scan.MustCompile(`^(APP|LOG|BROADCAST|PUSHER|ABLY|REVERB|CACHE|MEMCACHED|DYNAMODB|DB|REDIS|FILESYSTEM|MAIL|MAILGUN|MANDRILL|SES|SPARKPOST|STRIPE|POSTMARK|RESEND|SLACK|PAPERTRAIL|QUEUE|SQS|SESSION|SANCTUM|VIEW|BCRYPT|ARGON|HASH|HORIZON|TELESCOPE|SCOUT|ALGOLIA|MEILISEARCH|TYPESENSE|DEBUGBAR|PULSE|OCTANE|SENTRY|AUTH|CORS|PASSPORT|RACKSPACE|IRON|BUGSNAG|FTP|SFTP|GOOGLE_CLOUD)_\w+$` +
	`|^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|DEFAULT_REGION|REGION|BUCKET|URL|ENDPOINT|USE_PATH_STYLE_ENDPOINT|KEY|SECRET)$|^(DATABASE|REDIS)_URL$`)

var stockSettings = scan.MustCompile(`^config/(app|auth|broadcasting|cache|cors|database|filesystems|hashing|logging|mail|queue|sanctum|services|session|view|horizon|telescope|scout|debugbar|pulse|octane|sentry)\.php$`)

// returned is the array that a file of settings returns.
func returned(text string) value {
	p := &parser{tokens: tokenize(text, dialect{php: true}), d: dialect{php: true}, scope: map[string]value{}}
	for i, t := range p.tokens {
		if t.kind == tokName && t.text == "return" {
			p.at = i + 1
			if v := p.expr(0); v.kind == valDict {
				return v
			}
		}
	}
	return value{}
}

// at follows keys into nested arrays.
func (v value) at(keys ...string) value {
	for _, key := range keys {
		v, _ = v.get(key)
	}
	return v
}

// without leaves a key out of an array.
func (v value) without(key string) value {
	kept := value{kind: v.kind, line: v.line}
	for i, k := range v.keys {
		if k != key {
			kept.keys, kept.items = append(kept.keys, k), append(kept.items, v.items[i])
		}
	}
	return kept
}

func first(names ...string) string {
	for _, n := range names {
		if n != "" {
			return n
		}
	}
	return ""
}
