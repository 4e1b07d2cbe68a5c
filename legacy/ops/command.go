package ops

import (
	"errors"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// command turns a line of shell into exec form. A simple command becomes its words; variables put before it come back as
// env. What needs a shell (expansions, &&, pipes, redirections) keeps one, with exec before its last command, so that the
// service itself gets the signals. The result is nil for what is no shell at all.
func command(line string) (argv []string, env map[string]string) {
	if !strings.ContainsAny(line, "\"'`\\\n") { // what stood on several lines of a Dockerfile is indented
		line = strings.Join(strings.Fields(line), " ")
	}
	line = versionManager.ReplaceAllString(permitted.ReplaceAllString(strings.TrimSpace(line), ""), "")
	carton := cartonExec.FindString(line)
	line = line[len(carton):]
	if line == "" {
		return nil, nil
	}
	file, err := parseShell(line)
	if err != nil || len(file.Stmts) == 0 {
		return nil, nil
	}
	if len(file.Stmts) == 1 {
		if argv, env, ok := simple(file.Stmts[0]); ok {
			if carton != "" {
				return cartonRuns(argv, env)
			}
			return argv, env
		}
	}
	return []string{"sh", "-c", withExec(line, file)}, nil
}

// versionManager are the programs that put a language's version into the way of a command on a machine that has several.
var versionManager = scan.MustCompile(`^(?:\S*/)?(?:rvm\s+\S+\s+do|rbenv\s+exec|asdf\s+exec|(?:mise|rtx)\s+(?:exec|x)\s+--|nvm\s+exec\s+[\d.]+|chruby-exec\s+\S+\s+--)\s+`)

// cartonExec puts Perl's libraries into the way of a command, which an image has on its path.
var cartonExec = scan.MustCompile(`^(?:\S*/)?carton\s+exec(?:\s+--)?\s+`)

// cartonRuns are the words that Carton is given to run: it hands a single one to a shell.
func cartonRuns(argv []string, env map[string]string) ([]string, map[string]string) {
	if len(argv) != 1 || !strings.Contains(argv[0], " ") {
		return argv, env
	}
	argv, own := command(argv[0])
	if env == nil {
		return argv, own
	}
	maps.Copy(env, own)
	return argv, env
}

// permitted is the making executable of what runs next, which is for images to have done.
var permitted = scan.MustCompile(`^chmod\s+[ugoa+xrw0-7=]+\s+[\w./-]+\s*(?:&&|;)\s*`)

// maxShell bounds the bytes of shell that are parsed: the parser recurses, and nobody writes that much.
const maxShell = 32 << 10

var errShellSize = errors.New("more than 32 KiB of shell, not read")

func parseShell(text string) (*syntax.File, error) {
	if len(text) > maxShell {
		return nil, errShellSize
	}
	return syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
}

// simple gives the words of a statement that is one command of literal words.
func simple(stmt *syntax.Stmt) (argv []string, env map[string]string, ok bool) {
	call, isCall := stmt.Cmd.(*syntax.CallExpr)
	if !isCall || len(call.Args) == 0 || len(stmt.Redirs) > 0 || stmt.Background || stmt.Negated {
		return nil, nil, false
	}
	for _, a := range call.Assigns {
		value := ""
		if a.Value != nil {
			if value, ok = literal(a.Value); !ok {
				return nil, nil, false
			}
		}
		if a.Name == nil || a.Append || a.Array != nil || a.Index != nil {
			return nil, nil, false
		}
		if env == nil {
			env = map[string]string{}
		}
		env[a.Name.Value] = value
	}
	for _, word := range call.Args {
		text, ok := literal(word)
		if !ok {
			return nil, nil, false
		}
		argv = append(argv, text)
	}
	if argv[0] == "exec" && len(argv) > 1 {
		argv = argv[1:]
	}
	if builtins[argv[0]] {
		return nil, nil, false
	}
	return argv, env, true
}

// builtins live in the shell only.
var builtins = map[string]bool{"cd": true, ".": true, "source": true, "export": true, "set": true, "eval": true, "ulimit": true, "umask": true, "exec": true, "trap": true}

// literal is the text of a word without expansions. Globs count as expansions outside of quotes.
func literal(word *syntax.Word) (string, bool) {
	var b strings.Builder
	for _, part := range word.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			if strings.ContainsAny(p.Value, "*?") || strings.HasPrefix(p.Value, "~") {
				return "", false
			}
			b.WriteString(unescape(p.Value))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			for _, inner := range p.Parts {
				lit, ok := inner.(*syntax.Lit)
				if !ok {
					return "", false
				}
				b.WriteString(unescape(lit.Value))
			}
		default:
			return "", false
		}
	}
	return b.String(), true
}

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			if s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// withExec puts exec before the last command of a line, where that is a plain command in the foreground.
func withExec(line string, file *syntax.File) string {
	cmd := file.Stmts[len(file.Stmts)-1]
	for {
		if cmd.Background || cmd.Negated {
			return line
		}
		and, ok := cmd.Cmd.(*syntax.BinaryCmd)
		if !ok {
			break
		}
		if and.Op != syntax.AndStmt {
			return line
		}
		cmd = and.Y
	}
	call, ok := cmd.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 || cmd.Background {
		return line
	}
	if first, ok := literal(call.Args[0]); ok && builtins[first] {
		return line
	}
	at := int(call.Args[0].Pos().Offset())
	return line[:at] + "exec " + line[at:]
}

