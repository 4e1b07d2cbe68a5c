package host_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// said writes every claim as one line, with what the evidence's line holds.
func said(r *scan.Report, hosts ...*host.Loaded) []string {
	var lines []string
	for _, f := range r.Findings {
		text := ""
		for _, l := range hosts {
			if l.File == f.Evidence.File {
				text = strings.TrimSpace(l.Text[f.Evidence.Line-1])
			}
		}
		add := func(format string, args ...any) {
			lines = append(lines, strings.Trim(strings.Join(f.About[:1], "")+"/"+f.Process, "/")+": "+fmt.Sprintf(format, args...)+" <- "+text)
		}
		s := f.Service
		if s.Language != "" {
			add("%s %s", s.Language, s.Version)
		}
		if len(s.Command) > 0 {
			add("%s %s", strings.Join(s.Command, " "), s.Schedule)
		}
		if s.Port > 0 {
			add("port %d", s.Port)
		}
		for k, v := range s.Env {
			add("env %s=%s", k, v)
		}
		for _, k := range s.Secrets {
			add("secret %s", k)
		}
		for _, k := range s.State {
			add("state %s", k)
		}
		for _, k := range s.Routes {
			add("route %s%s", k.Host, k.Path)
		}
		if s.Build != nil {
			add("runtime %s (%s)", strings.Join(s.Build.Runtime, " "), f.Evidence.Note)
		}
		if n := f.Need; n != nil {
			add("need %s %s %s%s:%d %s %s %v", n.Kind, n.Version, n.Name, n.Host, n.Port, n.Database, n.User, n.Env)
		}
	}
	for _, n := range r.Notes {
		lines = append(lines, "note "+n.Text)
	}
	sort.Strings(lines)
	return lines
}

func check(t *testing.T, lines []string, want ...string) {
	t.Helper()
	all := "\n" + strings.Join(lines, "\n") + "\n"
	for _, w := range want {
		if not, ok := strings.CutPrefix(w, "!"); ok {
			if strings.Contains(all, not) {
				t.Errorf("unwanted: %s", not)
			}
		} else if !strings.Contains(all, "\n"+w) {
			t.Errorf("missing: %s", w)
		}
	}
	if t.Failed() {
		t.Log(all)
	}
}

func TestReadFindsTheService(t *testing.T) {
	l := shop().load(t, "web1.json")
	check(t, said(host.Read([]*host.Loaded{l}), l),
		`shop: python 3.5 <- "version": "3.5.3",`,
		`shop: gunicorn shop.wsgi -b 127.0.0.1:8000 --access-logfile -  <- "command": [`,
		`shop: port 8000 <- "tcp 127.0.0.1:8000"`,
		`shop: route shop.corp.example/ <- "  location / {"`,
		`shop: secret DATABASE_URL <- "DATABASE_URL": null,`,
		`shop: env LOG_LEVEL=info <- "LOG_LEVEL": "info",`,
		`shop: state shared/db <- "/srv/shop/shared/db"`,
		`shop: state shared/uploads <- `,
		`shop: need postgres 9.6 :5432 shop shop map[] <- "to": "tcp 127.0.0.1:5432",`,
		`shop: need http  erp.corp.example:8443   map[ERP_URL:http://{host}:{port}/api] <- "to": "tcp 10.0.0.5:8443",`,
		`shop/worker: sh -c exec celery -A shop worker --broker "${BROKER}"`,
		`shop/worker: need rabbitmq  10.0.0.5:5672  shop`,
		`shop/report: sh -c exec python manage.py report --token "${TOKEN}" 30 2 * * * <- "schedule": "30 2 * * *",`,
		`note postgres of web1 listens on 127.0.0.1:5432 only, where no pod reaches it`,
		`note shop has a limit of its own, open files 99999`,
		`note shop writes its log to /var/log/shop/app.log`,
		`note /var/spool/cron/crontabs/postgres of postgres runs PGPASSWORD=`,
		`note the web server leads shop.corp.example/img/ to 10.0.0.9:80, which is no service of this host`,
		`note shop.corp.example: the web server in front does this, the gateway has to: client_max_body_size 25m`,
		`!sshd`, `!nginx`, `!CANARY`, `!cron -f`)
}

