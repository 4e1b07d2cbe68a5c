package ops

import (
	"path"
	"strings"

	"github.com/joho/godotenv"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Dotenv reads .env files and their examples: the names of the variables, and of examples the harmless values.
func Dotenv() scan.Reader {
	return scan.Reader{
		Name:  "dotenv",
		Wants: func(p string) bool { return dotenvName.MatchString(path.Base(p)) && !dotenvTests.MatchString(p) },
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			for _, p := range paths {
				readDotenv(t, p, r)
			}
		},
	}
}

// dotenvName matches .env and the names of its examples; others (.env.test, .env.local) are for one machine or one run.
var dotenvName = scan.MustCompile(`^(\.env|\.?env[._-](example|sample|dist|template|default|defaults|prod|production)|(example|sample|template|defaults?)\.env|[\w-]+\.env[._-](example|sample|dist|template)|\.env\.(example|sample)\.\w+)$`)

// defaultsFile is loaded before what a developer has of his own: its values are for him.
var defaultsFile = scan.MustCompile(`^defaults?\.env$`)

// dotenvTests matches examples for test runs, and for Laravel's tool for developers.
var dotenvTests = scan.MustCompile(`\.(sail|test|testing|ci)$`)

var dotenvLine = scan.MustCompile(`(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*[=:]`)

// dotenvOption is a variable that an example shows and leaves out.
var dotenvOption = scan.MustCompile(`(?m)^[ \t]*#[ \t]?(?:export[ \t]+)?([A-Z][A-Z0-9_]*)=[ \t]*(\S*)`)

// ofCompose says whether a variable is read by docker compose and its files, and by nothing in a container.
func ofCompose(name string) bool {
	return strings.HasPrefix(name, "COMPOSE_") || strings.HasPrefix(name, "DOCKER_") && name != "DOCKER_HOST"
}

// ofTests are variables that only test runs read.
var ofTests = scan.MustCompile(`^TEST(ING)?_|_TEST$|_TEST_\w*(URI|URL|DSN|DB|DATABASE)$`)

// fillsCompose are the variables of a .env that only fill in the compose file beside it: the containers never see them.
func fillsCompose(t *scan.Tree, dir string) map[string]bool {
	filled := map[string]bool{}
	for _, f := range t.Below(dir) {
		if path.Dir(f) != dir || !isCompose(f) {
			continue
		}
		data, err := t.Read(f)
		if err != nil || strings.Contains(string(data), "env_file") {
			return nil
		}
		for _, m := range variable.FindAllStringSubmatch(string(data), -1) {
			filled[m[1]+m[2]] = true
		}
	}
	return filled
}

// defaulted is a value as compose and shells fill it in: ${NAME:-default}.
var defaulted = scan.MustCompile(`\$\{\w+:?-([^{}\n]*)\}`)

// withDefaults puts the defaults into the values of a file that is a shell's or compose's.
func withDefaults(text string) string {
	for range 3 { // one may stand in another
		text = defaulted.ReplaceAllString(text, "$1")
	}
	return text
}

// dotenvValues are the variables of a file with their values. Where the file as a whole is not as such files are, the lines
// that are by themselves count.
func dotenvValues(p, text string, r *scan.Report) map[string]string {
	values, err := godotenv.Unmarshal(text)
	if err == nil {
		return values
	}
	values = map[string]string{}
	for i, line := range strings.Split(text, "\n") {
		one, err := godotenv.Unmarshal(line)
		if err != nil && dotenvLine.MatchString(line) {
			r.Note(p, i+1, "not understood, only the name was read")
		}
		for name, value := range one {
			values[name] = value
		}
	}
	return values
}

func readDotenv(t *scan.Tree, p string, r *scan.Report) {
	text := t.Text(p, r)
	base := path.Base(p)
	real := base == ".env" || strings.HasSuffix(base, "prod") || strings.HasSuffix(base, "production")
	if real && strings.TrimSpace(text) != "" {
		r.Note(p, 0, "%s is in the repository; only the names of its variables were read, its values belong elsewhere", base)
	}
	namesOnly := real || defaultsFile.MatchString(base)
	values := dotenvValues(p, withDefaults(text), r)
	dir := path.Dir(p)
	filled := fillsCompose(t, dir)
	seen := map[string]bool{}
	for _, m := range scan.Find(text, dotenvLine) {
		name := m.Groups[1]
		if seen[name] || filled[name] || ofTests.MatchString(name) || ofCompose(name) || strings.Contains(values[name], "${{") { // which CI fills in
			continue
		}
		seen[name] = true
		f := scan.Finding{Dir: dir}
		switch {
		case !namesOnly:
			rank := scan.Convention // an example's values are somebody's guess at production
			if n, ok := needByPort(name, values); ok {
				f.Need = &n
				r.Find(f, p, m.Line, scan.Declared, "")
				continue
			}
			if _, need := needOfSetting(name, values[name]); need || scan.SecretName(name) || scan.SecretValue(name, values[name]) {
				rank = scan.Declared
			}
			claimSetting(r, f, name, values[name], scan.Evidence{File: p, Line: m.Line, Rank: rank})
			if port := portText(values[name]); name == "PORT" && port > 0 {
				f.Service = service.Service{Port: port}
				r.Find(f, p, m.Line, scan.Convention, "an example's value")
			}
		case scan.InProcess(values[name]):
		case scan.SecretName(name) || scan.HasAccount(values[name]) || scan.SecretValue(name, values[name]):
			f.Service = service.Service{Secrets: []string{name}}
			r.Find(f, p, m.Line, scan.Declared, "")
		}
	}
	for _, m := range scan.Find(text, dotenvOption) {
		if name := m.Groups[1]; !seen[name] && !filled[name] && scan.SecretName(name) && !scan.IsSwitch(strings.Trim(m.Groups[2], `"'`)) {
			seen[name] = true
			r.Find(scan.Finding{Dir: dir, Service: service.Service{Secrets: []string{name}}}, p, m.Line, scan.Convention, "an option of the example: only where that is used")
			if service.SpareKey(name) {
				r.Find(scan.Finding{Dir: dir, Optional: name}, p, m.Line, scan.Convention, "an option of the example")
			}
		}
	}
}

// needByPort is what answers at the host of one variable, where only the port of another tells it: DB_HOST=192.0.2.7 and
// DB_PORT=3306.
func needByPort(name string, values map[string]string) (scan.Need, bool) {
	n, ok := needOfSetting(name, values[name])
	port := portText(values[strings.TrimSuffix(name, "HOST")+"PORT"])
	if !ok || n.Kind != "http" || n.Port != 0 || !strings.HasSuffix(name, "_HOST") || port == 0 {
		return scan.Need{}, false
	}
	n.Kind, n.Port, n.Name = kindOfSetting(name, port), port, ""
	return n, n.Kind != "http"
}
