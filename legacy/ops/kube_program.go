package ops

import (
	"cmp"
	"maps"
	"path"
	"slices"
)

// imagesOfPrograms leads from images to the module of Go whose image each is, where a workload that is called like one of its
// programs runs it: the others are more of them.
func (k *kubernetes) imagesOfPrograms(places map[string][]string) map[string]string {
	holds := map[string]string{}
	for _, w := range k.workloads {
		if dir := k.dirOf(w, places); w.image != "" && containerWords(w.container) != nil && dir != "" && k.t.GoModule(dir) == dir {
			holds[parseImage(w.image).path] = dir
		}
	}
	return holds
}

// imageOfProgram is the directory whose image holds a program of Go: its own where it has an image, else its module's.
func (k *kubernetes) imageOfProgram(dir string) string {
	module := k.t.GoModule(dir)
	if module == "" || !k.t.Has(path.Join(module, "Dockerfile")) || k.t.Has(path.Join(dir, "Dockerfile")) {
		return dir
	}
	return cmp.Or(k.homesOfPrograms()[dir], module)
}

// homesOfPrograms leads from the directories of programs of Go, and from those of their images, to the directory that stands
// for the image: that of the first Dockerfile, where several hold the same program.
func (k *kubernetes) homesOfPrograms() map[string]string {
	if k.homes != nil {
		return k.homes
	}
	k.homes = map[string]string{}
	images := k.t.GoImages()
	for _, file := range slices.Sorted(maps.Keys(images)) {
		for _, image := range images[file] {
			for _, dir := range []string{image.Home, image.Program} {
				k.homes[dir] = cmp.Or(k.homes[dir], image.Home)
			}
		}
	}
	return k.homes
}
