package generators

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

const frontModel = `version: 1
name: shop
image: registry.example.com/shop
services:
  web:
    dir: .
    language: python
    command: [gunicorn, shop]
    port: 8000
    routes: [{host: shop.org}]
    health: {ready: /healthz}
    state: [/srv/media]
    files: {pages/robots.txt: kube/base/files/robots.txt}
    edge:
      headers: {X-Frame-Options: DENY}
      parts:
        - {path: /static/, files: collected, headers: {Cache-Control: public}}
        - {path: /media, files: /srv/media/img}
        - {path: /robots.txt, exact: true, files: pages/robots.txt}
        - {path: "/a%20%22b", refuse: 410}
        - {path: /, agents: '(?i)bad"bot|\d+', refuse: 403}
        - {path: /fonts/, headers: {Access-Control-Allow-Origin: "*"}}
  worker: {from: web, command: [celery, -A, shop, worker]}
environments:
  staging: {namespace: shop-staging}
`

// A web server in the pod answers what the old one answered by itself: files of the image, of volumes and of ConfigMaps, and
// refusals; headers of a part are the route's.
func TestFront(t *testing.T) {
	app, err := service.Load("migrate.yaml", []byte(frontModel))
	if err != nil {
		t.Fatal(err)
	}
	files := rendered(t, app)
	for file, wants := range map[string][]string{
		"kube/base/web-front.conf": {
			"    listen 8089;\n", "    location ^~ \"/static/\" {\n        alias \"/copied/0/\";   # collected\n    }\n", "    location ^~ \"/media/\" {\n        alias \"/front/1/img/\";   # /srv/media/img\n",
			"    location = \"/robots.txt\" {\n        alias \"/front/2\";   # pages/robots.txt\n", "    location ^~ \"/a \\\"b\" {\n        return 410;\n", "    if ($http_user_agent ~ \"(?i)bad\\\"bot|\\\\d+\") {\n        return 403;\n    }\n", "        proxy_pass http://127.0.0.1:8000;\n",
		},
		"compose.yaml": {
			"    ports: [\"127.0.0.1:8000:8089\"]\n",
			"  web-front:\n    image: nginxinc/nginx-unprivileged:1.28\n    network_mode: service:web\n    volumes: [\"web-front-files:/copied:ro\", \"web-srv-media:/front/1:ro\"]\n",
			"{source: web-front, target: /etc/nginx/conf.d/default.conf}, {source: web-robots.txt, target: /front/2}]\n    depends_on:\n      web-front-files: {condition: service_completed_successfully}\n",
			"  web-front-files:\n    build: .\n    user: root\n    entrypoint: [sh]\n", "while [ $$# -gt 1 ]", "    volumes: [\"web-front-files:/copied\"]\n",
			"  web-front: {file: ./kube/base/web-front.conf}\n", "  web-front-files: {}\n",
		},
		"kube/base/kustomization.yaml": {"  - name: web-front\n    files:\n      - default.conf=web-front.conf\n"},
		"kube/base/web.yaml": {
			"- name: front-files\n", "fi; shift 2; done', sh, /app/collected, /copied/0]\n", "ports: [{name: app, containerPort: 8000}]", "httpGet: {path: /healthz, port: app}", "nginxinc/nginx-unprivileged:1.28", "ports: [{name: http, containerPort: 8089}]\n",
			"{name: media, mountPath: /front/1, readOnly: true}", "{name: config-files, mountPath: /front/2, subPath: robots.txt, readOnly: true}", "{name: front, configMap: {name: web-front}}", "{name: front-files, mountPath: /copied, readOnly: true}",
			"    - matches: [{path: {type: PathPrefix, value: /static/}}]\n      filters:\n        - {type: ResponseHeaderModifier, responseHeaderModifier: {set: [{name: Cache-Control, value: public}, {name: X-Frame-Options, value: DENY}]}}\n",
			"    - matches: [{path: {type: PathPrefix, value: /fonts/}}]\n",
		},
	} {
		for _, want := range wants {
			if !strings.Contains(files[file], want) {
				t.Errorf("%s lacks %q:\n%s", file, want, files[file])
			}
		}
	}
	app.Services["front"] = &service.Service{Dir: "front", Language: "node", Command: []string{"node", "s"}, Port: 8089, Edge: &service.Edge{Parts: []service.Part{{Path: "/x", Refuse: 410}}}}
	other := rendered(t, app)
	for file, want := range map[string]string{"kube/base/front.yaml": "        - name: nginx\n", "kube/base/front-front.conf": "    listen 8090;\n"} {
		if !strings.Contains(other[file], want) {
			t.Errorf("%s lacks %q:\n%s", file, want, other[file])
		}
	}
	delete(app.Services, "front")
	for _, not := range []string{"front", "8089"} {
		if strings.Contains(files["kube/base/worker.yaml"], not) {
			t.Errorf("the worker has %q", not)
		}
	}
	app.Services["web"].Language = "go" // nothing in its image could copy files
	if files = rendered(t, app); strings.Contains(files["kube/base/web.yaml"], "front-files") || strings.Contains(files["kube/base/web-front.conf"], "/static/") || !strings.Contains(files["kube/base/web-front.conf"], "/robots.txt") {
		t.Error("an image without a shell copies files")
	}
	app.Services["web"].Edge.Parts = app.Services["web"].Edge.Parts[:1]
	if files = rendered(t, app); strings.Contains(files["kube/base/web.yaml"], "nginx") || strings.Contains(files["compose.yaml"], "web-front") {
		t.Error("a web server has nothing to answer")
	}
}

