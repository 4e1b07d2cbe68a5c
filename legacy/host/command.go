package host

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// fitted is the command of a process as an image that holds the code runs it: paths of the machine become those of the
// code, files for logs and process ids are left out. It is nil where the command line has been written over.
func (p *process) fitted(home string) []string {
	main := p.main()
	words := slices.Clone(main.Command)
	if titled(main) {
		words = startedBy(p.unit, main)
	}
	if len(words) == 0 || interpreter(main.Program) == "php" && strings.HasPrefix(path.Base(main.Program), "php-fpm") {
		return nil
	}
	lang := interpreter(words[0])
	if lang == "" && interpreter(main.Program) != "" && path.Base(words[0]) == path.Base(main.Program) {
		lang = interpreter(main.Program)
	}
	words = withoutHost(words)
	switch {
	case launchers[path.Base(words[0])]:
		words[0] = path.Base(words[0])
	case lang != "":
		words = interpreted(lang, words)
	case p.goProgram():
		words[0] = "/app/" + path.Base(words[0])
	case strings.Contains(words[0], "/bin/") && home != "" && strings.HasPrefix(words[0], home+"/") && interpreter(main.Program) != "":
		words[0] = path.Base(words[0])
	}
	for i := range words {
		words[i] = relative(words[i], home)
	}
	return words
}

func (p *process) goProgram() bool {
	r := p.host.runtime(p.main().Program)
	return r != nil && r.Name == "go"
}

var titleModule = scan.MustCompile(`^(gunicorn): master \[(.+)\]$`)

// startedBy is the command behind a title: what the unit starts, or what the title itself tells.
func startedBy(unit *Unit, p *Process) []string {
	if line := strings.TrimLeft(unit.setting("ExecStart"), "@-:+!"); line != "" && !strings.ContainsAny(line, "$|;&<>") {
		var words []string
		for _, part := range parts(line) {
			_, word := quoted(part.word)
			words = append(words, word)
		}
		return words
	}
	if m := titleModule.FindStringSubmatch(p.Command[0]); m != nil {
		return []string{m[1], m[2]}
	}
	return nil
}

// interpreted shortens an interpreter with its script: python3.11 /srv/shop/venv/bin/gunicorn is gunicorn.
func interpreted(lang string, words []string) []string {
	names := map[string]string{"python": "python", "node": "node", "ruby": "ruby", "perl": "perl", "java": "java", "php": "php", "dotnet": "dotnet"}
	if names[lang] == "" {
		return words
	}
	script := scriptOf(words)
	at := slices.Index(words[1:], script) + 1
	if script != "" && at == 1 && (strings.Contains(script, "/bin/") || strings.Contains(script, "/sbin/")) && path.Ext(script) == "" {
		words = append([]string{path.Base(script)}, words[2:]...)
		if lang == "ruby" && words[0] != "bundle" {
			words = append([]string{"bundle", "exec"}, words...)
		}
		return words
	}
	words[0] = names[lang]
	if lang == "java" && at > 1 && words[at-1] == "-jar" {
		words[at] = "/app/app.jar"
	}
	return words
}

// relative makes a path of the machine one of the code.
func relative(word, home string) string {
	if home == "" || !strings.Contains(word, home) {
		return word
	}
	for _, live := range []string{home + "/current/", home + "/"} {
		if i := strings.Index(word, live); i == 0 || i > 0 && word[i-1] == '=' {
			return word[:i] + word[i+len(live):]
		}
	}
	if word == home {
		return "."
	}
	return word
}

var dirOption = scan.MustCompile(`^(--chdir|--workdir)(=.*)?$`)

// withoutHost takes what only the machine has off a command, the directory of the code as well.
func withoutHost(words []string) []string {
	var kept []string
	for i := 0; i < len(words); i++ {
		switch w := words[i]; {
		case !dirOption.MatchString(w):
			kept = append(kept, w)
		case !strings.Contains(w, "="):
			i++
		}
	}
	return scan.WithoutMachine(kept)
}
