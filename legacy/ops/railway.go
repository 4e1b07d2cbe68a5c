package ops

import (
	"path"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Railway reads railway.toml and railway.json, and the files of the builders that Railway and others use: nixpacks.toml,
// railpack.json.
func Railway() scan.Reader {
	return scan.Reader{
		Name: "railway",
		Wants: func(p string) bool {
			switch path.Base(p) {
			case "railway.toml", "railway.json", "nixpacks.toml", "nixpacks.json", "railpack.json":
				return true
			}
			return false
		},
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			w := &railway{newPlatform(t, r, herokuPort)}
			w.readDocuments(paths, w.file)
		},
	}
}

type railway struct{ *platform }

func (w *railway) file(file string, doc *yaml.Node) {
	dir := w.builtAt(file)
	if dir == "" {
		dir = path.Dir(file)
	}
	f := scan.Finding{Dir: dir}
	if n := at(doc, "deploy", "cronSchedule"); scalar(n) != "" {
		of := f
		of.Service = service.Service{Schedule: kubernetesSchedule(scalar(n))}
		w.find(of, "schedule", file, n.Line, scan.Declared, "")
	}
	for _, keys := range [][]string{{"deploy", "startCommand"}, {"start", "cmd"}} {
		if n := at(doc, keys...); scalar(n) != "" {
			w.command(f, scalar(n), file, n.Line, scan.Declared)
		}
	}
	if n := at(doc, "deploy", "preDeployCommand"); n != nil {
		w.release(dir, "release", commandLine(n), file, n.Line)
	}
	w.healthy(f, at(doc, "deploy", "healthcheckPath"), file)
	for _, vars := range []*yaml.Node{child(doc, "variables"), at(doc, "deploy", "variables")} {
		for _, v := range pairs(vars) {
			w.setting(f, v.key.Value, scalar(v.value), file, v.key.Line, scan.Declared)
		}
	}
	w.packages(f, at(doc, "phases", "setup", "aptPkgs"), true, file)
	w.packages(f, child(doc, "buildAptPackages"), true, file)
	w.packages(f, at(doc, "deploy", "aptPackages"), false, file)
}

// packages reports the Debian packages that the image gets; those of a setup are there while it is built, too.
func (w *railway) packages(f scan.Finding, list *yaml.Node, build bool, file string) {
	for _, n := range items(list) {
		name := scalar(n)
		if !debianPackage.MatchString(name) {
			continue
		}
		f.Service = service.Service{Build: &service.Build{Runtime: []string{name}}}
		if build {
			f.Service.Build.Packages = []string{name}
		}
		w.find(f, "package."+name, file, n.Line, scan.Declared, "")
	}
}

var debianPackage = scan.MustCompile(`^[a-z0-9][a-z0-9+.-]+$`)