// php-fpm speaks FastCGI: the web server in the pod serves a copy of its pages and what it keeps below them, and asks it for the
// rest; what asks after its health by HTTP asks that web server.
func TestFrontOfFastCGI(t *testing.T) {
	web := &service.Service{Dir: ".", Language: "php", Command: []string{"php-fpm"}, Port: 9000, State: []string{"/srv/shop/public/uploads"}, Health: &service.Health{Ready: "/up"},
		Build: &service.Build{Dockerfile: "Dockerfile"}, Edge: &service.Edge{FastCGI: "/srv/shop/public", Parts: []service.Part{{Path: "/old", Refuse: 410}, {Path: "/admin/", Rate: "5r/s"}, {Path: "/login.php", Exact: true, Rate: "1r/s"}}}}
	app := &service.App{Version: 1, Name: "shop", Image: "registry.example.com/shop", Services: map[string]*service.Service{"web": web}, Environments: map[string]service.Environment{"staging": {Namespace: "shop-staging"}}}
	for _, step := range []struct {
		health *service.Health
		wants  map[string][]string
	}{
		{&service.Health{Ready: "/up"}, map[string][]string{
			"kube/base/web-front.conf": {"    root \"/copied/pages\";\n", "    location ^~ \"/uploads/\" {\n        alias \"/front/kept0/\";   # /srv/shop/public/uploads\n", "SCRIPT_FILENAME \"/srv/shop/public$fastcgi_script_name\"", "        fastcgi_pass 127.0.0.1:9000;\n", "        return 410;\n",
				"    location ^~ \"/admin/\" {\n        limit_req zone=part_1;\n        try_files $uri $uri/ /index.php$is_args$args;\n\n        location ~ /\\.(?!well-known/) {\n            return 404;\n        }\n\n        location ~ [^/]\\.php(/|$) {\n",
				"    location ~ \"^/login\\\\.php$\" {\n        limit_req zone=part_2;\n", "\n    location ~ [^/]\\.php(/|$) {\n", "# /srv/shop/public/uploads\n\n        location ~ (/\\.|"},
			"kube/base/web.yaml": {"sh, /srv/shop/public, /copied/pages]\n", "ports: [{name: app, containerPort: 9000}]", "readinessProbe: {httpGet: {path: /up, port: 8089}", "mountPath: /front/kept0, readOnly: true}"},
			"compose.yaml":       {"fsockopen(\\\"127.0.0.1\\\", 9000)", "\"127.0.0.1:9000:8089\""},
		}},
		{nil, map[string][]string{"kube/base/web.yaml": {"args: [--target, \"127.0.0.1:8089\", --name, web]"}}},
	} {
		web.Health, web.Sidecar = step.health, step.health == nil
		files := rendered(t, app)
		for file, wants := range step.wants {
			for _, want := range wants {
				if !strings.Contains(files[file], want) {
					t.Errorf("%s lacks %q:\n%s", file, want, files[file])
				}
			}
		}
		if strings.Contains(files["kube/base/web-front.conf"], "proxy_pass") {
			t.Error("FastCGI is asked by HTTP")
		}
	}
}
