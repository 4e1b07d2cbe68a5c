package ops

import (
	"cmp"
	"path"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// installs are lines by which a developers' container fetches libraries before it starts.
var installs = scan.MustCompile(`\b(?:(?:npm|pnpm)\s+(?:install|ci|i)\b|yarn\s+install\b|yarn\s*(?:&&|;)|pip3?\s+install\b|pipenv\s+(?:install|sync)\b|poetry\s+install\b|uv\s+sync\b|bundle\s*(?:&&|;)|bundle\s+(?:install|check)\b|composer\s+install\b)`)

func (c *composeReader) command(s *composeService, f scan.Finding) {
	argv, key := append([]string(nil), s.Command...), "command"
	if len(s.Entrypoint) > 0 {
		argv, key = append(append([]string(nil), s.Entrypoint...), argv...), "entrypoint"
	}
	if len(argv) == 0 {
		return
	}
	if len(s.Entrypoint) == 0 {
		argv = c.withEntrypoint(s, argv)
	}
	if idles.MatchString(shown(argv)) {
		c.r.Note(s.file.path, s.lineOf(key), "%s: runs %s, which keeps the container there for developers to start the service in by hand; it was left out", s.Name, shown(argv))
		return
	}
	if gone := c.goneScript(s, argv); gone != "" {
		c.r.Note(s.file.path, s.lineOf(key), "%s: runs %s, which was not found in the repository; it was left out", s.Name, gone)
		return
	}
	rank, note := s.rank(), ""
	plain := withoutWatcher(argv)
	watched := len(plain) < len(argv)
	argv = plain
	switch {
	case watched && f.Process == "":
		rank, note = scan.Guess, "a developer's set-up: a watcher starts it again after each change"
	case f.Process != "" && (forDevelopment(argv) || forDevelopment(npmScript(c.t, f.Dir, argv))) && !releaseStep.MatchString(shown(argv)):
		c.r.Note(s.file.path, s.lineOf(key), "%s: runs %s, which is for development only; it was left out", s.Name, shown(argv))
		return
	case f.Process != "" && onlyInstalls(argv):
		c.r.Note(s.file.path, s.lineOf(key), "%s: only installs libraries, which the image's build does; it was left out", s.Name)
		return
	case forDevelopment(argv):
		rank, note = scan.Guess, "a development command"
	case f.Process == "" && c.placeOf(s).mounted && c.inMount(s, argv[0]):
		rank, note = scan.Guess, "a script of the mounted source, which the image that is made has elsewhere"
	case installs.MatchString(shown(argv)) && c.mountedCode(s) != "":
		rank, note = scan.Guess, "a developer's set-up: the source is mounted, and the command installs into it"
	}
	if c.preparesSource(s, argv) && (f.Process != "" || c.t.Has(path.Join(f.Dir, "composer.json"))) {
		c.r.Note(s.file.path, s.lineOf(key), "%s: runs %s, which installs libraries into the mounted source for developers; it was left out", s.Name, shown(argv))
		return
	}
	if steps := inLine(argv, s.file.path, s.lineOf(key)); steps != nil && (f.Process == "" || len(steps.release) == 0) {
		reportBefore(c.r, f, steps, rank)
		argv = steps.argv
	}
	if f.Process != "" {
		argv = c.started(s, argv)
	}
	argv = asSameUser(argv)
	f.Service = service.Service{Command: argv, Release: f.Process != "" && releaseStep.MatchString(shown(argv)) && !strings.Contains(shown(argv), "exec ")}
	if work, schedule, ok := looped(argv); ok && f.Process != "" {
		f.Service.Command, f.Service.Schedule = work, schedule
	} else if f.Process != "" && eachMinute.MatchString(shown(argv)) {
		f.Service.Schedule = "* * * * *"
	}
	c.find(s, f, "command", s.lineOf(key), rank, note)
}

// movesFiles are steps that make room for what is installed.
var movesFiles = scan.MustCompile(`^(?:rm|cp|mv|mkdir|chown|chmod|cd|echo|true)(?:\s|$)`)

// onlyInstalls says whether a command does nothing but to install libraries.
func onlyInstalls(argv []string) bool {
	line := strings.Join(argv, " ")
	if isShell(argv) {
		line = argv[len(argv)-1]
	}
	found := false
	for step := range strings.SplitSeq(strings.NewReplacer(";", "&&", "\n", "&&").Replace(line), "&&") {
		switch step = strings.TrimSpace(step); {
		case step == "" || movesFiles.MatchString(step):
		case installs.MatchString(step):
			found = true
		default:
			return false
		}
	}
	return found
}

// idles are commands that do nothing and do not end.
var idles = scan.MustCompile(`^(?:(?:/bin/)?(?:ba|a|da)?sh -l?c )?["']?(?:tail -[fF] /dev/null|sleep (?:inf(?:inity)?|\d{4,}|\d+d)|while (?:true|:|\[ 1 \]); ?do sleep \d+[smhd]?; ?done;?)["']?$`)

// inMount says whether a path in the container lies below what is mounted into it.
func (c *composeReader) inMount(s *composeService, word string) bool {
	if d := c.built(s); d != nil && !path.IsAbs(word) && strings.Contains(word, "/") {
		word = path.Join(d.workdir, word)
	}
	return path.IsAbs(word) && slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool {
		_, ok := within(s.file.dir, v.Source)
		return ok && strings.HasPrefix(path.Clean(word), path.Clean(v.Target)+"/")
	})
}

