package ops

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	// shellBang is the first line of a script of a shell.
	shellBang = scan.MustCompile(`^#!\s*(?:/usr)?/bin/(?:env\s+)?(ba|da)?sh\b`)
	// doesWork are programs by which a script does something for a service, and not for the machine that it runs on.
	doesWork = scan.MustCompile(`\b(php|python[\d.]*|ruby|bundle|rake|rails|node|npm|java|perl|manage\.py|artisan|console|curl|wget|rsync|psql|pg_dump|mysql|mysqldump|mongodump|redis-cli)\b`)
	// cronParts are the directories whose scripts cron runs one after the other.
	cronParts = scan.MustCompile(`^/etc/cron\.(hourly|daily|weekly|monthly)/([\w-]+)$`)
)

// placedScript is a script of a shell that operations put on the machine, with what it is started with.
type placedScript struct {
	m          *managed
	v          managedValue
	text, file string
	argv       []string
}

// scriptIn finds the script that a command line starts; it is nil where that is none of the service's work.
func (g *meaning) scriptIn(line string) *placedScript {
	if sole, _ := soleCommand(line); sole != "" {
		line = sole
	}
	argv, _ := command(logTo.ReplaceAllString(strings.TrimSpace(line), ""))
	argv = foreground(argv)
	for len(argv) > 0 && (wrapperWord.MatchString(argv[0]) || len(argv) > 1 && (path.Base(argv[0]) == "sh" || path.Base(argv[0]) == "bash") && path.IsAbs(argv[1])) {
		argv = argv[1:]
	}
	if len(argv) == 0 || !path.IsAbs(argv[0]) {
		return nil
	}
	m := g.onMachine[path.Clean(argv[0])]
	if m == nil || m.off {
		return nil
	}
	v := g.filledBy(m)
	text, file := g.contents(m, v)
	return g.script(m, v, text, file, argv)
}

// script is the script of a file, where it works with the service's code, which it may be told of as it is started, and holds no secret.
func (g *meaning) script(m *managed, v managedValue, text, file string, argv []string) *placedScript {
	bang := shellBang.FindStringSubmatch(text)
	if bang == nil || len(text) > scan.MaxConfigFile || v.secret || scan.SecretText(text) || secretOpen(text, v) {
		return nil
	}
	about, here := m.about(), g.amongCode(text)
	if !doesWork.MatchString(text) && !g.callsOurs(here) {
		return nil
	}
	ours := here != text
	for _, place := range placesIn(text + "\n" + strings.Join(argv[1:], " ")) {
		of, _, ok := deployedAt(place + "/x")
		ours = ours || g.codePlace(place+"/x") != "" || ok && namedIn(of+"/x", about)
	}
	if !ours {
		return nil
	}
	shell := "sh"
	if bang[1] == "ba" {
		shell = "bash"
	}
	started := []string{shell, path.Clean(argv[0])}
	for _, word := range argv[1:] {
		started = append(started, g.amongCode(word))
	}
	return &placedScript{m, v, text, file, started}
}

// callsOurs says whether a script names a file of the repository, after the directories of the code in it were rewritten.
func (g *meaning) callsOurs(text string) bool {
	for _, word := range codeWord.FindAllStringSubmatch(text, -1) {
		if g.t.Has(word[1]) {
			return true
		}
	}
	return false
}

// codeWord is a file among the code, as a rewritten script names it.
var codeWord = scan.MustCompile(`(?:^|[\s"'=;(])(?:\.|\$MIGRATE_CODE)/([\w./-]+)`)

// amongCode writes the directories of the machine that hold the code as the one in which a process of the image starts: as
// $MIGRATE_CODE, which the script remembers, where it goes to another one.
func (g *meaning) amongCode(text string) string {
	named := namedDirectory.FindAllStringSubmatch(text, maxNamedDirectories)
	here := g.codeDirsAs(text, ".", named)
	first, rest, several := strings.Cut(text, "\n")
	for _, to := range goesTo.FindAllStringSubmatch(here, -1) {
		if to[1] != "." && several && here != text {
			return first + "\nexport MIGRATE_CODE=$PWD\n" + outsideQuotes(rest, func(part string) string { return g.codeDirsAs(part, "$MIGRATE_CODE", named) })
		}
	}
	return here
}