// shown is a command as one line for patterns and notes.
func shown(argv []string) string {
	if len(argv) == 3 && (path.Base(argv[0]) == "sh" || path.Base(argv[0]) == "bash") && strings.HasSuffix(argv[1], "c") {
		return strings.TrimPrefix(argv[2], "exec ")
	}
	return strings.Join(argv, " ")
}

func isShell(argv []string) bool {
	return len(argv) == 3 && argv[1] == "-c" && shells[path.Base(argv[0])]
}

var development = scan.MustCompile(`(?:^|[\s/='"])(manage(\.py)?\s+runserver(_plus)?|django-admin(\.py)?\s+runserver|flask\s+(--\S+\s+)*run|--debug\b|nodemon|node-dev|ts-node-dev|supervisor\s+\S+\.js` +
	`|(npm|yarn|pnpm)\s+(run\s+)?(dev|develop|watch|serve|start:dev|dev:\S+)\b|ng\s+serve|webpack(-dev-server|\s+serve)|vue-cli-service\s+serve|react-scripts\s+start|next\s+dev|nuxt(\s+dev|$)` +
	`|vite(\s+dev|\s+serve|\s+--|$)|gulp|grunt|artisan\s+serve|(console|symfony)\s+(--\S+\s+)*(server:(run|start)|serve)\b|php\s+-S|go\s+run|air\s*$|gin\s+(-\S+\s+\S+\s+)*run|fresh\s*$|CompileDaemon|reflex|realize|gradlew?\s.*bootRun|mvnw?\s.*(spring-boot:run|jetty:run|tomcat\d?:run)` +
	`|sbt\s+run|rails\s+s(erver)?|shotgun|rerun|guard|(foreman|forego|honcho|goreman|overmind|hivemind)\s+(-\S+\s+(\S*Procfile\S*\s+)?)*(start|s)\b|dotnet\s+(watch|run)|cargo\s+(run|watch)|lein\s+(\S+\s+)*(\S*figwheel|[\w-]+-dev|repl|ring\s+server(-headless)?)\b|shadow-cljs\s+watch|mix\s+phx\.server|(\./)?bin/dev(\s|$)|tail\s+-f|sleep\s+(inf(inity)?|\d+[smhd]?)\s*['"]?$|watchmedo|python[\d.]*\s+-m\s+(http\.server|SimpleHTTPServer|smtpd)|eleventy\s+.*--serve|jekyll\s+s(erve)?|hugo\s+serve(r)?|middleman\s+s(erver)?|mkdocs\s+serve|hexo\s+s(erver)?|gatsby\s+develop|werkzeug|adev\s+runserver|--reload|--watch\b|--inspect(-brk)?\b|debugpy|ptvsd|(?:-[cC]|--config)[ =]\S*[._-]dev(?:elopment)?\.(?:ya?ml|rb|ini|conf|json|js)|plackup\s+(\S+\s+)*(-[rR]|--[rR]eload|-L\s*Shotgun)\b)`)

