package ops

import (
	"path"
	"strings"

	"github.com/joho/godotenv"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// envFiles reports what stands in the env_files of a service. Such a file is written for the machine that compose runs on:
// what it says of needs and secrets counts as much as compose itself, its other values are somebody's guess at production.
func (c *composeReader) envFiles(s *composeService, f scan.Finding) {
	for i := len(s.EnvFiles) - 1; i >= 0; i-- { // the last one wins
		file := c.envFile(s, s.EnvFiles[i].Path)
		if file == "" {
			continue
		}
		text := c.t.Text(file, c.r)
		values, err := godotenv.Unmarshal(withDefaults(text))
		if err != nil {
			c.r.Note(file, 0, "not all of it is understood, only names were read")
		}
		for _, m := range scan.Find(text, dotenvLine) {
			name := m.Groups[1]
			if _, own := s.Environment[name]; own || ofTests.MatchString(name) {
				continue
			}
			value := values[name]
			at := scan.Evidence{File: file, Line: m.Line, Rank: min(scan.Convention, s.rank())}
			if _, need := needOfSetting(name, value); need || s.mentions(value) != "" || scan.SecretName(name) || scan.HasAccount(value) || scan.SecretValue(name, value) {
				at.Rank = s.rank()
			}
			c.variable(s, f, name, &value, at)
		}
	}
}

// envFile is the file that an env_file names, or what it is copied from where the repository does not hold it. It is "" for
// those that the reader of .env files knows anyway, and for those of tests.
func (c *composeReader) envFile(s *composeService, name string) string {
	file, ok := within(s.file.dir, name)
	if !ok || strings.Contains(name, "$") {
		return ""
	}
	dir, base := path.Dir(file), path.Base(file)
	if c.t.Has(file) {
		if dotenvName.MatchString(base) || testWord.MatchString(base) {
			return ""
		}
		return file
	}
	for _, other := range c.t.Below(dir) {
		if rest, ok := strings.CutPrefix(path.Base(other), base); ok && path.Dir(other) == dir && copiedFrom.MatchString(rest) && !dotenvName.MatchString(path.Base(other)) {
			return other
		}
	}
	return ""
}

// copiedFrom are the ends of the names of files that others are copied from.
var copiedFrom = scan.MustCompile(`(?i)^[._-](example|sample|dist|template|default|tmpl)$`)