func TestSeveralHostsAreOneService(t *testing.T) {
	one, two := shop(), shop()
	two["proc/sys/kernel/hostname"] = "web2\n"
	a, b := one.load(t, "web1.json"), two.load(t, "web2.json")
	r := host.Read([]*host.Loaded{a, b})
	subjects := map[string]bool{}
	for _, f := range r.Findings {
		subjects[f.About[0]+"/"+f.Process] = true
	}
	if len(subjects) != 3 { // the server, the worker, the report
		t.Errorf("got %v", subjects)
	}
}

func TestStoresOfOtherHostsTellTheirVersion(t *testing.T) {
	db := machine{"proc/sys/kernel/hostname": "db1\n", "var/lib/dpkg/status": "Package: postgresql-11\nStatus: install ok installed\nVersion: 11.9-0\n", "var/lib/dpkg/info/postgresql-11.list": "/usr/lib/postgresql/11/bin/postgres\n",
		"proc/net/tcp":      tcpHead + socketLine("00000000:1538", "00000000:0000", "0A", 105, 200),
		"proc/net/fib_trie": "     |-- 10.0.0.20\n        /32 host LOCAL\n"}
	db.proc(5, 1, "105", "/usr/lib/postgresql/11/bin/postgres", map[string]string{"exe": "-> /usr/lib/postgresql/11/bin/postgres", "fd/3": "-> socket:[200]"})
	web := machine{"proc/net/tcp": tcpHead + socketLine("0A00000A:9C40", "1400000A:1538", "01", 1001, 101)}
	web.proc(7, 1, "1001", "/srv/shop/shop", map[string]string{"exe": "-> /srv/shop/shop", "cwd": "-> /srv/shop", "fd/3": "-> socket:[101]", "environ": "PGHOST=db1.corp.example\x00DB_HOST=db1.corp.example\x00"})
	a, b := web.load(t, "web.json"), db.load(t, "db.json")
	check(t, said(host.Read([]*host.Loaded{a, b}), a, b), `shop: need postgres 11 db1.corp.example:5432   map[DB_HOST:{host} PGHOST:{host}]`)
}

func TestReadSaysWhereAStoreOfTheMachineIsReachedFromOutside(t *testing.T) {
	for name, c := range map[string]struct{ listen, hosts, more, want string }{
		"everywhere":           {"00000000:1538", "", "", "shop: need postgres 9.6 10.0.0.10:5432"},
		"its own address":      {"0A00000A:1538", "", "", "shop: need postgres 9.6 10.0.0.10:5432"},
		"its name":             {"00000000:1538", "10.0.0.10 web1 web1.corp.example\n", "", "shop: need postgres 9.6 web1.corp.example:5432"},
		"here alone":           {"0100007F:1538", "10.0.0.10 web1.corp.example\n", "", "shop: need postgres 9.6 :5432"},
		"one of two addresses": {"00000000:1538", "", "     |-- 192.168.0.1\n        /32 host LOCAL\n", "shop: need postgres 9.6 :5432"},
	} {
		t.Run(name, func(t *testing.T) {
			m := shop()
			m["proc/net/tcp"] = strings.Replace(m["proc/net/tcp"], "0100007F:1538 00000000:0000 0A", c.listen+" 00000000:0000 0A", 1)
			m["etc/hosts"], m["proc/net/fib_trie"] = c.hosts, m["proc/net/fib_trie"]+c.more
			l := m.load(t, "web1.json")
			check(t, said(host.Read([]*host.Loaded{l}), l), c.want)
		})
	}
}

func TestReadKnowsTheAddressOfAShortName(t *testing.T) {
	m := machine{"proc/net/tcp": tcpHead + socketLine("0A00000A:9C40", "1400000A:1538", "01", 1001, 101)}
	m.proc(7, 1, "1001", "/srv/shop/shop", map[string]string{"exe": "-> /srv/shop/shop", "cwd": "-> /srv/shop", "fd/3": "-> socket:[101]", "environ": "DB_HOST=db1\x00"})
	l := m.load(t, "web.json")
	check(t, said(host.Read([]*host.Loaded{l}), l), `shop: need postgres  db110.0.0.20:5432   map[DB_HOST:{host}]`) // the name, and behind it the address
}

