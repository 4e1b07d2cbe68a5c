package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var compilesTo = scan.MustCompile(`(?:-d|--out-dir|--outDir)[ =](\S+)`)
var compilesFrom = scan.MustCompile(`\bbabel\s+([\w./-]+)`)
var outDir = scan.MustCompile(`"(?:outDir|outputPath)"\s*:\s*"([^"]+)"`)

// compiled leads from a source that needs a compiler to what the build makes of it: src/server.ts to dist/server.js.
func (p *nodeProject) compiled(s nodeStart, args []string) (nodeStart, bool) {
	if len(args) == 0 {
		return s, false
	}
	out, from := "dist", "src"
	for _, config := range []string{"tsconfig.json", "project.json"} {
		if m := outDir.FindStringSubmatch(p.quietText(config)); m != nil {
			out = m[1]
		}
	}
	for _, name := range []string{"build", "build:prod", "compile", "prepare"} {
		text := p.pkg.Scripts[name]
		if m := compilesTo.FindStringSubmatch(text); m != nil {
			out = m[1]
		}
		if m := compilesFrom.FindStringSubmatch(text); m != nil && p.t.HasDir(path.Join(p.dir, m[1])) {
			from = path.Clean(m[1])
		}
	}
	s.rank = scan.Convention
	if p.pkg.Scripts["build"] == "" && p.pkg.Scripts["compile"] == "" {
		s.rank, s.note = scan.Guess, "the sources are compiled when they start; a build script has to be added"
	} else {
		s.note = "what the build makes of " + args[0]
	}
	file := path.Clean(args[0])
	rest := strings.TrimPrefix(file, from+"/")
	rest = strings.TrimSuffix(strings.TrimSuffix(rest, ".ts"), ".js") + ".js"
	s.command = append([]string{"node", path.Join(out, rest)}, args[1:]...)
	s.file, s.built = path.Join(p.dir, file), true
	return s, true
}
