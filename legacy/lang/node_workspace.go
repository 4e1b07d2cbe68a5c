package lang

import (
	"encoding/json"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
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
			if data, err := t.Read(file); err == nil && len(t.ChosenImages(file)) == 0 && !takesPart(string(data)) {
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
		f.Service.Build, f.Service.Command, f.Script, f.Runs = nil, nil, "", nil
		if f.Process != "" || f.Library {
			continue
		}
		f.Dir = path.Dir(image)
		f.Evidence.Rank = min(f.Evidence.Rank, scan.Convention)
		kept = append(kept, f)
	}
	return kept
}

// memberPackage is what a member of a workspace says of itself.
type memberPackage struct {
	dir             string
	Name            string            `json:"name"`
	Private         bool              `json:"private"`
	Files           json.RawMessage   `json:"files"`
	Bin             json.RawMessage   `json:"bin"`
	Scripts         map[string]string `json:"scripts"`
	Dependencies    map[string]string `json:"dependencies"`
	DevDependencies map[string]string `json:"devDependencies"`
}

// isPublished says whether the member is made for others to install.
func (m memberPackage) isPublished() bool { return !m.Private && m.Files != nil }

// workspace is the root of the workspace whose list of members has the package's directory, and the members; "" for a
// package by itself, with a lock file of its own.
func (p *nodeProject) workspace() (root string, members []memberPackage) {
	if p.dir == "." {
		return "", nil
	}
	for _, l := range lockFiles {
		if p.t.First(p.dir, l.file) != "" {
			return "", nil
		}
	}
	for root = path.Dir(p.dir); ; root = path.Dir(root) {
		if globs := memberGlobs(p.t, root); isMember(globs, relative(root, p.dir)) {
			return root, membersOf(p.t, root, globs)
		}
		if root == "." {
			return "", nil
		}
	}
}

// memberGlobs are the patterns of directories that a workspace lists; none where the directory is no root of one.
func memberGlobs(t *scan.Tree, root string) []string {
	if file := t.First(root, "pnpm-workspace.yaml"); file != "" {
		var listed struct{ Packages []string }
		if data, err := t.Read(file); err == nil && yaml.Unmarshal(data, &listed) == nil {
			return listed.Packages
		}
	}
	data, err := t.Read(path.Join(root, "package.json"))
	if err != nil || !strings.Contains(string(data), `"workspaces"`) {
		return nil
	}
	var pkg struct{ Workspaces json.RawMessage }
	var nested struct{ Packages []string }
	var globs []string
	if json.Unmarshal(data, &pkg) == nil && json.Unmarshal(pkg.Workspaces, &globs) != nil && json.Unmarshal(pkg.Workspaces, &nested) == nil {
		globs = nested.Packages
	}
	return globs
}

func isMember(globs []string, dir string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		glob = strings.TrimSuffix(strings.TrimPrefix(glob, "./"), "/")
		if above, any := strings.CutSuffix(glob, "/**"); any {
			return strings.HasPrefix(dir, above+"/")
		}
		ok, err := path.Match(glob, dir)
		return ok && err == nil
	})
}

func membersOf(t *scan.Tree, root string, globs []string) []memberPackage {
	var members []memberPackage
	for _, file := range t.Below(root) {
		if path.Base(file) != "package.json" || !isMember(globs, relative(root, path.Dir(file))) {
			continue
		}
		m := memberPackage{dir: relative(root, path.Dir(file))}
		if data, err := t.Read(file); err == nil && json.Unmarshal(data, &m) == nil {
			members = append(members, m)
		}
	}
	return members
}

// startsMember says whether the root of a workspace starts the program of a member: that is the service. Where an image is built
// from the whole, the root is.
func (p *nodeProject) startsMember(start nodeStart) bool {
	if start.file == "" || start.built || !p.t.Has(start.file) || p.t.First(p.dir, "Dockerfile", "Procfile") != "" {
		return false
	}
	for dir := path.Dir(start.file); dir != p.dir && dir != "."; dir = path.Dir(dir) {
		if !p.t.Has(path.Join(dir, "package.json")) || !isMember(memberGlobs(p.t, p.dir), relative(p.dir, dir)) {
			continue
		}
		command, found := slices.Clone(start.command), false
		for i, word := range command {
			if i > 0 && p.resolve(word) == start.file {
				command[i], found = relative(dir, start.file), true
			}
		}
		if !found {
			return false
		}
		if p.startsTool(dir) {
			return true
		}
		p.r.Find(scan.Finding{Dir: dir, Service: service.Service{Command: command}}, p.pkg.file, start.line, scan.Convention, "the workspace starts it")
		return true
	}
	return false
}

// startsTool says whether what the root starts is a program for people at a terminal.
func (p *nodeProject) startsTool(dir string) bool {
	pkg := readNodePackage(p.t, path.Join(dir, "package.json"), p.r)
	return pkg != nil && (&nodeProject{t: p.t, r: p.r, dir: dir, pkg: pkg}).asksPeople()
}

// startsIn is a script that starts what another directory holds.
var startsIn = scan.MustCompile(`^(?:cd\s+|(?:npm|yarn|pnpm)\s+(?:--prefix|--cwd|-C)[\s=])(\w[\w./-]*)\s`)

// startsElsewhere says whether the package only starts another one, which has an image of its own.
func (p *nodeProject) startsElsewhere() bool {
	m := startsIn.FindStringSubmatch(p.pkg.Scripts["start"])
	if m == nil || p.t.First(p.dir, buildsPart...) != "" {
		return false
	}
	dir := path.Join(p.dir, m[1])
	return p.t.Has(path.Join(dir, "package.json")) && p.t.Has(path.Join(dir, "Dockerfile"))
}

