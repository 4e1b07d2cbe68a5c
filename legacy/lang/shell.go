package lang

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Shell reads repositories whose program is a script of the shell. Beside code in another language such a script is evidence of
// how that is started, and other readers' matter.
func Shell() scan.Reader {
	return scan.Reader{Name: "shell", Wants: func(p string) bool { return slices.Contains(startScripts, p) }, Read: readShell}
}

// startScripts are what platforms run where nothing else says how to start; the first that is there.
var startScripts = []string{"start.sh", "run.sh"}

var shebang = scan.MustCompile(`^#!\s*(?:\S*/env\s+(?:-S\s+)?|\S*/)?(bash|dash|ksh|zsh)\b`)

func readShell(t *scan.Tree, _ []string, r *scan.Report) {
	script := t.First(".", startScripts...)
	text := t.Text(script, r)
	if text == "" {
		return
	}
	shell, from := "sh", len(r.Findings)
	if m := shebang.FindStringSubmatch(text); m != nil {
		shell = m[1]
	}
	find := func(s service.Service, line int, why string) {
		r.Find(scan.Finding{Dir: ".", Service: s}, script, line, scan.Convention, why)
	}
	find(service.Service{Language: "shell"}, 1, "a script of the shell, and no other code")
	find(service.Service{Command: []string{shell, script}}, 1, "a script of the shell, and no other code")
	if shell == "ksh" || shell == "zsh" {
		find(service.Service{Build: &service.Build{Runtime: []string{shell}}}, 1, "the shell that runs it")
	}
	readShellScript(text, find)
	standAlone(r, from)
}

// shellPrograms are the packages of what scripts call beside what every Debian has.
var shellPrograms = map[string]string{"aws": "awscli", "bc": "bc", "convert": "imagemagick", "curl": "curl", "dig": "dnsutils", "ffmpeg": "ffmpeg", "git": "git", "gpg": "gnupg", "jq": "jq", "lftp": "lftp",
	"mysql": "default-mysql-client", "mysqldump": "default-mysql-client", "nc": "netcat-openbsd", "openssl": "openssl", "perl": "perl", "pg_dump": "postgresql-client", "psql": "postgresql-client", "python3": "python3",
	"redis-cli": "redis-tools", "rsync": "rsync", "scp": "openssh-client", "sftp": "openssh-client", "sqlite3": "sqlite3", "ssh": "openssh-client", "unzip": "unzip", "wget": "wget", "xmllint": "libxml2-utils", "zip": "zip"}

// maxShellScript bounds the bytes that are parsed: the parser recurses, and nobody writes that much.
const maxShellScript = 32 << 10

// readShellScript reports the packages whose programs a script calls, and the secrets that it takes from its surroundings.
func readShellScript(text string, find func(s service.Service, line int, why string)) {
	if len(text) > maxShellScript {
		return
	}
	file, err := syntax.NewParser().Parse(strings.NewReader(text), "")
	if err != nil {
		return // zsh has forms of its own
	}
	told := map[string]bool{}
	tell := func(name string, line uint, s service.Service, why string) {
		if !told[name] {
			told[name] = true
			find(s, int(line), why)
		}
	}
	set := map[string]bool{}
	syntax.Walk(file, func(n syntax.Node) bool {
		if a, ok := n.(*syntax.Assign); ok && a.Name != nil && !a.Naked && !readsItself(a) {
			set[a.Name.Value] = true
		}
		return true
	})
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) > 0 {
				if name := n.Args[0].Lit(); shellPrograms[name] != "" {
					deb := shellPrograms[name]
					tell(deb, n.Pos().Line(), service.Service{Build: &service.Build{Runtime: []string{deb}}}, name+" is called")
				}
			}
		case *syntax.ParamExp:
			if name := n.Param.Value; !set[name] && name == strings.ToUpper(name) && scan.SecretName(name) {
				tell(name, n.Pos().Line(), service.Service{Secrets: []string{name}}, "")
			}
		}
		return true
	})
}

// readsItself says that a variable is only given a default, or made sure of: A=${A:?}.
func readsItself(a *syntax.Assign) bool {
	if a.Value == nil {
		return false
	}
	reads := false
	syntax.Walk(a.Value, func(n syntax.Node) bool {
		p, ok := n.(*syntax.ParamExp)
		reads = reads || ok && p.Param.Value == a.Name.Value
		return true
	})
	return reads
}