// outsideQuotes rewrites the parts of a script in which its shell fills in variables: not what stands in single quotes, or in a
// text of several lines whose end is quoted. A script that is not understood stays as it is.
func outsideQuotes(text string, rewrite func(part string) string) string {
	file, err := parseShell(text)
	if err != nil {
		return text
	}
	var b strings.Builder
	at := 0
	leave := func(from, to uint) {
		if int(from) >= at && from < to && int(to) <= len(text) {
			b.WriteString(rewrite(text[at:from]) + text[from:to])
			at = int(to)
		}
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.SglQuoted:
			leave(n.Pos().Offset(), n.End().Offset())
		case *syntax.Redirect:
			if n.Hdoc != nil && n.Word != nil && n.Word.Lit() == "" {
				leave(n.Hdoc.Pos().Offset(), n.Hdoc.End().Offset())
				return false
			}
		}
		return true
	})
	return b.String() + rewrite(text[at:])
}

var (
	// goesTo is a change of the directory within a script.
	goesTo = scan.MustCompile(`(?m)(?:^|[;&|({])[ \t]*(?:cd|pushd)[ \t]+["']?([^\s"';&|)]+)`)
	// namedDirectory is a directory that a script gives a name to: ROOT="/srv/shop".
	namedDirectory = scan.MustCompile(`(?m)^[ \t]*(?:(?:export|readonly|local)[ \t]+)?([A-Za-z_]\w*)=["']?(/[\w./-]*[\w.-])/?["']?[ \t]*$`)
)

// codeDirsAs replaces the directories that hold the code, also where a part of them stands in a variable: $ROOT/current.
func (g *meaning) codeDirsAs(text, with string, named [][]string) string {
	dirs := make([]string, 0, len(g.deployed))
	for _, d := range g.deployed {
		if d.dir != "/" && d.dir != "" {
			dirs = append(dirs, d.dir+"/current", d.dir)
		}
	}
	slices.SortFunc(dirs, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, dir := range slices.Compact(dirs) {
		text = replaceWords(text, dir, with)
		for _, n := range named {
			if rest, below := strings.CutPrefix(dir, n[2]+"/"); below {
				text = replaceWords(text, "$"+n[1]+"/"+rest, with)
				text = replaceWords(text, "${"+n[1]+"}/"+rest, with)
			}
		}
	}
	return text
}

// maxNamedDirectories bounds how many directories of a script are followed.
const maxNamedDirectories = 20

// replaceWords replaces a path where a word begins with it, and where it ends or goes on with what lies below it.
func replaceWords(text, old, with string) string {
	var b strings.Builder
	for last := byte(' '); ; {
		before, after, found := strings.Cut(text, old)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if before != "" {
			last = before[len(before)-1]
		}
		begins := strings.IndexByte(" \t\n\"'=;(&|<>", last) >= 0
		last = old[len(old)-1]
		if !begins {
			b.WriteString(old)
		} else if after == "" || strings.IndexByte("/ \t\n\"';&|)", after[0]) >= 0 {
			b.WriteString(with)
		} else {
			b.WriteString(old)
		}
		text = after
	}
}

// runsScript claims a job that runs a script of the old machine: the script becomes a file of the service's, which the job starts.
func (g *meaning) runsScript(m *managed, f scan.Finding, title, schedule string, run managedValue, s *placedScript) bool {
	if s == nil || schedule == "" || g.environment != "" {
		return false
	}
	where := s.argv[1]
	g.claimFile(s.m, s.v, s.text, s.file, where)
	g.scripts[where] = true
	if place := g.codePlace(where); place != "" {
		s.argv[1] = place
	}
	g.use(run)
	f.Process = jobName(title)
	f.About = append(f.About, s.m.about()...)
	f.Service = service.Service{Command: s.argv, Schedule: schedule}
	g.claim(m, f, run, "job "+title, scan.Guess, "the script is taken over as it stands there: see what of the old machine it needs")
	return true
}

// regular takes over a script that cron runs each day, hour, week or month.
func (g *meaning) regular(m *managed, v managedValue, text, file, where string) bool {
	parts := cronParts.FindStringSubmatch(where)
	if parts == nil {
		return false
	}
	run := textValue(where, m.file, m.line)
	return g.runsScript(m, m.finding(), parts[2], cronTimes[parts[1]], run, g.script(m, v, text, file, []string{where}))
}
