package ops

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// reportDemands claims what a command and the scripts of the repository that it starts take from the environment: the
// secrets among it, and the variables without which a script stops, as ${NAME:?} and set -u make it.
func reportDemands(t *scan.Tree, r *scan.Report, f scan.Finding, find func(word string) string, argv []string, at scan.Evidence) {
	f.Name, f.Service = "", service.Service{}
	if isShell(argv) {
		demandsOf(r, f, argv[2], at)
	}
	for range maxScripts {
		i := scriptIn(argv)
		if i < 0 {
			return
		}
		file := find(argv[i])
		if file == "" {
			return
		}
		text := t.Text(file, r)
		if strings.HasPrefix(text, "#!") && !shebang.MatchString(text) || len(text) == 0 {
			return
		}
		demandsOf(r, f, text, scan.Evidence{File: file, Rank: at.Rank})
		s := readStart(t, find, file, argv[i:], nil, "")
		if s == nil {
			return
		}
		argv = s.argv
	}
}

// demandsOf reports the variables that a piece of shell takes and does not set itself. at.Line is 0 for a whole file.
func demandsOf(r *scan.Report, f scan.Finding, text string, at scan.Evidence) {
	parsed, err := parseShell(text)
	if err != nil {
		return
	}
	own, strict := map[string]bool{}, false
	var used []*syntax.ParamExp
	syntax.Walk(parsed, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Assign:
			if n.Name != nil && !(n.Naked && n.Value == nil) && n.Array == nil && !refersTo(n.Value, n.Name.Value, scan.SecretName(n.Name.Value)) {
				own[n.Name.Value] = true
			}
		case *syntax.WordIter:
			own[n.Name.Value] = true
		case *syntax.CallExpr:
			strict = strict || setsStrict(n, own)
		case *syntax.ParamExp:
			used = append(used, n)
		}
		return true
	})
	said := map[string]bool{}
	for _, p := range used {
		if p.Param == nil || own[p.Param.Value] || said[p.Param.Value] || !shellSetting.MatchString(p.Param.Value) || imageOwn.MatchString(p.Param.Value) || shellOwn.MatchString(p.Param.Value) {
			continue
		}
		name := p.Param.Value
		stops := p.Exp == nil && strict
		if p.Exp != nil {
			stops = p.Exp.Op == syntax.ErrorUnset || p.Exp.Op == syntax.ErrorUnsetOrNull
		}
		line := at.Line
		if line == 0 {
			line = int(p.Pos().Line())
		}
		switch {
		case scan.SecretName(name):
			said[name] = true
			f.Requires, f.Service = "", service.Service{Secrets: []string{name}}
			r.Find(f, at.File, line, min(at.Rank, scan.Convention), "the start script reads it")
		case stops:
			said[name] = true
			f.Requires, f.Service = name, service.Service{}
			r.Find(f, at.File, line, at.Rank, "the start script stops without it")
		}
	}
}

// shellSetting are names of variables as the environment has them; those of the shell and of platforms are nobody's setting.
var (
	shellSetting = scan.MustCompile(`^[A-Z][A-Z0-9_]+$`)
	shellOwn     = scan.MustCompile(`^(PORT|PWD|OLDPWD|HOSTNAME|IFS|RANDOM|SECONDS|LINENO|OPTARG|OPTIND|REPLY|EUID|PPID|HOSTTYPE|OSTYPE|EPOCHSECONDS|TMPDIR|VERBOSE|BASH\w*|VCAP_\w+|CF_\w+|DYNO|KUBERNETES_\w+|ECS_\w+|CI)$`)
)

// refersTo says whether a value takes up the variable that it is given to: without anything for where that is missing, or, where
// either will do, with what stands in for it, too.
func refersTo(value *syntax.Word, name string, either bool) bool {
	found := false
	if value != nil {
		syntax.Walk(value, func(n syntax.Node) bool {
			if p, ok := n.(*syntax.ParamExp); ok && p.Param != nil && p.Param.Value == name && (either || p.Exp == nil) {
				found = true
			}
			return true
		})
	}
	return found
}

// setsStrict takes over what read and its like set, and says whether the command makes the shell stop at unset variables.
func setsStrict(c *syntax.CallExpr, own map[string]bool) bool {
	var words []string
	for _, a := range c.Args {
		text, _ := literal(a)
		words = append(words, text)
	}
	if len(words) == 0 {
		return false
	}
	switch words[0] {
	case "read", "mapfile", "getopts":
		for _, w := range words[1:] {
			own[w] = true
		}
	case "set":
		for i, w := range words[1:] {
			if w == "nounset" && words[i] == "-o" || strings.HasPrefix(w, "-") && !strings.HasPrefix(w, "--") && strings.Contains(w, "u") {
				return true
			}
		}
	}
	return false
}
