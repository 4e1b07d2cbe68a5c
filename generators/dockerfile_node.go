package generators

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

type nodeImage struct {
	Base       base
	Staged     bool   // there are tools, or development dependencies, to leave behind
	Member     string // directory of the service in the workspace that is built as a whole; empty for a package by itself
	Manifests  bool   // the files to copy first are those of all members
	Setup      string
	BuildApt   string
	Copy       []string
	Whole      bool // installing takes all of the package's files, and its development dependencies
	Install    string
	Args       []string // what the build puts into the pages
	Build      string
	RuntimeApt string
	NoHome     bool
	State      string
	Site       string // what a build of static files makes
	Port       int
	Command    execForm
	Browser    string // how Debian's browser is found, "" without one
}

// nodeDockerfile installs the dependencies from the lock file. Where compilers or a build step are needed, they stay in a
// build stage; otherwise one stage does.
func nodeDockerfile(app *service.App, name string) ([]byte, error) {
	s := *app.Services[name]
	b := buildOf(s)
	image := nodeImage{Port: s.Port, Command: s.Command, State: stateStep(s), Staged: len(b.Packages)+len(b.Command) > 0}
	var major int
	var err error
	if image.Base, major, err = nodeBase(s.Version); err != nil {
		return nil, err
	}
	var python string
	b.Packages, python = nodePython(b.Packages, major)
	if image.BuildApt, image.RuntimeApt, err = aptSteps(b, image.Base.Suite); err != nil {
		return nil, err
	}
	image.BuildApt += python
	if has(b.Runtime, "chromium") && s.Framework != "static" {
		image.Browser = debianBrowser
		if image.Staged {
			image.BuildApt += skipBrowser
		} else {
			image.RuntimeApt += skipBrowser
		}
	}
	if image.Build, err = buildCommand(b.Command); err != nil {
		return nil, err
	}
	if image.Build != "" {
		image.Args = slices.Sorted(maps.Keys(b.Args))
	}
	files := b.Files
	if len(files) == 0 {
		files = []string{"package.json"}
	}
	if image.Copy, err = copyLines(files); err != nil {
		return nil, err
	}
	pm := nodeManager(nodeTool(b), files, major)
	if has(files, ".") {
		image.Whole, image.Staged, image.Copy = true, true, []string{"# scripts that run while the packages are installed read the files", "COPY . ."}
	}
	if inWorkspace(s) {
		image.Staged, image.Member = true, fromContext(s, ".")
		image.Manifests = slices.Contains(files, path.Join(image.Member, "package.json"))
		if nodeTool(b) == "pnpm" { // whose prune knows no workspaces
			pm.prune = "find . -name node_modules -type d -prune -exec rm -rf {} + && " + strings.TrimPrefix(pm.production, "RUN "+pm.cache)
		}
	}
	image.Setup, image.Install = pm.setup, pm.production
	switch {
	case image.Build != "" && s.Framework == "static":
		image.Install, image.Build = pm.all, "RUN "+image.Build
	case image.Build != "":
		image.Install, image.Build = pm.all, "RUN "+pm.cache+image.Build+" && "+pm.prune
	case image.Whole:
		image.Install, image.Build = pm.all, "RUN "+pm.cache+pm.prune
	}
	if s.Framework == "static" {
		return staticDockerfile(image, b)
	}
	image.NoHome = usesManager(app, name)
	return execute("Dockerfile.node", image)
}

// With Debian's Chromium in the image a Puppeteer among the packages fetches no browser of its own, and starts that one, which
// keeps its notes where any user can write.
const (
	skipBrowser = `# a Puppeteer among the packages fetches no browser: Debian's is in the image
ENV PUPPETEER_SKIP_DOWNLOAD=true PUPPETEER_SKIP_CHROMIUM_DOWNLOAD=true
`
	debianBrowser = `ENV PUPPETEER_EXECUTABLE_PATH=/usr/bin/chromium XDG_CONFIG_HOME=/tmp XDG_CACHE_HOME=/tmp
`
)

// nodePython fits Python to the node-gyp that comes with a version of Node.js: up to 6, in 9 and in 11 it wants Python 2. Packages of the
// time of 8 to 14 call python, which Debian has under that name no more, unless npm's settings name another.
func nodePython(packages []string, major int) (fit []string, told string) {
	at := slices.Index(packages, "python3")
	switch {
	case at < 0 || major >= 16:
		return packages, ""
	case major >= 8 && major != 9 && major != 11: // whose last npm still has a node-gyp for Python 2
		return packages, "ENV npm_config_python=/usr/bin/python3\n"
	}
	fit = slices.Clone(packages)
	fit[at] = "python2"
	return fit, ""
}

// inWorkspace says whether the service is a package of a workspace of Node.js, whose libraries lie beside it: the image is
// built from the workspace's root.
func inWorkspace(s service.Service) bool {
	return s.Language == "node" && s.Framework != "static" && buildOf(s).Dockerfile == "" && buildContext(s) != path.Clean(s.Dir)
}

