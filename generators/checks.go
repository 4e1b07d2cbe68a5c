package generators

import (
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/migrate-to-kubernetes/migrate/generators/fileset"
	"github.com/migrate-to-kubernetes/migrate/pattern"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// alertsPath is where the rules for Prometheus lie.
const alertsPath = "checks/alerts.yaml"

// oldChecks renders what takes the place of the old monitoring's checks outside smoke/: rules for Prometheus, and a script
// for each plugin that has to go on as it is.
func oldChecks(app *service.App) ([]fileset.File, error) {
	var files []fileset.File
	var alerts []alertRule
	for _, name := range app.CheckNames() {
		switch c := app.Checks[name]; {
		case c.Alert != nil:
			alerts = append(alerts, newAlertRule(app, name, c))
		case len(c.Script) > 0:
			text, err := execute("checks/script.sh", map[string]any{"Was": commentLine(c.Was), "Command": scriptCommand(c.Script), "Own": ownScript(c.Script)})
			if err != nil {
				return nil, err
			}
			files = append(files, fileset.File{Path: scriptPath(name), Data: text, Executable: true})
		}
	}
	if alerts != nil {
		text, err := execute(alertsPath, map[string]any{"App": app.Name, "Rules": alerts})
		if err != nil {
			return nil, err
		}
		files = append(files, fileset.File{Path: alertsPath, Data: text})
	}
	return files, nil
}

// ownScript says whether a check calls a plugin that lies in the repository.
func ownScript(command []string) bool {
	return !path.IsAbs(command[0]) && strings.Contains(command[0], "/")
}

// scriptCommand is a plugin's command line; one of the repository is found from wherever the script is called.
func scriptCommand(command []string) string {
	if !ownScript(command) {
		return checkWords(command)
	}
	return strings.TrimSpace(`"$(dirname "$0")"/../` + checkWords(command[:1]) + " " + checkWords(command[1:]))
}

// checkSecret is a variable in the place of what no file holds: a community, a password.
var checkSecret = pattern.MustCompile(`\$\{CHECK_[A-Z0-9_]+\}`)

// checkWords are shellWords in which the shell fills in such variables.
func checkWords(command []string) string {
	words := make([]string, len(command))
	for i, word := range command {
		at := 0
		for _, m := range checkSecret.FindAllStringIndex(word, -1) {
			if m[0] > at {
				words[i] += shellWords([]string{word[at:m[0]]})
			}
			words[i] += `"` + word[m[0]:m[1]] + `"`
			at = m[1]
		}
		if at == 0 || at < len(word) {
			words[i] += shellWords([]string{word[at:]})
		}
	}
	return strings.Join(words, " ")
}

func scriptPath(name string) string { return "checks/" + name + ".sh" }

// alertRule is one rule as the template places it.
type alertRule struct {
	Name, Expr, For     string
	Labels, Annotations map[string]string
}

func newAlertRule(app *service.App, name string, c service.Check) alertRule {
	rule := alertRule{
		Name: alertName(app.Name + "-" + name), Expr: c.Alert.Expr, For: c.Alert.For,
		Labels:      map[string]string{"app": app.Name},
		Annotations: map[string]string{"was": c.Was},
	}
	for key, value := range map[string]string{"severity": c.Alert.Severity, "owner": app.Owner, "service": c.Service} {
		if value != "" {
			rule.Labels[key] = value
		}
	}
	if c.Alert.Summary != "" {
		rule.Annotations["summary"] = c.Alert.Summary
	}
	return rule
}

// alertName writes a name as those of alerts are written: OrdersQueueLength.
func alertName(name string) string {
	var b strings.Builder
	up := true
	for _, r := range name {
		if r == '-' {
			up = true
			continue
		}
		if up {
			r = unicode.ToUpper(r)
		}
		up = false
		b.WriteRune(r)
	}
	return b.String()
}

// commentLine keeps a text on one line, for a comment.
func commentLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

// oldSmokeChecks are the checks of the old monitoring that a smoke test does as well, by the file in which they stand.
func oldSmokeChecks(app *service.App) map[string][]map[string]any {
	checks := map[string][]map[string]any{}
	for _, name := range app.CheckNames() {
		if c := app.Checks[name]; c.Smoke != nil {
			file := smokePath(app, c.Service)
			checks[file] = append(checks[file], oldSmokeCheck(name, c))
		}
	}
	return checks
}

// oldSmokeKeys are the keys of such a check behind its name, in the order in which they are written.
var oldSmokeKeys = []string{"request", "tcp", "tls", "dns", "headers", "body", "follow", "expect", "only", "from"}

// oldSmokeCheck is a check in the format of smoke/.
func oldSmokeCheck(name string, c service.Check) map[string]any {
	s := c.Smoke
	check := map[string]any{"name": strings.ReplaceAll(name, "-", " "), "from": c.Was}
	for key, value := range map[string]string{"request": s.Request, "tcp": s.TCP, "tls": s.TLS, "dns": s.DNS, "body": s.Body} {
		if value != "" {
			check[key] = value
		}
	}
	if len(s.Headers) > 0 {
		check["headers"] = s.Headers
	}
	if s.Follow {
		check["follow"] = true
	}
	if len(s.Only) > 0 {
		check["only"] = s.Only
	}
	expect := map[string]any{}
	if len(s.Status) > 0 {
		expect["status"] = statuses(s.Status)
	}
	if s.Within != "" {
		expect["within"] = s.Within
	}
	body := map[string]any{}
	if s.Contains != "" {
		body["contains"] = s.Contains
	}
	if s.Matches != "" {
		body["matches"] = s.Matches
	}
	if len(body) > 0 {
		expect["body"] = body
	}
	if len(expect) > 0 {
		check["expect"] = expect
	}
	return check
}

// statuses writes 200 as the number that it is, and 2xx as it stands.
func statuses(texts []string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
		if n, err := strconv.Atoi(text); err == nil {
			list[i] = n
		}
	}
	return list
}

// readmeOldChecks says of every check where it comes from, such as the old monitoring, and where it lives now.
func readmeOldChecks(app *service.App) string {
	if len(app.Checks) == 0 {
		return ""
	}
	t := markdownTable{{"before", "lives now in"}}
	for _, name := range app.CheckNames() {
		c := app.Checks[name]
		where := ""
		switch {
		case c.Smoke != nil:
			where = markdownCode(smokePath(app, c.Service)) + ", " + markdownText(strings.ReplaceAll(name, "-", " "))
		case c.Alert != nil:
			where = markdownCode(alertsPath) + ", " + markdownText(alertName(app.Name+"-"+name))
		case len(c.Script) > 0:
			where = markdownCode(scriptPath(name))
		case c.Probe != "":
			where = "Kubernetes: " + markdownText(c.Probe)
		default:
			where = "nowhere: " + markdownText(c.None)
		}
		t = append(t, []string{markdownText(c.Was), where})
	}
	return t.String()
}
