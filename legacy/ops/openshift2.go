package ops

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// OpenShift2 reads what OpenShift 2 and its cartridges looked for in .openshift: hooks, cron jobs and markers.
func OpenShift2() scan.Reader {
	return scan.Reader{
		Name:  "openshift2",
		Wants: func(p string) bool { return strings.Contains("/"+p, "/.openshift/") },
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			o := &openShift2{newPlatform(t, r, 8080)}
			for _, p := range paths {
				dir, in := madeIn(p)
				kind, name := path.Split(in)
				switch {
				case strings.HasPrefix(path.Base(p), "README") || strings.HasPrefix(path.Base(p), "."):
				case kind == "action_hooks/":
					o.hook(dir, p, name)
				case strings.HasPrefix(kind, "cron/"):
					o.cron(dir, p, strings.TrimSuffix(strings.TrimPrefix(kind, "cron/"), "/"), name)
				case kind == "markers/":
					o.marker(dir, p, name)
				}
			}
			seen := map[string]bool{}
			for _, p := range paths {
				if dir, _ := madeIn(p); !seen[dir] {
					seen[dir] = true
					o.readme(dir)
				}
			}
		},
	}
}

type openShift2 struct{ *platform }

// hook reads a script that the platform ran at one point of a deployment: what runs to its end becomes a step of the
// release, and what start puts into the background is the service.
func (o *openShift2) hook(dir, file, name string) {
	if m := hookOfCartridge.FindStringSubmatch(name); m != nil {
		language := m[1]
		if language == "nodejs" {
			language = "node"
		}
		o.find(scan.Finding{Dir: dir, Service: service.Service{Language: language, Version: m[2]}}, "version", file, 1, scan.Declared, "the cartridge whose hook it is")
	}
	text, err := o.t.Read(file)
	if err != nil {
		o.r.Note(file, 0, "%v", err)
		return
	}
	parsed, err := parseShell(string(text))
	if err != nil {
		o.r.Note(file, 0, "not understood as a shell script")
		return
	}
	var steps []string
	line := 0
	syntax.Walk(parsed, func(n syntax.Node) bool {
		s, ok := n.(*syntax.Stmt)
		if !ok {
			return true
		}
		call, ok := s.Cmd.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		if word := call.Args[0].Lit(); word == "echo" || word == "printf" {
			return true
		}
		said := gearsCode.ReplaceAllString(string(text[call.Args[0].Pos().Offset():call.End().Offset()]), "")
		switch {
		case name == "start" && (s.Background || strings.HasPrefix(said, "nohup ") || strings.HasPrefix(said, "exec ")):
			if argv, _ := command(said); len(argv) > 0 && argv[0] != "" {
				f := scan.Finding{Dir: dir, Service: service.Service{Command: foreground(argv)}}
				if len(f.Service.Command) > 0 {
					o.find(f, "command", file, int(s.Pos().Line()), scan.Declared, "")
				}
			}
		case name != "start" && name != "stop" && oneOff.MatchString(said) && !forImage.MatchString(said) && !placeholderPath.MatchString(said):
			if line == 0 {
				line = int(s.Pos().Line())
			}
			steps = append(steps, said)
		}
		return true
	})
	if len(steps) == 0 {
		return
	}
	if argv, env := command(strings.Join(steps, " && ")); len(argv) > 0 && len(env) == 0 {
		f := scan.Finding{Dir: dir, Process: "migrate", Service: service.Service{Command: argv, Release: true}}
		o.find(f, "command", file, line, scan.Declared, "the hook "+name)
	}
}

// hookOfCartridge are the names of hooks of one version of a language's cartridge.
var hookOfCartridge = scan.MustCompile(`^(?:pre|post)_(?:start|stop)_(ruby|python|php|nodejs|perl)-(\d+(?:\.\d+)*)$`)

// gearsCode is where a gear had the code, which is where the image's commands run.
var gearsCode = scan.MustCompile(`"?\$\{?OPENSHIFT_REPO_DIR\}?"?/*`)

// placeholderPath are paths that only the platform's gears have.
var placeholderPath = scan.MustCompile(`\$\{?OPENSHIFT_\w+`)

// often leads from a directory of the cron cartridge to five cron fields. When in the hour, day or month was the
// platform's affair.
var often = map[string]string{"minutely": "* * * * *", "hourly": "0 * * * *", "daily": "0 3 * * *", "weekly": "0 3 * * 0", "monthly": "0 3 1 * *"}

func (o *openShift2) cron(dir, file, when, name string) {
	if often[when] == "" || strings.HasPrefix(name, "jobs.") || strings.HasPrefix(name, "chrono") || !o.allowed(path.Dir(file), name) {
		return // chronograph is the sample that each new application came with
	}
	rel, ok := relative(dir, file)
	if !ok {
		return
	}
	f := scan.Finding{Dir: dir, Process: strings.TrimSuffix(name, path.Ext(name)), Service: service.Service{Command: []string{"sh", rel}, Schedule: often[when]}}
	if text, err := o.t.Read(file); err == nil && strings.HasPrefix(string(text), "#!") {
		f.Service.Command = interpreted(string(text), rel)
	}
	o.find(f, "command", file, 1, scan.Declared, "the cron cartridge ran it "+when)
}

// allowed says whether the cron cartridge ran a file: none that jobs.deny lists, and only those of jobs.allow where that
// lists any.
func (o *openShift2) allowed(dir, name string) bool {
	listed := func(file string) (here bool, any bool) {
		p := path.Join(dir, file)
		if !o.t.Has(p) {
			return false, false
		}
		for line := range strings.Lines(o.t.Text(p, o.r)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				here, any = here || line == name, true
			}
		}
		return here, any
	}
	if denied, _ := listed("jobs.deny"); denied {
		return false
	}
	here, any := listed("jobs.allow")
	return here || !any
}

// interpreted is the command for a script without relying on its permissions.
func interpreted(text, rel string) []string {
	first, _, _ := strings.Cut(text, "\n")
	words := strings.Fields(strings.TrimPrefix(first, "#!"))
	if len(words) > 1 && path.Base(words[0]) == "env" {
		words = words[1:]
	}
	if len(words) == 0 {
		return []string{"sh", rel}
	}
	return []string{path.Base(words[0]), rel}
}

var javaMarker = scan.MustCompile(`^java(\d+)$`)

func (o *openShift2) marker(dir, file, name string) {
	if m := javaMarker.FindStringSubmatch(name); m != nil {
		o.find(scan.Finding{Dir: dir, Service: service.Service{Language: "java", Version: m[1]}}, "version", file, 1, scan.Convention, "a marker")
	}
}
