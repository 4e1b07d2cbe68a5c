package kube

import (
	"regexp"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// saying is a line that programs write when one thing is wrong, in whatever language: what it means and what helps. %s in
// cause and fix stands for the first group that matched.
type saying struct {
	line       *regexp.Regexp
	cause, fix string
}

func says(line, cause, fix string) saying { return saying{regexp.MustCompile(line), cause, fix} }

const (
	fixVariable = "add %s to the service in migrate.yaml, under env, or under secrets for a secret, and run `migrate generate`"
	fixName     = "say what answers it: needs and environments.ENV.needs in migrate.yaml, or correct the name in the service's configuration"
	fixNeed     = "see whether it answers where environments.ENV.needs in migrate.yaml says, and whether a firewall or network policy stands between"
	fixLogin    = "correct the user and the password in gopass (migrate secrets check), or let the need know them"
	fixAddress  = "pods call from other addresses than the old host: have them added to the database's own list (pg_hba.conf, the account's host), and look for a firewall that does the same"
	fixWrite    = "only /tmp and mounted volumes can be written to: name the directory under state in migrate.yaml, or have the service write elsewhere"
	causePort   = "it may not listen on port %s: ports below 1024 are root's"
	fixPort     = "let it listen on a port from 1024 up, and name it as port in migrate.yaml; the Service stays as it is"
	fixPackage  = "install it in the Dockerfile"
)

// sayings are in the order in which they count: a missing variable is the cause of the connection that then fails.
// They are made when the first log is read: most runs read none.
func sayings() []saying {
	const variable = `([A-Z][A-Z0-9_]{2,})`
	return []saying{
		// Python, Ruby, Django; Go's and Node's usual libraries; Spring; PHP
		says(`KeyError: ['"]`+variable+`['"]`, "the variable %s is missing", fixVariable),
		says(`key not found: "`+variable+`"`, "the variable %s is missing", fixVariable),
		says(`(?i)\b(?-i:`+variable+`)['"]?(?: environment variable)? (?:is|was|must be|has to be|needs to be) (?:not set|unset|not defined|undefined|set|missing|required|not provided|empty)`, "the variable %s is missing", fixVariable),
		says(`(?i)(?:missing|required|undefined|unset|no)(?: \w+)? (?:environment variables?|env(?:ironment)? vars?|config var)(?: is missing| not set)?:? ['"\x60]?(?-i:`+variable+`)`, "the variable %s is missing", fixVariable),
		says(`(?i)(?:set|define|provide)(?: the)? ['"\x60]?(?-i:`+variable+`)['"\x60]?(?: environment)? variable`, "the variable %s is missing", fixVariable),
		says(`(?i)environment variable ['"\x60]?(?-i:`+variable+`)['"\x60]? (?:is |was )?(?:not|missing|required|undefined|unset)`, "the variable %s is missing", fixVariable),
		says(`Could not resolve placeholder '([^']+)'`, "the setting %s is missing", fixVariable),
		says(`(?i)(?:undefined array key|undefined index:?) "?(?-i:`+variable+`)`, "the variable %s is missing", fixVariable),
		says(`(?:\$\{|^.*: )`+variable+`: (?:unbound variable|parameter not set|parameter null or not set)`, "the variable %s is missing", fixVariable),
		says(`(?i)(missing .?secret_key_base.?) for`, "the variable SECRET_KEY_BASE is missing (%s)", filled(fixVariable, "SECRET_KEY_BASE")),
		says(`(cookie store expects conn\.secret_key_base to be at least 64 bytes)`, "SECRET_KEY_BASE is too short (%s)", "put one of 64 letters or more into gopass: migrate secrets set SECRET_KEY_BASE --env ENV --generate=64 --force"),
		says(`(No application encryption key has been specified)`, "the variable APP_KEY is missing (%s)", filled(fixVariable, "APP_KEY")),
		says(`(Unsupported cipher or incorrect key length|The only supported ciphers are [\w-]+)`, "APP_KEY is no key for Laravel's cipher (%s)", "put one of 32 letters, or what php artisan key:generate --show prints, into gopass: migrate secrets set APP_KEY --env ENV --generate=32 --force"),
		// names that don't resolve
		says(`could not translate host name "([^"]+)"`, "the name %s does not resolve", fixName),
		says(`getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (\S+)`, "the name %s does not resolve", fixName),
		says(`UnknownHostException: ([^\s:]+)`, "the name %s does not resolve", fixName),
		says(`lookup (\S+?)(?: on [\d.:\[\]a-f]+)?: no such host`, "the name %s does not resolve", fixName),
		says(`Unknown (?:MySQL )?server host '([^']+)'`, "the name %s does not resolve", fixName),
		says(`getaddrinfo(?: for)? (\S+) failed: (?:Name|Temporary)`, "the name %s does not resolve", fixName),
		says(`(?:Error -?\d+ connecting to |host=')([^\s:']+)\S*(?: .*)?(?:Name or service not known|Temporary failure in name resolution)`, "the name %s does not resolve", fixName),
		says(`(Name or service not known|Temporary failure in name resolution|nodename nor servname provided)`, "a name that it calls does not resolve (%s)", fixName),
		// logins
		says(`password authentication failed for user "([^"]+)"`, "the database refuses user %s", fixLogin),
		says(`Access denied for user '([^']+)'`, "the database refuses user %s", fixLogin),
		says(`(NOAUTH Authentication required|WRONGPASS|ACCESS_REFUSED|Authentication failed\.)`, "a need refuses its login (%s)", fixLogin),
		says(`(?:no pg_hba\.conf entry for host "|^.*Host '|no pg_hba\.conf entry for replication connection from host ")([^"']+)["'][^\n]*?(?:is not allowed to connect|, user )`, "the database lets nobody in from %s", fixAddress),
		says(`Login failed for user '([^']+)'`, "the database refuses user %s", fixLogin),
		says(`(ORA-01017)`, "a need refuses its login (%s)", fixLogin),
		says(`(ORA-125(?:05|14|16))`, "the database's listener knows no such database (%s)", "correct the name of the service or SID in the service's configuration or the secret's value"),
		says(`(too many clients already|remaining connection slots are reserved|Too many connections|ORA-12516)`, "the database takes no more connections (%s)", "let each pod keep a smaller pool, run fewer pods, or have the database's limit raised; the pods of before count while a rollout goes on"),
		says(`(Could not acquire change log lock|Migration table is locked|ConcurrentMigrationError)`, "another migration of the database runs, or died and holds its lock (%s)", "see whether one runs; otherwise release its lock (liquibase releaseLocks, or by the tool's own page)"),
		says(`database "([^"]+)" does not exist`, "there is no database %s", "make the database, or correct its name in the secret's value"),
		says(`Unknown database '([^']+)'`, "there is no database %s", "make the database, or correct its name in the secret's value"),
		says(`(?:relation|table) ["'\x60]?([\w.]+)["'\x60]? (?:does not|doesn't) exist`, "there is no table %s", "let a service with release: true in migrate.yaml bring the tables up to date before each rollout"),
		says(`no such table: (\S+)`, "there is no table %s", "let a service with release: true in migrate.yaml bring the tables up to date before each rollout"),
		// needs that don't answer
		says(`connection to server at "([^"]+)"[^:]*failed: (?:Connection refused|Connection timed out|timeout expired)`, "%s does not answer", fixNeed),
		says(`(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH) ([\w.-]+:\d+)`, "%s does not answer", fixNeed),
		says(`dial tcp ([\w.:\[\]-]+:\d+): (?:connect: )?(?:connection refused|connection timed out|i/o timeout|no route to host)`, "%s does not answer", fixNeed),
		says(`(?:Can't connect to (?:MySQL )?server on|Connection to) '?([\w.-]+(?::\d+)?)'? (?:\(\d+|refused|failed|timed out)`, "%s does not answer", fixNeed),
		says(`(?:ServerSelectionTimeoutError|MongoServerSelectionError|MongoNetworkError|NoBrokersAvailable|Bootstrap broker)[^\n]*?\b([\w.-]+:\d{2,5})\b`, "%s does not answer", fixNeed),
		says(`Error (?:61|110|111|113) connecting to ([\w.-]+:\d+)`, "%s does not answer", fixNeed),
		says(`(?i)(connection refused|connection timed out|no route to host)`, "what it calls does not answer (%s)", fixNeed),
		says(`(?i)(certificate has expired|certificate_expired|CertificateExpiredException)`, "the certificate of what it calls has expired (%s)", "have it renewed by who runs that; until then nothing new can trust it"),
		says(`(?i)(UNSUPPORTED_PROTOCOL|unsupported protocol|alert protocol version|protocol is disabled or cipher suites|no protocols available|DH_KEY_TOO_SMALL|dh key too small|UNSAFE_LEGACY_RENEGOTIATION_DISABLED)`, "it and what it calls have no common version of TLS, or of its ciphers (%s)",
			"what it calls speaks an old TLS that newer images refuse: have it brought up to date, or allow it for this service alone (MinProtocol and CipherString in an openssl.cnf, jdk.tls.disabledAlgorithms in Java)"),
		says(`(certificate signed by unknown authority|CERTIFICATE_VERIFY_FAILED|self[- ]signed certificate|unable to get local issuer certificate|PKIX path building failed)`, "it does not trust the certificate of what it calls (%s)",
			"put the CA of your organisation into the image (ca-certificates), or mount it and say where it is"),
		// what the image or the pod does not give
		says(`(?i)(?:listen tcp[46]? \S*?|0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]|::|\*):(\d{1,3})\b[^\n]*(?:permission denied|EACCES)`, causePort, fixPort),
		says(`(?i)(?:EACCES|permission denied)[^\n]*?(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]|::|\*):(\d{1,3})\b`, causePort, fixPort),
		says(`Permission denied: \('[^']*', (\d{1,3})\)`, causePort, fixPort),
		says(`(?i)(?:address already in use|EADDRINUSE)[^\n]*?:?(\d{2,5})\b|:(\d{2,5})\b[^\n]*address already in use`, "port %s is taken in its pod", "two processes of the pod listen on the same port: give one of them another"),
		says(`(?i)(no space left on device|ENOSPC)`, "a disk is full (%s)", "give the volume more room: sizeLimit of the emptyDir, or the size under state in migrate.yaml; or let it write less"),
		says(`(?i)(read-only file system|EROFS)[^\n]*`, "it writes where it may not (%s)", fixWrite),
		says(`(?i)permission denied:? ['"]?(/[^\s'":]+)|(?:open|mkdir|cannot create directory|cannot open|unlink|chown) ['"‘]?(/[^\s'":’]+)['"’]?:? permission denied`, "its user may not use %s", "it runs as user 10001: chown it in the Dockerfile, or name it under state in migrate.yaml"),
		says(`ModuleNotFoundError: No module named '([^']+)'`, "the image lacks the module %s", fixPackage),
		says(`Cannot find (?:module|package) '([^']+)'`, "the image lacks the module %s", fixPackage),
		says(`Could not find (\S+)[^\n]*? in (?:any of the sources|locally installed gems)`, "the image lacks the gem %s", fixPackage),
		says(`(?i)(could not find driver)`, "the image's PHP lacks the driver of its database (%s)", fixPackage+": docker-php-ext-install pdo_mysql or pdo_pgsql"),
		says(`(?i)unknown (?:or invalid )?time ?zone:? '?"?(\w[\w/+-]*)`, "the image does not know the time zone %s", fixPackage+": the package tzdata"),
		says(`version .(GLIBC(?:XX)?_[\d.]+)' not found`, "it was built for a newer C library than the image has (%s)", "build it on the same system that it runs on: the same base image in both stages of the Dockerfile"),
		says(`(UnsupportedClassVersionError|class file version \d+)`, "it was built for a newer Java than the image has (%s)", "correct the version of the service in migrate.yaml and run `migrate generate`"),
		says(`(0308010C:digital envelope routines)`, "its packages are older than OpenSSL 3 of this Node (%s)", "build with an older Node (version in migrate.yaml), or set NODE_OPTIONS=--openssl-legacy-provider under env"),
		says(`cannot load such file -- (\S+)`, "the image lacks the gem %s", fixPackage),
		says(`(?:ClassNotFoundException|NoClassDefFoundError): (\S+)`, "the image lacks the class %s", fixPackage),
		says(`error while loading shared libraries: ([^:\s]+)`, "the image lacks the library %s", fixPackage+": the package that holds it, under build.runtime in migrate.yaml"),
		says(`(?:/bin/sh|bash|exec)[^\n]*?([\w./-]+): (?:command )?not found`, "the image lacks the command %s", fixPackage),
		says(`(exec format error)`, "what it starts is no program for the node's processor (%s)", "build the image for the node's platform (docker build --platform); a script needs its first line, #!/bin/sh"),
		says(`(java\.lang\.OutOfMemoryError[^\n]{0,40}|JavaScript heap out of memory)`, "its heap is full (%s)", "raise the memory limit in kube/base and the heap with it"),
	}
}

// listening is where a program says that it listens.
var listening = pattern.MustCompile(`(?i)(?:listening|running|serving|started|bound)\b[^\n]*?\b(?:on|at|to)\b[^\n]*?((?:https?://)?(?:127\.0\.0\.1|localhost|0\.0\.0\.0|\[::1?\]|\*)?:(\d{2,5})|port:? (\d{2,5}))\b`)

// fromLog reads out of a container's last lines why it ends or isn't ready, where a line says so.
func (f *Failure) fromLog() {
	lines := f.Previous
	if len(lines) == 0 {
		lines = f.Log
	}
	switch f.Reason {
	case "CrashLoopBackOff", "Error", "Failed", "BackoffLimitExceeded", "InitRunning":
	case "NotReady", "Liveness":
		lines = f.Log
		if where := lastMatch(listening.FindStringSubmatch, lines); where != nil {
			f.Cause += "; it says that it listens on " + where[1]
		}
	default:
		return
	}
	if cause, fix, ok := meaning(lines); ok {
		f.Cause += ": " + cause
		f.Fix = fix
	}
}

// meaning is what the lines of a log say by the first of the sayings that one of them has.
func meaning(lines []string) (cause, fix string, ok bool) {
	for _, s := range sayings() {
		if m := lastMatch(s.line.FindStringSubmatch, lines); m != nil {
			what := m[1]
			if what == "" {
				what = m[len(m)-1]
			}
			return filled(s.cause, what), filled(s.fix, what), true
		}
	}
	return "", "", false
}

func filled(text, what string) string { return strings.ReplaceAll(text, "%s", what) }

// lastMatch is the match in the last line that has one; nil where none has.
func lastMatch(match func(string) []string, lines []string) []string {
	for i := len(lines) - 1; i >= 0; i-- {
		if m := match(lines[i]); m != nil {
			return m
		}
	}
	return nil
}
