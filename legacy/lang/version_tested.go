package lang

import (
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// versionSource is a place that says which version of a language is wanted, as an expression whose first group is the version.
type versionSource struct {
	file string // beside the code; workflowFiles stands for all of GitHub's
	re   *scan.Pattern
	rank scan.Rank
	note string
}

const workflowFiles = ".github/workflows/"

// testedOn are the places that say on which version of a language the tests run: as a service of CI names the image of it, and
// as GitHub's action that sets it up is told.
func testedOn(image, setUp *scan.Pattern) []versionSource {
	places := []versionSource{{workflowFiles, setUp, scan.Guess, "tests run on it"}}
	for _, file := range []string{".drone.yml", ".gitlab-ci.yml", ".circleci/config.yml"} {
		places = slices.Insert(places, 0, versionSource{file, image, scan.Guess, "tests run on it"})
	}
	return places
}

// versionFile is the file in which a place of a version is sought from a directory on, "" for none.
func versionFile(t *scan.Tree, dir string, src versionSource) string {
	if src.file != workflowFiles {
		return t.First(dir, src.file)
	}
	if dir != "." {
		return ""
	}
	for _, p := range t.Below(strings.TrimSuffix(workflowFiles, "/")) {
		if data, err := t.Read(p); err == nil && src.re.MatchString(string(data)) {
			return p
		}
	}
	return ""
}
