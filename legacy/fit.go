package legacy

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// A fitting is a change that a host's command needs in a container: what runs there stays in the foreground, is called
// from outside, and writes to /tmp at most.
type fitting struct {
	why string // for a note; "" where nobody would wonder
	fit func(words []string) []string
	// generated is set where it holds for images of generated Dockerfiles only.
	generated bool
}

func fittings() []fitting {
	return []fitting{
		{"it would wait for what it calls first: a pod that starts too early is started again; that part is left out", withoutWaiting, false},
		{"it would go to the background, and the container would end; that option is left out", foreground, false},
		{"forever starts again what ends, which the cluster does; node runs the file itself", withoutForever, false},
		{"it listens on 127.0.0.1, where nothing outside its container reaches it; 0.0.0.0 is put there", listenOutside, false},
		{"", fromPath, true},
		{"it would install its dependencies at each start, where nothing can be written; the image has them, and that step is left out", installed, true},
		{"it would write its schedule beside the code, which can't be written here; /tmp is put there", beatSchedule, false},
	}
}

// fit makes a command that was written for a host one for a container, and says what was changed. The image of a team's own
// Dockerfile is theirs: what it installs at its start may be missing in it otherwise.
func (r *resolver) fit(at string, s *service.Service, findings []Claimed) {
	field := at + ".command"
	own := s.Build != nil && s.Build.Dockerfile != ""
	for _, f := range fittings() {
		if f.generated && own {
			continue
		}
		fitted := f.fit(s.Command)
		if strings.Join(fitted, "\x00") == strings.Join(s.Command, "\x00") {
			continue
		}
		s.Command = fitted
		if claims := r.Claims[field]; len(claims) > 0 {
			claims[0].Value = strings.Join(fitted, " ")
			if f.why == "" {
				continue
			}
			r.Notes = append(r.Notes, scan.Note{File: claims[0].File, Line: claims[0].Line, Text: field + ": " + f.why})
		}
	}
	r.bindOutside(field, s, findings)
	r.unwrap(field, s, findings)
	if own {
		r.whereItStands(field, s, findings)
	} else {
		whereItIsBuilt(s)
	}
}

// bindOutside lets gunicorn listen where others reach it, if the settings that its command names bind it to the machine alone:
// what the command says counts more.
func (r *resolver) bindOutside(field string, s *service.Service, findings []Claimed) {
	if len(s.Command) == 0 || path.Base(s.Command[0]) != "gunicorn" || s.Port == 0 || givesBind.MatchString(strings.Join(s.Command, " ")) {
		return
	}
	named := slices.ContainsFunc(s.Command, func(word string) bool {
		return word == "--config" || strings.HasPrefix(word, "-c") || strings.HasPrefix(word, "--config=")
	})
	for _, f := range findings {
		if f.Loopback == "" || !slices.Contains(s.Command, f.Loopback) && !slices.Contains(s.Command, "./"+f.Loopback) && !slices.Contains(s.Command, "--config="+f.Loopback) && (named || f.Loopback != "gunicorn.conf.py") {
			continue
		}
		s.Command = append(slices.Clone(s.Command), "--bind", "0.0.0.0:"+strconv.Itoa(s.Port))
		r.note(f.Evidence, field+": it binds 127.0.0.1, where nothing outside its container reaches it; the command says 0.0.0.0 instead")
		if claims := r.Claims[field]; len(claims) > 0 {
			claims[0].Value = strings.Join(s.Command, " ")
		}
		return
	}
}

// whereItIsBuilt names a program in C where the generated image has it: below /usr/local.
func whereItIsBuilt(s *service.Service) {
	b := s.Build
	if b == nil || b.Artifact == "" || s.Language != "c" && s.Language != "cpp" || len(s.Command) == 0 {
		return
	}
	words := slices.Clone(s.Command)
	if len(words) == 3 && words[0] == "sh" && words[1] == "-c" {
		for _, place := range []string{"/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"} {
			words[2] = strings.Replace(" "+words[2], " "+place+b.Artifact+" ", " "+b.Artifact+" ", 1)[1:] // it is on the PATH
		}
	} else if strings.HasPrefix(words[0], "/usr/") && path.Base(words[0]) == b.Artifact {
		if path.Base(path.Dir(words[0])) == "sbin" {
			words[0] = b.Artifact // there or in bin, as its build puts it: both are on the PATH
		} else {
			words[0] = "/usr/local/bin/" + b.Artifact
		}
	}
	s.Command = words
}

// runtimeOfMachine is the program of a language's runtime where a machine has it, or a manager of versions on it.
var runtimeOfMachine = scan.MustCompile(`^(?:/(?:\S+/)?|(?:\./)?[\w.-]+/bin/)(?:(node)(?:js)?|(npm|npx|yarn|pnpm|ruby|bundle|perl|java|dotnet)|(python)[\d.]*|(php)[\d.]*)$`)

