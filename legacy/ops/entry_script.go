package ops

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// started is what a start script of the repository runs in the end.
type started struct {
	file       string
	argv       []string
	line       int
	release    []string          // what it runs to its end before that: migrations and the like
	at         int               // line of the first of those
	releaseDir string            // where it has gone before them, "" for nowhere
	own        string            // a step that only the script can do, "" for none: then the script has to stay the command
	passes     bool              // it ends with exec "$@"
	sets       map[string]string // what it exports, where that is written down in it
	sources    bool              // it reads another script for what that sets: programs are found in its surroundings alone
	prepares   string            // what it runs at each start that is a release step by its name, "" for nothing
	dir        string            // where it has gone, "" for nowhere
	first      []string          // what it does once in the life of the service, as a file that it leaves tells
	firstLine  int               // line of that
	caches     []string          // what it fills in its own container at each start
}

// followScript reads the script that a command starts and finds what that runs in the end; nil where the command starts no
// script of the repository, or nothing is found.
func followScript(t *scan.Tree, find func(word string) string, argv []string, env map[string]string) *started {
	return followScripts(t, find, argv, env, "", maxScripts)
}

// maxScripts bounds how many scripts start each other.
const maxScripts = 3

func followScripts(t *scan.Tree, find func(word string) string, argv []string, env map[string]string, dir string, left int) *started {
	if isShell(argv) {
		if words, vars := command(argv[2]); len(words) > 0 && len(vars) == 0 && !isShell(words) && !strings.ContainsAny(argv[2], ";&|$") {
			argv = words
		}
	}
	at := scriptIn(argv)
	if at < 0 || left == 0 {
		return nil
	}
	file := find(argv[at])
	if file == "" {
		return nil
	}
	s := readStart(t, find, file, argv[at:], env, dir)
	if s == nil || len(s.argv) == 0 || s.own != "" || s.passes {
		return s
	}
	further := followScripts(t, find, s.argv, env, s.dir, left-1)
	if further == nil || len(s.release) > 0 {
		return s
	}
	for name, value := range s.sets {
		if _, own := further.sets[name]; !own {
			further.sets[name] = value
		}
	}
	return further
}

// scriptIn is the index of the word of a command that may be a script: the first that is no wrapper.
func scriptIn(argv []string) int {
	for i := 0; i < len(argv); i++ {
		switch base := path.Base(argv[i]); {
		case initProgram.MatchString(base) && slices.Contains(argv[i:], "--"):
			i += slices.Index(argv[i:], "--") // its options may have values
		case base == "tini" || base == "dumb-init" || base == "env" || base == "exec" || shells[base]:
		case strings.HasPrefix(argv[i], "-") && argv[i] != "-c":
		case i > 0 && strings.Contains(argv[i], "="):
		case notScript.MatchString(base) || argv[i] == "-c":
			return -1
		default:
			return i
		}
	}
	return -1
}

var shells = map[string]bool{"sh": true, "bash": true, "ash": true, "dash": true, "zsh": true}

// notScript are programs of other languages, which no shell reads, and the wrappers of build tools: what those read is for the build.
var notScript = scan.MustCompile(`\.(py|js|mjs|cjs|ts|rb|pl|php|jar|war|dll|exe|go)$|^(python[\d.]*|node|ruby|java|perl|php|npm|yarn|pnpm|bundle|gunicorn|uwsgi|dotnet|mvnw|gradlew|sbtx?|millw?|activator|lein)$`)

