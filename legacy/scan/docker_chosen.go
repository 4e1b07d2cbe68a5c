package scan

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// ChosenImages are the images of a Dockerfile from which the build chooses one of several services, by a stage or by
// arguments; nil for any other.
func (t *Tree) ChosenImages(file string) []Image {
	images, known := t.chosen[file]
	if known {
		return images
	}
	least := 2
	if programs := t.GoImages()[file]; len(programs) > 0 {
		images = programs
		if programs[0].Target != "" || len(programs[0].Args) > 0 {
			least = 1 // the others have a Dockerfile of their own; this one's build is told all the same
		}
	} else if name := path.Base(file); t.Has(file) && goDockerfile.MatchString(name) && !goNoImage.MatchString(name) {
		if images = t.imagesByArgument(file); images == nil {
			images = t.imagesByStage(file)
		}
	}
	if len(images) < least {
		images = nil
	}
	if t.chosen == nil {
		t.chosen = map[string][]Image{}
	}
	t.chosen[file] = images
	return images
}

var (
	argumentLine = MustCompile(`(?mi)^\s*ARG\s+(\w+)(?:=["']?([^\s"']*))?`)
	argumentUsed = MustCompile(`\$(?:(\w+)|\{(\w+)\})`)
	copyLine     = MustCompile(`(?mi)^\s*(?:COPY|ADD)\s+(.+)$`)
	placeLine    = MustCompile(`(?mi)^\s*(?:COPY|ADD|WORKDIR|RUN)\s+((?:[^\n\\]|\\\r?\n|\\.)+)`)
)

// maxChoosing bounds the paths of a Dockerfile whose arguments are looked after: each goes through the tree.
const maxChoosing = 20

// imagesByArgument are those of a Dockerfile that takes the code from a directory which an argument names. What it is without
// one is another of these directories.
func (t *Tree) imagesByArgument(file string) []Image {
	text := t.Text(file, &Report{})
	usual := map[string]string{}
	for _, m := range argumentLine.FindAllStringSubmatch(text, 50) {
		usual[m[1]] = cmp.Or(usual[m[1]], m[2])
	}
	looked := 0
	for _, m := range placeLine.FindAllStringSubmatch(text, 100) {
		for _, word := range strings.Fields(m[1]) {
			ref := argumentUsed.FindStringSubmatch(word)
			if ref == nil || !strings.Contains(word, "/") || strings.Contains(word, "://") {
				continue
			}
			name := ref[1] + ref[2]
			value, argument := usual[name]
			if !argument {
				continue
			}
			if looked++; looked > maxChoosing {
				return nil
			}
			if images := t.imagesAt(path.Dir(file), strings.Trim(word, `"'`), ref[0], name); len(images) > 1 && (value == "" || slices.ContainsFunc(images, func(i Image) bool { return i.Args[name] == value })) {
				return images
			}
		}
	}
	return nil
}

// imagesAt are the images for the modules without one of their own whose directories a path means, in which ref stands for
// the argument name. The path may begin where the image has the code; there a name that nothing stands before is a module's
// only where what its build leaves follows.
func (t *Tree) imagesAt(context, word, ref, name string) (images []Image) {
	parts := strings.Split(path.Clean("/" + word)[1:], "/")
	at := slices.IndexFunc(parts, func(part string) bool { return strings.Contains(part, ref) })
	if at < 0 || len(parts) > 12 || strings.Contains(path.Join(parts[:at]...), "$") {
		return nil
	}
	before, after, _ := strings.Cut(parts[at], ref)
	if strings.Contains(after, "$") {
		return nil
	}
	last := 0
	if path.IsAbs(word) {
		if last = at; at+1 == len(parts) || !builtIn[parts[at+1]] {
			last = at - 1
		}
	}
	for from := 0; from <= last; from++ {
		for up := context; ; up = path.Dir(up) {
			images = nil
			for _, dir := range t.modulesIn(path.Join(up, path.Join(parts[from:at]...))) {
				rest, begins := strings.CutPrefix(path.Base(dir), before)
				if said, ends := strings.CutSuffix(rest, after); begins && ends && said != "" {
					images = append(images, Image{Home: dir, Args: map[string]string{name: said}})
				}
			}
			if len(images) > 1 {
				return images
			}
			if up == "." {
				break
			}
		}
	}
	return nil
}

// builtIn are the directories in which builds leave what they make.
var builtIn = map[string]bool{"target": true, "build": true, "dist": true, "out": true, "bin": true}

// modulesIn are the directories right below one that hold a module without a Dockerfile of its own.
func (t *Tree) modulesIn(parent string) (dirs []string) {
	seen := map[string]bool{}
	for _, p := range t.Below(parent) {
		dir := path.Dir(p)
		if dir == "." || path.Dir(dir) != parent || seen[dir] {
			continue
		}
		seen[dir] = true
		if !t.Aside(p) && t.Module(dir) != "" && !t.Has(path.Join(dir, "Dockerfile")) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// imagesByStage are those of a Dockerfile with a stage for each of several modules, which no other stage rests on.
func (t *Tree) imagesByStage(file string) (images []Image) {
	text, seen := t.Text(file, &Report{}), map[string]bool{}
	for _, s := range DockerStages(text) {
		if s.Used || s.Name == "" || goNoImage.MatchString(s.Name) {
			continue
		}
		home := t.stageModule(path.Dir(file), s.Text)
		if home == "" || seen[home] {
			return nil
		}
		seen[home] = true
		images = append(images, Image{Home: home, Target: s.Name})
	}
	return images
}

var stageStarts = MustCompile(`(?mi)^\s*(?:CMD|ENTRYPOINT)\s+(.+)$`)

// stageModule is the one module that a stage starts a file of, or else takes code of; "" for none or several.
func (t *Tree) stageModule(context, stage string) string {
	for _, lines := range []*Pattern{stageStarts, copyLine} {
		only := ""
		for _, m := range lines.FindAllStringSubmatch(stage, 50) {
			for _, word := range strings.FieldsFunc(m[1], func(r rune) bool { return strings.ContainsRune(" \t\r\",[]", r) }) {
				dir := t.ModuleIn(context, strings.ReplaceAll(word, "*", "x"))
				if dir == "" || dir == only {
					continue
				}
				if only != "" {
					return ""
				}
				only = dir
			}
		}
		if only != "" {
			return only
		}
	}
	return ""
}