// fromPath calls a runtime by its name alone: the generated image has it elsewhere, and on its PATH.
func fromPath(words []string) []string {
	if len(words) == 0 {
		return words
	}
	m := runtimeOfMachine.FindStringSubmatch(words[0])
	if m == nil {
		return words
	}
	return append([]string{cmp.Or(m[1], m[2], m[3], m[4])}, words[1:]...)
}

// whereItStands takes the program from where the team's own image has it, if only its arguments are known from the code.
func (r *resolver) whereItStands(field string, s *service.Service, findings []Claimed) {
	if len(s.Command) == 0 || path.Dir(s.Command[0]) != "/app" {
		return
	}
	for _, f := range stronger(findings) {
		words := f.Service.Command
		if f.Evidence.Reader == "dockerfile" && len(words) > 0 && words[0] != s.Command[0] && path.Base(words[0]) == path.Base(s.Command[0]) {
			s.Command = append(words[:1:1], s.Command[1:]...)
			if claims := r.Claims[field]; len(claims) > 0 {
				claims[0].Value = strings.Join(s.Command, " ")
			}
			return
		}
	}
}

// unwrap takes what package.json says that "npm start" is. npm between the container and the service keeps the signals that
// end it to itself in some versions, and needs memory of its own.
func (r *resolver) unwrap(field string, s *service.Service, findings []Claimed) {
	script, options := npmScript(s.Command), []string(nil)
	if script == "" {
		script, options = npmScriptWith(s.Command)
	}
	if script == "" {
		return
	}
	run := func(words []string, f Claimed) {
		s.Command = append(slices.Clone(words), options...)
		r.Claims[field] = append([]Claim{{f.Evidence, strings.Join(s.Command, " "), f.order}}, r.Claims[field]...)
	}
	for _, f := range stronger(findings) {
		if f.Script == script && (options == nil || f.Runs[0] != "sh") {
			run(f.Runs, f)
			return
		}
	}
	if script != "start" {
		return
	}
	for _, f := range stronger(findings) {
		words := f.Service.Command
		if f.Evidence.Reader != "node" || len(words) == 0 || f.Evidence.Rank < scan.Declared || npmStart.MatchString(strings.Join(words, " ")) || options != nil && words[0] == "sh" {
			continue
		}
		run(words, f)
		return
	}
}

var (
	npmStart = scan.MustCompile(`^(npm|yarn|pnpm) (run )?start$`)
	npmRun   = scan.MustCompile(`^(?:(?:/bin/)?(?:ba)?sh -l?c (?:exec )?)?(?:npm(?: --?[\w-]+)*(?: start()| run(?:-script)?(?: --?[\w-]+)* ([\w:.-]+))|(?:yarn|pnpm)(?: --?[\w-]+)*(?: run)?(?: --?[\w-]+)* ([\w:.-]+))$`)
)

// npmScript is the script that a command starts through npm, yarn or pnpm and that is all it does, "" for any other command.
func npmScript(words []string) string {
	m := npmRun.FindStringSubmatch(strings.Join(words, " "))
	if m == nil {
		return ""
	}
	return cmp.Or(m[2], m[3], "start")
}

// npmScriptWith is the script that a command starts with options for it, and those.
func npmScriptWith(words []string) (script string, options []string) {
	for i, word := range words {
		if i > 0 && strings.HasPrefix(word, "-") {
			if script = npmScript(words[:i]); script == "" || path.Base(words[0]) == "npm" && word != "--" {
				return "", nil
			}
			if options = words[i:]; word == "--" {
				options = words[i+1:]
			}
			return script, options
		}
	}
	return "", nil
}

var (
	installStep = scan.MustCompile(`^\s*(?:(?:npm|pnpm|yarn)(?:\s+(?:install|ci|i))?(?:\s+--?[\w-]+(?:=\S+)?)*` +
		`|pip3?\s+install(?:\s+(?:-r\s*\S+|-e\s*\.|\.|--?[\w-]+(?:=\S+)?))+` +
		`|bundle\s+(?:install|check)(?:\s+--?[\w-]+(?:=\S+)?)*|composer\s+install(?:\s+--?[\w-]+(?:=\S+)?)*)\s*(?:&&|;)\s*`)
	plainWords = scan.MustCompile(`^(?:exec\s+)?([\w@%+:,./-]+(?:\s+[\w@%+=:,./-]+)*)\s*$`)
)

