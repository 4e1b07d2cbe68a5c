package legacy

import (
	"slices"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestScheduled(t *testing.T) {
	apart := []Claimed{{Finding: scan.Finding{Service: service.Service{Command: []string{"php", "artisan"}}}}, {Finding: scan.Finding{Service: service.Service{Schedule: "* * * * *"}}}}
	if !scheduled(apart) || scheduled(apart[:1]) {
		t.Error("the time of a process is told by any of its findings")
	}
}

func TestRepeats(t *testing.T) {
	for _, c := range []struct {
		own, other string
		release    bool
		want       bool
	}{
		{"celery -A shop worker", "newrelic-admin run-program celery worker -A shop -Q mails", false, true},
		{"celery -A shop beat -s /tmp/celerybeat-schedule --pidfile=", "bin/start-worker celery -A shop beat -l info", false, true},
		{"celery -A shop beat", "celery -A shop worker -B", false, true},
		{"celery -A shop beat -s /tmp/celerybeat-schedule", "sh -c exec celery -A shop worker --beat --loglevel=$LEVEL", false, true},
		{"celery -A shop worker -Q mails", "celery -A shop worker -Q invoices", false, false},
		{"celery -A shop worker --queues=mails", "celery -A shop worker --queue mails", false, true},
		{"celery -A shop worker", "python manage.py celeryd -E", false, true},
		{"celery -A shop beat", "python manage.py celerybeat", false, true},
		{"celery -A shop worker", "python manage.py celerybeat", false, false},
		{"celery -A shop worker", "python /srv/shop/manage.py run_celery_prod", false, true},
		{"celery -A shop worker", "python manage.py celery_beat", false, false},
		{"celery -A shop beat", "python manage.py run_celery_prod", false, false},
		{"celery -A shop worker", "python manage.py celery beat", false, false},
		{"celery -A shop worker", "python manage.py celery worker -E", false, true},
		{"python manage.py rqworker", "./manage.py rqworker default", false, true},
		{"python manage.py migrate --noinput", "./bin/pre_deploy", true, true},
		{"python manage.py migrate --noinput", "python manage.py collectstatic", true, false},
		{"bundle exec rake jobs:work", "ruby bin/delayed_job -p shop run", false, true},
		{"bin/delayed_job --queue=mails run", "bin/delayed_job --queue=invoices run", false, false},
		{"sidekiq", "bundle exec puma", false, false},
	} {
		own, other := service.Service{Command: strings.Fields(c.own), Release: c.release}, service.Service{Command: strings.Fields(c.other), Release: c.release}
		if got := repeats(own, other); got != c.want {
			t.Errorf("%q beside %q: %v", c.own, c.other, got)
		}
	}
}

func TestTheProgramOfAPackageIsTheInstalledOne(t *testing.T) {
	for other, want := range map[string]bool{"/usr/local/bin/shopd": true, "/usr/local/sbin/shopd": true, "/opt/shop/shopd": false, "/usr/bin/shop": false} {
		if got := sameWord("/usr/sbin/shopd", other); got != want {
			t.Errorf("/usr/sbin/shopd is %s: %v", other, got)
		}
	}
}

func TestTheQueueThatCronWorksOff(t *testing.T) {
	run := func(rank scan.Rank, command, schedule string) []Claimed {
		return []Claimed{{Finding: scan.Finding{Service: service.Service{Command: strings.Fields(command), Schedule: schedule}, Evidence: scan.Evidence{Rank: rank}}}}
	}
	u := &unit{processes: map[string][]Claimed{"queue": run(scan.Convention, "php yii queue/listen", ""), "run": run(scan.Guess, "php yii queue/run", "*/10 * * * *"), "mail": run(scan.Convention, "php yii mail/listen", "")}}
	u.dropRepeated()
	if _, kept := u.processes["queue"]; kept || len(u.processes) != 2 {
		t.Errorf("cron works the queue off: %v", u.processes)
	}
	u = &unit{processes: map[string][]Claimed{"queue": run(scan.Declared, "php artisan queue:work", ""), "run": run(scan.Guess, "php artisan queue:work", "* * * * *")}}
	if u.dropRepeated(); len(u.processes) != 2 {
		t.Errorf("a worker that is written down stays: %v", u.processes)
	}
}

// A worker that only a library suggests is the one that a script of the image is called after.
func TestCalledAfter(t *testing.T) {
	for script, want := range map[string]bool{"/rails/bin/docker-entrypoint-sidekiq": true, "bin/sidekiq.sh": true, "sidekiq": false, "/rails/bin/docker-entrypoint": false, "bin/sidekiq_old -q mails": false} {
		run := func(rank scan.Rank, order int, command string) []Claimed {
			return []Claimed{{order: order, Finding: scan.Finding{Service: service.Service{Command: strings.Fields(command)}, Evidence: scan.Evidence{Rank: rank}}}}
		}
		u := &unit{processes: map[string][]Claimed{"jobs": run(scan.Declared, 0, script), "worker": run(scan.Convention, 1, "bundle exec sidekiq -C config/sidekiq.yml")}}
		u.dropRepeated()
		if _, kept := u.processes["worker"]; kept == want {
			t.Errorf("%s: the worker beside it is kept: %t", script, kept)
		}
	}
}

// TestDropScript: a script of package.json by which one file starts a process is what another starts itself.
func TestStartsAlike(t *testing.T) {
	for _, c := range []struct {
		own, other string
		want       bool
	}{
		{"rqscheduler", "/srv/shop/env/bin/rqscheduler --host 127.0.0.1 --interval 60", true},
		{"python rq_worker.py", "python rq_worker.py high low", true},
		{"python rq_worker.py high", "python rq_worker.py low", false},
		{"sidekiq", "sidekiq -q mails", false},
	} {
		if got := startsAlike(strings.Fields(c.own), strings.Fields(c.other)); got != c.want {
			t.Errorf("%q beside %q: %v", c.own, c.other, got)
		}
	}
}

// The host that a scheduler of rq's is told is Redis's, and no address at which anything would listen.
func TestRedisOfACommand(t *testing.T) {
	r := resolve(t, says("supervisor",
		scan.Finding{Service: service.Service{Command: []string{"gunicorn", "shop"}, Port: 8000}},
		scan.Finding{Process: "scheduler", Service: service.Service{Command: []string{"rqscheduler", "--host", "127.0.0.1", "--port", "6379"}}},
		scan.Finding{Need: &scan.Need{Need: service.Need{Kind: "redis", Port: 6379}}}))
	if got := strings.Join(r.App.Services["scheduler"].Command, " "); got != "rqscheduler --host cache --port 6379" || !noted(r, "it finds Redis on its own machine") || noted(r, "it listens") {
		t.Errorf("%s %v", got, r.Notes)
	}
}

func TestDropScript(t *testing.T) {
	run := func(order int, command string) Claimed {
		return Claimed{Finding: scan.Finding{Service: service.Service{Command: strings.Fields(command)}, Evidence: scan.Evidence{Rank: scan.Declared}}, order: order}
	}
	u := &unit{processes: map[string][]Claimed{
		"":        {{Finding: scan.Finding{Script: "start-workers", Runs: []string{"node", "workers.js"}}}},
		"workers": {run(3, "node ./workers.js")}, "worker": {run(2, "wait-for-it.sh db:5432 -- yarn start-workers")}, "mails": {run(1, "node mails.js")},
	}}
	u.dropRepeated()
	if u.processes["workers"] != nil || u.processes["worker"] == nil || u.processes["mails"] == nil {
		t.Errorf("left: %v", u.processes)
	}
}

func TestDropMain(t *testing.T) {
	run := func(command string, more service.Service) []Claimed {
		more.Command = strings.Fields(command)
		return []Claimed{{Finding: scan.Finding{Service: more, Evidence: scan.Evidence{File: strings.Fields(command)[1]}}}}
	}
	u := &unit{processes: map[string][]Claimed{
		"":         run("perl ./bin/shop daemon", service.Service{}),
		"again":    run("perl bin/shop daemon", service.Service{}),
		"settings": run("perl bin/shop daemon", service.Service{Env: map[string]string{"ROLE": "jobs"}}),
		"timed":    run("perl bin/shop daemon", service.Service{Schedule: "@daily"}),
		"other":    run("perl bin/shop minion", service.Service{}),
	}}
	u.dropMain()
	if _, there := u.processes["again"]; there || len(u.processes) != 4 {
		t.Errorf("left: %v", u.processes)
	}
}

// One further process with a file of settings is the main one as another file starts it; of two, each is a process.
func TestAFileOfSettings(t *testing.T) {
	run := func(file, command string, state ...string) Claimed {
		return Claimed{Finding: scan.Finding{Process: file, Service: service.Service{Command: strings.Fields(command), State: state}, Evidence: scan.Evidence{File: file}}}
	}
	u := &unit{processes: map[string][]Claimed{
		"": {run("image", "shopd")}, "api": {run("api", "shopd --config api.yml", "/data")}, "worker": {run("worker", "shopd --config worker.yml")},
	}}
	if notes := u.dropRepeated(); len(u.processes) != 3 || len(notes) != 0 {
		t.Errorf("left: %v, notes %v", u.processes, notes)
	}
	delete(u.processes, "worker")
	u.replicas = []Claimed{{Finding: scan.Finding{Process: "api", Replicas: 3}}}
	notes := u.dropRepeated()
	if len(u.processes) != 1 || len(notes) != 1 || u.replicas[0].Process != "" {
		t.Fatalf("left: %v, notes %v, replicas %v", u.processes, notes, u.replicas)
	}
	if main, _ := strongestCommand(u.processes[""]); len(main.Service.Command) != 1 || !slices.ContainsFunc(u.processes[""], func(f Claimed) bool { return len(f.Service.State) > 0 }) {
		t.Errorf("it keeps its command, and gets the state: %v", u.processes[""])
	}
}

func TestRepeatedByAStartScript(t *testing.T) {
	r := resolve(t, says("compose", scan.Finding{Process: "queue", Service: service.Service{Command: []string{"/app/start_worker.sh"}}}, scan.Finding{Process: "clock", Service: service.Service{Command: []string{"sh", "other.sh"}}}),
		says("startscript", scan.Finding{Script: "start_worker.sh", Runs: []string{"rq", "worker", "--url=$REDIS_URL", "mails"}}),
		says("python", scan.Finding{Name: "web", Service: service.Service{Language: "python", Command: []string{"gunicorn", "shop"}}}, scan.Finding{Process: "worker", Service: service.Service{Command: []string{"rq", "worker"}}}))
	if s := r.App.Services; s["worker"] != nil || s["queue"] == nil || s["clock"] == nil {
		t.Errorf("a script that starts the worker is the worker: %v", s)
	}
}
