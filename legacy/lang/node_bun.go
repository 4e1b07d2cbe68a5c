package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// usesBun says whether the package is installed and run by Bun: by its lock file, or by what package.json names.
func (p *nodeProject) usesBun() bool {
	tool, _ := p.tool()
	return tool == "bun"
}

var bunManager = scan.MustCompile(`"packageManager"\s*:\s*"bun@`)

// bun reads what the command line of Bun runs: a script of package.json, or a file, TypeScript included.
func (p *nodeProject) bun(s nodeStart, args []string, depth int) (nodeStart, bool) {
	kept := []string{"bun"}
	for i, arg := range args {
		if strings.HasPrefix(arg, "-") {
			if arg == "--watch" || arg == "--hot" {
				s.rank, s.note = scan.Convention, "without "+arg+", which is for developers"
				continue
			}
			kept = append(kept, arg)
			continue
		}
		switch arg {
		case "run", "--bun":
			return p.bun(s, append(args[:i:i], args[i+1:]...), depth)
		case "x", "test", "build", "install", "i", "add", "create", "dev":
			return s, false
		}
		if p.pkg.Scripts[arg] != "" {
			return p.runsScript(s, []string{"run", arg}, depth)
		}
		s.command, s.file = append(kept, args[i:]...), p.resolve(arg)
		return s, true
	}
	return s, false
}

// bunServes recognises a file that Bun serves: by a call, or by what it exports.
var bunServes = scan.MustCompile(`\bBun\.serve\(|\bnew Elysia\(|export default \{[^}]{0,300}\bfetch\b`)

// bunEntry is the file that Bun serves where no script says so.
func (p *nodeProject) bunEntry() nodeStart {
	if !p.usesBun() || p.mayBeLibrary() {
		return nodeStart{}
	}
	for _, name := range []string{p.pkg.Module, p.pkg.Main, "index.ts", "src/index.ts", "server.ts", "src/server.ts", "main.ts", "src/main.ts", "app.ts", "src/app.ts", "index.js", "server.js"} {
		file := path.Join(p.dir, name)
		if name == "" || !p.t.Has(file) || p.t.Aside(file) {
			continue
		}
		s := nodeStart{command: []string{"bun", relative(p.dir, file)}, file: file, fromFile: true, line: 1, rank: scan.Convention, note: "it serves, and no script starts it"}
		text := p.t.Text(file, p.r)
		if s.line = scan.LineOf(text, bunServes); s.line > 0 {
			return s
		}
		if s.line = scan.LineOf(text, serves); s.line > 0 {
			return s
		}
	}
	return nodeStart{}
}