// developersScript is a start script that is called after developers, or told so: run_dev.sh, entrypoint-local.sh, bin/run-dev, run.sh dev.
var developersScript = scan.MustCompile(`(?:^|[\s/])(?:[\w.-]*[_.-])?(?:dev|devel|develop|development|local|localdev|debug)(?:[_.-][\w.-]*)?\.sh\b|^(?:\S*/)?(?:(?:run|start|serve|server|web|boot|entrypoint)[_-](?:dev|devel|development|local)|(?:dev|devel|development|local)[_-](?:run|start|serve|server|web|entrypoint))(?:\s|$)|^(?:\S*/)?[\w.-]+\.sh\s+(?:dev|devel|development|local)$`)

var bareShell = scan.MustCompile(`^(/bin/|/usr/bin/)?(ba|z|da|a)?sh(\s+-[il]+)?$|^(irb|python3?|node|ipython|true|/bin/true|cat)$|(?:&&|;)\s*(?:exec\s+)?(?:/bin/|/usr/bin/)?(?:ba|z|da|a)?sh(?:\s+"\$@")?['"]?$`)

var testRun = scan.MustCompile(`\b(pytest|py\.test|tox|nosetests|rspec|phpunit|behat|codecept|phpspec|mocha|jest|karma|cypress|playwright|nightwatch|codeceptjs|testcafe|protractor|newman|(npm|yarn|pnpm)\s+(run\s+)?test|(?:go|dotnet|cargo|mix)\s+test|(mvn|gradlew?)\s.*\b(test|verify)\b|manage\.py\s+test|rake\s+(test|spec)|make\s+(\S+\s+)*(test|check)|lint|eslint|flake8|self-?test\S*|(?:run[-_]?)?tests?\.(?:sh|py)|unittest|phpc(s|bf)|php-cs-fixer|phpstan|psalm|rubocop|black|isort|prettier)\b`)

// railsInProduction is the server of Rails where it is told that it serves production.
var railsInProduction = scan.MustCompile(`\brails\s+s(erver)?\s(.*\s)?(-e|--environment)[ =]production\b`)

// forDevelopment says whether a command is one that only developers run: a server that reloads, a shell, a test run.
func forDevelopment(argv []string) bool {
	line := railsInProduction.ReplaceAllString(shown(argv), "")
	return development.MatchString(line) || developersScript.MatchString(line) || bareShell.MatchString(line) || testRun.MatchString(line)
}

// withoutReload takes the option to watch its files off the command of a server that production runs, too.
func withoutReload(argv []string) []string {
	serves := slices.ContainsFunc(argv, func(word string) bool { return reloads.MatchString(path.Base(word)) })
	return slices.DeleteFunc(slices.Clone(argv), func(word string) bool { return serves && word == "--reload" })
}

// withoutWatcher is the command that a watcher of files starts again after each change, for developers.
func withoutWatcher(argv []string) []string {
	if len(argv) < 3 {
		return argv
	}
	switch end := slices.Index(argv, "--"); {
	case path.Base(argv[0]) == "watchmedo" && argv[1] == "auto-restart" && end > 0 && end < len(argv)-1:
		return argv[end+1:]
	case path.Base(argv[0]) == "hupper" && argv[1] == "-m":
		return argv[2:]
	}
	return argv
}