// buildWorkspace says that a member is installed and built from the root of its workspace, where the lock file is and its
// libraries are, these first.
func (p *nodeProject) buildWorkspace(root string, members []memberPackage, start nodeStart) {
	at := *p
	at.dir = root
	if pkg := readNodePackage(p.t, path.Join(root, "package.json"), p.r); pkg != nil {
		at.pkg = pkg
	}
	tool, files := at.tool()
	if tool == "npm" && p.t.First(root, "pnpm-workspace.yaml") != "" {
		tool = "pnpm"
	}
	for _, f := range []string{".npmrc", ".yarnrc.yml", "pnpm-workspace.yaml"} {
		if p.t.First(root, f) != "" {
			files = append(files, f)
		}
	}
	files = append(files, p.manifests(root, members)...)
	b := &service.Build{Tool: tool, Files: files, Context: root}
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: b}}, path.Join(root, "package.json"), 1, scan.Declared, "a member of its workspace")
	p.debianPackages()
	own := p.member(root, members)
	script := p.buildScript(start)
	var parts [][2]string // a member, by its name or directory, and the script
	for _, m := range madeOf(members, own, map[string]bool{}) {
		if m.Scripts["build"] != "" {
			parts = append(parts, [2]string{memberArgument(tool, m), "build"})
		}
	}
	if script != "" {
		parts = append(parts, [2]string{memberArgument(tool, own), script})
	}
	command := workspaceCommand(tool, parts)
	if tool == "pnpm" && len(parts) > 1 && script == "build" && own.Name != "" {
		command = []string{"pnpm", "--filter", own.Name + "...", "run", "build"} // with what it is made of, in their order
	}
	if len(command) > 0 {
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: &service.Build{Command: command}}}, p.pkg.file, max(1, p.pkg.scriptLine(script)), scan.Declared, "")
	}
}

// maxManifests is how many members of a workspace are named one by one.
const maxManifests = 30

var (
	// installScripts run while packages are installed. Those that only look at who installs, or set up git, read no file.
	installScripts = []string{"preinstall", "install", "postinstall", "prepare"}
	readsNothing   = scan.MustCompile(`^(?:npx (?:--?\S+ )*)?(?:only-allow|husky|is-ci|pinst|simple-git-hooks|lefthook)\b`)
	patchesPackage = scan.MustCompile(`"(?:patchedDependencies|pnpmfile)"|(?m)^patchedDependencies:`)
)

// manifests are the files of a workspace, beside those at its root, that installing its packages takes: what each member says
// of itself, and the parts of Yarn that the repository brings. There are none where installing takes more than these, as a
// script of a member that is built then does: the whole workspace has to be there first.
func (p *nodeProject) manifests(root string, members []memberPackage) []string {
	if len(members) > maxManifests || p.t.First(root, ".pnpmfile.cjs") != "" {
		return nil
	}
	var files []string
	of := memberPackage{dir: "."}
	for _, file := range []string{"package.json", "pnpm-workspace.yaml"} {
		if data, err := p.t.Read(path.Join(root, file)); err == nil {
			if patchesPackage.Match(data) || file == "package.json" && json.Unmarshal(data, &of) != nil {
				return nil
			}
		}
	}
	of.Bin = nil
	for _, m := range append([]memberPackage{of}, members...) {
		needs := func(script string) bool {
			return m.Scripts[script] != "" && !readsNothing.MatchString(m.Scripts[script])
		}
		if m.Bin != nil || slices.ContainsFunc(installScripts, needs) {
			return nil
		}
		if m.dir != "." {
			files = append(files, path.Join(m.dir, "package.json"))
		}
	}
	for _, file := range p.t.Below(path.Join(root, ".yarn")) {
		part, _, _ := strings.Cut(relative(path.Join(root, ".yarn"), file), "/")
		switch part {
		case "releases", "plugins", "patches":
			files = append(files, relative(root, file))
		case "cache", "unplugged": // all packages are in the repository
			return nil
		}
	}
	slices.Sort(files)
	return files
}

// installsMore says whether a script of the package has installing take more than what names the packages and what production
// needs: files of the repository, or a tool of developers.
func (p *nodeProject) installsMore() bool {
	for _, name := range installScripts {
		text := p.pkg.Scripts[name]
		words := shellWords(text)
		if len(words) == 0 {
			continue
		}
		if _, kept := p.pkg.find(words[0]); !readsNothing.MatchString(text) || !kept && p.pkg.all[words[0]] != "" {
			return true
		}
	}
	return false
}

// memberArgument is what a package manager calls a member by.
func memberArgument(tool string, m memberPackage) string {
	if tool == "npm" || m.Name == "" {
		return m.dir
	}
	return m.Name
}

// workspaceCommand runs scripts of members one after the other.
func workspaceCommand(tool string, parts [][2]string) []string {
	var lines [][]string
	for _, part := range parts {
		switch tool {
		case "yarn":
			lines = append(lines, []string{"yarn", "workspace", part[0], "run", part[1]})
		case "pnpm", "bun":
			lines = append(lines, []string{tool, "--filter", part[0], "run", part[1]})
		default:
			lines = append(lines, []string{"npm", "run", part[1], "--workspace=" + part[0]})
		}
	}
	if len(lines) < 2 {
		return slices.Concat(lines...)
	}
	words := make([]string, len(lines))
	for i, line := range lines {
		words[i] = strings.Join(line, " ")
	}
	return []string{"sh", "-c", strings.Join(words, " && ")}
}
