package legacy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/service"
)

const shopTasks = `- user: {name: shop, home: /srv/shop}
- user: {name: postgres}
  become: true
- authorized_key: {user: shop, key: "ssh-rsa CANARY", name: shop}
- authorized_key: {user: postgres, key: "ssh-rsa CANARY", name: for-postgres}
- authorized_key: {user: shop, key: "ssh-rsa CANARY", name: from-partner}
- known_hosts: {name: sftp.partner.example}
- openssh_keypair: {path: /srv/shop/.ssh/id_ed25519}
- copy: {dest: /srv/shop/.ssh/config, content: "Host partner"}
- git: {repo: "https://git.example.org/acme/shop.git", dest: /srv/shop/code}
- git: {repo: "https://git.example.org/acme/shop-tools.git", dest: /srv/tools}
- apt: {name: [acl, nodejs, python3-pip, default-jre, ca-certificates, locales, curl, cowsay]}
- apt_repository: {repo: "deb https://packages.acme.example/apt stable main"}
- apt_repository: {repo: "ppa:deadsnakes/ppa"}
- file: {path: /var/log/shop, state: directory}
- file: {path: /var/log/shop/access.log, state: touch}
- file: {path: /run/shop, state: directory}
- template: {src: rotate.j2, dest: /etc/logrotate.d/shop}
- file: {path: /etc/limits.d/shop, state: directory}
- command: pip install -r requirements.txt
  args: {chdir: /srv/shop/code}
- command: npm install -g svgo
- service: {name: shop, state: restarted}
- service: {name: shop-report.timer, state: started}
- service: {name: postgresql, state: restarted}
- command: systemctl restart nginx
- template: {src: shop.service.j2, dest: /etc/systemd/system/shop.service}
- template: {src: shop-report.service.j2, dest: /etc/systemd/system/shop-report.service}
`

const shopUnit = `[Service]
User=shop
Type=notify
Restart=always
AmbientCapabilities=CAP_NET_BIND_SERVICE
SupplementaryGroups=video
Nice=5
ExecStart=/srv/shop/venv/bin/gunicorn shop.wsgi
ExecStartPost=/usr/bin/curl -d token=CANARY http://127.0.0.1/
`

func TestWhatTheClusterDoesFromNowOn(t *testing.T) {
	site := "server {\n  server_name shop.acme.org;\n  listen 443 ssl;\n  access_log /var/log/nginx/shop.log;\n  gzip on;\n" +
		"  location / {\n    proxy_set_header X-Forwarded-For $remote_addr;\n    proxy_set_header X-Shop 1;\n    proxy_pass http://127.0.0.1:8000;\n  }\n}\n"
	for name, c := range map[string]struct {
		code map[string]string
		want string
	}{
		"with a site": {map[string]string{"nginx/sites-enabled/shop.conf": site},
			"accounts: for-postgres,postgres,shop; code: /srv/shop/code,pip ...; packages: acl,ppa:deadsnakes/ppa,python3-pip; directories: /run/shop; processes: shop,shop.service Restart,shop.service Type,shop.service User; logs: /etc/logrotate.d/shop; gateway: nginx X-Forwarded-For,nginx access_log"},
		"without": {nil, "accounts: for-postgres,postgres,shop; code: /srv/shop/code,pip ...; packages: acl,ppa:deadsnakes/ppa,python3-pip; directories: /run/shop; processes: shop,shop.service Restart,shop.service Type,shop.service User; logs: /etc/logrotate.d/shop"},
	} {
		ops := fstest.MapFS{"roles/shop/tasks/main.yml": conf(shopTasks), "roles/shop/templates/shop.service.j2": conf(shopUnit),
			"roles/shop/templates/shop-report.service.j2": conf("[Service]\nType=oneshot\nGroup=shop\nExecStart=/srv/shop/venv/bin/python -m shop.report\n"),
			"roles/shop/templates/shop-report.timer.j2":   conf("[Timer]\nOnCalendar=daily\n")}
		for file, text := range c.code {
			ops[file] = conf(text)
		}
		fsys := fstest.MapFS{"requirements.txt": conf("flask\ngunicorn\n"), "shop/wsgi.py": conf("application = None\n")}
		s, err := Scan(context.Background(), fsys, ScanOptions{Ops: []Root{{"ops", ops}}})
		if err != nil {
			t.Fatal(err)
		}
		r := Resolve(s, ResolveOptions{Name: "shop"})
		var got []string
		for _, job := range service.Jobs() {
			list := *r.App.Operations.Of(job)
			if len(list) > 0 {
				got = append(got, string(job)+": "+strings.Join(list, ","))
			}
			for _, item := range list {
				if !slices.ContainsFunc(r.Claims[operationsField+string(job)], func(c Claim) bool { return c.Value == item && c.Line > 0 && c.File != "" }) {
					t.Errorf("%s: nothing says where %s stands", name, item)
				}
			}
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, text, c.want)
		}
		notes := fmt.Sprint(r.Notes)
		for _, kept := range []string{"from-partner", "sftp.partner.example", "/srv/shop/.ssh/id_ed25519", "/srv/shop/.ssh/config", "/var/log/shop/access.log", "cowsay", "curl", "nodejs", "default-jre", "ca-certificates", "locales", "/srv/tools", "/etc/limits.d/shop", "npm", "postgresql", "Nice", "AmbientCapabilities", "SupplementaryGroups", "Group", "shop-report.timer", "ExecStartPost"} {
			if !strings.Contains(notes, kept) {
				t.Errorf("%s: no note of %s", name, kept)
			}
		}
		if all := notes + fmt.Sprint(r.Claims); strings.Contains(all, "CANARY") {
			t.Errorf("%s: a secret got out", name)
		}
	}
}