// readStart reads one script that is started by these words, its own path first, from a directory, "" for the image's own.
func readStart(t *scan.Tree, find func(word string) string, file string, words []string, env map[string]string, dir string) *started {
	data, err := t.Read(file)
	if err != nil || len(data) == 0 {
		return nil
	}
	text := string(data)
	if strings.HasPrefix(text, "#!") && !shebang.MatchString(text) || !strings.HasPrefix(text, "#!") && !strings.HasSuffix(file, ".sh") {
		return nil
	}
	parsed, err := parseShell(text)
	if err != nil {
		return nil
	}
	w := &startWalk{started: started{file: file, dir: dir, sets: map[string]string{}}, t: t, find: find, home: path.Dir(words[0]), beside: dir != "", text: text, args: words[1:], env: env, vars: map[string]string{}, functions: map[string]*syntax.Stmt{}}
	w.statements(parsed.Stmts, true, 0)
	w.prepares = strings.TrimSpace(preparing.FindString(text))
	if len(w.argv) == 0 && !w.passes {
		return nil
	}
	return &w.started
}

// preparing is a line of a script that brings the database up to date, with a program's own word for it as well.
var preparing = scan.MustCompile(`(?m)^[ \t]*(?:\S*/)?(?:flask|python\S*|alembic|bundle|bin/\w+|rails|rake|php|npm|yarn|npx|node)[ \t][^\n#;&|]*\b(?:migrat\w*|deploy|upgrade|db:\w+|init[-_]?db|syncdb)\b[^\n#;&|]*`)

var shebang = scan.MustCompile(`^#!\s*(/usr/bin/env\s+(-\S+\s+)?|\S*/)(ba|da|a|z)?sh\b`)

// startWalk goes through a script as its shell would, as far as the arguments decide the way. It runs nothing.
type startWalk struct {
	started
	text      string
	args      []string
	vars      map[string]string // what the script itself sets, as text for a shell
	env       map[string]string // what the image sets
	functions map[string]*syntax.Stmt
	t         *scan.Tree
	find      func(word string) string // the file of the repository that a word stands for
	home      string                   // where the script lies in the image
	beside    bool                     // it has gone where it lies, or from there
	done      bool
	trying    bool // it goes ahead on a side of an if
	steps     int
}

// These bound the statements of a script that are looked at, functions that call themselves included.
const (
	maxSteps = 2000
	maxDepth = 50
)

// statements looks at a list of statements; the last one of the script's own list is what runs in the end.
func (w *startWalk) statements(list []*syntax.Stmt, tail bool, depth int) {
	for i, s := range list {
		if w.steps++; w.done || w.steps > maxSteps || depth > maxDepth {
			return
		}
		w.statement(s, tail && i == len(list)-1, depth+1)
	}
}

func (w *startWalk) statement(s *syntax.Stmt, tail bool, depth int) {
	if s.Background || s.Coprocess {
		w.keep(s)
		return
	}
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		w.call(s, c, tail, depth)
	case *syntax.DeclClause:
		w.declare(c)
	case *syntax.FuncDecl:
		w.functions[c.Name.Value] = c.Body
	case *syntax.Block:
		w.statements(c.Stmts, tail, depth)
	case *syntax.IfClause:
		w.branch(c, tail, depth)
	case *syntax.CaseClause:
		w.choose(c, tail, depth)
	case *syntax.BinaryCmd:
		w.both(c, tail, depth)
	case *syntax.WhileClause:
		w.loop(c.Do)
	case *syntax.TestClause, *syntax.ArithmCmd:
	default:
		w.keep(s)
	}
}

// keep notes a statement whose effect would be lost without the script.
func (w *startWalk) keep(s *syntax.Stmt) {
	if w.own == "" {
		w.own = strings.SplitN(w.source(s), "\n", 2)[0]
	}
}

func (w *startWalk) source(n syntax.Node) string {
	return w.text[n.Pos().Offset():n.End().Offset()]
}

// loop accepts one that only waits for something.
func (w *startWalk) loop(do []*syntax.Stmt) {
	for _, s := range do {
		if c, ok := s.Cmd.(*syntax.CallExpr); !ok || len(c.Args) > 0 && !harmless.MatchString(w.source(c.Args[0])) {
			if _, let := s.Cmd.(*syntax.CallExpr); let || !waiting(s) {
				w.keep(s)
				return
			}
		}
	}
}

