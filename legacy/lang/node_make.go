package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var makeName = scan.MustCompile(`^[\w.-]+$`)

// makeTarget follows a script that only says make: the last line of the target's recipe that starts something.
func (p *nodeProject) makeTarget(s nodeStart, args []string, depth int) (nodeStart, bool) {
	file := p.t.First(p.dir, "Makefile", "makefile", "GNUmakefile")
	if file == "" || len(args) != 1 || !makeName.MatchString(args[0]) || depth > 5 {
		return s, false
	}
	inside := false
	found, ok := nodeStart{}, false
	for i, line := range strings.Split(p.t.Text(file, p.r), "\n") {
		recipe, isRecipe := strings.CutPrefix(line, "\t")
		if !isRecipe {
			inside = strings.HasPrefix(line, args[0]+":") || inside && strings.TrimSpace(line) == ""
			continue
		}
		if !inside {
			continue
		}
		recipe = strings.ReplaceAll(strings.TrimLeft(recipe, "@-+ "), "$(CURDIR)", ".")
		if next, runs := p.shell(recipe, depth+1); runs && next.file != "" {
			next.line, next.from = i+1, file
			found, ok = next, true
		}
	}
	for k, v := range s.env {
		if found.env != nil {
			found.env[k] = v
		}
	}
	return found, ok
}

// compilesItself recognises an entry that has a compiler read the sources when they are loaded, as developers do.
var compilesItself = scan.MustCompile(`(?m)^\s*(?:require\(|import\s+)\s*['"](?:ts-node(?:/register[\w/-]*)?|@?babel[-/]register|@swc-node/register|tsx/cjs|coffee-?script/register)['"]`)

// loadsCompiler says whether the file that a script starts is such an entry.
func (p *nodeProject) loadsCompiler(file string) bool {
	if path.Ext(file) != ".js" || !p.t.Has(file) {
		return false
	}
	data, err := p.t.Read(file)
	return err == nil && len(data) < 4096 && compilesItself.MatchString(string(data))
}
