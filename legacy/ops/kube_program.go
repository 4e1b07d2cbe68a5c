package ops

import (
	"path"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
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
	for _, images := range k.t.GoImages() {
		if at := slices.IndexFunc(images, func(image scan.Image) bool { return image.Home == dir || image.Program == dir }); at >= 0 {
			return images[at].Home
		}
	}
	return module
}
