package ops

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// cronJob looks for the program of the repository that a line of a crontab runs.
type cronJob struct {
	t     *scan.Tree
	r     *scan.Report
	dir   string
	names *scriptNames
	path  []string // where the crontab has programs looked for
}

// find goes through the commands of a line, those that a wrapper is given as one word included. Several programs one after
// another stay one job.
func (j cronJob) find(text string, depth int) []string {
	file, err := parseShell(text)
	if err != nil || depth > 2 {
		return nil
	}
	var programs [][]string
	for _, step := range sequence(file.Stmts) {
		if found := j.first(text, step, depth); found != nil {
			programs = append(programs, found)
		}
	}
	switch len(programs) {
	case 0:
		return nil
	case 1:
		return programs[0]
	}
	lines := make([]string, len(programs))
	for i, argv := range programs {
		lines[i] = shellWords(argv)
	}
	between := "; "
	if len(file.Stmts) == 1 {
		between = " && "
	}
	return []string{"sh", "-c", strings.Join(lines, between)}
}

// shellWords writes a command for a shell.
func shellWords(argv []string) string {
	quoted := make([]string, len(argv))
	for i, word := range argv {
		quoted[i] = word
		if q, err := syntax.Quote(word, syntax.LangPOSIX); err == nil {
			quoted[i] = q
		}
	}
	return strings.Join(quoted, " ")
}

// first is the first program of the repository that a part of a line runs.
func (j cronJob) first(text string, part syntax.Node, depth int) []string {
	var found []string
	syntax.Walk(part, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok || found != nil {
			return found == nil
		}
		words := make([]string, len(call.Args))
		for i, w := range call.Args {
			words[i] = cronWord(text, w)
		}
		found = j.command(words)
		for _, w := range words {
			if found == nil && strings.Contains(w, " ") {
				found = j.find(w, depth+1)
			}
		}
		return found == nil
	})
	return found
}

// cronWord is a word of the line without its quotes; variables stay as they are written.
func cronWord(text string, w *syntax.Word) string {
	raw := text[w.Pos().Offset():min(int(w.End().Offset()), len(text))]
	if len(raw) > 1 && (raw[0] == '"' || raw[0] == '\'') && raw[len(raw)-1] == raw[0] {
		raw = raw[1 : len(raw)-1]
	}
	return strings.ReplaceAll(raw, `"`, "")
}

var (
	cronWrapper = scan.MustCompile(`(?i)lock|wrapper|run-?with|timeout|nice|chronic|cronitor`)
	cronRuns    = map[string]string{".py": "python", ".php": "php", ".pl": "perl", ".rb": "ruby", ".js": "node", ".sh": "sh"}
	cronAside   = map[string]bool{"cd": true, "mkdir": true, "rm": true, "cp": true, "mv": true, "touch": true, "find": true, "cat": true, "tar": true, "gzip": true, "test": true, "[": true, "source": true, ".": true, "echo": true, "rsync": true, "chown": true,
		"chmod": true, "ln": true, "git": true, "nano": true, "vi": true, "vim": true}
	// scriptRunner are programs that a script of the directory is given to by its bare name.
	scriptRunner = scan.MustCompile(`^(?:python|php|ruby|perl|node)[\d.]*$`)

	// codesTools are programs by which a framework runs the commands of the code, with the files that such code has.
	codesTools = map[string][]string{"flask": {"requirements.txt", "setup.py", "pyproject.toml", "Pipfile"}, "rails": {"Gemfile"}}

	ranBy = map[string][]string{"flask": {"flask"}, "rails": {"bundle", "exec", "rails"}}

	// composersProgram is one that Composer installs.
	composersProgram = scan.MustCompile(`(?:^|/)(vendor/bin/[\w.-]+)$`)

	cronVars = scan.MustCompile(`^(\$\{?\w+\}?/?)+`)
)