// preparesSource says whether a service starts a script of the repository that installs libraries into the source, which is
// mounted into it. The image of a language that has a server of its own needs no such script.
func (c *composeReader) preparesSource(s *composeService, argv []string) bool {
	at := scriptIn(argv)
	if at < 0 || c.mountedCode(s) == "" {
		return false
	}
	file := c.imageOf(s).scriptFinder(c.t)(argv[at])
	return file != "" && shebang.MatchString(c.t.Text(file, &scan.Report{})) && installs.MatchString(c.t.Text(file, &scan.Report{}))
}

// imageOf is the image that a service is built from, or an empty one of its file's directory.
func (c *composeReader) imageOf(s *composeService) *dockerfile {
	if d := c.built(s); d != nil {
		return d
	}
	return &dockerfile{file: s.file.path, dir: path.Dir(s.file.path)}
}

// asSameUser is a command without the program that starts it as another user or with other variables: a pod says as whom
// and with what it runs.
func asSameUser(argv []string) []string {
	if len(argv) > 2 && (path.Base(argv[0]) == "honcho" || path.Base(argv[0]) == "foreman") && argv[1] == "run" { // with variables from files of developers
		return afterOptions(argv[2:], "-e", "--env", "-f", "--procfile", "-d", "--app-root")
	}
	if len(argv) > 2 && (path.Base(argv[0]) == "gosu" || path.Base(argv[0]) == "su-exec" || path.Base(argv[0]) == "setuidgid") {
		return argv[2:]
	}
	if len(argv) > 1 && path.Base(argv[0]) == "sudo" {
		if _, rest := afterSudo(argv[1:]); len(rest) > 0 {
			return rest
		}
	}
	return argv
}

