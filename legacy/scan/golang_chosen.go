package scan

import (
	"maps"
	"path"
	"slices"
	"strings"
)

var (
	goArgument = MustCompile(`(?mi)^\s*ARG\s+(\w+)`)
	goWorkdir  = MustCompile(`(?mi)^\s*WORKDIR\s+(\S+)|\bcd\s+(\S+)`)
	goVariable = MustCompile(`\$(?:(\w+)|\{(\w+)\})`)
	goFrom     = MustCompile(`(?mi)^\s*COPY\s+(?:--\S+\s+)*--from=(\S+)\s+(?:--\S+\s+)*(\S+)`)
)

// goByArgument are the images of a Dockerfile that builds whichever program of the module an argument names: one for each.
func (t *Tree) goByArgument(text, module string, byName map[string][]string) (images []Image) {
	arguments := map[string]bool{}
	for _, m := range goArgument.FindAllStringSubmatch(text, 50) {
		arguments[m[1]] = true
	}
	var words []string
	for _, m := range goBuilds.FindAllStringSubmatch(text, 20) {
		words = append(words, strings.Fields(m[1])...)
	}
	for _, m := range goWorkdir.FindAllStringSubmatch(text, 20) {
		words = append(words, m[1]+m[2])
	}
	for _, word := range words {
		word = strings.Trim(word, `"'`)
		refs := goVariable.FindAllStringSubmatchIndex(word, 2)
		if len(refs) != 1 || !strings.Contains(word, "/") {
			continue
		}
		name := goVariable.FindStringSubmatch(word)
		if !arguments[name[1]+name[2]] {
			continue
		}
		before, after := word[:refs[0][0]], strings.TrimSuffix(path.Clean("/"+word[refs[0][1]:]), "/")
		if strings.HasSuffix(after, ".go") {
			after = strings.TrimSuffix(path.Dir(after), "/")
		}
		for _, value := range t.goValues(module, before, after, byName) {
			images = append(images, Image{Home: value.dir, Program: value.dir, Args: map[string]string{name[1] + name[2]: value.said}})
		}
		if len(images) > 0 {
			return images
		}
	}
	return t.goBinaries(text, arguments, byName)
}

// goBinary is a file that an argument names, out of a directory in which something has put the programs before.
var goBinary = MustCompile(`(?mi)^\s*(?:COPY|ADD)\s+(?:--\S+\s+)*(?:\S+/)\$(?:(\w+)|\{(\w+)\})\s`)

// goBinaries are the images for the programs in the directory cmd of a module whose binaries are copied by an argument.
func (t *Tree) goBinaries(text string, arguments map[string]bool, byName map[string][]string) (images []Image) {
	for _, m := range goBinary.FindAllStringSubmatch(text, 10) {
		argument := m[1] + m[2]
		if !arguments[argument] {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(byName)) {
			for _, dir := range byName[name] {
				if path.Base(path.Dir(dir)) == "cmd" && t.goMain(dir) {
					images = append(images, Image{Home: dir, Program: dir, Args: map[string]string{argument: name}})
				}
			}
		}
		return images
	}
	return nil
}

type goValue struct{ said, dir string }

// goValues are the programs of a module at the places that a path means with a name between before and after, by the names.
// The path may begin where an image has the module: /src/cmd/.
func (t *Tree) goValues(module, before, after string, byName map[string][]string) (values []goValue) {
	if !strings.HasSuffix(before, "/") || after != "" && !strings.HasPrefix(after, "/") {
		return nil
	}
	above := strings.Trim(path.Clean("/"+before), "/")
	if strings.Count(above, "/") > 12 {
		return nil
	}
	for {
		root := path.Join(module, above)
		for _, dirs := range byName {
			for _, dir := range dirs {
				rest, below := strings.CutPrefix(dir, root+"/")
				if root == "." {
					rest, below = dir, true
				}
				said, _ := strings.CutSuffix(rest, after)
				if below && strings.HasSuffix(rest, after) && said != "" && !strings.Contains(said, "/") && t.goMain(dir) {
					values = append(values, goValue{said, dir})
				}
			}
		}
		_, rest, more := strings.Cut(above, "/")
		if len(values) > 0 || !more {
			slices.SortFunc(values, func(a, b goValue) int { return strings.Compare(a.dir, b.dir) })
			return values
		}
		above = rest
	}
}

// goByStage are the images of a Dockerfile that has a stage of its own for each of several programs, of which none rests on
// another: docker build --target chooses.
func (t *Tree) goByStage(text string, byName map[string][]string) (images []Image) {
	seen := map[string]bool{}
	stages := DockerStages(text)
	for i, s := range stages {
		if s.Used || s.Name == "" && i+1 < len(stages) || goNoImage.MatchString(s.Name) {
			continue
		}
		if dir := t.goStarted(s.Text, byName); dir != "" && !seen[dir] && !goTool.MatchString(path.Base(dir)) {
			seen[dir] = true
			images = append(images, Image{Home: dir, Program: dir, Target: s.Name})
		}
	}
	if len(images) < 2 {
		return nil
	}
	return images
}

// goStarted is the program that a stage starts, by its command, or else that it takes from another one.
func (t *Tree) goStarted(stage string, byName map[string][]string) string {
	byCommand := t.onlyMain(func(add func(dir string)) {
		for _, m := range goCommand.FindAllStringSubmatch(stage, 20) {
			for _, word := range strings.FieldsFunc(m[1], func(r rune) bool { return strings.ContainsRune(" \t\r\",[]", r) }) {
				for _, at := range byName[path.Base(word)] {
					add(at)
				}
			}
		}
	})
	if byCommand != "" {
		return byCommand
	}
	return t.onlyMain(func(add func(dir string)) {
		for _, m := range goFrom.FindAllStringSubmatch(stage, 20) {
			for _, at := range byName[path.Base(m[2])] {
				add(at)
			}
		}
	})
}
