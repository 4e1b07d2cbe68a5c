package service

import (
	"maps"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// Where the files of services.NAME.files and environments.NAME.files lie. kustomize reads nothing outside the directory of
// its kustomization.
const (
	baseFiles    = "kube/base/files/"
	overlayFiles = "kube/overlays/"
)

// BaseFile is where a file of this name lies that holds everywhere.
func BaseFile(name string) string { return baseFiles + name }

// EnvironmentFile is where the file of an environment lies that takes the place of the one at base.
func EnvironmentFile(environment, base string) string {
	return overlayFiles + environment + "/files/" + strings.TrimPrefix(base, baseFiles)
}

// NamedFiles lists the files in the repository that the model names as configuration, sorted, each with its field.
func (a *App) NamedFiles() map[string]string {
	named := map[string]string{}
	for name, s := range a.Services {
		for at, file := range s.Files {
			named[file] = "services." + name + ".files." + at
		}
	}
	for name, e := range a.Environments {
		for at, file := range e.Files {
			named[file] = "environments." + name + ".files." + at
		}
	}
	return named
}

// fileKey is what a ConfigMap may call a file.
var fileKey = pattern.MustCompile(`^[-._a-zA-Z0-9]{1,253}$`)

// files checks the files that a service reads.
func (v *validator) files(a *App, name string) {
	at := "services." + name + ".files"
	s := a.Services[name]
	for _, where := range slices.Sorted(maps.Keys(s.Files)) {
		file := s.Files[where]
		v.filePlace(at+"."+where, where)
		if !strings.HasPrefix(file, baseFiles) || path.Clean(file) != file {
			v.add(at+"."+where, "%q is no file below %s: kustomize reads nothing outside kube/base", file, baseFiles)
			continue
		}
		if !fileKey.MatchString(path.Base(file)) {
			v.add(at+"."+where, "%q: a ConfigMap allows letters, digits and . _ - in the name of a file", path.Base(file))
		}
		for _, other := range a.ServiceNames() {
			if a.Base(other) != a.Base(name) {
				continue
			}
			for _, theirs := range slices.Sorted(maps.Keys(a.Services[other].Files)) {
				if f := a.Services[other].Files[theirs]; f < file && path.Base(f) == path.Base(file) {
					v.add(at+"."+where, "%s and %s have the same name in one ConfigMap; rename one of them", f, file)
				}
			}
		}
	}
	for _, key := range s.Secrets {
		if where := a.Secrets.Keys[key].File; where != "" && s.Files[where] != "" {
			v.add(at+"."+where, "is the secret %s as well (secrets.keys); keep one of them", key)
		}
	}
}

// filePlace checks where a file is to lie in the container.
func (v *validator) filePlace(at, where string) {
	if where == "" || where == "/" || path.Clean(where) != where || strings.HasPrefix(where, "../") || where == ".." || strings.ContainsFunc(where, func(r rune) bool { return r == ':' || unicode.IsControl(r) }) {
		v.add(at, "%q is no path of a file in the container", where)
	}
}

// environmentFiles checks those that differ in an environment.
func (v *validator) environmentFiles(a *App, name string) {
	at, e := "environments."+name+".files", a.Environments[name]
	for _, where := range slices.Sorted(maps.Keys(e.Files)) {
		base := ""
		for _, s := range a.Services {
			if file := s.Files[where]; file != "" {
				base = file
			}
		}
		root := overlayFiles + name + "/files/"
		switch file := e.Files[where]; {
		case base == "":
			v.add(at+"."+where, "no service has this file under its files; it is there for what differs")
		case !strings.HasPrefix(file, root) || path.Clean(file) != file:
			v.add(at+"."+where, "%q is no file below %s: kustomize reads nothing outside the overlay", file, root)
		}
	}
}
