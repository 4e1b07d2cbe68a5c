package scan

import (
	"path"
	"slices"
	"strings"
)

// goAside are directories of helpers that Go projects have beside their service.
var goAside = MustCompile(`(^|/)(fake[a-z]+|tools|hack|scripts|bench|benchmarks?|misc|contrib|magefiles|mocks|fakes|testutil|testutils|testhelpers|fixtures|_\w*|\.\w+)/`)

// GoAside says whether a path lies below a directory of helpers that Go projects have beside their service.
func GoAside(p string) bool { return goAside.MatchString(p) }

// Image is a program of Go with an image of its own: the directory of the service that it is, and that of its package main.
// Where a Dockerfile makes several, the stage or the arguments of the build choose it.
type Image struct {
	Home, Program, Target string
	Args                  map[string]string
}

// maxGoImages bounds the Dockerfiles that are looked through for programs.
const maxGoImages = 500

// GoImages leads from Dockerfiles to the programs of Go that they hold, of modules in which several programs have an image
// each: every one of those is a service. The Dockerfile lies beside the program, or above its directory cmd, or elsewhere,
// and then it builds or starts just one, or an argument or a stage chooses which.
func (t *Tree) GoImages() map[string][]Image {
	if t.images != nil {
		return t.images
	}
	t.images = map[string][]Image{}
	found, programs, byName := map[string][]Image{}, map[string]map[string]bool{}, map[string]map[string][]string{}
	for _, p := range t.files {
		if !goDockerfile.MatchString(path.Base(p)) || goNoImage.MatchString(path.Base(p)) || t.Aside(p) || GoAside(p) {
			continue
		}
		module := t.GoModule(path.Dir(p))
		if module == "" || len(found) == maxGoImages {
			continue
		}
		if byName[module] == nil {
			byName[module], programs[module] = t.goDirs(module), map[string]bool{}
		}
		for _, image := range t.goImagesOf(p, module, byName[module]) {
			if image.Program != "" && !goTool.MatchString(path.Base(image.Program)) {
				found[p] = append(found[p], image)
				programs[module][image.Program] = true
			}
		}
	}
	alone := map[string]bool{}
	for _, images := range found {
		if len(images) == 1 {
			alone[images[0].Program] = true
		}
	}
	for p, images := range found {
		if len(images) > 1 { // a program that has a Dockerfile to itself is none of these
			images = slices.DeleteFunc(images, func(i Image) bool { return alone[i.Program] })
		}
		if len(programs[t.GoModule(path.Dir(p))]) > 1 {
			t.images[p] = images
		}
	}
	return t.images
}

var (
	goDockerfile = MustCompile(`^(?:Dockerfile(?:[._-][\w-]+)?|[\w-]+\.[dD]ockerfile)$`)
	goNoImage    = MustCompile(`(?i)(^|[._-])(dev|devel|development|local|tests?|testing|debug|ci|e2e|integration|lint|builder|build|base|cli|tools?|\w*ctl)([._-]|$)`)
	goTool       = MustCompile(`(?i)(?:^|[._-])(?:cli|tools?)$|ctl$`) // a program that people call
	goCommand    = MustCompile(`(?mi)^\s*(?:ENTRYPOINT|CMD)\s+(.*)$`)
	goBuilds     = MustCompile(`\bgo (?:build|install)\s((?:[^\n&|;\\]|\\\r?\n)*)`)
	goMainClause = MustCompile(`(?m)^package main\b`)
)

// GoModule is the nearest directory from dir upwards with a list of Go's dependencies, "" for none.
func (t *Tree) GoModule(dir string) string {
	for ; ; dir = path.Dir(dir) {
		if t.First(dir, "go.mod", "Gopkg.toml", "glide.yaml", "Godeps/Godeps.json") != "" {
			return dir
		}
		if dir == "." {
			return ""
		}
	}
}

// goDirs are the directories with code of Go below a module, by their names.
func (t *Tree) goDirs(module string) map[string][]string {
	byName, last := map[string][]string{}, ""
	for _, p := range t.Below(module) {
		if dir := path.Dir(p); strings.HasSuffix(p, ".go") && dir != last && dir != module && !GoAside(p) && !t.Aside(p) {
			last = dir
			byName[path.Base(dir)] = append(byName[path.Base(dir)], dir)
		}
	}
	return byName
}

// goMain says whether a directory holds a package main.
func (t *Tree) goMain(dir string) bool {
	for _, p := range t.Below(dir) {
		if path.Dir(p) != dir || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			continue
		}
		if text, err := t.Read(p); path.Base(p) == "main.go" || err == nil && goMainClause.Match(text) {
			return true
		}
	}
	return false
}

// goImagesOf are the programs that a Dockerfile makes images of.
func (t *Tree) goImagesOf(file, module string, byName map[string][]string) []Image {
	data, err := t.Read(file)
	if err != nil {
		return nil
	}
	text := string(data)
	if images := t.goByArgument(text, module, byName); len(images) > 1 {
		return images
	}
	if images := t.goByStage(text, byName); images != nil {
		return images
	}
	return []Image{t.goImage(file, text, module, byName)}
}

func (t *Tree) goImage(file, text, module string, byName map[string][]string) Image {
	dir := path.Dir(file)
	if dir != module && path.Base(file) == "Dockerfile" {
		if t.goMain(dir) {
			return Image{Home: dir, Program: dir}
		}
		if program := t.goBelow(dir, text); program != "" {
			return Image{Home: dir, Program: program}
		}
	}
	program := t.onlyMain(func(add func(dir string)) {
		for _, m := range goBuilds.FindAllStringSubmatch(text, 20) {
			for _, word := range strings.Fields(m[1]) {
				if at := path.Join(module, word); strings.Contains(word, "/") && t.HasDir(at) {
					add(at)
				}
			}
		}
	})
	if program == "" {
		program = t.onlyMain(func(add func(dir string)) {
			for _, m := range goCommand.FindAllStringSubmatch(text, 20) {
				for _, word := range strings.FieldsFunc(m[1], func(r rune) bool { return strings.ContainsRune(" \t\r\",[]", r) }) {
					for _, at := range byName[path.Base(word)] {
						add(at)
					}
				}
			}
		})
	}
	return Image{Home: program, Program: program}
}

// goBelow is the only program in the directory cmd of dir, or the one of several that a Dockerfile names.
func (t *Tree) goBelow(dir, text string) string {
	return t.onlyMain(func(add func(dir string)) {
		var all, named []string
		for _, p := range t.Below(path.Join(dir, "cmd")) {
			at := path.Dir(p)
			if rel := strings.TrimPrefix(at, dir+"/"); strings.HasSuffix(p, ".go") && strings.Count(rel, "/") < 2 {
				all = append(all, at)
				if strings.Contains(text, rel+"/") {
					named = append(named, at)
				}
			}
		}
		if len(named) > 0 {
			all = named
		}
		for _, at := range all {
			add(at)
		}
	})
}

// onlyMain is the one directory with a package main of those that are told to it, "" for none or several.
func (t *Tree) onlyMain(tell func(add func(dir string))) string {
	known := map[string]bool{}
	only, several := "", false
	tell(func(dir string) {
		if known[dir] {
			return
		}
		known[dir] = true
		if !t.goMain(dir) {
			return
		}
		several = several || only != ""
		only = dir
	})
	if several {
		return ""
	}
	return only
}