// command is the simple command from the program of the repository on, nil where none is in it or where it is given what
// only the old machine knew.
func (j cronJob) command(words []string) []string {
	if len(words) == 0 || cronAside[path.Base(words[0])] || len(words) > 1 && words[0] == "sudo" && cronAside[path.Base(words[1])] {
		return nil
	}
	if tool := path.Base(words[0]); launchers[tool] && toolPath.MatchString(path.Join("/x", words[0])) {
		rest := slices.Clone(words[1:])
		if len(rest) > 0 && path.IsAbs(rest[0]) && j.inTree(rest[0]) != "" {
			rest[0] = j.inTree(rest[0]) // below a directory that a template fills in, too
		}
		return plainWords([]string{tool}, rest)
	}
	if run := slices.IndexFunc(words, func(w string) bool { return path.Base(w) == "bundle" }); run >= 0 && len(words) > run+2 && words[run+1] == "exec" && codesTools[words[run+2]] != nil {
		words = words[run+2:]
	}
	if manifests := codesTools[words[0]]; len(words) > 1 && j.t.First(j.dir, manifests...) != "" {
		return plainWords(slices.Clone(ranBy[words[0]]), words[1:])
	}
	if m := composersProgram.FindStringSubmatch(words[0]); m != nil && j.t.First(j.dir, "composer.json") != "" {
		return plainWords([]string{m[1]}, words[1:])
	}
	for i, w := range words {
		file := j.inTree(w)
		if name := path.Clean(w); file == "" && i > 0 && scriptRunner.MatchString(path.Base(words[i-1])) && j.t.Has(path.Join(j.dir, name)) {
			file = name // of the directory that the job runs in
		}
		if file == "" && path.Base(w) == "rake" && i+1 < len(words) && j.t.First(j.dir, "Rakefile") != "" {
			return plainWords([]string{"bundle", "exec", "rake"}, words[i+1:])
		}
		if file == "" || cronWrapper.MatchString(path.Base(file)) {
			continue
		}
		argv := []string{file}
		if run := cronRuns[path.Ext(file)]; run != "" {
			if first, _, _ := strings.Cut(j.t.Text(path.Join(j.dir, file), j.r), "\n"); run == "sh" && strings.Contains(first, "bash") {
				run = "bash"
			}
			argv = []string{run, file}
		} else if i > 0 && interpreters.MatchString(path.Base(words[i-1])) {
			argv = []string{path.Base(words[i-1]), file}
		}
		if i > 1 && words[0] == "bundle" && words[1] == "exec" {
			argv = append([]string{"bundle", "exec"}, argv...)
		}
		return plainWords(argv, words[i+1:])
	}
	return nil
}

func plainWords(argv, rest []string) []string {
	for _, w := range rest {
		if strings.ContainsAny(w, "$`\n") {
			return nil
		}
		if w != "" {
			argv = append(argv, w)
		}
	}
	return argv
}

// inTree finds the file of the repository that a path of the old machine ends in, "" where there is none.
func (j cronJob) inTree(word string) string {
	if strings.HasPrefix(word, "-") || strings.ContainsAny(word, " =") || len(word) > 300 {
		return ""
	}
	p := strings.TrimPrefix(cronVars.ReplaceAllString(word, ""), "./")
	if !strings.Contains(word, "/") {
		if file := j.onPath(word); file != "" {
			return file
		}
	}
	system := ofSystem(p)
	parts := strings.FieldsFunc(p, func(c rune) bool { return c == '/' })
	for i := range parts {
		rest := path.Join(parts[i:]...)
		if i > 0 && system && i == len(parts)-1 {
			return ""
		}
		if len(parts) == 1 && p == word && !strings.Contains(p, ".") {
			return "" // a program of the machine's path
		}
		if j.t.Has(path.Join(j.dir, rest)) || rest == "yii" && j.t.YiiInstalled(j.dir, rest) != "" {
			return rest
		}
	}
	if name := path.Base(p); !system && len(parts) > 1 && cronRuns[path.Ext(name)] != "" {
		return j.names.only(j.t, j.dir, name)
	}
	return ""
}

// onPath finds a program that is called by its name alone, in the directories that the crontab gives as PATH.
func (j cronJob) onPath(name string) string {
	for _, dir := range j.path[:min(len(j.path), 30)] {
		if ofSystem(dir + "/") {
			continue
		}
		parts := strings.FieldsFunc(dir, func(c rune) bool { return c == '/' })
		for i := range parts[:min(len(parts), 20)] {
			if file := path.Join(path.Join(parts[i:]...), name); j.t.Has(path.Join(j.dir, file)) {
				return file
			}
		}
	}
	return ""
}

// ofSystem says whether a path leads to what the machine's system has.
func ofSystem(p string) bool {
	return strings.HasPrefix(p, "/usr/") || strings.HasPrefix(p, "/bin/") || strings.HasPrefix(p, "/etc/") || strings.HasPrefix(p, "/sbin/")
}
