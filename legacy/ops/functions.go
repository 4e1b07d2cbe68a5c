package ops

import (
	"path"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// Functions reads the files of platforms that run functions and not processes: serverless.yml, vercel.json, now.json,
// netlify.toml. What they call on a schedule or send elsewhere has no place in the model, so it becomes notes; the
// variables that they name are the service's.
func Functions() scan.Reader {
	return scan.Reader{
		Name: "functions",
		Wants: func(p string) bool {
			switch path.Base(p) {
			case "serverless.yml", "serverless.yaml", "vercel.json", "now.json", "netlify.toml":
				return true
			}
			return false
		},
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			u := &functions{newPlatform(t, r, herokuPort)}
			u.readDocuments(paths, u.file)
		},
	}
}

type functions struct{ *platform }

func (u *functions) file(file string, doc *yaml.Node) {
	dir := u.codeAbove(file)
	if base := path.Base(file); base == "serverless.yml" || base == "serverless.yaml" {
		u.serverless(file, dir, doc)
		return
	}
	for _, job := range items(child(doc, "crons")) {
		if route, when := scalar(child(job, "path")), child(job, "schedule"); route != "" && when != nil {
			u.r.Note(file, when.Line, "the platform requested %s %s; a CronJob has to do that now", route, scalar(when))
		}
	}
	for _, key := range []string{"rewrites", "redirects", "routes", "headers"} {
		if n := child(doc, key); len(items(n)) > 0 {
			u.r.NoteItem(nil, file, n.Line, "the platform did this in front of the code: it belongs into the routes, the web server's configuration or the code", key)
		}
	}
	if n := child(doc, "functions"); n != nil {
		u.r.Note(file, n.Line, "functions of the platform: each needs a server that calls it")
	}
	if dir == "" {
		return
	}
	for _, list := range []*yaml.Node{child(doc, "env"), at(doc, "build", "env"), at(doc, "context", "production", "environment")} {
		for _, v := range pairs(list) {
			value := scalar(v.value)
			if len(value) > 1 && value[0] == '@' { // a value that the platform keeps by this name
				value = ""
			}
			u.setting(scan.Finding{Dir: dir}, v.key.Value, value, file, v.key.Line, scan.Convention)
		}
	}
}

// serverless says what the functions of a service of the Serverless framework are called by.
func (u *functions) serverless(file, dir string, doc *yaml.Node) {
	list := pairs(child(doc, "functions"))
	if len(list) == 0 {
		return
	}
	for _, fn := range list {
		u.r.NoteItem(nil, file, fn.key.Line, "functions that a platform calls one by one: each needs a server around its handler, or stays where it is", fn.key.Value)
		for _, e := range items(child(fn.value, "events")) {
			for _, event := range pairs(e) {
				if rate := scalar(event.value); event.key.Value == "schedule" {
					if rate == "" {
						rate = scalar(child(event.value, "rate"))
					}
					u.r.Note(file, event.key.Line, "the platform called %s on a schedule (%s); a CronJob has to do that now", fn.key.Value, rate)
				}
			}
		}
	}
	if dir == "" {
		return
	}
	for _, v := range pairs(at(doc, "provider", "environment")) {
		u.setting(scan.Finding{Dir: dir}, v.key.Value, scalar(v.value), file, v.key.Line, scan.Convention)
	}
}
