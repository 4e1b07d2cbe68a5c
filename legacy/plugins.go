package legacy

import (
	"fmt"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// pluginPlace are directories in which people keep plugins of the monitoring.
var pluginPlace = scan.MustCompile(`(?i)(^|[/@_-])(nagios|icinga2?|nrpe|sensu|monit|monitoring|plugins?|checks?|libexec)([/_-].*)?/`)

// ownPlugins lets checks call plugins of the team's own as they lie in the repository, in the place of the old machine's
// path. One that lies among operations code kept elsewhere is noted: a script in the repository can't call it there.
func ownPlugins(tree *scan.Tree, found []Claimed) []scan.Note {
	var notes []scan.Note
	for i, f := range found {
		if f.Check == nil || len(f.Check.Script) == 0 || !path.IsAbs(f.Check.Script[0]) {
			continue
		}
		file := pluginFile(tree, f.Check.Script[0])
		switch {
		case file == "":
		case tree.MountOf(file) != "":
			notes = append(notes, scan.Note{File: f.Evidence.File, Line: f.Evidence.Line, About: strings.Join(f.About, "\n"),
				Text: fmt.Sprintf("the plugin of the check %q lies at %s: copy it into the repository and let the check's script call it there", f.Check.Was, file)})
		default:
			check := *f.Check
			check.Script = append([]string{file}, check.Script[1:]...)
			found[i].Check = &check
		}
	}
	return notes
}

// pluginFile is the file of a plugin: the one with the longest end of its path in common, else the only one of its name
// where plugins are kept.
func pluginFile(tree *scan.Tree, plugin string) string {
	parts := strings.Split(strings.TrimPrefix(path.Clean(plugin), "/"), "/")
	for i := range max(len(parts)-1, 0) {
		if file := strings.Join(parts[i:], "/"); tree.Has(file) {
			return file
		}
	}
	for _, files := range [][]string{tree.Files(), tree.Mounted()} {
		only := ""
		for _, file := range files {
			if path.Base(file) != path.Base(plugin) || !pluginPlace.MatchString(file) {
				continue
			}
			if only != "" {
				return ""
			}
			only = file
		}
		if only != "" {
			return only
		}
	}
	return ""
}
