package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	copiesVariable = scan.MustCompile(`(?m)^\s*(?:COPY|ADD)\s[^\n]*?\$\{?(\w+)`)
	openArgument   = scan.MustCompile(`(?m)^\s*ARG\s+(\w+)\s*$`)
	buildsPart     = []string{"Dockerfile", "Procfile", "docker-compose.yml", "compose.yaml"}
)

// workspaceImage is the Dockerfile that builds a member of a workspace together with all others: it stands at the root of
// the workspace, takes no part by a variable, and the member has none. "" where there is no such file.
func workspaceImage(t *scan.Tree, dirs map[string]bool, dir string) string {
	if dir == "." || t.First(dir, buildsPart...) != "" {
		return ""
	}
	for root := path.Dir(dir); ; root = path.Dir(root) {
		file := t.First(root, "Dockerfile")
		if dirs[root] && file != "" && isWorkspace(t, root) {
			if data, err := t.Read(file); err == nil && !takesPart(string(data)) {
				return file
			}
		}
		if root == "." {
			return ""
		}
	}
}

// takesPart says whether a Dockerfile copies what a build argument without a default names: it builds one of several.
func takesPart(text string) bool {
	open := map[string]bool{}
	for _, m := range openArgument.FindAllStringSubmatch(text, -1) {
		open[m[1]] = true
	}
	for _, m := range copiesVariable.FindAllStringSubmatch(text, -1) {
		if open[m[1]] {
			return true
		}
	}
	return false
}

func isWorkspace(t *scan.Tree, root string) bool {
	if t.First(root, "pnpm-workspace.yaml", "lerna.json") != "" {
		return true
	}
	data, err := t.Read(path.Join(root, "package.json"))
	return err == nil && strings.Contains(string(data), `"workspaces"`)
}

// inImageOf gives what was found in a member of a workspace to the service of the whole: its settings, port and needs. How
// it is built and started, the image says.
func inImageOf(image string, member []scan.Finding) []scan.Finding {
	var kept []scan.Finding
	for _, f := range member {
		if f.Service.Framework == "static" {
			return nil // files that the service hands out
		}
		f.Service.Build, f.Service.Command = nil, nil
		if f.Process != "" || f.Library {
			continue
		}
		f.Dir = path.Dir(image)
		f.Evidence.Rank = min(f.Evidence.Rank, scan.Convention)
		kept = append(kept, f)
	}
	return kept
}