// afterSudo is the user that sudo's options name, and what sudo starts.
func afterSudo(words []string) (user string, rest []string) {
	for i := 0; i < len(words); i++ {
		switch w := words[i]; {
		case w == "--":
			return user, words[i+1:]
		case w == "--group" || strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--") && strings.HasSuffix(w, "g"):
			i++
		case (w == "--user" || strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--") && strings.HasSuffix(w, "u")) && i+1 < len(words):
			i++
			user = words[i]
		case strings.HasPrefix(w, "-"), strings.Contains(w, "="):
		default:
			return user, words[i:]
		}
	}
	return user, nil
}

// eachMinute is what runs what is due and ends: cron starts it each minute.
var eachMinute = scan.MustCompile(`^php\S* (?:\S*/)?artisan schedule:run\b`)

// started is what a start script of the repository runs in the end, where it does nothing else: a Procfile that names the
// script, or the code, means the same process.
func (c *composeReader) started(s *composeService, argv []string) []string {
	d := c.imageOf(s)
	run := followScript(c.t, d.scriptFinder(c.t), argv, d.environment())
	if run == nil || run.own != "" || run.passes || len(run.argv) == 0 || len(run.release)+len(run.sets) > 0 || forDevelopment(run.argv) {
		return argv
	}
	return run.argv
}

// port reports the container's side of the ports: the host's side is only where somebody found it convenient.
func (c *composeReader) port(s *composeService, f scan.Finding) {
	c.udp(s, f)
	best, line := 0, 0
	admin, from := administration(c.t, f.Dir), s.lender("ports")
	for i, p := range s.Ports {
		if p.Protocol == "udp" || p.Target == 0 || p.Target > 65535 || admin[int(p.Target)] {
			continue
		}
		if target := int(p.Target); best == 0 || besides[best] && !besides[target] {
			best, line = target, from.portLine(i)
		}
	}
	if best == 0 && len(s.Expose) == 1 {
		if own, err := strconv.Atoi(strings.TrimSuffix(s.Expose[0], "/tcp")); err == nil && validPort(own) && !besides[own] {
			best, line, from = own, s.lineOf("expose"), s
		}
	}
	if said, _ := portOf(s.Command, nil); said > 0 && said != best {
		best, line, from = said, s.lineOf("command"), s
	}
	if routed, at := s.routedPort(); routed > 0 && !admin[routed] {
		best, line, from = routed, at, s
	}
	if line := shown(s.Command); best == 0 || f.Process != "" && (worksOff.MatchString(line) || eachMinute.MatchString(line)) { // the ports are another one's that it takes over
		return
	}
	rank := from.rank()
	if forDevelopment(s.Command) {
		rank = min(rank, scan.Convention) // what production runs may bind another one
	}
	f.Service = service.Service{Port: best}
	c.findAt(s, f, "port", scan.Evidence{File: from.file.path, Line: line, Rank: rank})
}

// udpRange is a range of ports of UDP in the short form: it is for streams, each of which takes one.
var udpRange = scan.MustCompile(`(\d+-\d+)/udp\s*$`)

// udp reports the container's ports of UDP.
func (c *composeReader) udp(s *composeService, f scan.Finding) {
	f.Name = ""
	var ports []int
	line, from := 0, s.lender("ports")
	for i, p := range s.Ports {
		target := int(p.Target)
		if p.Protocol != "udp" || !validPort(target) || target == http3 || slices.Contains(ports, target) {
			continue
		}
		if m := udpRange.FindStringSubmatch(from.portText(i)); m != nil {
			c.r.NoteItem(nil, from.file.path, from.portLine(i), "many ports of UDP: add those in use under udp in "+service.FileName, m[1])
			continue
		}
		if ports = append(ports, target); line == 0 {
			line = from.portLine(i)
		}
	}
	if len(ports) > 0 {
		f.Service = service.Service{UDP: ports}
		c.findAt(s, f, "udp", scan.Evidence{File: from.file.path, Line: line, Rank: s.rank()})
	}
}

// portText is how one of the ports is written where that is the short form.
func (s *composeService) portText(i int) string {
	if node := child(s.node, "ports"); node != nil && i < len(node.Content) {
		return node.Content[i].Value
	}
	return ""
}

// portLine is the line of one of the ports.
func (s *composeService) portLine(i int) int {
	if node := child(s.node, "ports"); node != nil && i < len(node.Content) {
		return node.Content[i].Line
	}
	return s.lineOf("ports")
}

// routedPort is the one port to which the labels of a service have a proxy lead, and the line of its label.
func (s *composeService) routedPort() (port, line int) {
	for _, labels := range []*yaml.Node{at(s.node, "labels"), at(s.node, "deploy", "labels")} {
		for i, item := range content(labels) {
			name, value, _ := strings.Cut(item.Value, "=")
			if labels.Kind == yaml.MappingNode {
				if i%2 == 1 {
					continue
				}
				value = scalar(labels.Content[i+1])
			}
			if !routerPort.MatchString(strings.TrimSpace(name)) {
				continue
			}
			said := portText(strings.TrimSpace(value))
			if said == 0 || port != 0 && said != port {
				return 0, 0
			}
			port, line = said, item.Line
		}
	}
	return port, line
}

// content are the parts of a list or a mapping, none of what is missing.
func content(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

func (c *composeReader) environment(s *composeService, f scan.Finding) {
	names := make([]string, 0, len(s.Environment))
	for name := range s.Environment {
		names = append(names, name)
	}
	sort.Strings(names)
	f.Name = ""
	for _, name := range names {
		from := s.lender(name)
		c.variable(s, f, name, s.Environment[name], scan.Evidence{File: from.file.path, Line: from.envLine(name), Rank: from.rank()})
	}
	c.envFiles(s, f)
}

// secretFiles reports the secrets that compose or Swarm puts into files for a service: in /run/secrets unless it says where.
func (c *composeReader) secretFiles(s *composeService, f scan.Finding) {
	list := child(s.node, "secrets")
	if list == nil || list.Kind != yaml.SequenceNode {
		return
	}
	f.Name = ""
	for _, item := range list.Content {
		where := cmp.Or(scalar(child(item, "target")), scalar(child(item, "source")), scalar(item))
		if where == "" || strings.Contains(where, "$") {
			continue
		}
		if !path.IsAbs(where) {
			where = path.Join("/run/secrets", where)
		}
		f.File = &scan.File{Path: where, Secret: true}
		c.find(s, f, "file."+where, item.Line, s.rank(), "")
	}
}

// withoutHost is what is left of a web address whose host stood in a variable.
var withoutHost = scan.MustCompile(`^https?://(?::\d|/?$)`)

// variable reports one variable that a service is given.
func (c *composeReader) variable(s *composeService, f scan.Finding, name string, value *string, at scan.Evidence) {
	switch {
	case imageOwn.MatchString(name), value != nil && ofTests.MatchString(name) && (strings.Contains(*value, "://") || scan.SecretName(name)), strings.Contains(name, "EMULATOR"): // what stands in for a cloud's service on a developer's machine
	case value != nil && withoutHost.MatchString(*value): // a variable that the file doesn't set has it
	case value != nil && s.mentions(*value) != "":
		c.pointer(s, f, name, *value, at)
	case value == nil || *value == "":
		if scan.SecretName(name) {
			f.Service = service.Service{Secrets: []string{name}}
			c.findAt(s, f, "env."+name, at)
		}
	case !c.said[f.Dir+"\x00"+f.Process+"\x00env."+name]:
		c.said[f.Dir+"\x00"+f.Process+"\x00env."+name] = true
		claimSetting(c.r, f, name, *value, at)
	}
}

// dataless are targets of volumes that hold nothing worth keeping.
var dataless = scan.MustCompile(`(node_modules|bower_components|/_build|/deps|/vendor|/\.?cache|/\.cache/.*|/tmp|\.venv|/venv|site-packages|/bundle|/gems|/\.m2|/\.gradle|/\.npm|/\.yarn|docker\.sock|/etc/|/go/pkg|/target|/dist|/build|/log|/logs|/var/log|/run|/static|/htmlcov|/coverage|/tests?|/docs|entrypoint|\.(sh|ya?ml|toml|json|conf|cfg|ini|xml|env|properties|pem|crt|key|py|js|rb|php|lua|txt))$|^/etc|^/usr/|^/var/run`)

// builtInto are directories that a build leaves its results in: what is mounted from there is code.
var builtInto = scan.MustCompile(`(^|/)(build|target|dist|out|bin|obj|node_modules|_build)(/|$)`)

// state reports volumes that a service keeps data in.
func (c *composeReader) state(s *composeService, f scan.Finding) {
	for _, v := range s.Volumes {
		if v.ReadOnly || v.Type == "tmpfs" || !strings.HasPrefix(v.Target, "/") || dataless.MatchString(v.Target) {
			continue
		}
		if v.Type == "bind" && (v.Source == "" || c.hasCode(path.Join(s.file.dir, v.Source)) || c.t.Has(path.Join(s.file.dir, v.Source)) || len(c.t.Below(path.Join(s.file.dir, v.Source))) > 0) {
			continue
		}
		if v.Type == "bind" && builtInto.MatchString(v.Source) || c.lendsCode(s, v) {
			continue
		}
		below, ok := c.belowCode(s, v.Target)
		if ok && v.Source == "" {
			continue // keeps what the image has there from the code that is mounted over it
		}
		if !ok || !c.placeOf(s).mounted {
			below = v.Target
		}
		f.Service = service.Service{State: []string{below}}
		c.find(s, f, "state."+v.Target, s.lineOf("volumes"), s.rank(), "a volume")
	}
}

// belowCode is where a directory of a container lies in the code that is mounted into it; false where it doesn't.
func (c *composeReader) belowCode(s *composeService, dir string) (string, bool) {
	for _, v := range s.Volumes {
		rest, ok := strings.CutPrefix(dir, strings.TrimSuffix(v.Target, "/")+"/")
		if source, here := within(s.file.dir, v.Source); ok && here && v.Type == "bind" && c.hasCode(source) {
			return rest, true
		}
	}
	return "", false
}