func waiting(s *syntax.Stmt) bool {
	switch s.Cmd.(type) {
	case *syntax.IfClause, *syntax.ArithmCmd, *syntax.TestClause, *syntax.LetClause, *syntax.BinaryCmd:
		return true
	}
	return false
}

// harmless are commands that a container can do without: they talk, wait, or make the host's file system ready.
var harmless = scan.MustCompile(`^["']?(\S*/)?(echo|printf|true|false|test|\[|sleep|umask|ulimit|trap|rm|mkdir|chown|chmod|touch|wait-?for\S*|wait_for\S*|urlwait|dockerize|pg_isready|nc|ls|pwd|date|whoami|id|env|which|type|command|read|let|break|continue|unset|cat|curl|wget|mysqladmin|tmpreaper|tmpwatch|pcheck|redis-cli)["']?$`)

// onlyChecks are commands that look whether all is well, and change nothing.
var onlyChecks = scan.MustCompile(`\s--(check|check-config|validate|dry-run)\s*$|\bmanage\.py\s+(check|wait_for_\w+|check_\w+|showmigrations)\b|\bmanage\.py\s+migrate\s.*--check\b|\b(?:rake|rails)\s+db:(?:abort_if_pending_migrations|version|migrate:status)\b|\bartisan\s+migrate:status\b|\b(nginx|apachectl|httpd)\s+(-t|configtest)\s*$`)

// oneOff are tools that run to their end: what they do belongs before a rollout.
var oneOff = scan.MustCompile(`\b(manage\.py\s+(?:[a-z_]*migrate|migrate\S*|syncdb|collectstatic|compress|compilemessages|loaddata|createcachetable|db\s+upgrade|update_\w+|init\w*|compile_\w+)|(?:rake|rails)\s+(?:cf:on_first_instance\s+)?(?:db|assets|tmp|log):\S+|artisan\s+migrate\S*` +
	`|flask\s+db\s+upgrade|alembic\s+upgrade|sequelize\S*\s+db:migrate|knex\s+migrate|prisma\s+(?:migrate|db)\s|typeorm\s+migration:run|doctrine:\S+|(?:npm|yarn|pnpm)\s+(?:run\s+)?\S*migrat\S*|mix\s+ecto\.\S+|[\w./-]*\b(?:setup|init|create|prepare|provision|migrate|upgrade)[\w-]*(?:db|database|postgres\w*|mysql|schema)\.sh\b|[\w./-]+\s+(?:db\s+(?:upgrade|migrate)|migrate|migrateTo\w+|initdb)\b|[\w./-]+\s+eval\s+["']?(?:[A-Z]\w*\.)+[a-z]\w*\b)`)

// fillsCaches are commands that write into the container that they run in, for it alone: no step of a release does that for
// the others.
var fillsCaches = scan.MustCompile(`\bartisan\s+(?:(?:config|route|view|event|schedule|optimize):?(?:cache|clear)|cache:clear|clear-compiled|storage:link|optimize|package:discover|(?:horizon|telescope):(?:assets|publish)|vendor:publish|livewire:\S+)|\bconsole\s+(?:cache|assets):\S+`)

// ownTask are tasks of the team's own that a framework's program runs: to their end, where something else follows. stays
// are those that don't end, or that somebody has to answer.
var (
	ownTask = scan.MustCompile(`^(?:(?:bundle\s+exec|poetry\s+run|pipenv\s+run|uv\s+run)\s+)?(?:(?:\S*/)?python[\d.]*\s+)?(?:(?:\S*/)?manage\.py\s+[a-z]\w+|(?:\S*/)?flask\s+[a-z][\w-]+|(?:\S*/)?(?:rails|rake)\s+\w+:\S+|php\s+(?:\S*/)?artisan\s+\w[\w:-]+)(?:\s|$)`)
	stays   = scan.MustCompile(`\b(?:manage\.py\s+(?:\w*(?:run|serve|worker|shell|test|celery|qcluster|consume|listen|watch|beat|daemon)\w*)|flask\s+(?:run|shell|routes|\S*(?:worker|serve))|artisan\s+(?:serve|queue:|horizon|schedule:work|websockets|octane|tinker|test)|(?:rails|rake)\s+\S*(?:work|server|console|resque|jobs|test|spec))`)
)

