package ops

import (
	"path"
	"sort"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Logrotate reads which files services write their logs to, limits.conf, and files of /etc/default that nothing sources.
func Logrotate() scan.Reader {
	return scan.Reader{
		Name:  "logrotate",
		Wants: wantsMachineSettings,
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			for _, p := range paths {
				switch {
				case limitsPath.MatchString(p):
					readLimits(t, p, r)
				case defaultPath.MatchString(p):
					readDefaults(t, p, r)
				default:
					readLogrotate(t, p, r)
				}
			}
		},
	}
}

var (
	logrotatePath = scan.MustCompile(`(?i)(^|/)(logrotate\.d/[^/]+|logrotate/[^/.]+(\.conf)?(\.(erb|j2|epp))?|[\w.-]*logrotate([.-][\w-]+)?(\.(conf|erb|j2|epp|in|example))*)$`)
	limitsPath    = scan.MustCompile(`(^|/)(limits\.d/[^/]+\.conf|security/limits\.conf|limits\.conf)(\.(erb|j2|epp))?$`)
	defaultPath   = scan.MustCompile(`(^|/)etc/(default|sysconfig|conf\.d)/[\w.-]+$|(^|/)[\w-]+\.(default|sysconfig)$`)
	sourceCode    = scan.MustCompile(`\.(rb|py|pp|js|go|java|md|yml|yaml|cfg|png|rst|cron|sh)$`)
)

func wantsMachineSettings(p string) bool {
	switch {
	case sourceCode.MatchString(p):
		return false
	case strings.Contains(p, "logrotate"):
		return logrotatePath.MatchString(p)
	case strings.Contains(p, "limits"):
		return limitsPath.MatchString(p)
	}
	return (strings.Contains(p, "default") || strings.Contains(p, "sysconfig") || strings.Contains(p, "conf.d")) && defaultPath.MatchString(p)
}

var logFiles = scan.MustCompile(`(?m)^[ \t]*((?:"?[/<{$][^\n{}#;]*?|\w[\w./*-]*/[^\n{}#;]*?)(?:\n[ \t]*/[^\n{}#;]*?)*)\s*\{\s*$`)

// readLogrotate notes which files a service writes its logs to: in a pod nobody keeps them.
func readLogrotate(t *scan.Tree, p string, r *scan.Report) {
	name, _, _ := strings.Cut(unitFile(p), ".")
	at := subject{t: t, r: r, file: p, about: []string{strings.TrimSuffix(name, "-logrotate")}}
	for _, m := range scan.Find(t.Text(p, r), logFiles) {
		logs := strings.Fields(strings.ReplaceAll(m.Groups[1], `"`, ""))
		about := at
		for _, file := range logs {
			if dir := path.Dir(file); !path.IsAbs(file) || dir == "/var/log" {
				base, _, _ := strings.Cut(path.Base(file), ".")
				about.about = append(about.about, base)
			} else {
				about.about = append(about.about, strings.TrimSuffix(dir, "/log"))
			}
		}
		about.note(m.Line, "logs to %s: in a pod it has to log to stdout, and nothing is rotated", scan.List(logs))
	}
}

// readLimits notes the limits of accounts.
func readLimits(t *scan.Tree, p string, r *scan.Report) {
	limits := map[string][]string{}
	first := map[string]int{}
	for i, line := range strings.Split(t.Text(p, r), "\n") {
		f := strings.Fields(line)
		if len(f) != 4 || strings.HasPrefix(f[0], "#") || f[1] != "soft" && f[1] != "hard" && f[1] != "-" {
			continue
		}
		limits[f[0]] = append(limits[f[0]], f[2]+" "+f[3])
		if first[f[0]] == 0 {
			first[f[0]] = i + 1
		}
	}
	users := make([]string, 0, len(limits))
	for user := range limits {
		users = append(users, user)
	}
	sort.Strings(users)
	base, _, _ := strings.Cut(unitFile(p), ".")
	for _, user := range users {
		subject{t: t, r: r, file: p, about: []string{user, strings.TrimLeft(base, "0123456789-_")}}.note(first[user],
			"the account %s has limits here (%s); in Kubernetes they are the container runtime's, and the pod's for memory", user, scan.List(limits[user]))
	}
}

// forScript are settings for the script that sources a file, and none of the service.
var forScript = scan.MustCompile(`^(ENABLED?|DISABLED?|START\w*|STOP\w*|RUN\w*|AUTOSTART|USER|GROUP|UID|GID|\w*_USER|\w*_GROUP|CHUID|PID\w*|\w*PIDFILE|LOCKFILE|DAEMON\w*|\w*OPTS|\w*OPTIONS|\w*ARGS|\w*FLAGS|NICE\w*|UMASK|ULIMIT|PATH|HOME|LOGFILE|SHELL|NAME|DESC)$`)

// readDefaults reads settings of /etc/default or /etc/sysconfig where no script and no unit of that name sources them.
func readDefaults(t *scan.Tree, p string, r *scan.Report) {
	name := strings.TrimSuffix(strings.TrimSuffix(unitFile(p), ".default"), ".sysconfig")
	if sourcedBy(t, p, name) {
		return
	}
	d := newDaemon(t, r, name, p, 1)
	d.rank = scan.Convention
	d.script.sourceFile(p)
	at := subject{t: t, r: r, file: p, about: []string{name}}
	var plain []string
	for key := range d.script.vars {
		value := d.script.vars[key]
		_, need := needOfSetting(key, value)
		switch {
		case forScript.MatchString(key) || value == "":
			plain = append(plain, key)
		case d.script.exported[key] || scan.SecretName(key) || need:
			d.script.exported[key] = true
		default:
			plain = append(plain, key)
		}
	}
	d.script.rank = d.rank
	d.script.settings(at.finding())
	if sort.Strings(plain); len(plain) > 0 {
		at.note(1, "settings of %s for the script that starts it, which is not here: %s", name, scan.List(plain))
	}
}

// sourcedBy says whether something that starts a service of this name lies here: it reads the file itself.
func sourcedBy(t *scan.Tree, p, name string) bool {
	files := t.Files()
	if t.MountOf(p) != "" {
		files = t.Mounted()
	}
	for _, f := range files {
		switch base, _, _ := strings.Cut(path.Base(f), "."); {
		case f == p || base != name:
		case strings.Contains(f, "init.d/") || unitKind(f) == "service" || initPath.MatchString(f):
			return true
		}
	}
	return false
}