func TestReadKnowsAWebServerWhoseSocketsAreHidden(t *testing.T) {
	m := machine{"etc/nginx/nginx.conf": "http { server { server_name shop.corp.example; location / { proxy_pass http://127.0.0.1:8000; } } }\n", "etc/systemd/system/shop.service": "[Service]\nExecStart=/usr/bin/gunicorn shop.wsgi\nWorkingDirectory=/srv/shop\n"}
	m.proc(7, 1, "1001", "/usr/bin/python3 /usr/bin/gunicorn shop.wsgi --bind 127.0.0.1:8000", map[string]string{"cgroup": "0::/system.slice/shop.service\n"})
	m.proc(8, 1, "1001", "/usr/bin/python3 /srv/shop/tidy.py", nil)
	m.proc(9, 1, "0", "nginx:", nil)
	m["proc/9/cmdline"] = "nginx: master process /usr/sbin/nginx"
	l := m.load(t, "web.json")
	check(t, said(host.Read([]*host.Loaded{l}), l), `shop: gunicorn shop.wsgi --bind 127.0.0.1:8000`, `shop: port 8000`, `shop: route shop.corp.example/`, `!no service of this host`)
	if len(l.Files) != 1 || l.Files[0].Path != "/etc/nginx/nginx.conf" {
		t.Errorf("the configuration of nginx is not there: %v", l.Files)
	}
}

func TestReadTakesHostsOfVariables(t *testing.T) {
	for environ, want := range map[string]string{
		"MAIL_HOST=mail.corp.example":                                     "shop: need smtp  mail.corp.example:25   map[MAIL_HOST:{host}]",
		"SMTP_SERVER=mail.corp.example\x00SMTP_PORT=587":                  "shop: need smtp  mail.corp.example:587   map[SMTP_PORT:{port} SMTP_SERVER:{host}]",
		"DB_HOST=db1.corp.example\x00DB_PORT=3306":                        "shop: need mysql  db1.corp.example:3306   map[DB_HOST:{host} DB_PORT:{port}]",
		"MEMCACHED_HOST=c1.corp.example\x00MEMCACHED_PORT=11311":          "shop: need memcached  c1.corp.example:11311   map[MEMCACHED_HOST:{host} MEMCACHED_PORT:{port}]",
		"DB_HOST=db1.corp.example":                                        "!need",
		"DB_HOST=db1.corp.example\x00DB_PORT=7777":                        "!need",
		"MAIL_HOST=localhost":                                             "!need",
		"MAIL_DOMAIN=corp.example":                                        "!need",
		"REDIS_URL=redis://c1.corp.example\x00REDIS_HOST=c1.corp.example": "shop: need redis  c1.corp.example:6379",
	} {
		m := machine{}
		m.proc(7, 1, "1001", "/srv/shop/shop", map[string]string{"exe": "-> /srv/shop/shop", "cwd": "-> /srv/shop", "environ": environ + "\x00"})
		l := m.load(t, "web1.json")
		lines := said(host.Read([]*host.Loaded{l}), l)
		check(t, lines, want)
		if n := strings.Count(strings.Join(lines, "\n"), ": need "); n > 1 {
			t.Errorf("%s: %d needs", environ, n)
		}
	}
}

func TestReadOpensWhatListensOnTheMachineAlone(t *testing.T) {
	for name, c := range map[string]struct{ command, exe, listen, environ, want string }{
		"code":              {"/usr/bin/node server.js", "/usr/bin/node", "0100007F:0BB8", "", "note shop listens on an address of the machine alone"},
		"everywhere":        {"/usr/bin/node server.js", "/usr/bin/node", "00000000:0BB8", "", "!of the machine alone"},
		"command":           {"/srv/shop/shop --listen 127.0.0.1:3000", "/srv/shop/shop", "0100007F:0BB8", "", "!of the machine alone"},
		"launcher":          {"/usr/bin/python3 /usr/bin/gunicorn shop.wsgi", "/usr/bin/python3", "0100007F:0BB8", "", "!of the machine alone"},
		"variable":          {"/srv/shop/shop", "/srv/shop/shop", "0100007F:0BB8", "HOST=127.0.0.1", "shop: env HOST=0.0.0.0"},
		"variable and port": {"/srv/shop/shop", "/srv/shop/shop", "0100007F:0BB8", "SHOP_LISTEN_ADDR=localhost:3000", "shop: env SHOP_LISTEN_ADDR=0.0.0.0:3000"},
		"another's port":    {"/srv/shop/shop", "/srv/shop/shop", "0100007F:0BB8", "LISTEN_ADDR=localhost:4000", "shop: env LISTEN_ADDR=localhost:4000"},
		"the name it has":   {"/srv/shop/shop", "/srv/shop/shop", "0100007F:0BB8", "HOST=localhost", "shop: env HOST=localhost"},
		"open already":      {"/srv/shop/shop", "/srv/shop/shop", "00000000:0BB8", "HOST=127.0.0.1", "shop: env HOST=127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			m := machine{"proc/net/tcp": tcpHead + socketLine(c.listen, "00000000:0000", "0A", 1001, 101)}
			m.proc(7, 1, "1001", c.command, map[string]string{"exe": "-> " + c.exe, "cwd": "-> /srv/shop", "fd/3": "-> socket:[101]", "environ": c.environ + "\x00"})
			l := m.load(t, "web1.json")
			check(t, said(host.Read([]*host.Loaded{l}), l), c.want)
		})
	}
}