var (
	allArguments = scan.MustCompile(`["']?\$(?:\{[@*]\}|[@*])["']?`)
	oneArgument  = scan.MustCompile(`["']?\$(?:\{(\d)(?::?-([^}"']{0,200}))?\}|(\d))["']?`)
	continued    = scan.MustCompile(`\s*\\\n\s*`)
	changesUser  = scan.MustCompile(`^(?:\S*/)?(?:gosu|su-exec|setuidgid)\s+\S+\s+|^(?:\S*/)?chpst\s+-u\s+\S+\s+|^(?:\S*/)?sudo\s+(?:-E\s+)?-u\s+\S+\s+(?:-E\s+)?`)
)

// final is the command that the script becomes.
func (w *startWalk) final(text string, line int) {
	w.done, w.line = true, line
	text = changesUser.ReplaceAllString(strings.TrimSpace(continued.ReplaceAllString(text, " ")), "")
	if m := allArguments.FindString(text); m != "" && m == strings.TrimSpace(text) {
		w.passes = true
		w.argv = append([]string(nil), w.args...)
		if len(w.argv) > 0 && w.argv[0] == "--" { // exec ends its own options with it
			w.argv = w.argv[1:]
		}
		return
	}
	quoted := make([]string, len(w.args))
	for i, a := range w.args {
		if q, err := syntax.Quote(a, syntax.LangBash); err == nil {
			quoted[i] = q
		}
	}
	text = allArguments.ReplaceAllString(text, strings.Join(quoted, " "))
	text = w.filled(text)
	if m := unsetPrefix.FindStringSubmatch(text); m != nil && w.env[m[1]] == "" {
		text = text[len(m[0]):]
	}
	text = w.fromDir(text)
	if strings.Contains(text, "\x00") || strings.Contains(text, "<<") {
		w.argv = nil
		return
	}
	text = strings.TrimSpace(text)
	if m := variableProgram.FindStringSubmatch(text); m != nil {
		program := w.env[m[1]+m[2]]
		if program == "" && w.own == "" {
			w.own = "its program stands in a variable"
		}
		text = program + text[len(m[0]):]
	}
	if m := shellArray.FindString(text); m != "" && w.own == "" {
		w.own = "it fills " + m + " itself"
	}
	w.argv = startLine(text)
}

// unsetPrefix is a variable before the program, for those who want to start it through another one.
var unsetPrefix = scan.MustCompile(`^\$\{?(\w*(?:PREFIX|WRAPPER|PRE|BEFORE)\w*)(?::?-(?:""|'')?)?\}?\s+`)

var variableProgram = scan.MustCompile(`^["']?\$(?:(\w+)|\{(\w+)\})["']?`)

// startLine is a line in exec form, with the variables that stand before its program.
func startLine(text string) []string {
	argv, env := command(text)
	if len(env) > 0 {
		return []string{"sh", "-c", "exec env " + text}
	}
	return argv
}

// filled puts the values of the script's own variables and of its arguments into a text.
func (w *startWalk) filled(text string) string {
	text = oneArgument.ReplaceAllStringFunc(text, func(ref string) string {
		m := oneArgument.FindStringSubmatch(ref)
		n, _ := strconv.Atoi(m[1] + m[3])
		if n > 0 && n <= len(w.args) {
			return w.args[n-1]
		}
		return m[2]
	})
	return variable.ReplaceAllStringFunc(text, func(ref string) string {
		m := variable.FindStringSubmatch(ref)
		if value, ok := w.vars[m[1]+m[2]]; ok && len(value) < 1000 {
			return value
		}
		return ref
	})
}
