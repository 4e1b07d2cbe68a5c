package ops

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// recipeOf is what the Makefile of a directory runs for the target that a command names, with the line where that begins
// and what has to be made before. It is nil for other commands.
func recipeOf(t *scan.Tree, dir string, argv []string) (before string, recipe []string, line int) {
	file := path.Join(dir, "Makefile")
	if len(argv) != 2 || argv[0] != "make" || !t.Has(file) {
		return "", nil, 0
	}
	above, rest, ok := strings.Cut("\n"+t.Text(file, &scan.Report{}), "\n"+argv[1]+":")
	if !ok {
		return "", nil, 0
	}
	lines := strings.Split(rest, "\n")
	for _, line := range lines[1:] {
		command, isRecipe := strings.CutPrefix(line, "\t")
		if !isRecipe {
			break
		}
		recipe = append(recipe, command)
	}
	return strings.TrimSpace(lines[0]), recipe, strings.Count(above, "\n") + 2
}

// makes is the program that make becomes where its target has a recipe of one line and nothing to make before: what stands
// behind | is only made where it is not there, which the image's build did.
func makes(t *scan.Tree, dir string, argv []string) (made []string, file string, line int) {
	before, recipe, line := recipeOf(t, dir, argv)
	if len(recipe) != 1 || before != "" && before[0] != '|' || strings.Contains(recipe[0], "$") {
		return nil, "", 0
	}
	words, env := command(strings.TrimLeft(recipe[0], "@-+"))
	if len(words) == 0 || len(env) > 0 || isShell(words) || forDevelopment(words) {
		return nil, "", 0
	}
	return words, path.Join(dir, "Makefile"), line
}

// npmScript is what a package's script runs where a command names one of them, nil otherwise: npm run watch.
func npmScript(t *scan.Tree, dir string, argv []string) []string {
	file := path.Join(dir, "package.json")
	if len(argv) < 2 || !npmProgram.MatchString(path.Base(argv[0])) || !t.Has(file) {
		return nil
	}
	name := argv[1]
	if name == "run" && len(argv) > 2 {
		name = argv[2]
	}
	var pkg struct{ Scripts map[string]string }
	if json.Unmarshal([]byte(t.Text(file, &scan.Report{})), &pkg) != nil {
		return nil
	}
	return strings.Fields(pkg.Scripts[name])
}

var npmProgram = scan.MustCompile(`^(npm|yarn|pnpm)$`)
