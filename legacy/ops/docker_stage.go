package ops

import (
	"cmp"
	"path"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// collect gathers what stage final ends up with, from the stages that it rests on to itself.
func (d *dockerfile) collect(stages []instructions.Stage, final int, global map[string]string) {
	var chain []int
	for i := final; i >= 0; {
		chain = append([]int{i}, chain...)
		name := fill(stages[i].BaseName, global)
		d.openBase = cmp.Or(d.openBase, openArgument(stages[i].BaseName, global))
		d.from = base{name, lineOf(stages[i].Location)}
		i = stageIndex(stages, name, i)
	}
	copied := map[int]bool{}
	vars := map[string]string{}
	for k, v := range global {
		vars[k] = v
	}
	for _, i := range chain {
		for _, c := range stages[i].Commands {
			d.instruction(c, vars)
			if cp, ok := c.(*instructions.CopyCommand); ok && cp.From != "" {
				if from := stageIndex(stages, cp.From, i); from >= 0 && !copied[from] {
					copied[from] = true
					d.builder(stages, from, global)
				}
			}
		}
	}
	d.collectSources(stages, vars)
}

// builder notes the image that a stage whose results are copied rests on.
func (d *dockerfile) builder(stages []instructions.Stage, i int, global map[string]string) {
	for {
		name := fill(stages[i].BaseName, global)
		d.openBase = cmp.Or(d.openBase, openArgument(stages[i].BaseName, global))
		parent := stageIndex(stages, name, i)
		if parent < 0 {
			d.builders = append(d.builders, base{name, lineOf(stages[i].Location)})
			return
		}
		i = parent
	}
}

// rest lets d take over what the image that it rests on says, where it says nothing itself: its FROM is the evidence for that.
func (d *dockerfile) rest(parent *dockerfile) {
	d.base = parent
	d.builders = append(d.builders, parent.builders...)
	line := d.from.line
	inherited := func(p *process) *process {
		if p == nil {
			return nil
		}
		of := *p
		of.line = line
		return &of
	}
	if d.entry == nil {
		d.entry = inherited(parent.entry)
		if d.cmd == nil {
			d.cmd = inherited(parent.cmd)
		}
	}
	if len(d.exposed) == 0 {
		for _, c := range parent.exposed {
			d.exposed = append(d.exposed, claim{c.value, line})
		}
	}
	for name, c := range parent.env {
		if d.env[name].line == 0 {
			d.env[name] = claim{c.value, line}
		}
	}
	if d.workdir == "" {
		d.workdir = parent.workdir
	}
}

// stageIndex finds the stage before number before that a FROM or COPY --from names, by name or number; -1 for an image.
func stageIndex(stages []instructions.Stage, name string, before int) int {
	if n, err := strconv.Atoi(name); err == nil && n >= 0 && n < before {
		return n
	}
	for i := before - 1; i >= 0; i-- {
		if stages[i].Name != "" && strings.EqualFold(stages[i].Name, name) {
			return i
		}
	}
	return -1
}

// instruction takes over one instruction of the final stage or of one that it rests on.
func (d *dockerfile) instruction(c instructions.Command, vars map[string]string) {
	line := lineOf(c.Location())
	switch c := c.(type) {
	case *instructions.ArgCommand:
		for _, kv := range c.Args {
			if value, said := d.chosenBy[kv.Key]; said {
				vars[kv.Key] = value
			} else if kv.Value != nil {
				vars[kv.Key] = fill(strings.Trim(*kv.Value, `"'`), vars)
			}
		}
	case *instructions.EnvCommand:
		for _, kv := range c.Env {
			value := fill(strings.Trim(kv.Value, `"'`), vars)
			vars[kv.Key] = value
			if m := variable.FindStringSubmatch(kv.Value); m != nil && d.fills[m[1]+m[2]] != "" {
				d.fills[kv.Key] = value
			}
			if ref := variable.FindString(kv.Value); strings.Contains(kv.Value, "$") && ref != strings.Trim(kv.Value, `"'`) {
				value = "" // made of other variables: the image's own affair
			}
			d.env[kv.Key] = claim{value, line}
		}
	case *instructions.ExposeCommand:
		for _, p := range inOrder(c) {
			for _, port := range strings.Fields(fill(p, vars)) {
				d.exposed = append(d.exposed, claim{port, line})
			}
		}
	case *instructions.WorkdirCommand:
		switch dir := fill(c.Path, vars); {
		case path.IsAbs(dir):
			d.workdir = path.Clean(dir)
		case d.workdir != "":
			d.workdir = path.Join(d.workdir, dir)
		}
	case *instructions.CopyCommand:
		if c.From == "" && len(c.SourcePaths) == 1 && path.Clean(c.SourcePaths[0]) == "." {
			if d.placed = fill(c.DestPath, vars); !path.IsAbs(d.placed) {
				d.placed = path.Join(d.workdir, d.placed)
			}
		}
	case *instructions.RunCommand:
		d.makes(c.CmdLine, vars)
		d.installsPython(c.CmdLine, line)
		d.installsPHP(c.CmdLine, line)
		d.installsExtensions(c.CmdLine, line)
		d.setsApache(c.CmdLine, line)
	case *instructions.UserCommand:
		d.user = claim{fill(c.User, vars), line}
	case *instructions.CmdCommand:
		d.cmd = &process{words: d.withoutSudo(d.filled(c.CmdLine), line), shell: c.PrependShell, line: line}
	case *instructions.EntrypointCommand:
		d.entry, d.cmd = &process{words: d.withoutSudo(d.filled(c.CmdLine), line), shell: c.PrependShell, line: line}, nil
		if len(c.CmdLine) == 1 && c.CmdLine[0] == "" { // takes away what the image had
			d.entry = nil
		}
	case *instructions.HealthCheckCommand:
		if c.Health != nil {
			d.health = &claim{strings.Join(c.Health.Test, " "), line}
		}
	case *instructions.VolumeCommand:
		for _, v := range c.Volumes {
			d.volumes = append(d.volumes, claim{strings.Trim(fill(v, vars), `"`), line})
		}
	}
}

// inOrder are the ports of EXPOSE as they stand there; the parser sorts them.
func inOrder(c *instructions.ExposeCommand) []string {
	written := strings.Fields(c.String())
	if len(written) != len(c.Ports)+1 {
		return c.Ports
	}
	return written[1:]
}

// collectSources gathers what the stages copy; vars are the arguments with their values.
func (d *dockerfile) collectSources(stages []instructions.Stage, vars map[string]string) {
	for _, s := range stages {
		for _, c := range s.Commands {
			switch c := c.(type) {
			case *instructions.ArgCommand:
				for _, kv := range c.Args {
					d.args[kv.Key] = kv.Value == nil && d.chosenBy[kv.Key] == ""
				}
			case *instructions.CopyCommand:
				d.copies(c.SourcesAndDest, lineOf(c.Location()), c.From == "", vars)
				if c.From != "" && len(c.SourcePaths) == 1 && stageIndex(stages, c.From, len(stages)) >= 0 {
					d.placesProgram(c.SourcePaths[0], c.DestPath, lineOf(c.Location()))
				}
			case *instructions.AddCommand:
				d.copies(c.SourcesAndDest, lineOf(c.Location()), true, vars)
			}
		}
	}
}

func (d *dockerfile) copies(what instructions.SourcesAndDest, line int, fromContext bool, vars map[string]string) {
	if to := what.DestPath; fromContext && len(what.SourcePaths) == 1 && !strings.HasSuffix(to, "/") && path.Base(to) != path.Base(what.SourcePaths[0]) {
		if d.renamed == nil {
			d.renamed = map[string]string{}
		}
		d.renamed[path.Base(to)] = what.SourcePaths[0]
	}
	for _, p := range what.SourcePaths {
		d.results = append(d.results, claim{fill(p, vars), line})
		if fromContext {
			d.sources = append(d.sources, claim{p, line})
		}
	}
}

func lineOf(where []parser.Range) int {
	if len(where) == 0 {
		return 0
	}
	return where[0].Start.Line
}

// guessContext finds the directory that a Dockerfile is built from where no compose file says it: its own, unless it lies
// in a directory for Docker's files and what it copies is only there in one above, or it copies all of a package that is
// installed with the lock file of its workspace.
func guessContext(t *scan.Tree, d *dockerfile) string {
	own := path.Dir(d.file)
	best, most := own, sourcesIn(t, own, d.sources)
	for dir := own; dir != "."; {
		dir = path.Dir(dir)
		if n := sourcesIn(t, dir, d.sources); n > most {
			best, most = dir, n
		}
	}
	if most > 0 || t.First(own, manifests...) != "" {
		return best
	}
	if dir := d.scriptsAbove(t); dir != "" && d.copiesAll() {
		return dir
	}
	for dir := own; dir != "."; dir = path.Dir(dir) {
		if dockerDir[strings.ToLower(path.Base(dir))] {
			best = path.Dir(dir)
		}
	}
	if root := workspaceOf(t, best); root != "" && d.copiesAll() {
		return root
	}
	return best
}

// ownScript is a script of the code's that a build runs: ./autogen.sh, ./gradlew.
var ownScript = scan.MustCompile(`(?m)^[^#\n]*(?:^|[\s&;])\./([\w-]+(?:\.sh)?)(?:\s|$)`)

// scriptsAbove is the nearest directory above a Dockerfile with a script that its build runs and its own directory lacks, ""
// for none.
func (d *dockerfile) scriptsAbove(t *scan.Tree) string {
	own := path.Dir(d.file)
	for _, m := range ownScript.FindAllStringSubmatch(t.Text(d.file, &scan.Report{}), 20) {
		if t.Has(path.Join(own, m[1])) {
			return ""
		}
		for dir := own; dir != "."; {
			if dir = path.Dir(dir); t.Has(path.Join(dir, m[1])) {
				return dir
			}
		}
	}
	return ""
}

// workspaceOf is the directory above a Node package that has the lock file, where the package has none.
func workspaceOf(t *scan.Tree, dir string) string {
	locks := []string{"yarn.lock", "package-lock.json", "pnpm-lock.yaml", "bun.lock"}
	if t.First(dir, "package.json") == "" || t.First(dir, locks...) != "" {
		return ""
	}
	for dir != "." {
		dir = path.Dir(dir)
		if t.First(dir, "package.json") != "" && t.First(dir, locks...) != "" {
			return dir
		}
	}
	return ""
}

// dockerDir are names of directories that hold Docker's files and no code.
var dockerDir = map[string]bool{"docker": true, ".docker": true, "build": true, "deploy": true, "deployment": true, "ops": true, "ci": true, "container": true, "package": true, "packaging": true}

// sourcesIn counts the sources of COPY that exist in dir.
func sourcesIn(t *scan.Tree, dir string, sources []claim) int {
	n := 0
	for _, c := range sources {
		s := path.Clean(strings.TrimPrefix(c.value, "/"))
		if s == "." || strings.ContainsAny(s, "*?$[") || strings.Contains(s, "://") {
			continue
		}
		if p := path.Join(dir, s); t.Has(p) || len(t.Below(p)) > 0 {
			n++
		}
	}
	return n
}