// staticDockerfile builds files and gives them to a web server: Node.js itself is not in what runs.
func staticDockerfile(image nodeImage, b service.Build) ([]byte, error) {
	image.Site = path.Clean(b.Artifact)
	if b.Artifact == "" {
		image.Site = "dist"
	}
	if !plainPath.MatchString(image.Site) || path.IsAbs(image.Site) || strings.HasPrefix(image.Site, "..") {
		return nil, fmt.Errorf("build.artifact: %q is no directory below the service's", b.Artifact)
	}
	if image.Build == "" {
		return nil, fmt.Errorf("build.command: say how the static files are made")
	}
	return execute("Dockerfile.static", image)
}

func nodeTool(b service.Build) string {
	switch {
	case b.Tool != "":
		return b.Tool
	case has(b.Files, "yarn.lock"):
		return "yarn"
	case has(b.Files, "pnpm-lock.yaml"):
		return "pnpm"
	case has(b.Files, "bun.lock") || has(b.Files, "bun.lockb"):
		return "bun"
	}
	return "npm"
}

// A manager is how a package manager is set up and called: to install what production needs, to install all, and to
// remove what only the build needed.
// cache is the mount that removing takes, empty where it needs none.
type manager struct{ setup, production, all, prune, cache string }

func nodeManager(tool string, files []string, major int) manager {
	switch tool {
	case "yarn":
		return yarn(files)
	case "pnpm":
		return pnpm(files, major)
	case "bun":
		return bun(files)
	}
	return npm(files, major)
}

// npm comes with Node.js: version 7 and its --omit with 15, and npm ci, with npm 5.7, in the last 8.
func npm(files []string, major int) manager {
	omit, install := "--production", "npm install"
	if major >= 15 {
		omit = "--omit=dev"
	}
	if major >= 8 && major != 9 && (has(files, "package-lock.json") || has(files, "npm-shrinkwrap.json")) {
		install = "npm ci"
	}
	run := "RUN --mount=type=cache,target=/root/.npm " + install
	return manager{production: run + " " + omit, all: run, prune: "npm prune " + omit}
}

func yarn(files []string) manager {
	if has(files, ".yarnrc.yml") { // Yarn 2 and newer, of the version that package.json names
		return manager{setup: "RUN corepack enable\n# node looks for libraries in node_modules, which Yarn makes when told so\nENV YARN_NODE_LINKER=node-modules", production: "RUN yarn workspaces focus --production --all",
			all: "RUN yarn install --immutable", prune: "yarn workspaces focus --production --all"}
	}
	install := "yarn install"
	if has(files, "yarn.lock") {
		install += " --frozen-lockfile"
	}
	cache := "--mount=type=cache,target=/usr/local/share/.cache/yarn "
	return manager{production: "RUN " + cache + install + " --production", all: "RUN " + cache + install,
		prune: install + " --production --ignore-scripts --prefer-offline", cache: cache}
}

// pnpmFor is the newest pnpm that runs on each old Node.js; newer ones get it through corepack, in the version that
// package.json names. Node.js brings no corepack from 25 on.
func pnpm(files []string, major int) manager {
	setup, store := "RUN corepack enable", "/root/.local/share/pnpm/store"
	switch {
	case major < 12:
		setup, store = "RUN npm install --global pnpm@4", "/root/.pnpm-store"
	case major < 14:
		setup, store = "RUN npm install --global pnpm@6", "/root/.pnpm-store"
	case major < 16:
		setup = "RUN npm install --global pnpm@7"
	case major >= 25:
		setup = "RUN npm install --global corepack && corepack enable"
	}
	cache := "--mount=type=cache,target=" + store + " "
	install := "RUN " + cache + "pnpm install"
	if has(files, "pnpm-lock.yaml") {
		install += " --frozen-lockfile"
	}
	return manager{setup: setup, production: install + " --prod", all: install, prune: "pnpm prune --prod", cache: cache}
}

// bun comes beside Node.js, which some scripts of the packages want.
func bun(files []string) manager {
	install := "bun install"
	if has(files, "bun.lock") || has(files, "bun.lockb") {
		install += " --frozen-lockfile"
	}
	cache := "--mount=type=cache,target=/root/.bun/install/cache "
	return manager{setup: "COPY --from=oven/bun:1.2 /usr/local/bin/bun /usr/local/bin/bun", production: "RUN " + cache + install + " --production", all: "RUN " + cache + install,
		prune: "rm -rf node_modules && " + install + " --production", cache: cache}
}

// usesManager says whether a process of the image is started through npm or the like, which wants to write in its home.
func usesManager(app *service.App, baseName string) bool {
	for _, name := range app.ServiceNames() {
		s := app.Services[name]
		if app.Base(name) != baseName || len(s.Command) == 0 {
			continue
		}
		switch s.Command[0] {
		case "npm", "npx", "yarn", "pnpm", "bun":
			return true
		}
		if strings.HasPrefix(strings.Join(s.Command, " "), "sh -c npm ") {
			return true
		}
	}
	return false
}
