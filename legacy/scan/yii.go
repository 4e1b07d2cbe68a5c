package scan

import "path"

// yiiProduction are the directories from which Yii's program init puts the files of production in place: the first pages, the
// program for the command line and the settings.
var yiiProduction = []string{"environments/prod", "env/prod"}

// YiiInstalled is where a file lies that Yii's init puts into a directory for production, "" where none does.
func (t *Tree) YiiInstalled(dir, name string) string {
	if t.First(dir, "init") == "" {
		return ""
	}
	for _, from := range yiiProduction {
		if file := t.First(dir, path.Join(from, name)); file != "" {
			return file
		}
	}
	return ""
}
