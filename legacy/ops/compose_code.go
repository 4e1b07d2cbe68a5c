package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
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

// goneScript is the script that a command gives to its interpreter and that the image, which holds the repository's code, has
// nowhere; "" for any other command.
func (c *composeReader) goneScript(s *composeService, argv []string) string {
	d := c.built(s)
	if d == nil || len(argv) < 2 || !scriptRunner.MatchString(path.Base(argv[0])) || scriptInterpreter[path.Ext(argv[1])] == "" || !d.copiesAll() || d.scriptFinder(c.t)(argv[1]) != "" {
		return ""
	}
	name := path.Base(argv[1])
	if slices.ContainsFunc(c.t.Below("."), func(p string) bool { return path.Base(p) == name }) {
		return ""
	}
	return argv[1]
}