// TestAForeignSnapshotIsNotTrusted reads one that nobody took with migrate: secrets, signs for terminals, addresses that are none.
func TestAForeignSnapshotIsNotTrusted(t *testing.T) {
	const odd = `\u001b[31m\u0007\r\nFAKE: x`
	text := `{"version": 1, "taken": "x", "samples": 1, "machine": {"name": "` + odd + `"}, "dns": {}, "processes": [{"pid": 7, "parent": 7, "command": ["/srv/shop/shop", "--password", "CANARY1", "` + odd + `", "-c", "a\nb"],
"program": "/srv/shop/shop", "dir": "/srv/shop", "user": "` + odd + `", "environment": {"DATABASE_URL": "postgres://shop:CANARY2@db.corp.example/shop", "SECRET_KEY": "CANARY3", "BAD\nNAME": "x", "PLAIN": "info"},
"listens": ["tcp 0.0.0.0:8000", "tcp nonsense", "unix ` + odd + `"], "calls": [{"to": "tcp 10.0.0.5:5432", "names": ["` + odd + `"], "connections": -1, "samples": 0}, {"to": "x", "connections": 1, "samples": 1}],
"points": [{"variable": "A", "kind": "` + odd + `", "port": -5}, {"variable": "B", "kind": "redis", "host": "x y", "port": 1}], "logs": ["` + odd + `"], "writes": ["/srv/shop/../../etc"], "libraries": ["` + odd + `"]}],
"cron": [{"schedule": "* * * * *\nx", "command": "cd /srv/shop && ./x --password CANARY4", "file": "` + odd + `"}, {"schedule": "99 * * * *", "command": "/srv/shop/y", "file": "f"}],
"files": [{"path": "x", "format": "nginx", "text": ["server {", "server_name shop.corp.example;", "location / { proxy_pass http://127.0.0.1:8000; proxy_set_header X-Api-Key CANARY5; }", "}", "}"]}],
"unseen": [{"what": "` + odd + `", "reason": "` + odd + `"}]}`
	l, err := host.Load("web1.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	r := host.Read([]*host.Loaded{l})
	all := fmt.Sprintf("%+v", r.Notes)
	for _, f := range r.Findings {
		all += fmt.Sprintf("%+v %+v %v\n", f.Service, f.Need, f.About)
		if f.Service.Schedule != "" {
			t.Errorf("a schedule that is none: %q", f.Service.Schedule)
		}
	}
	for _, not := range []string{"CANARY", "\x1b", "\a", "\r", "BAD", "State:[../", "State:[/etc"} {
		if strings.Contains(all, not) {
			t.Errorf("unwanted: %q in\n%s", not, all)
		}
	}
	if !strings.Contains(all, "PLAIN:info") {
		t.Errorf("the rest is not read:\n%s", all)
	}
}

func TestReadTakesPackagesOfWhatIsLoadedAndStarted(t *testing.T) {
	maps := ""
	for _, file := range []string{"/usr/lib/x86_64-linux-gnu/libpq.so.5.15", "/lib/x86_64-linux-gnu/libc-2.24.so", "/usr/lib64/libldap-2.4.so.2", "/usr/lib64/libxslt.so.1.1.34", "/usr/lib/libMagickWand-6.Q16.so.6.0.0", "/usr/lib/x86_64-linux-gnu/libodd.so.3",
		"/srv/shop/venv/lib/python3.5/site-packages/lxml.libs/libxml2-ab12.so.2", "/usr/lib/python3/dist-packages/_magic.so", "[heap]"} {
		maps += "7f00-7f01 r-xp 00000000 fe:00 1234   " + file + "\n"
	}
	m := shop()
	m["proc/21/maps"] = maps
	m["proc/30/maps"] = "7f00-7f01 r-xp 00000000 fe:00 1234 /usr/lib/libxslt.so.1\n" // the database's
	m.proc(80, 21, "1001", "sh -c convert_a_b", map[string]string{"exe": "-> /bin/dash", "cwd": "-> /srv/shop/current"})
	m.proc(81, 80, "1001", "convert a b", map[string]string{"exe": "-> /usr/bin/convert-im6.q16", "cwd": "-> /srv/shop/current"})
	m.proc(82, 50, "1001", "/usr/local/bin/wkhtmltopdf a b", map[string]string{"exe": "-> /usr/local/bin/wkhtmltopdf", "cwd": "-> /srv/shop/current"})
	m.proc(83, 1, "0", "ffmpeg x", map[string]string{"exe": "-> /usr/bin/ffmpeg"})
	l := m.load(t, "web1.json")
	for _, p := range l.Processes {
		if p.PID == 21 && strings.Join(p.Libraries, " ") != "libMagickWand-6.Q16.so.6 libldap-2.4.so.2 libodd.so.3 libpq.so.5 libxslt.so.1" {
			t.Errorf("libraries: %q", p.Libraries)
		}
	}
	check(t, said(host.Read([]*host.Loaded{l}), l),
		`shop: runtime imagemagick (it has libMagickWand-6.Q16.so.6 loaded) <- "libMagickWand-6.Q16.so.6",`, `shop: runtime libxslt1.1`, `shop: runtime libpq5 (it has libpq.so.5 loaded) <- "libpq.so.5"`,
		`shop: runtime wkhtmltopdf (it starts wkhtmltopdf) <- "program": "/usr/local/bin/wkhtmltopdf",`, "!runtime libldap", "!runtime libxml", "!ffmpeg", "!shop/wkhtmltopdf", "!shop/convert")
}

func TestRemarksOfAWebServerAreAboutTheServiceBehindIt(t *testing.T) {
	m := shop()
	m["etc/nginx/sites-available/shop"] = `server {
  server_name shop.corp.example;
  client_max_body_size 25m;
  location / { proxy_pass http://127.0.0.1:8000; proxy_read_timeout 120s; }
  location /labels/ { proxy_pass http://127.0.0.1:9100/; proxy_buffering off; }
  location = /old { return 301 /new; }
}`
	m["proc/net/tcp"] += socketLine("0100007F:238C", "00000000:0000", "0A", 1001, 900)
	m.proc(70, 1, "1001", "/opt/labels/labels", map[string]string{"exe": "-> /opt/labels/labels", "cwd": "-> /opt/labels", "fd/3": "-> socket:[900]"})
	l := m.load(t, "web1.json")
	about := map[string]string{}
	for _, n := range host.Read([]*host.Loaded{l}).Notes {
		about[n.Text], _, _ = strings.Cut(n.About, "\n")
	}
	for remark, name := range map[string]string{"client_max_body_size 25m": "shop", "/: proxy_read_timeout 120s": "shop", "/labels/: proxy_buffering off": "labels", "/old: return 301 /new": "shop"} {
		if got := about["shop.corp.example: the web server in front does this, the gateway has to: "+remark]; got != name {
			t.Errorf("%s: about %q, want %s", remark, got, name)
		}
	}
	if got := about["the web server takes /labels off the path before labels sees it: the gateway has to (URLRewrite in its HTTPRoute), or the service learns the longer paths"]; got != "labels" {
		t.Errorf("%v", about)
	}
}

func TestReadKnowsHowProgramsAreStarted(t *testing.T) {
	for name, c := range map[string]struct {
		command, exe, cwd string
		more              machine
		want              string
	}{
		"unix socket":       {"/srv/shop/venv/bin/gunicorn shop.wsgi -b unix:/run/shop.sock", "/usr/bin/python3.6", "/srv/shop", nil, "shop: gunicorn shop.wsgi -b 0.0.0.0:8000"},
		"uwsgi":             {"/usr/bin/uwsgi --socket /run/shop.sock --module shop.wsgi", "/usr/bin/uwsgi-core", "/srv/shop", nil, "shop: uwsgi --http-socket 0.0.0.0:8000 --module shop.wsgi"},
		"node":              {"/usr/bin/node /srv/shop/server.js --port 3000", "/opt/node-v14.21.3/bin/node", "/", nil, "shop: node server.js --port 3000"},
		"node version":      {"/usr/bin/node /srv/shop/server.js", "/opt/node-v14.21.3/bin/node", "/", nil, "shop: node 14"},
		"ruby":              {"/home/shop/.rbenv/versions/2.7.8/bin/ruby /usr/local/bin/puma -C config/puma.rb", "/home/shop/.rbenv/versions/2.7.8/bin/ruby", "/srv/shop/current", nil, "shop: bundle exec puma -C config/puma.rb"},
		"rbenv":             {"ruby bin/run", "/home/shop/.rbenv/versions/2.7.8/bin/ruby", "/srv/shop/current", nil, "shop: ruby 2.7"},
		"java":              {"java -Xmx1g -jar /opt/billing/billing-1.2.jar", "/usr/lib/jvm/java-11-openjdk-amd64/bin/java", "/", nil, "billing: java -Xmx1g -jar /app/app.jar"},
		"java version":      {"java -jar /opt/billing/billing-1.2.jar", "/usr/lib/jvm/java-11-openjdk-amd64/bin/java", "/", nil, "billing: java 11"},
		"capistrano":        {"python3 app.py", "/usr/bin/python3.8", "/var/www/shop/releases/20200102030405", nil, "shop: python app.py"},
		"python from name":  {"python3 app.py", "/usr/local/bin/python3.8", "/var/www/shop/current", nil, "shop: python 3.8"},
		"unit of a title":   {"gunicorn:_master_[shop.wsgi]", "/usr/bin/python3.8", "/srv/shop", machine{"cgroup": "0::/system.slice/shop.service\n", "/etc/systemd/system/shop.service": "[Service]\nExecStart=/srv/shop/venv/bin/gunicorn shop.wsgi -w 4\n"}, "shop: gunicorn shop.wsgi -w 4"},
		"title alone":       {"gunicorn:_master_[shop.wsgi]", "/usr/bin/python3.8", "/srv/shop", nil, "shop: gunicorn shop.wsgi "},
		"own binary":        {"/opt/ledger/bin/ledger --port 9000", "/opt/ledger/bin/ledger", "/", nil, "ledger: bin/ledger --port 9000"},
		"paths of the code": {"python3 /srv/shop/run.py --config=/srv/shop/etc/shop.ini", "/usr/bin/python3", "/", nil, "shop: python run.py --config=etc/shop.ini"},
	} {
		t.Run(name, func(t *testing.T) {
			m := machine{}
			more := map[string]string{"exe": "-> " + c.exe, "cwd": "-> " + c.cwd}
			for k, v := range c.more {
				if strings.HasPrefix(k, "/") {
					m[k[1:]] = v
				} else {
					more[k] = v
				}
			}
			m.proc(7, 1, "1001", c.command, more)
			m["proc/7/cmdline"] = strings.ReplaceAll(m["proc/7/cmdline"], "_", " ")
			if !strings.Contains(c.command, ":_") {
				m.proc(7, 1, "1001", c.command, nil)
			}
			l := m.load(t, "h.json")
			check(t, said(host.Read([]*host.Loaded{l}), l), c.want)
		})
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "web1.json:1: no snapshot of a host: it ends too early",
		"{\n\"version\": 1,\n\"x\" 1}": "web1.json:3: no snapshot of a host: invalid character",
		"{\n\"version\": \"one\"}":     "web1.json:2: no snapshot of a host: cannot unmarshal string",
		"{\"version\": 2}":             "version 2 of the snapshot is not known",
		"{\"version\": 1, \"processes\": [{\"pid\": 7}]}": "process 7 has no command",
		"[]": "web1.json:1: no snapshot of a host",
	} {
		_, err := host.Load("web1.json", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestShowHasWhatAPersonLooksFor(t *testing.T) {
	var out bytes.Buffer
	host.Show(&out, shop().take(t))
	for _, want := range []string{"web1: debian 9", "gunicorn shop.wsgi", "listens   tcp 127.0.0.1:8000", "erp.corp.example", "writes    /srv/shop/shared/db", "postgres 9.6.24", "/etc/nginx/sites-enabled/shop"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("missing %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "CANARY") || strings.Contains(out.String(), "sshd") {
		t.Error(out.String())
	}
}

func FuzzRead(f *testing.F) {
	var text bytes.Buffer
	if err := host.Encode(&text, shop().take(f)); err != nil {
		f.Fatal(err)
	}
	f.Add(text.Bytes())
	f.Add([]byte(`{"version":1,"processes":[{"pid":1,"parent":1,"command":[""]},{"pid":1,"parent":2,"command":["a"],"listens":["tcp"],"calls":[{"to":""},{"to":"unix "}]}],"files":[{"format":"nginx","text":["server { location"]}],"units":[{"name":"a.timer","text":["OnCalendar="]}],"cron":[{"command":""}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := host.Load("h.json", data)
		if err != nil {
			return
		}
		host.Show(&bytes.Buffer{}, l.Snapshot)
		for _, finding := range host.Read([]*host.Loaded{l}).Findings {
			if e := finding.Evidence; e.Line < 1 || e.Line > len(l.Text) || len(finding.About) == 0 {
				t.Fatalf("%+v", finding)
			}
		}
	})
}

func TestReadTakesWhatACrontabSaysOfAJob(t *testing.T) {
	m := shop()
	m["etc/cron.d/shop"] = "MAILTO=ops@corp.example\nRAILS_ENV=production\n30 2 * * * shop cd /srv/shop/current && set -a; . /etc/default/shop; set +a; /usr/bin/python3 manage.py early\n" +
		"EXPORT_KEY=CANARY7\n0 3 * * * shop cd /srv/shop/current && source venv/bin/activate && . /etc/shop/env && /usr/bin/python3 manage.py late | gzip > late.gz\n" +
		"0 4 * * * shop cd /srv/shop/current && . ./helpers.sh && tidy\n"
	m["etc/shop/env"], m["etc/systemd/system/shop.service"] = "LOG_LEVEL=info\n", "[Service]\nExecStart=/srv/shop/venv/bin/gunicorn shop.wsgi\nEnvironmentFile=/etc/shop/env\n"
	m["proc/21/cgroup"] = "0::/system.slice/shop.service\n"
	l := m.load(t, "web1.json")
	lines := said(host.Read([]*host.Loaded{l}), l)
	check(t, lines, `shop/early: python manage.py early 30 2 * * *`, `shop/early: env RAILS_ENV=production`, `!shop/early: secret EXPORT_KEY`,
		`shop/late: sh -c python manage.py late | gzip > late.gz 0 3 * * *`, `shop/late: env RAILS_ENV=production`, `shop/late: secret EXPORT_KEY`, `!MAILTO`, `!CANARY`,
		`shop/helpers: sh -c . ./helpers.sh && tidy 0 4 * * *`,
		`note early reads /etc/default/shop before it starts, which stays on the host`, `!reads /etc/shop/env`, `!reads venv`)
}

// What Apache runs inside itself has no process; its configuration tells what it is.
func TestServiceInsideApache(t *testing.T) {
	m := machine{"etc/apache2/apache2.conf": "IncludeOptional sites-enabled/*.conf\n",
		"etc/apache2/sites-enabled/shop.conf": "<VirtualHost *:80>\n  ServerName shop.corp.example\n  WSGIScriptAlias / /srv/shop/current/shop/wsgi.py process-group=shop\n</VirtualHost>\n<VirtualHost *:80>\n  ServerName old.corp.example\n  WSGIScriptAlias / /srv/old/apache/django.wsgi\n</VirtualHost>\n"}
	m.proc(9, 1, "0", "/usr/sbin/apache2 -k start", map[string]string{"exe": "-> /usr/sbin/apache2"})
	l := m.load(t, "web1.json")
	check(t, said(host.Read([]*host.Loaded{l}), l),
		`shop: python`, `shop: gunicorn shop.wsgi --bind 0.0.0.0:8000  <- "  WSGIScriptAlias / /srv/shop/current/shop/wsgi.py process-group=shop"`, `shop: port 8000`, `shop: route shop.corp.example/`,
		`note old is run inside Apache (WSGIScriptAlias /srv/old/apache/django.wsgi)`, `!django.wsgi --bind`)
}

// Alpine's packages own programs as Debian's do.
func TestPackagesOfAlpine(t *testing.T) {
	m := machine{"lib/apk/db/installed": "C:Q1\nP:redis\nV:7.2.4-r0\nF:usr/bin\nR:redis-server\n\nP:busybox\nV:1.36.1-r0\nF:bin\nR:busybox\n"}
	m.proc(5, 1, "106", "redis-server *:6379", map[string]string{"exe": "-> /usr/bin/redis-server"})
	m.proc(6, 1, "0", "crond -f", map[string]string{"exe": "-> /bin/busybox"})
	for _, p := range m.take(t).Processes {
		if want := map[string]string{"/usr/bin/redis-server": "redis", "/bin/busybox": "busybox"}[p.Program]; p.Package != want {
			t.Errorf("%s is of %q", p.Program, p.Package)
		}
	}
	for _, missed := range m.take(t).Unseen {
		if strings.Contains(missed.What, "packages") {
			t.Errorf("missed %+v", missed)
		}
	}
}

// The packages of Red Hat's kin own programs as Debian's do; what is no readable database is said, and never ends the look.
func TestPackagesOfRPM(t *testing.T) {
	data, err := os.ReadFile("rpmdb/testdata/Packages")
	if err != nil {
		t.Fatal(err)
	}
	running := func(files machine) *host.Snapshot {
		files.proc(5, 1, "106", "redis-server *:6379", map[string]string{"exe": "-> /usr/bin/redis-server"})
		files.proc(6, 1, "0", "/usr/sbin/sshd -D", map[string]string{"exe": "-> /usr/sbin/sshd"})
		return files.take(t)
	}
	seen := func(s *host.Snapshot) (all []string) {
		for _, p := range s.Processes {
			all = append(all, p.Program+" "+p.Package+" "+p.Priority)
		}
		for _, r := range s.Runtimes {
			all = append(all, r.Name+" "+r.Version+" from "+r.From)
		}
		for _, u := range s.Unseen {
			if strings.Contains(u.What, "packages") {
				all = append(all, "unseen: "+u.Reason)
			}
		}
		return all
	}
	for _, c := range []struct {
		name  string
		files machine
		want  []string
	}{
		{"Berkeley DB", machine{"var/lib/rpm/Packages": string(data)}, []string{"/usr/bin/redis-server redis ", "/usr/sbin/sshd openssh-server required", "redis 3.2.12 from package redis 3.2.12-1.el7"}},
		{"broken SQLite", machine{"var/lib/rpm/rpmdb.sqlite": "SQLite format 3\x00"}, []string{"/usr/bin/redis-server  ", "/usr/sbin/sshd  ", "redis  from name", "unseen: /var/lib/rpm/rpmdb.sqlite: the database is broken"}},
		{"empty", machine{"var/lib/rpm/Packages": ""}, []string{"/usr/bin/redis-server  ", "/usr/sbin/sshd  ", "redis  from name", "unseen: /var/lib/rpm/Packages: "}},
		{"half", machine{"var/lib/rpm/Packages": string(data[:len(data)/2])}, []string{"/usr/bin/redis-server  ", "/usr/sbin/sshd  ", "redis  from name", "unseen: /var/lib/rpm/Packages: "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := seen(running(c.files))
			if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// A program of supervisord has its name in its variables.
func TestProgramsOfSupervisor(t *testing.T) {
	m := machine{}
	for pid, name := range map[int]string{7: "billing_web", 8: "billing-worker"} {
		m.proc(pid, 1, "1001", map[int]string{7: "gunicorn app:app -b 0.0.0.0:8000", 8: "celery -A app worker"}[pid], map[string]string{"exe": "-> /usr/bin/python3", "cwd": "-> /srv/app", "environ": "SUPERVISOR_GROUP_NAME=" + name + "\x00SUPERVISOR_SERVER_URL=http://x:canary@y\x00"})
	}
	l := m.load(t, "web1.json")
	abouts := ""
	for _, f := range host.Read([]*host.Loaded{l}).Findings {
		abouts += strings.Join(f.About, " ") + "\n"
	}
	if !strings.Contains(abouts, "billing_web") || !strings.Contains(abouts, "billing-worker") || strings.Contains(abouts, "canary") {
		t.Errorf("got %s", abouts)
	}
}
