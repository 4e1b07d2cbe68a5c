package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// goImageSaid are the ways besides a Dockerfile in which a repository says that an image is made of one program.
var goImageSaid = []struct {
	files, says *scan.Pattern // the program's import path or place is in the words of the group; the file's directory without one
	why         string
}{
	{scan.MustCompile(`\.(ya?ml|tf|tf\.json)$`), scan.MustCompile(`\bko://([\w.~/-]+)`), "ko makes an image of it"},
	{scan.MustCompile(`(^|/)([Mm]akefile|[\w.-]+\.(mk|sh|ya?ml))$`), scan.MustCompile(`(?m)\bko (?:publish|build|apply|resolve)\b([^\n#|;&]*)`), "ko makes an image of it"},
	{scan.MustCompile(`(^|/)BUILD(\.bazel)?$`), scan.MustCompile(`(?m)^(?:go_image|container_image|oci_image|docker_build)\(()`), "Bazel makes an image of it"},
}

// imaged are the programs of which images are made by themselves, by their directories, where that is said of several.
func (m *goModule) imaged(t *scan.Tree) map[string]scan.Evidence {
	said := map[string]scan.Evidence{}
	for _, p := range t.Below(m.dir) {
		for _, way := range goImageSaid {
			if !way.files.MatchString(p) || t.Aside(p) || strings.Contains("/"+p, "/vendor/") {
				continue
			}
			for _, found := range scan.Find(t.Text(p, &scan.Report{}), way.says) {
				for _, dir := range m.named(p, found.Groups[1]) {
					if _, known := said[dir]; !known && m.packages[dir] != nil && m.packages[dir].main != nil {
						said[dir] = scan.Evidence{File: p, Line: found.Line, Note: way.why}
					}
				}
			}
		}
	}
	if len(said) < 2 {
		return nil
	}
	return said
}

// named are the directories that words mean: import paths of the module, or places below it; that of the file for no words.
func (m *goModule) named(file, words string) (dirs []string) {
	if words == "" {
		return []string{path.Dir(file)}
	}
	for _, word := range strings.Fields(words) {
		if rest, ok := strings.CutPrefix(word, "./"); ok {
			dirs = append(dirs, path.Join(m.dir, rest))
		} else if rest, ok := strings.CutPrefix(word, m.path); ok && m.path != "" {
			dirs = append(dirs, path.Join(m.dir, rest))
		}
	}
	return dirs
}
