package ops

import (
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Fly reads fly.toml: processes, the port inside, checks, variables, the release command and volumes.
func Fly() scan.Reader {
	return scan.Reader{
		Name:  "fly",
		Wants: func(p string) bool { return flyName.MatchString(path.Base(p)) },
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			y := &fly{newPlatform(t, r, flyPort)}
			paths = slices.Clone(paths)
			slices.Reverse(paths) // shop-2025-05-05 counts before shop-2024-01-12
			y.readDocuments(paths, y.app)
		},
	}
}

var flyName = scan.MustCompile(`^fly(\.[\w-]+)*\.toml$`)

// flyPort is what Fly takes for the port inside where the file says none.
const flyPort = 8080

type fly struct{ *platform }

func (y *fly) app(file string, doc *yaml.Node) {
	if image := at(doc, "build", "image"); image != nil {
		y.r.Note(file, image.Line, "runs the image %s, which is not built here", scalar(image))
		return
	}
	dir := y.builtAt(file)
	if dir == "" {
		return
	}
	f := scan.Finding{Dir: dir}
	y.serves(f, file, doc)
	y.processes(f, file, doc)
	if n := at(doc, "deploy", "release_command"); scalar(n) != "" {
		y.release(dir, "release", scalar(n), file, n.Line)
	}
	for _, v := range pairs(child(doc, "env")) {
		y.setting(f, v.key.Value, scalar(v.value), file, v.key.Line, scan.Declared)
	}
	for _, m := range items(child(doc, "mounts")) {
		if n := child(m, "destination"); n != nil {
			y.volume(f, scalar(n), file, n.Line)
		}
	}
}

// serves reports the port of the service that answers HTTP, and the routes that Fly asks. What stands under services is
// one port to the world each; one with a handler of HTTP, or any where none has one, is it.
func (y *fly) serves(f scan.Finding, file string, doc *yaml.Node) {
	web := child(doc, "http_service")
	for _, s := range items(child(doc, "services")) {
		for _, p := range items(child(s, "ports")) {
			for _, h := range items(child(p, "handlers")) {
				if web == nil && strings.HasPrefix(scalar(h), "http") {
					web = s
				}
			}
		}
	}
	if n := child(web, "internal_port"); n != nil {
		if port := portText(scalar(n)); port > 0 {
			of := f
			of.Service = service.Service{Port: port}
			y.find(of, "port", file, n.Line, scan.Declared, "")
		}
	}
	for _, key := range []string{"checks", "http_checks"} {
		for _, check := range items(child(web, key)) {
			y.healthy(f, child(check, "path"), file)
		}
	}
	for _, check := range pairs(child(doc, "checks")) {
		y.healthy(f, child(check.value, "path"), file)
	}
}

// processes reports what starts each: the one that serves is called app unless the services say another name.
func (y *fly) processes(f scan.Finding, file string, doc *yaml.Node) {
	list := pairs(child(doc, "processes"))
	main := "app"
	if n := at(doc, "http_service", "processes"); len(items(n)) > 0 {
		main = scalar(items(n)[0])
	}
	for _, s := range items(child(doc, "services")) {
		if named := items(child(s, "processes")); len(named) > 0 {
			main = scalar(named[0])
			break
		}
	}
	for _, p := range list {
		of := f
		if of.Process = p.key.Value; of.Process == main || len(list) == 1 {
			of.Process = ""
		}
		if line := scalar(p.value); line != "" {
			y.command(of, line, file, p.key.Line, scan.Declared)
		}
	}
}
