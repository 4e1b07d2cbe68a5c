package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	webServer = scan.MustCompile(`^(nginx|httpd|apache2?(ctl|-foreground)?|caddy|lighttpd)$`)
	// uWSGI's own HTTP, and the protocol that only a web server speaks to it.
	uwsgiHTTP   = scan.MustCompile(`(?m)^\s*(https?|http-socket|http11-socket)\s*[=:]|--http`)
	uwsgiSocket = scan.MustCompile(`(?m)^\s*(uwsgi-)?socket\s*[=:]|(--(uwsgi-)?socket|\s-s)\s`)
)

// pagesOf are the directories whose files run a web server and what answers behind it alone: PHP's process manager, and in
// an image a server that is bound to a socket. These two are one service, since the one answers no HTTP without the other.
// Apache is both in an image where nothing else serves: it has the code in it as a module.
func pagesOf(t *scan.Tree, files []string, r *scan.Report) map[string]bool {
	manager, server, apache, other, both := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, p := range files {
		dir := path.Dir(p)
		_, programs := supervisorPrograms(t, p, r)
		for _, keys := range programs {
			command := keys["command"].value
			manager[dir] = manager[dir] || answersBehind(t, command)
			other[dir] = other[dir] || serverLine.MatchString(command) && !apacheServer.MatchString(command)
			apache[dir] = apache[dir] || apacheServer.MatchString(command)
			for _, word := range strings.Fields(command) {
				server[dir] = server[dir] || webServer.MatchString(programName(word))
			}
		}
	}
	for dir := range server {
		both[dir] = server[dir] && (manager[dir] || apache[dir] && !other[dir] && imageSupervises(t))
	}
	return both
}

var apacheServer = scan.MustCompile(`^(\S*/)?(apache2(ctl|-foreground)?|httpd(-foreground)?)(\s|$)`)

func programName(word string) string { return path.Base(strings.Trim(word, `"'`)) }

// answersBehind says whether a program answers no HTTP by itself, but through a web server in the same place.
func answersBehind(t *scan.Tree, command string) bool {
	words := strings.Fields(command)
	program := func(name string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return programName(word) == name })
	}
	switch {
	case slices.ContainsFunc(words, func(word string) bool { return scan.SpeaksFastCGI([]string{programName(word)}) }):
		return true
	case program("gunicorn"):
		return strings.Contains(command, "unix:") && imageSupervises(t)
	case program("uwsgi"):
		said := command
		for _, word := range words {
			if base := programName(word); strings.HasSuffix(base, ".ini") {
				for _, f := range t.Files() {
					if path.Base(f) == base && strings.Contains(strings.Trim(word, `"'`), path.Base(path.Dir(f))) {
						said += "\n" + t.Text(f, &scan.Report{})
						break
					}
				}
			}
		}
		return uwsgiSocket.MatchString(said) && !uwsgiHTTP.MatchString(said) && imageSupervises(t)
	}
	return false
}

// imageSupervises says whether an image of the repository's own starts supervisord.
func imageSupervises(t *scan.Tree) bool {
	return slices.ContainsFunc(t.Files(), func(f string) bool {
		if !isDockerfile(f) || t.Aside(f) {
			return false
		}
		if supervises.MatchString(t.Text(f, &scan.Report{})) {
			return true
		}
		d := parseStage(t, f, "", &scan.Report{})
		return d != nil && d.keeper(t) == "supervisord"
	})
}

var supervises = scan.MustCompile(`(?m)^\s*(?:CMD|ENTRYPOINT)\b.*supervisord`)

// servesPages says whether supervisord keeps a web server and what answers behind it going in the image.
func (d *dockerfile) servesPages(t *scan.Tree, r *scan.Report) bool {
	var files []string
	for _, f := range t.Below(d.builtFrom()) {
		if isSupervisor(f) {
			files = append(files, f)
		}
	}
	for _, both := range pagesOf(t, files, r) {
		if both {
			return true
		}
	}
	return false
}

// runsPages says whether run scripts of s6 or runit keep a web server and PHP's process manager going in the image.
func (d *dockerfile) runsPages(t *scan.Tree) bool {
	server, manager := map[string]bool{}, map[string]bool{}
	for _, p := range t.Below(d.builtFrom()) {
		if !strings.HasSuffix(p, "/run") || !runScriptPath.MatchString(p) {
			continue
		}
		data, err := t.Read(p)
		if err != nil {
			continue
		}
		services := path.Dir(path.Dir(p))
		for line := range strings.Lines(string(data)) {
			if strings.HasPrefix(strings.TrimSpace(line), "#") {
				continue
			}
			for _, word := range strings.Fields(line) {
				server[services] = server[services] || webServer.MatchString(programName(word))
				manager[services] = manager[services] || scan.SpeaksFastCGI([]string{programName(word)})
			}
		}
		if server[services] && manager[services] {
			return true
		}
	}
	return false
}
