package ops

import (
	"cmp"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Dokku reads what Dokku and its like keep beside a Procfile and app.json: CHECKS (routes that have to answer before a new
// version serves), DOKKU_SCALE, the captain-definition of CapRover and Heroku's Aptfile.
func Dokku() scan.Reader {
	return scan.Reader{
		Name: "dokku",
		Wants: func(p string) bool {
			switch path.Base(p) {
			case "CHECKS", "DOKKU_SCALE", "captain-definition", "Aptfile":
				return true
			}
			return false
		},
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			d := &dokku{newPlatform(t, r, herokuPort)}
			for _, p := range paths {
				switch path.Base(p) {
				case "CHECKS":
					d.checks(p)
				case "DOKKU_SCALE":
					d.scale(p)
				case "Aptfile":
					d.packages(p)
				}
			}
			d.readDocuments(only(paths, "captain-definition"), d.captain)
		},
	}
}

func only(paths []string, base string) []string {
	var list []string
	for _, p := range paths {
		if path.Base(p) == base {
			list = append(list, p)
		}
	}
	return list
}

type dokku struct{ *platform }

// lines calls see with each line that says something.
func (d *dokku) lines(file string, see func(line string, at int)) {
	for i, line := range strings.Split(d.t.Text(file, d.r), "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			see(line, i+1)
		}
	}
}

// checkLine is a route, with a host or without, and what the answer holds.
var checkLine = scan.MustCompile(`^(?:https?:)?(?://[^/\s]+)?(/\S*)(?:\s+(.+))?$`)

func (d *dokku) checks(file string) {
	dir := d.builtAt(file)
	if dir == "" {
		return
	}
	d.lines(file, func(line string, at int) {
		if m := checkLine.FindStringSubmatch(line); m != nil && !strings.Contains(m[1], "{{") {
			d.healthy(scan.Finding{Dir: dir}, &yaml.Node{Kind: yaml.ScalarNode, Value: m[1], Line: at}, file)
		}
	})
}

func (d *dokku) scale(file string) {
	dir := cmp.Or(d.builtAt(file), path.Dir(file))
	d.lines(file, func(line string, at int) {
		name, n, ok := strings.Cut(line, "=")
		if n = strings.TrimSpace(n); !ok || n == "1" || claimReplicas(d.r, processOf(dir, strings.TrimSpace(name)), n, file, at, "DOKKU_SCALE") {
			return
		}
		d.r.NoteItem(nil, file, at, "how many of each process ran: the replicas of environments in migrate.yaml", strings.TrimSpace(name)+"="+n)
	})
}

func (d *dokku) packages(file string) {
	d.lines(file, func(line string, at int) {
		d.r.NoteItem(nil, file, at, "packages of Ubuntu that the old platform installed: those that the service calls or its libraries want go to build.packages and build.runtime, by their names in Debian", line)
	})
}

// captain reads a captain-definition: a Dockerfile that lies elsewhere, or the template of a language.
func (d *dokku) captain(file string, doc *yaml.Node) {
	dir := path.Dir(file)
	if n := child(doc, "templateId"); n != nil {
		if lang, version, _ := strings.Cut(scalar(n), "/"); lang == "node" || lang == "php" || lang == "python-django" || lang == "ruby-rack" {
			lang, _, _ = strings.Cut(lang, "-")
			f := scan.Finding{Dir: dir, Service: service.Service{Language: lang, Version: versionText(version)}}
			d.find(f, "language", file, n.Line, scan.Convention, "")
		}
	}
	if n := child(doc, "dockerfileLines"); n != nil {
		d.r.Note(file, n.Line, "the Dockerfile stands in this file, line for line: write it to a Dockerfile to have it read")
	}
	if n := child(doc, "dockerfilePath"); n != nil && path.Clean(scalar(n)) != "Dockerfile" {
		d.r.Note(file, n.Line, "builds from %s: name it in build.dockerfile if production runs that image", scalar(n))
	}
}
