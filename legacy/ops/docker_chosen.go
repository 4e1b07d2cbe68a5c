package ops

import (
	"path"
	"slices"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// parseChosen reads a Dockerfile once for each of its images: every one is a service where the code at its home runs.
func parseChosen(t *scan.Tree, file string, images []scan.Image, r *scan.Report) (parsed []*dockerfile) {
	for _, image := range images {
		d := parseGiven(t, file, image.Target, image.Args, r)
		if d == nil {
			return nil
		}
		d.dir, d.context = image.Home, guessContext(t, d)
		d.siblings, d.chosen = nil, true
		parsed = append(parsed, d)
	}
	return parsed
}

// ifRuns marks what was found since before, where the image is one of several of its file: what runs in each, its code says.
func (d *dockerfile) ifRuns(r *scan.Report, before int) {
	for i := range r.Findings[before:] {
		r.Findings[before+i].IfRuns = d.chosen
	}
}

// filled puts the arguments that choose what the image holds, and what ENV makes of them, into the words of its command.
func (d *dockerfile) filled(words []string) []string {
	if len(d.fills) == 0 {
		return words
	}
	words = slices.Clone(words)
	for i, word := range words {
		words[i] = variable.ReplaceAllStringFunc(word, func(ref string) string {
			m := variable.FindStringSubmatch(ref)
			if value := d.fills[m[1]+m[2]]; value != "" {
				return value
			}
			return ref
		})
	}
	return words
}

// chosenImageOf is the image that a service of compose's gets from a Dockerfile of one program of Go beside others, or of
// several services, false where its stage and arguments choose none of them.
func (c *composeReader) chosenImageOf(s *composeService, file string) (scan.Image, bool) {
	if programs := c.t.GoImages()[file]; len(programs) == 1 {
		return programs[0], true
	}
	for _, image := range c.t.ChosenImages(file) {
		if image.Target != "" && image.Target == s.Build.Target || len(image.Args) > 0 && s.gives(image.Args) {
			return image, true
		}
	}
	return scan.Image{}, false
}

// gives says whether the build of a service is given these arguments.
func (s *composeService) gives(args map[string]string) bool {
	for name, want := range args {
		if value := s.Build.Args[name]; value == nil || path.Clean(*value) != want {
			return false
		}
	}
	return true
}
