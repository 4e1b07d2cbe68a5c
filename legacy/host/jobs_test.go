package host_test

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/host"
)

// atHome is the host with a service whose code lies in the home of an account, and its crontab.
func atHome(crontab string) machine {
	m := machine{}
	for name, text := range shop() {
		m[strings.ReplaceAll(name, "/srv/shop", "/home/deploy/shop")] = strings.ReplaceAll(text, "/srv/shop", "/home/deploy/shop")
	}
	m["etc/cron.d/shop"] = crontab
	return m
}

// What a job adds to a file is its log wherever that lies; what else it writes has no place in a pod.
func TestJobsThatWriteFiles(t *testing.T) {
	l := atHome("0 1 * * * shop cd /home/deploy/shop && python early.py >> /home/deploy/cron_report.txt 2>&1\n"+
		"0 2 * * * shop cd /home/deploy/shop && python late.py >> \"/home/deploy/$(date +\\%F) late.txt\";\n"+
		"0 3 * * * shop cd /home/deploy/shop && python dump.py > /home/deploy/dump.csv 2>&1\n"+
		"0 4 * * * shop cd /home/deploy/shop && python both.py '>x' && (true >> /home/deploy/both.txt)\n"+
		"0 5 * * * shop cd /home/deploy/shop && python kept.py > shared/uploads/kept.csv\n").load(t, "web1.json")
	check(t, said(host.Read([]*host.Loaded{l}), l),
		"shop/early: python early.py 0 1 * * *", "shop/late: python late.py 0 2 * * *", "shop/dump: sh -c python dump.py > /home/deploy/dump.csv 0 3 * * *",
		"note dump writes /home/deploy/dump.csv, which no pod has: give it a directory under state", "shop/both: sh -c python both.py '>x' && (true >> /home/deploy/both.txt) 0 4 * * *",
		"note both writes /home/deploy/both.txt, which no pod has", "shop/kept: sh -c python kept.py > shared/uploads/kept.csv", "!note kept writes", "!note early writes", "!note late writes", "!writes x")
}

// A job has the variables of its service, those above all that lead to needs, and the paths of the code are no other machine's.
func TestVariablesOfJobs(t *testing.T) {
	m := atHome("MAIL_HOST=127.0.0.1\nERP_URL=http://localhost:8443/api\nLOG_LEVEL=debug\nDATABASE_URL=localhost\nCONFIG=/home/deploy/shop/config/prod.yml\nRULES=/etc/shop/rules\n0 1 * * * shop cd /home/deploy/shop && python early.py\n0 2 * * * shop cd /home/deploy/shop && python late.py\n")
	m["proc/50/environ"] = "MAIL_HOST=mail.corp.example\x00"
	l := m.load(t, "web1.json")
	lines := said(host.Read([]*host.Loaded{l}), l)
	if n := strings.Count(strings.Join(lines, "\n"), "RULES"); n != 1 {
		t.Errorf("RULES is spoken of %d times", n)
	}
	check(t, lines, "shop/worker: need smtp  mail.corp.example:25   map[MAIL_HOST:{host}]", "shop/early: env CONFIG=config/prod.yml", "note RULES is a path of the host (/etc/shop/rules); left out",
		"note the crontab gives early another LOG_LEVEL (debug) than the service has", "!shop/early: env MAIL_HOST", "!shop/early: env ERP_URL", "!shop/early: env LOG_LEVEL", "!shop/early: env DATABASE_URL", "!env RULES")
}