// installed leaves out the installing of dependencies before the service's start, as compose files for developers have it.
func installed(words []string) []string {
	if len(words) != 3 || path.Base(words[0]) != "sh" && path.Base(words[0]) != "bash" || words[1] != "-c" {
		return words
	}
	line := words[2]
	for installStep.MatchString(line) {
		line = installStep.ReplaceAllString(line, "")
	}
	if line == words[2] || line == "" {
		return words
	}
	if m := plainWords.FindStringSubmatch(line); m != nil {
		return strings.Fields(m[1])
	}
	return []string{words[0], words[1], line}
}

// daemonFlags are the options that send a program to the background, by program.
var daemonFlags = map[string]*scan.Pattern{
	"gunicorn": scan.MustCompile(`^(-D|--daemon)$`),
	"unicorn":  scan.MustCompile(`^(-D|--daemonize)$`),
	"puma":     scan.MustCompile(`^(-d|--daemon)$`),
	"uwsgi":    scan.MustCompile(`^(-d|--daemonize2?)(=.*)?$`),
	"celery":   scan.MustCompile(`^(-D|--detach)$`),
	"sidekiq":  scan.MustCompile(`^(-d|--daemon)$`),
	"thin":     scan.MustCompile(`^(-d|--daemonize)$`),
}

var foreverValue = scan.MustCompile(`^(-m|-l|-o|-e|-a|-p|--max|--pidFile|--sourceDir|--workingDir|--uid|--minUptime|--spinSleepTime|--killSignal|--watchDirectory)$`)

// withoutForever takes what forever runs: with the command that -c names, else with node.
func withoutForever(words []string) []string {
	if len(words) < 2 || path.Base(words[0]) != "forever" {
		return words
	}
	with := []string{"node"}
	for i := 1; i < len(words); i++ {
		switch w := words[i]; {
		case w == "-c" && i+1 < len(words):
			i++
			with = strings.Fields(words[i])
		case foreverValue.MatchString(w):
			i++
		case strings.HasPrefix(w, "-") || w == "start":
		case with[0] == w || w == "node":
		default:
			return append(with, words[i:]...)
		}
	}
	return words
}

func foreground(words []string) []string {
	var flag *scan.Pattern
	var kept []string
	for i, w := range words {
		if known := daemonFlags[path.Base(w)]; known != nil && flag == nil {
			flag = known
		} else if flag != nil && i > 0 && flag.MatchString(w) {
			continue
		}
		kept = append(kept, w)
	}
	return kept
}

var (
	bindFlag   = scan.MustCompile(`^(-b|--bind|--host|--hostname|--http-socket|--http|--socket|--listen|--address|-h|-H|-l|-a|-o)$`)
	loopback   = scan.MustCompile(`^(127\.0\.0\.1|localhost)(:[0-9$({].*)?$`)
	boundFlag  = scan.MustCompile(`^(--(?:bind|host|hostname|http-socket|http|listen|address)=)(?:127\.0\.0\.1|localhost)((?::.*)?)$`)
	shellBind  = scan.MustCompile(`((?:-b|--bind|--host|--http-socket|--http|--listen|--address)[ =])(?:127\.0\.0\.1|localhost)\b`)
	beatAlone  = scan.MustCompile(`^(beat|celerybeat)$`)
	beatInside = scan.MustCompile(`^(-B|--beat)$`)
)

// listenOutside looks at options that name an address to listen on, never at the addresses of what the program calls.
func listenOutside(words []string) []string {
	if callsRedis(words) {
		return words
	}
	fitted := append([]string(nil), words...)
	shell := len(words) == 3 && words[0] == "sh" && words[1] == "-c"
	for i, w := range fitted {
		switch m := boundFlag.FindStringSubmatch(w); {
		case m != nil:
			fitted[i] = m[1] + "0.0.0.0" + m[2]
		case i > 0 && bindFlag.MatchString(fitted[i-1]) && loopback.MatchString(w):
			fitted[i] = "0.0.0.0" + loopback.FindStringSubmatch(w)[2]
		case shell && i == 2:
			fitted[i] = shellBind.ReplaceAllString(w, "${1}0.0.0.0")
		}
	}
	return fitted
}

// beatSchedule gives celery's scheduler, which keeps a file of its own, a place for it.
func beatSchedule(words []string) []string {
	celery, beat := false, false
	for _, w := range words {
		switch {
		case path.Base(w) == "celery" || w == "celerybeat":
			celery = true
			beat = beat || w == "celerybeat"
		case celery && (beatAlone.MatchString(w) || beatInside.MatchString(w)):
			beat = true
		case w == "-s" || strings.HasPrefix(w, "--schedule") || w == "-S" || strings.HasPrefix(w, "--scheduler"):
			return words // it has one, or keeps it in a database
		}
	}
	if !celery || !beat {
		return words
	}
	return append(append([]string(nil), words...), "--schedule=/tmp/celerybeat-schedule")
}
