package host_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
)

// machine is a made root of a Linux host: files by their path, links as "-> target".
type machine map[string]string

// proc adds a process: its numbers, command line and the rest of /proc/PID by name.
func (m machine) proc(pid, parent int, user string, command string, more map[string]string) machine {
	at := fmt.Sprintf("proc/%d/", pid)
	m[at+"stat"] = fmt.Sprintf("%d (x y) z) S %d 1 1 0 -1 4194560 1 1 1 1 1 1 1 1 20 0 1 0 %d 1 1", pid, parent, pid*100)
	m[at+"cmdline"] = strings.ReplaceAll(command, " ", "\x00") + "\x00"
	m[at+"status"] = "Name:\tx\nUid:\t" + user + "\t0\t0\t0\nVmRSS:\t  2048 kB\nThreads:\t3\n"
	for name, text := range more {
		m[at+name] = text
	}
	return m
}

func (m machine) fs() fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range m {
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			out[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o700}
		} else {
			out[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
		}
	}
	return out
}

func (m machine) take(t testing.TB) *host.Snapshot {
	t.Helper()
	now := func() time.Time { return time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC) }
	s, err := host.Take(context.Background(), m.fs(), host.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// load is the snapshot as it comes back from its file.
func (m machine) load(t testing.TB, file string) *host.Loaded {
	t.Helper()
	var text bytes.Buffer
	if err := host.Encode(&text, m.take(t)); err != nil {
		t.Fatal(err)
	}
	l, err := host.Load(file, text.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const (
	passwd  = "root:x:0:0::/root:/bin/sh\nshop:x:1001:1001::/home/shop:/bin/sh\npostgres:x:105:105::/var/lib/postgresql:/bin/sh\nredis:x:106:106::/:/bin/sh\n"
	tcpHead = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
)

// socketLine is a line of /proc/net/tcp: addresses as the kernel writes them.
func socketLine(local, remote, state string, uid, inode int) string {
	return fmt.Sprintf("   0: %s %s %s 00000000:00000000 00:00000000 00000000 %d 0 %d 1 0 100 0 0 10 0\n", local, remote, state, uid, inode)
}

// shop is a host with nginx before gunicorn, PostgreSQL on the same host, a database on another, a worker and a cron job.
// Canaries stand wherever operators put passwords.
func shop() machine {
	m := machine{
		"etc/passwd": passwd, "etc/hosts": "127.0.0.1 localhost\n10.0.0.5 erp.corp.example erp # old\n", "etc/resolv.conf": "nameserver 10.0.0.2\nsearch corp.example\n",
		"etc/os-release": "ID=debian\nVERSION_ID=\"9\"\n", "proc/sys/kernel/hostname": "web1\n", "proc/sys/kernel/osrelease": "4.9.0\n", "proc/stat": "cpu 1\nbtime 1500000000\n",
		"proc/meminfo": "MemTotal:  2048 kB\n", "proc/cpuinfo": "processor : 0\nprocessor : 1\n",
		"proc/mounts": "/dev/sda1 / ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\nnfs1:/up /srv/shop/shared nfs rw 0 0\n",
		"proc/net/tcp": tcpHead + socketLine("0100007F:1F40", "00000000:0000", "0A", 1001, 100) + socketLine("0100007F:1538", "00000000:0000", "0A", 105, 200) +
			socketLine("00000000:0050", "00000000:0000", "0A", 0, 300) +
			socketLine("0100007F:9C40", "0100007F:1538", "01", 1001, 101) + socketLine("0100007F:1538", "0100007F:9C40", "01", 105, 201) +
			socketLine("0A00000A:9C41", "0500000A:20FB", "01", 1001, 102) + socketLine("0100007F:9C42", "0100007F:1F40", "01", 0, 301) +
			socketLine("0100007F:1F40", "0100007F:9C42", "01", 1001, 103),
		"proc/net/fib_trie": "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 10.0.0.10\n        /32 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n",
		"var/lib/dpkg/status": "Package: postgresql-9.6\nStatus: install ok installed\nPriority: optional\nVersion: 9.6.24-0+deb9u1\n\nPackage: python3.5-minimal\nStatus: install ok installed\nPriority: optional\nVersion: 3.5.3-1+deb9u5\n\n" +
			"Package: nginx\nStatus: install ok installed\nPriority: optional\nVersion: 1.10.3-1\n\nPackage: cron\nStatus: install ok installed\nPriority: important\nVersion: 3.0pl1\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n",
		"var/lib/dpkg/info/postgresql-9.6.list":          "/usr/lib/postgresql/9.6/bin/postgres\n",
		"var/lib/dpkg/info/python3.5-minimal:amd64.list": "/usr/bin/python3.5\n",
		"var/lib/dpkg/info/nginx.list":                   "/usr/sbin/nginx\n",
		"var/lib/dpkg/info/cron.list":                    "/usr/sbin/cron\n/etc/cron.d/e2scrub\n",
		"etc/cron.d/e2scrub":                             "30 3 * * 0 root /sbin/e2scrub_all\n",
		"etc/cron.d/shop":                                "MAILTO=x\nAPI_KEY=CANARY01 with blanks\n30 2 * * * shop cd /srv/shop/current && venv/bin/python manage.py report --token CANARY02 >> /var/log/shop/report.log 2>&1\n",
		"var/spool/cron/crontabs/postgres":               "0 3 * * * PGPASSWORD=CANARY03 pg_dump -U shop shop > /backup/shop.sql\n",
		"etc/nginx/nginx.conf":                           "# CANARY04\nhttp {\n  include /etc/nginx/sites-enabled/*;\n}\n",
		"etc/nginx/sites-enabled/shop":                   "-> /etc/nginx/sites-available/shop",
		"etc/nginx/sites-available/shop": "upstream shop { server 127.0.0.1:8000; }\nserver {\n  server_name shop.corp.example;\n  location / {\n    proxy_pass http://shop;\n    proxy_set_header X-Token \"CANARY05\";\n  }\n" +
			"  location /img/ { proxy_pass http://u:CANARY06@10.0.0.9:80/; }\n  client_max_body_size 25m;\n}\n",
		"etc/systemd/system/shop.service":                         "[Service]\nUser=shop\nWorkingDirectory=/srv/shop/current\nEnvironment=\"SECRET_KEY=CANARY07\" PORT=8000\nEnvironmentFile=-/etc/default/shop\nExecStart=/srv/shop/venv/bin/gunicorn shop.wsgi -b 127.0.0.1:8000\n",
		"etc/systemd/system/multi-user.target.wants/shop.service": "-> /etc/systemd/system/shop.service",
		"etc/default/shop":                                        "DATABASE_URL=postgres://shop:CANARY08@127.0.0.1/shop\nMODE=production\n",
	}
	environ := "PATH=/bin\x00DATABASE_URL=postgres://shop:CANARY09@127.0.0.1:5432/shop\x00ODD=CANARY10x\x00ERP_URL=http://erp.corp.example:8443/api\x00LOG_LEVEL=info\x00HOOK=https://hooks.corp.example/T0AB/B01/CANARY11\x00UPLOAD_DIR=/srv/shop/shared/uploads\x00"
	gunicorn := map[string]string{"cwd": "-> /srv/shop/current", "exe": "-> /usr/bin/python3.5", "environ": environ, "cgroup": "4:memory:/\n1:name=systemd:/system.slice/shop.service\n",
		"limits": "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            99999                99999                files     \n"}
	worker := map[string]string{}
	for k, v := range gunicorn {
		worker[k] = v
	}
	gunicorn["fd/3"], gunicorn["fd/4"] = "-> socket:[100]", "-> socket:[103]"
	worker["fd/3"], worker["fd/5"], worker["fd/6"], worker["fd/7"], worker["fd/8"] = "-> socket:[100]", "-> socket:[101]", "-> socket:[102]", "-> /srv/shop/shared/db/queue.db", "-> /var/log/shop/app.log"
	command := "/srv/shop/venv/bin/python3 /srv/shop/venv/bin/gunicorn shop.wsgi -b 127.0.0.1:8000 --pid /run/shop.pid --access-logfile /var/log/shop/a.log"
	m.proc(1, 0, "0", "/sbin/init", map[string]string{"exe": "-> /lib/systemd/systemd"})
	m.proc(2, 0, "0", "", nil)
	m.proc(10, 1, "0", "/usr/sbin/cron -f", map[string]string{"exe": "-> /usr/sbin/cron"})
	m.proc(20, 1, "1001", command, gunicorn)
	m.proc(21, 20, "1001", command, worker)
	m.proc(30, 1, "105", "/usr/lib/postgresql/9.6/bin/postgres -D /var/lib/postgresql/9.6/main", map[string]string{"exe": "-> /usr/lib/postgresql/9.6/bin/postgres", "fd/3": "-> socket:[200]", "cgroup": "0::/system.slice/postgresql@9.6-main.service\n"})
	m.proc(31, 30, "105", "postgres: shop shop idle", map[string]string{"exe": "-> /usr/lib/postgresql/9.6/bin/postgres", "fd/3": "-> socket:[201]"})
	m.proc(40, 1, "0", "nginx: master process", map[string]string{"exe": "-> /usr/sbin/nginx", "fd/3": "-> socket:[300]", "fd/4": "-> socket:[301]"})
	m.proc(50, 1, "1001", "/srv/shop/venv/bin/python3 /srv/shop/venv/bin/celery -A shop worker --broker amqp://shop:CANARY12@10.0.0.5//", map[string]string{"cwd": "-> /srv/shop/current", "exe": "-> /usr/bin/python3.5",
		"cgroup": "0::/system.slice/shop-worker.service\n", "environ": "SECRET_KEY=CANARY13\x00"})
	m.proc(60, 1, "0", "/usr/sbin/sshd -D", map[string]string{"exe": "-> /usr/sbin/sshd"})
	return m
}
