package migrate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"
)

const module = "github.com/migrate-to-kubernetes/migrate"

// mayImport lists, for each package of the toolkit, which others it may import. Imports point down only; siblings do not
// know each other; cmd ties them together.
var mayImport = map[string][]string{
	"":                   {},
	"service":            {},
	"templates":          {},
	"legacy/scan":        {"service"},
	"legacy/lang":        {"legacy/scan", "service"},
	"legacy/ops":         {"legacy/scan", "requests", "service"},
	"legacy/host":        {"legacy/host/rpmdb", "legacy/scan", "service"},
	"legacy/host/rpmdb":  {},
	"legacy":             {"legacy/host", "legacy/lang", "legacy/ops", "legacy/scan", "service"},
	"bridge":             {"service", "smoke"},
	"generators/fileset": {},
	"generators":         {"", "generators/fileset", "service", "smoke", "templates"},
	"adopt":              {"service"},
	"secrets":            {"service"},
	"secrets/leaks":      {"secrets/redact"},
	"secrets/redact":     {},
	"smoke":              {"secrets/redact"},
	"smoke/compare":      {"smoke"},
	"smoke/look":         {"requests", "smoke"},
	"smoke/watch":        {"smoke"},
	"smoke/convert":      {"requests", "smoke"},
	"smoke/export":       {"smoke"},
	"pattern":            {},
	"requests":           {},
	"perf":               {},
	"sidecar":            {},
	"kube":               {"kube/schemas", "secrets/redact"},
	"kube/schemas":       {},
	"kube/clustertest":   {},
}

// onlyIn fences the heavy libraries: each has its one room.
var onlyIn = map[string][]string{
	"github.com/compose-spec/compose-go": {"legacy/ops"},
	"sigs.k8s.io/kustomize":              {"kube"},
	"github.com/gopasspw/gopass":         {"secrets"},
	"filippo.io/age":                     {"secrets", "secrets/storetest"},
	"github.com/spf13/cobra":             {"cmd/internal/cli"},
	"k8s.io/client-go":                   {"kube", "kube/clustertest"},
	"github.com/moby/buildkit":           {"legacy/ops"},
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func inside(importPath string) (string, bool) {
	if importPath == module {
		return "", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

func TestImportsPointDown(t *testing.T) {
	for _, p := range packages(t) {
		name, _ := inside(p.ImportPath)
		if strings.HasPrefix(name, "cmd/") {
			continue
		}
		allowed, known := mayImport[name]
		for _, i := range p.Imports {
			if other, ours := inside(i); ours && known && other != "pattern" && !contains(allowed, other) {
				t.Errorf("%s imports %s; it may import %v", name, other, allowed)
			}
		}
		if !known && !strings.Contains(name, "/") && name != "examples" {
			t.Errorf("%s is not in the list: say here what it may import", name)
		}
	}
}

func TestLibrariesStayInTheirRooms(t *testing.T) {
	for _, p := range packages(t) {
		name, _ := inside(p.ImportPath)
		for _, i := range p.Imports {
			for library, rooms := range onlyIn {
				if (i == library || strings.HasPrefix(i, library+"/")) && !contains(rooms, name) {
					t.Errorf("%s imports %s, which belongs in %v", name, i, rooms)
				}
			}
		}
	}
}

func TestNoGrabBagPackages(t *testing.T) {
	for _, p := range packages(t) {
		switch path.Base(p.ImportPath) {
		case "util", "utils", "common", "helper", "helpers", "misc", "lib", "types", "base":
			t.Errorf("%s: name it after the one thing it is about", p.ImportPath)
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// The image of what runs in the cluster is built of the packages that its Dockerfile copies: all that the programs import.
func TestImageCopiesWhatItBuilds(t *testing.T) {
	text, err := os.ReadFile("cmd/migrate-sidecar/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-deps", "./cmd/migrate-sidecar", "./cmd/migrate-smoke").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		name, ours := inside(strings.TrimSpace(line))
		if ours && name != "" && !strings.Contains(string(text), "COPY "+name+" ./"+name+"\n") {
			t.Errorf("cmd/migrate-sidecar/Dockerfile lacks COPY %s ./%[1]s", name)
		}
	}
}