var reloads = scan.MustCompile(`^(gunicorn|uvicorn|hypercorn|granian)$`)

var releaseStep = scan.MustCompile(`\b(manage\.py\s+(migrate|collectstatic|syncdb)|flask\s+db\s+upgrade|alembic\s+upgrade|(?:rake|rails)\s+(?:cf:on_first_instance\s+)?db:(migrate|prepare|setup|create|schema:load)|artisan\s+migrate|cake\s+migrations\s+migrate|yii\s+migrate` +
	`|sequelize\S*\s+db:migrate|knex\s+migrate|prisma\s+migrate\s+deploy|typeorm\s+migration:run|doctrine:migrations:migrate|flyway\s.*migrate|liquibase\s.*update|mix\s+ecto\.migrate|goose\s.*\bup|migrate\s+.*-database)`)

var portArg = scan.MustCompile(`(?:^|[\s'"])(?:--?(?:bind|b|listen|addr|address|http-socket|http|http-address|host|socket|endpoint|server\.address|http\.address|listen-address)[ =]['"]?(?:tcp://|http://)?(?:\[?[\w.:*]*\]?|\$\w+|\$\{[^}\s]{0,100}\})?:|` +
	`--?(?:port|p|P|http-port|httpPort|server\.port|listen-port|http\.port)[ =]['"]?|-Dserver\.port=|-Dport=|-Dhttp\.port=|0\.0\.0\.0:)(\d{2,5}|\$\w+|\$\{\w+(?::?-[^}]{0,300})?\})`)

// portOf finds the port that a command line names: as a number, as the default in ${PORT:-8000}, or as the value of a
// variable known from env. variable is the name of the variable in between, if any.
func portOf(argv []string, env map[string]string) (port int, variable string) {
	line := shown(argv)
	for _, m := range portArg.FindAllStringSubmatch(line, -1) {
		word := m[1]
		if p, err := strconv.Atoi(word); err == nil {
			if validPort(p) {
				return p, ""
			}
			continue
		}
		name, def := variableOf(word)
		if p, err := strconv.Atoi(def); err == nil && validPort(p) {
			return p, name
		}
		if p, err := strconv.Atoi(env[name]); err == nil && validPort(p) {
			return p, name
		}
		if variable == "" {
			variable = name
		}
	}
	if m := lastOperand.FindStringSubmatch(line); m != nil && variable == "" {
		if p, err := strconv.Atoi(m[1]); err == nil && p >= 1024 && validPort(p) {
			return p, ""
		}
	}
	return 0, variable
}

// lastOperand is the number that a script is given in the end, as servers of a team's own take their port.
var lastOperand = scan.MustCompile(`^(?:python[\d.]*|node|ruby|perl|php)\s+(?:\S+/)?(?:start|run|serve|server|app|main|web|index|www|api)[\w.-]*(?:\s+[A-Za-z][\w-]*)*\s+(\d{4,5})$`)

func validPort(p int) bool { return p > 0 && p < 65536 }

// variableOf parts $NAME, ${NAME} and ${NAME:-default}.
func variableOf(word string) (name, def string) {
	word = strings.TrimPrefix(word, "$")
	word = strings.TrimSuffix(strings.TrimPrefix(word, "{"), "}")
	end := strings.IndexAny(word, ":-")
	if end < 0 {
		return word, ""
	}
	return word[:end], strings.TrimLeft(word[end:], ":-")
}

var builtJar = scan.MustCompile(`^(\./)?((?:[\w.-]+/)*(?:target|build/libs)/[\w.*$-]+\.jar)$`)

