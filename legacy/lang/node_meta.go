package lang

import (
	"cmp"
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// metaServer is how the build of a framework for both sides, browser and server, is served in production.
type metaServer struct {
	dep   string // that makes the build's server
	major int    // of dep, from which on it holds; 0 for all
	start []string
	port  int
}

// metaServers are asked in this order where no script starts a server: what builds upon another stands before it.
var metaServers = []metaServer{
	{"@astrojs/node", 0, []string{"node", "dist/server/entry.mjs"}, 4321},
	{"@sveltejs/adapter-node", 0, []string{"node", "build"}, 3000},
	{"nuxt", 3, []string{"node", ".output/server/index.mjs"}, 3000},
	{"nuxt", 0, []string{"node_modules/.bin/nuxt", "start"}, 3000},
	{"next", 0, []string{"node_modules/.bin/next", "start"}, 3000},
	{"@remix-run/serve", 0, []string{"node_modules/.bin/remix-serve", "./build/server/index.js"}, 3000},
	{"@react-router/serve", 0, []string{"node_modules/.bin/react-router-serve", "./build/server/index.js"}, 3000},
	{"vinxi", 0, []string{"node", ".output/server/index.mjs"}, 3000},
	{"nitro", 0, []string{"node", ".output/server/index.mjs"}, 3000},
}

// meta is the server that the build makes where no script starts it.
func (p *nodeProject) meta() nodeStart {
	for _, m := range metaServers {
		version, ok := p.pkg.all[m.dep]
		if !ok || p.pkg.Scripts["build"] == "" || !p.pages(m.dep) {
			continue
		}
		if major, _ := nodeVersion(version); m.major > 0 {
			if n, err := strconv.Atoi(major); err == nil && n < m.major {
				continue
			}
		}
		return nodeStart{command: m.start, built: true, port: m.port, line: p.pkg.scriptLine("build"), rank: scan.Convention, note: "how the build of " + m.dep + " is served"}
	}
	return nodeStart{}
}

// pages says whether the package has what the framework serves: components for others' sites may depend on it, too.
func (p *nodeProject) pages(dep string) bool {
	if dep != "next" && dep != "nuxt" {
		return true
	}
	for _, dir := range []string{"pages", "app", "src/pages", "src/app"} {
		if p.t.HasDir(path.Join(p.dir, dir)) {
			return true
		}
	}
	return p.t.First(p.dir, dep+".config.js", dep+".config.mjs", dep+".config.ts", "app.vue") != ""
}

// builtServer is the port of a server that a build makes, by the file that is started: frameworks put it at one place.
func (p *nodeProject) builtServer(start nodeStart) (port int, env map[string]string) {
	command := strings.Join(start.command, " ")
	switch {
	case strings.Contains(command, ".output/server/"), strings.Contains(command, "react-router-serve"), strings.Contains(command, "remix-serve"):
		return 3000, map[string]string{"PORT": "3000"}
	case strings.Contains(command, "server/entry.mjs") && p.pkg.all["@astrojs/node"] != "":
		return 4321, map[string]string{"PORT": "4321", "HOST": "0.0.0.0"}
	case command == "node build" || command == "node build/index.js" && p.pkg.all["@sveltejs/adapter-node"] != "":
		return 3000, map[string]string{"PORT": "3000"}
	}
	return 0, nil
}

// unserved notes a framework whose build needs a server that nothing here names.
func (p *nodeProject) unserved() bool {
	for _, tool := range []struct{ dep, wants string }{
		{"@sveltejs/adapter-auto", "@sveltejs/adapter-node in its place, which makes one"}, {"@tanstack/react-start", "nitro, which makes one, and a start script"},
	} {
		dep := tool.dep
		if p.pkg.all[dep] == "" || p.pkg.all["@sveltejs/adapter-static"] != "" {
			continue
		}
		p.language("")
		p.build(nodeStart{built: true})
		p.r.Note(p.pkg.file, 1, "%s builds a server's part, too, and no server of Node.js to run it: it wants %s", dep, tool.wants)
		s := service.Service{Port: 3000, Env: map[string]string{"PORT": "3000"}}
		p.r.Find(scan.Finding{Dir: p.dir, Service: s}, p.pkg.file, 1, scan.Guess, "where such servers listen")
		if strings.HasPrefix(dep, "@sveltejs") {
			p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Command: []string{"node", "build"}}}, p.pkg.file, 1, scan.Guess, "what @sveltejs/adapter-node makes")
		}
		return true
	}
	return false
}

var (
	nextStandalone = scan.MustCompile(`\boutput\s*:\s*['"]standalone['"]`)
	nextExport     = scan.MustCompile(`\boutput\s*:\s*['"]export['"]`)
	routerSPA      = scan.MustCompile(`(?m)^[^/\n]*\bssr\s*:\s*false`)
)

// exportsNext says whether a configuration of Next.js makes files of the pages: always, and not for one way to run them.
func exportsNext(text string) bool {
	return nextExport.MatchString(text) && !nextStandalone.MatchString(text)
}

// exported is the tool of a project whose framework could serve it and is told to build files only, and where they land.
func (p *nodeProject) exported() (dep, out string) {
	read := func(names ...string) (text string) {
		for _, name := range names {
			text += p.quietText(name)
		}
		return text
	}
	switch {
	case p.pkg.all["next"] != "" && exportsNext(read("next.config.js", "next.config.mjs", "next.config.ts")):
		return "next", "out"
	case p.pkg.all["@react-router/dev"] != "" && routerSPA.MatchString(read("react-router.config.ts", "react-router.config.js")):
		return "@react-router/dev", "build/client"
	case p.pkg.all["expo"] != "" && strings.Contains(p.pkg.Scripts["build"], "expo export"):
		return "expo", "dist"
	}
	return "", ""
}

// reportSite reports a front end that is built to files.
func (p *nodeProject) reportSite(tool, script, out string) {
	line := p.pkg.lineIn("dependencies", tool)
	if _, ok := p.pkg.find(tool); !ok {
		line = p.pkg.lineIn("devDependencies", tool)
	}
	p.reportFiles(p.pkg.file, line, tool+" builds files for any web server", script, out)
}

// reportFiles reports a front end of which a line says that it is built to files.
func (p *nodeProject) reportFiles(file string, line int, why, script, out string) {
	p.language("static")
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Framework: "static"}}, file, line, scan.Declared, why)
	name, files := p.tool()
	p.install(name, files)
	b := &service.Build{Command: runScript(name, script), Artifact: path.Clean(out)}
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: b}}, path.Join(p.dir, files[0]), p.pkg.scriptLine(script), scan.Declared, "")
	p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Port: 8080}}, p.pkg.file, p.pkg.scriptLine(script), scan.Convention, "where an unprivileged web server serves the built files")
}

// mainAlone reports what package.json calls its main, where no script starts it: it counts where nothing else runs.
func (p *nodeProject) mainAlone() bool {
	main, program := cmp.Or(p.pkg.Main, "index.js"), "node"
	if p.usesBun() {
		main, program = cmp.Or(p.pkg.Main, p.pkg.Module, "index.ts"), "bun"
	}
	file := p.resolve(main)
	if !p.t.Has(file) || p.mayBeLibrary() || p.pkg.hasBin || path.Ext(file) == ".ts" && program == "node" {
		return false
	}
	before := len(p.r.Findings)
	p.readSources(file)
	p.server(nodeStart{command: []string{program, relative(p.dir, file)}, file: file, fromFile: true, line: 1, rank: scan.Guess, note: "the package's main; nothing says that it serves"})
	standAlone(p.r, before)
	return true
}
