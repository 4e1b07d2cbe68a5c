package ops

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// lendsCode says, with a note, whether a volume holds the code of an image that is built here, for a web server of the file
// that shows its pages: both have it at the same place, and the data lies in further volumes of the service below it.
func (c *composeReader) lendsCode(s *composeService, lent types.ServiceVolumeConfig) bool {
	keeps := func(v types.ServiceVolumeConfig) bool {
		return v.Type == "volume" && v.Source != "" && strings.HasPrefix(v.Target, lent.Target+"/") && !dataless.MatchString(v.Target)
	}
	if s.Build == nil || lent.Type != "volume" || lent.Source == "" || !slices.ContainsFunc(s.Volumes, keeps) {
		return false
	}
	for _, other := range s.file.services {
		if other != s && parseImage(other.Image).webServer() && slices.ContainsFunc(other.Volumes, func(v types.ServiceVolumeConfig) bool {
			return v.Source == lent.Source && v.Target == lent.Target
		}) {
			c.r.Note(s.file.path, s.lineOf("volumes"), "%s: the volume at %s is taken for the code of the image, which %s shows: nothing in it is kept", s.Name, lent.Target, other.Name)
			return true
		}
	}
	return false
}

// goneScript is the script that a command gives to its interpreter and that the image should have from the repository, which
// has it nowhere; "" for any other command. What the image has from elsewhere, or what the walk leaves out, has not gone.
func (c *composeReader) goneScript(s *composeService, argv []string) string {
	d := c.built(s)
	if d == nil || len(argv) < 2 || !scriptRunner.MatchString(path.Base(argv[0])) || scriptInterpreter[path.Ext(argv[1])] == "" || !d.copiesAll() || d.scriptFinder(c.t)(argv[1]) != "" {
		return ""
	}
	script := argv[1]
	if !path.IsAbs(script) {
		script = path.Join(cmp.Or(s.WorkingDir, d.workdir), script)
	}
	if !parseImage(d.from.image).onlyLanguage() || !below(script, d.placed) || slices.ContainsFunc(strings.Split(script, "/"), scan.Skips) {
		return ""
	}
	name := path.Base(script)
	if slices.ContainsFunc(c.t.Below("."), func(p string) bool { return path.Base(p) == name }) {
		return ""
	}
	return argv[1]
}

// below says whether a path lies in a directory that is known.
func below(p, dir string) bool {
	return path.IsAbs(p) && path.IsAbs(dir) && strings.HasPrefix(path.Clean(p), strings.TrimSuffix(path.Clean(dir), "/")+"/")
}

// onlyLanguage says whether an image has a language and no application or scripts of others.
func (i image) onlyLanguage() bool {
	language, _, server := i.language()
	return language != "" && server == "" && languages[i.base] == language
}