// inImage rewrites a command of a bare machine for the image that the toolkit builds, where a Go service's binary is
// /app/NAME and a Java service's jar /app/app.jar. artifact is the jar that the command named. Commands of a Dockerfile of
// the team's own stay as they are: that image is built their way.
func inImage(t *scan.Tree, dir string, argv []string) (in []string, artifact string) {
	in = append(in, argv...)
	for i, word := range in {
		if m := builtJar.FindStringSubmatch(word); m != nil && i > 0 && in[i-1] == "-jar" {
			in[i] = "/app/app.jar"
			return in, m[2]
		}
	}
	if len(in) > 0 {
		if m := builtRelease.FindStringSubmatch(in[0]); m != nil {
			in[0] = "/app/bin/" + m[1]
			return in, m[1]
		}
		if releaseHas(t, dir, in[0]) {
			in[0] = "/app/bin/" + path.Base(in[0])
		}
		if script := installedScript(t, dir, in[0]); script != "" {
			in = append([]string{scriptInterpreter[path.Ext(script)], script}, in[1:]...)
		}
		for i, word := range in {
			in[i] = binScript(t, dir, word)
		}
	}
	if len(in) == 0 || t.First(dir, "go.mod", "Gopkg.toml", "glide.yaml") == "" {
		return in, ""
	}
	if prog := in[0]; !goTools[path.Base(prog)] && !strings.HasSuffix(prog, ".sh") && !t.Has(path.Join(dir, prog)) {
		in[0] = "/app/" + path.Base(prog)
	}
	return in, ""
}

// builtRelease is the program of a release of Erlang's or Elixir's where rebar3 and Mix make it.
var builtRelease = scan.MustCompile(`^(?:\./)?_build/\w+/rel/(\w+)/bin/\w+$`)

// releaseHas says whether a program at an absolute path of a bare machine is one that a release of Erlang's puts into its bin.
func releaseHas(t *scan.Tree, dir, program string) bool {
	file := path.Join(dir, "rebar.config")
	if !path.IsAbs(program) || path.Base(path.Dir(program)) != "bin" || !t.Has(file) {
		return false
	}
	name, text := regexp.QuoteMeta(path.Base(program)), t.Text(file, &scan.Report{})
	return regexp.MustCompile(`"bin/` + name + `"|\{release,\s*\{'?` + name + `'?\s*,`).MatchString(text)
}

// scriptInterpreter lead from the ending of a script to what runs it.
var scriptInterpreter = map[string]string{".pl": "perl", ".py": "python", ".rb": "ruby", ".php": "php"}

// installedScript is the script of the code that a bare machine has at an absolute path, "" for none.
func installedScript(t *scan.Tree, dir, program string) string {
	if !path.IsAbs(program) || scriptInterpreter[path.Ext(program)] == "" {
		return ""
	}
	for rest := strings.TrimPrefix(path.Clean(program), "/"); ; {
		if t.Has(path.Join(dir, rest)) {
			return rest
		}
		_, tail, more := strings.Cut(rest, "/")
		if !more {
			return ""
		}
		rest = tail
	}
}

// binScript is the script in bin/ or script/ of the code that a bare machine has at an absolute path; what Rails had in
// script/ is in bin/ since its fourth version. Anything else stays as it is, and so does what an image has in /app.
func binScript(t *scan.Tree, dir, program string) string {
	place, name := path.Split(path.Clean(program))
	if folder := path.Base(place); !path.IsAbs(program) || folder != "bin" && folder != "script" || strings.HasPrefix(place, "/usr/bin") || strings.HasPrefix(place, "/app/") {
		return program
	}
	for _, folder := range []string{path.Base(place), "bin", "script"} {
		if at := path.Join(folder, name); t.Has(path.Join(dir, at)) {
			return at
		}
	}
	return program
}

// goTools are programs that stand at the start of a Go service's command and aren't the service.
var goTools = map[string]bool{"sh": true, "bash": true, "env": true, "go": true, "newrelic-admin": true, "nohup": true, "dumb-init": true, "tini": true, "python": true, "node": true}
