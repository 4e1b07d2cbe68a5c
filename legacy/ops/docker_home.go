package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// homeOf is the home of a file that compose builds from context; see home.
func homeOf(t *scan.Tree, file, context string) string {
	if path.Dir(file) == context || !t.Has(file) {
		return ""
	}
	d := parseDockerfile(t, file, &scan.Report{})
	if d == nil {
		return ""
	}
	return d.home(t, context)
}

// home is the directory of the service whose image this is, where that is built from a directory above it: a repository of
// several services builds each from its root, to have what they share. "" says that the code is the whole context.
func (d *dockerfile) home(t *scan.Tree, context string) string {
	if own := moduleOf(t, d.file, context); own != "" {
		return own
	}
	if own := builtModule(t, d.file, context); own != "" && buildsOther(t, d.file, own) {
		return own
	}
	if dir := path.Dir(d.file); dir != context && (d.projectOf(t) != "" || d.onlyBelow(t, context, dir)) {
		return dir
	}
	for dir := path.Dir(d.file); dir != context && dir != "."; dir = path.Dir(dir) {
		if _, inside := relative(context, dir); !inside {
			return ""
		}
		if dockerDir[strings.ToLower(path.Base(dir))] || t.First(dir, manifests...) == "" && !(dir == path.Dir(d.file) && d.oneOfSeveral(t, context)) {
			continue
		}
		if d.startsIn(context, dir) || d.takesPart(t, context, dir) {
			return dir
		}
		return ""
	}
	return ""
}

// startsIn says whether the image starts a file of dir by its path from the context, whatever else of that it holds.
func (d *dockerfile) startsIn(context, dir string) bool {
	rel, _ := relative(context, dir)
	argv, _ := d.words()
	return slices.ContainsFunc(argv[:min(len(argv), 3)], func(word string) bool {
		return strings.Contains("/"+path.Clean(word), "/"+rel+"/")
	})
}

// takesPart says whether the image gets code of dir, no less than it gets from beside it, and not just all of the context.
func (d *dockerfile) takesPart(t *scan.Tree, context, dir string) bool {
	inside, outside := 0, 0
	for _, c := range d.sources {
		at := path.Join(context, path.Clean(strings.TrimPrefix(c.value, "/")))
		switch {
		case at == context:
			return false
		case !t.HasDir(at) || !slices.ContainsFunc(t.Below(at), codeFile.MatchString):
		case at == dir || strings.HasPrefix(at, dir+"/"):
			inside++
		default:
			outside++
		}
	}
	return inside > 0 && inside >= outside
}

// oneOfSeveral says whether other images beside this one get the code of their directories, too, from the same context.
func (d *dockerfile) oneOfSeveral(t *scan.Tree, context string) bool {
	own := path.Dir(d.file)
	if !d.takesPart(t, context, own) {
		return false
	}
	looked := 0
	for _, p := range t.Below(path.Dir(own)) {
		dir := path.Dir(p)
		if path.Base(p) != path.Base(d.file) || dir == own || path.Dir(dir) != path.Dir(own) || t.Aside(p) {
			continue
		}
		if looked++; looked > maxOthers {
			return false
		}
		if other := parseDockerfile(t, p, &scan.Report{}); other != nil && other.takesPart(t, context, dir) {
			return true
		}
	}
	return false
}

// projectOf is the directory of the project of .NET whose program the image starts, where that lies beside the Dockerfile
// or below it, and images of the repository start others, or other projects serve, too; "" for none or one of several.
func (d *dockerfile) projectOf(t *scan.Tree) string {
	name, found := d.project(t)
	if found == "" || path.Dir(d.file) == "." || !strings.HasPrefix(found+"/", path.Dir(d.file)+"/") {
		return ""
	}
	if startsOthers(t, d.file, name) || found == path.Dir(d.file) && servedBeside(t, found) {
		return found
	}
	return ""
}

// servedBeside says whether another project of the web than that of a directory is in the repository.
func servedBeside(t *scan.Tree, dir string) bool {
	return slices.ContainsFunc(t.Files(), func(p string) bool {
		return scan.DotnetProject.MatchString(p) && path.Dir(p) != dir && !t.Aside(p) && servesWeb(t, path.Dir(p))
	})
}

// project is the only project of .NET that is called like the program which the image starts, with its directory.
func (d *dockerfile) project(t *scan.Tree) (name, dir string) {
	argv, _ := d.words()
	if s := d.start(t); s != nil {
		argv = s.argv
	}
	at := slices.IndexFunc(argv, func(word string) bool { return strings.HasSuffix(word, ".dll") })
	if at < 0 && len(argv) == 2 && path.Base(argv[0]) == "dotnet" {
		at = 1 // without its ending
	}
	if at < 0 {
		return "", ""
	}
	name = strings.TrimSuffix(path.Base(argv[at]), ".dll")
	for _, p := range t.Files() {
		if base := path.Base(p); scan.DotnetProject.MatchString(base) && strings.TrimSuffix(base, path.Ext(base)) == name && !t.Aside(p) {
			if dir != "" {
				return name, ""
			}
			dir = path.Dir(p)
		}
	}
	return name, dir
}

