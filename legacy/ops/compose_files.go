package ops

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// mountedSettings are targets of mounts that are files of configuration.
var mountedSettings = scan.MustCompile(`\.(conf|cfg|cnf|ini|ya?ml|toml|json|xml|properties)$`)

// files reports the configuration that a compose file puts into a container from beside itself: the image lacks it. What
// the image has at that place is the code's own, and what isn't in the repository lies on a machine.
func (c *composeReader) files(s *composeService, f scan.Finding) {
	if s.rank() < scan.Declared {
		return
	}
	kept := c.built(s) != nil || c.t.Has(path.Join(f.Dir, "Dockerfile")) // else the image has its places elsewhere
	for _, v := range s.Volumes {
		source, inside := within(s.file.dir, v.Source)
		if v.Type != "bind" || !inside || !path.IsAbs(v.Target) || !mountedSettings.MatchString(v.Target) || strings.ContainsAny(v.Source, "${}") {
			continue
		}
		line := s.lineOf("volumes")
		if developersDir.MatchString(source) || developersFile.MatchString(source) || strings.Contains(path.Base(source), "xdebug") {
			c.r.Note(s.file.path, line, "%s: reads %s, which is mounted from %s, a place or a tool of developers; left out", s.Name, v.Target, v.Source)
			continue
		}
		if !c.t.Has(source) {
			if !c.t.HasDir(source) {
				c.r.Note(s.file.path, line, "%s: reads %s, which is mounted from %s: that is not in the repository. Name it under files in "+service.FileName+", or, if secrets are in it, put it into gopass whole (secrets.keys)", s.Name, v.Target, v.Source)
			}
			continue
		}
		if text := c.t.Text(source, c.r); kept && !strings.HasSuffix(v.Target, "/"+source) && text != "" && len(text) <= scan.MaxConfigFile {
			f.Service, f.File = service.Service{}, &scan.File{Path: path.Clean(v.Target), Text: text, Sets: settingNames(text)}
			c.find(s, f, "file."+v.Target, line, scan.Declared, "mounted from "+source)
		}
	}
}
