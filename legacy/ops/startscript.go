package ops

import (
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// StartScripts reads the scripts by which people start a server or a worker where no unit and no image says how: start.sh,
// bin/gunicorn.sh, scripts/run_celery.sh. What a script prepares is its own affair: only its program is taken from it, with the settings that
// it gives to that one.
func StartScripts() scan.Reader {
	return scan.Reader{
		Name:  "startscript",
		Wants: func(p string) bool { return serverScript.MatchString(p) && !endingScript.MatchString(path.Base(p)) },
		Ops:   true,
		Read: func(t *scan.Tree, paths []string, r *scan.Report) {
			var daemons []*daemon
			for _, p := range paths {
				if d := readStartScript(t, p, r); d != nil {
					daemons = append(daemons, d)
				}
			}
			placeDaemons(t, r, daemons)
		},
	}
}

var (
	serverScript = scan.MustCompile(`(?i)^(?:[\w-]+/)?(?:(?:bin|scripts?|deploy|deployment|conf|config|etc|ops|server|contrib)/)?(?:[a-z]+[_-])?(?:start|run|serve|launch|gunicorn|uwsgi|celery|celeryd|celerybeat|rq|rqworker|dramatiq|workers?)(?:[_-][a-z]+)*(?:\.sh|\.bash)?$`)

	// endingScript is a script that ends or asks what another one starts.
	endingScript = scan.MustCompile(`(?i)(?:^|[_-])(?:stop|restart|reload|kill|status|purge)(?:[_.-]|$)`)

	// productionServer are the servers that production runs, stayingWorker the programs that work off a queue.
	productionServer = scan.MustCompile(`^(?:gunicorn(?:_django|_paster)?|uwsgi|daphne|hypercorn|waitress-serve|chaussette|twistd|puma|unicorn(?:_rails)?|thin|starman|hypnotoad)$`)
	stayingWorker    = scan.MustCompile(`^(?:celery|celeryd|celerybeat|dramatiq|huey_consumer(?:\.py)?|sidekiq|rq|rqworker|flask)$`)
)

// readStartScript is the server or worker that a script ends in, nil for any other script.
func readStartScript(t *scan.Tree, p string, r *scan.Report) *daemon {
	first, _, _ := strings.Cut(t.Text(p, r), "\n")
	if !shebang.MatchString(first) || t.Aside(p) || developersScript.MatchString(p) {
		return nil
	}
	d := readRunOf(t, p, "web", &scan.Report{})
	if d == nil || len(d.script.argv) == 0 {
		return nil
	}
	if path.Ext(p) == ".sh" {
		r.Find(scan.Finding{Dir: codeDir(t, p, ""), Script: p, Runs: slices.Clone(d.script.argv)}, p, d.script.line, scan.Declared, "")
	}
	words := d.script.argv
	if words[0] == "bundle" && len(words) > 2 {
		words = words[2:]
	}
	words[0] = path.Base(words[0])
	switch program := words[0]; {
	case forDevelopment(d.script.argv) || !d.goesThere(program):
		return nil
	case stayingWorker.MatchString(program):
		if d.name = workerName(words); d.name == "" {
			return nil
		}
	case program == "uwsgi" && slices.ContainsFunc(words, uwsgiEnds.MatchString):
		return nil
	case !productionServer.MatchString(program):
		return nil
	}
	d.r, d.script.r, d.rank = r, r, scan.Convention
	return d
}

// uwsgiEnds is an option by which uWSGI only tells another one to end or to begin again.
var uwsgiEnds = scan.MustCompile(`^--(?:stop|reload)(?:=|$)`)

// celeryTakes are options of Celery in front of its subcommand that have a value behind them.
var celeryTakes = scan.MustCompile(`^(?:-[AbcflnPQ]|--(?:app|broker|result-backend|loader|config|workdir|loglevel|logfile|concurrency|pool|queues|hostname))$`)

// workerName is the name of what a program that works off a queue does, "" where a program is only asked or told something.
func workerName(words []string) string {
	switch words[0] {
	case "celerybeat":
		return "beat"
	case "rq", "flask":
		if line := strings.Join(words, " ") + " "; strings.HasPrefix(line, "rq worker ") || strings.HasPrefix(line, "flask rq worker ") {
			return "worker"
		}
		return ""
	case "celery":
	default:
		return "worker"
	}
	for i := 1; i < len(words); i++ {
		switch word := words[i]; {
		case celeryTakes.MatchString(word):
			i++
		case word == "worker" || word == "beat":
			return word
		case !strings.HasPrefix(word, "-"):
			return ""
		}
	}
	return ""
}

// changesInto are the options by which a program goes into a directory by itself.
var changesInto = map[string]string{"gunicorn": "--chdir", "uwsgi": "--chdir"}

// goesThere lets the program go where the script has gone before, as far as that lies in the repository; false where it can't.
func (d *daemon) goesThere(program string) bool {
	dir := path.Clean(d.dir)
	if dir == "." || path.IsAbs(dir) || strings.HasPrefix(dir, "..") || !d.script.t.HasDir(path.Join(codeDir(d.script.t, d.script.file, ""), dir)) {
		return true
	}
	if changesInto[program] == "" {
		return false
	}
	d.script.argv = append(d.script.argv, changesInto[program], dir)
	return true
}