// reportProject says that the project below the directory that the image is built from is what it holds.
func (d *dockerfile) reportProject(t *scan.Tree, r *scan.Report) {
	own := ""
	switch {
	case d.context != "" && d.dir == path.Dir(d.file):
		own = d.projectOf(t)
	case d.context == "" && d.declared:
		_, own = d.project(t)
	}
	if own != "" && own != d.dir && (d.dir == "." || strings.HasPrefix(own, d.dir+"/")) {
		r.Find(scan.Finding{Dir: d.dir, Holds: own}, d.file, d.from.line, scan.Declared, "")
	}
}

// reportPackage says that the package of a workspace of Cargo's whose program the image starts is what it holds, where the
// image is built from the workspace.
func (d *dockerfile) reportPackage(t *scan.Tree, r *scan.Report) {
	workspace := path.Join(d.dir, "Cargo.toml")
	if d.context != "" || !t.Has(workspace) || !strings.Contains(t.Text(workspace, &scan.Report{}), "[workspace]") {
		return
	}
	argv, line := d.words()
	for _, word := range argv[:min(len(argv), 3)] {
		if dir := cargoPackage(t, d.dir, path.Base(word)); dir != "" && dir != d.dir {
			r.Find(scan.Finding{Dir: d.dir, Holds: dir}, d.file, line, scan.Declared, "")
			return
		}
	}
}

// cargoName are the names of a package and of its programs.
var cargoName = scan.MustCompile(`(?m)^name\s*=\s*"([\w-]+)"`)

// cargoPackage is the directory of the package below dir that makes a program of this name, "" for none or several.
func cargoPackage(t *scan.Tree, dir, program string) string {
	found := ""
	for _, p := range t.Below(dir) {
		if path.Base(p) != "Cargo.toml" || t.Aside(p) {
			continue
		}
		for _, m := range cargoName.FindAllStringSubmatch(t.Text(p, &scan.Report{}), 50) {
			if m[1] != program || found == path.Dir(p) {
				continue
			}
			if found != "" {
				return ""
			}
			found = path.Dir(p)
		}
	}
	return found
}

// startsOthers says whether another image of the repository starts another program of .NET.
func startsOthers(t *scan.Tree, file, name string) bool {
	return slices.ContainsFunc(t.Files(), func(p string) bool {
		if p == file || !isDockerfile(p) || forProduction(p) < 0 || t.Aside(p) {
			return false
		}
		data, err := t.Read(p)
		m := startedDLL.FindStringSubmatch(string(data))
		return err == nil && m != nil && m[1] != name
	})
}

// startedDLL is the program of .NET at the end of a Dockerfile.
var startedDLL = scan.MustCompile(`(?m)^(?:ENTRYPOINT|CMD)\b.*?([\w.-]+)\.dll\b`)

// moduleOf is the directory of the module that a Dockerfile is beside, or has a directory for Docker's files below, where
// the image is built from a directory above: "" for none, or where no other module of its language has a Dockerfile as well.
// Such images are built from one directory, and yet each is a service of its own: its module tells them apart.
func moduleOf(t *scan.Tree, file, context string) string {
	own, kind := besideModule(t, file)
	if own == context || own == "" || context != "." && !strings.HasPrefix(own, context+"/") {
		return ""
	}
	for _, p := range t.Files() {
		if p == file || !isDockerfile(p) || !builds(t, p) || t.Aside(p) {
			continue
		}
		if other, same := besideModule(t, p); other != own && other != context && same == kind {
			return own
		}
	}
	return ""
}

// builds says whether a Dockerfile is one of production by its name, or that of one of several programs of Go.
func builds(t *scan.Tree, p string) bool {
	return len(t.GoImages()[p]) > 0 || forProduction(p) >= 0
}

// besideModule is the directory of the module that a Dockerfile belongs to by its place, and the language of it.
func besideModule(t *scan.Tree, file string) (dir, kind string) {
	if images := t.GoImages()[file]; len(images) > 0 {
		return images[0].Home, "go"
	}
	dir = path.Dir(file)
	for dockerDir[strings.ToLower(path.Base(dir))] && t.Module(dir) == "" {
		dir = path.Dir(dir)
	}
	kind = t.Module(dir)
	if in := t.GoModule(dir); kind == "go" && in != "" && !scan.GoAside(dir+"/") {
		dir = in
	}
	if dir == "." || kind == "" {
		return "", ""
	}
	return dir, kind
}

// codeAt is where the image has the code of its directory, "" where it takes only parts of that.
func (d *dockerfile) codeAt() string {
	within, ok := relative(d.builtFrom(), d.dir)
	if d.builtFrom() == d.dir {
		within, ok = "", true
	}
	if !ok || !path.IsAbs(d.placed) {
		return ""
	}
	return path.Join(d.placed, within)
}
