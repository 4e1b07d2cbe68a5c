package ops

import (
	"strings"
	"testing"
)

func TestObjectsGivenToACluster(t *testing.T) {
	runManaged(t, Ansible(), []readerCase{
		{name: "by files that a play writes and a client applies", tree: files{
			"playbooks/apps/orders.yml":            "- hosts: control\n  vars: {env: production, roles_path: /srv/ansible/roles, orders_db: db1.corp.example}\n  roles:\n    - {role: cluster/object, object_app: orders, object_template: all.yml.j2, object_name: all.yml}\n    - {role: cluster/object, object_app: orders, object_template: build.yml.j2, object_name: build.yml}\n",
			"playbooks/apps/wiki.yml":              "- hosts: control\n  vars: {roles_path: /srv/ansible/roles}\n  roles:\n    - {role: cluster/object, object_app: wiki, object_template: all.yml.j2, object_name: all.yml}\n",
			"roles/apps/wiki/templates/all.yml.j2": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: orders-config}\ndata: {wiki.toml: 'a = 1'}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: wiki}}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: wiki}\nspec: {template: {metadata: {labels: {app: wiki}}, spec: {containers: [{name: wiki, image: 'acme/wiki:1', ports: [{containerPort: 9000}], volumeMounts: [{name: c, mountPath: /etc/wiki}]}], volumes: [{name: c, configMap: {name: orders-config}}]}}}\n---\napiVersion: route.openshift.io/v1\nkind: Route\nspec: {host: wiki.acme.org, to: {name: web}}\n",
			"roles/cluster/object/tasks/main.yml": "- template: src={{ roles_path }}/apps/{{ object_app }}/templates/{{ object_template }} dest=/etc/cluster/{{ object_app }}/{{ object_name }}\n" +
				"- command: oc apply -f /etc/cluster/{{ object_app }}/{{ object_name }}\n",
			"roles/apps/orders/templates/build.yml.j2": "apiVersion: build.openshift.io/v1\nkind: BuildConfig\nmetadata: {name: orders-build}\nspec:\n  source: {dockerfile: FROM fedora, git: {uri: https://github.com/acme/shop.git}}\n  output: {to: {kind: ImageStreamTag, name: 'orders-web:latest'}}\n",
			"roles/apps/orders/templates/orders.toml":  "level = \"{% if env == 'staging' %}debug{% else %}info{% endif %}\"\ndb_password = \"{{ orders_db_password }}\"\ndb_host = \"{{ orders_db }}\"\n",
			"roles/apps/orders/templates/all.yml.j2": `{% macro file(name, width=6) %}{% include name %}{%- endmacro -%}
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: orders-config}
  data:
    orders.toml: |
      {{ file('orders.toml') | indent(6) }}
    start.sh: |
      exec httpd -DFOREGROUND
- apiVersion: v1
  kind: Service
  metadata: {name: web}
  spec: {selector: {app: orders-web}, ports: [{port: 80, targetPort: 8080}]}
- apiVersion: apps.openshift.io/v1
  kind: DeploymentConfig
  metadata: {name: orders-web}
  spec:
    replicas: 3
    strategy: {recreateParams: {mid: {execNewPod: {command: [alembic, upgrade, head]}}}}
    template:
      metadata: {labels: {app: orders-web}}
      spec:
        containers:
        - name: orders-web
          image: orders/orders-web:latest
          command: [bash, /etc/orders/start.sh]
          env: [{name: ORDERS_CONFIG, value: /etc/orders/orders.toml}, {name: API_TOKEN, value: canary}]
          ports: [{containerPort: 8080}]
          readinessProbe: {httpGet: {path: /ready, port: 8080}}
          volumeMounts: [{name: config, mountPath: /etc/orders}]
        volumes: [{name: config, configMap: {name: orders-config}}]
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: orders-mail}
  spec:
    template:
      spec: {containers: [{name: orders-web, image: 'orders/orders-web:latest', command: [python, -m, shop.mail], envFrom: [{secretRef: {name: mail}}]}]}
- {apiVersion: v1, kind: Secret, metadata: {name: mail}, stringData: {MAIL_PASSWORD: canary}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: cache}
  spec:
    template:
      spec: {containers: [{name: cache, image: 'redis:6'}]}
- apiVersion: route.openshift.io/v1
  kind: Route
  spec: {host: orders.acme.org, to: {kind: Service, name: web}, tls: {termination: edge}}
- apiVersion: image.openshift.io/v1
  kind: ImageStream
  metadata: {name: orders-web}
- apiVersion: networking.k8s.io/v1
  kind: Ingress
  spec: {rules: [{host: old.acme.org, http: {paths: [{path: /orders, backend: {service: {name: web}}}]}}, {host: other.acme.org, http: {paths: [{path: /, backend: {service: {name: wiki}}}]}}]}
`,
		}, want: []string{
			"https://github.com/acme/shop.git: port 8080 <- roles/apps/orders/templates/all.yml.j2:31",
			"https://github.com/acme/shop.git: health  /ready <- roles/apps/orders/templates/all.yml.j2:32",
			"https://github.com/acme/shop.git: env ORDERS_CONFIG=/etc/orders/orders.toml",
			"https://github.com/acme/shop.git: secret API_TOKEN",
			"https://github.com/acme/shop.git: replicas 3 <- roles/apps/orders/templates/all.yml.j2:21",
			"wiki: port 9000", "wiki: route wiki.acme.org", "wiki: file /etc/wiki/wiki.toml sets a: a = 1",
			"https://github.com/acme/shop.git/migrate: command (release) alembic|upgrade|head <- roles/apps/orders/templates/all.yml.j2:22",
			"https://github.com/acme/shop.git/mail: command python|-m|shop.mail <- roles/apps/orders/templates/all.yml.j2:40",
			"orders: route orders.acme.org <- roles/apps/orders/templates/all.yml.j2:50",
			"orders: route old.acme.org <- roles/apps/orders/templates/all.yml.j2:56", "https://github.com/acme/shop.git: edge {true", "https://github.com/acme/shop.git/mail: secret MAIL_PASSWORD", "note orders: roles/apps/orders/templates/all.yml.j2:51 objects of the cluster that are not taken over: look whether the service goes without: ImageStream orders-web", "note orders: roles/apps/orders/templates/build.yml.j2:5 images that the cluster builds of a Dockerfile of its own",
			"orders: file /etc/orders/orders.toml secret sets level db_password db_host <- roles/apps/orders/templates/all.yml.j2:9",
			"note orders: roles/apps/orders/templates/all.yml.j2:42 workloads of the cluster beside the service: a need, or the gateway's affair: cache",
			"note orders: roles/apps/orders/templates/all.yml.j2:17 commands of containers that start a script of a ConfigMap",
		}, not: []string{"canary", "other.acme.org", "httpd"}},
		{name: "by a module", tree: files{
			"playbooks/shop.yml":              "- hosts: localhost\n  tasks:\n    - kubernetes.core.k8s:\n        definition:\n          apiVersion: apps/v1\n          kind: Deployment\n          metadata: {name: shop}\n          spec: {template: {spec: {containers: [{name: shop, image: 'acme/shop:1', ports: [{containerPort: 7000}]}]}}}\n    - k8s: {state: present, template: mail.yml.j2}\n    - k8s: {state: absent, template: gone.yml.j2}\n",
			"playbooks/templates/mail.yml.j2": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop-mail}\nspec: {template: {spec: {containers: [{name: mail, image: 'acme/shop:1', command: [python, -m, shop.mail]}]}}}\n",
			"playbooks/templates/gone.yml.j2": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop-gone}\nspec: {template: {spec: {containers: [{name: gone, image: 'acme/shop:1', command: [python, -m, shop.gone]}]}}}\n",
		}, want: []string{"shop: port 7000 <- playbooks/shop.yml:3", "shop/mail: command python|-m|shop.mail <- playbooks/templates/mail.yml.j2:4", "note shop.yml: playbooks/shop.yml:10 taken away from the machine, not taken over: k8s"}, not: []string{"shop.gone"}},
	})
}

// A BuildConfig speaks of the service that runs what it builds, and of no other.
func TestBuildsOfOtherServices(t *testing.T) {
	build := func(name string) string {
		return "apiVersion: build.openshift.io/v1\nkind: BuildConfig\nmetadata: {name: " + name + "}\nspec: {source: {git: {uri: 'https://git.acme.org/wiki.git'}}, strategy: {sourceStrategy: {from: {name: 'nodejs:12'}}}}\n"
	}
	deployment := "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: wiki}\nspec: {template: {spec: {containers: [{name: wiki, image: 'acme/wiki:1'}]}}}\n"
	play := "- hosts: localhost\n  tasks:\n    - k8s: {template: all.yml.j2}\n"
	runManaged(t, Ansible(), []readerCase{
		{name: "with its workload", tree: files{"package.json": "{}", "playbooks/wiki.yml": play, "playbooks/templates/all.yml.j2": build("wiki") + deployment},
			want: []string{"https://git.acme.org/wiki.git: language node 12  <- playbooks/templates/all.yml.j2:4"}},
		{name: "without one", tree: files{"package.json": "{}", "playbooks/wiki.yml": play, "playbooks/templates/all.yml.j2": build("other") + deployment},
			not: []string{"Language:node"}},
	})
}

func TestMacrosAndIndent(t *testing.T) {
	for text, want := range map[string]string{
		"{% macro line(key, value='x', unused) %}{{ key }}: {{ value }}\n{% endmacro %}{{ line('a') }}{{ line('b', value='y') }}": "a: x\nb: y\n",
		"{% macro again(n) %}{{ again(n) }}{% endmacro %}{{ again(1) }}":                                                          "${macro}",
		"{{ 'a\nb\n\nc' | indent(2) }}":                                               "a\n  b\n\n  c",
		"{{ 'a\nb' | indent(2, true) }}":                                              "  a\n  b",
		"{{ 'a\nb' | indent }}":                                                       "a\n    b",
		"{{ 'a\nb' | indent(first=true) }}":                                           "    a\n    b",
		"{{ 'a\nb' | indent(width=1) }}":                                              "a\n b",
		"{{ 'a\nb' | indent(1, first=True) }}":                                        " a\n b",
		"{{ {'a': {'b': 'c'}, 'db_password': 'canary'} | to_nice_yaml | indent(2) }}": "a:\n      b: c\n  db_password: ${db_password}\n",
		"{{ ['a', 'b'] | to_nice_yaml(indent=2) | indent(width=3, first=true) }}":     "   - a\n   - b\n",
		"{{ ['a'] | to_json | indent(2) }}":                                           `["a"]`,
		"{% macro %}{% endmacro %}{{ f(1) }}":                                         "${f}",
		"{% macro f(a, opts='x,y', n=[1, 2], c='(') %}{{ a }}/{{ opts }}/{{ n | last }}/{{ c }}{% endmacro %}{{ f('1') }} {{ f('2', 'z', c=3) }}": "1/x,y/2/( 2/z/2/3",
		"{% set o = 'top' %}{% macro f(a, b=a) %}{{ a }}{{ b }}{{ o }}{{ i }}{% endmacro %}{% for i in [1, 2] %}{{ f(i) }} {{ i }};{% endfor %}":  "11top${i} 1;22top${i} 2;",
	} {
		run := &jinjaRun{get: func(string) (managedValue, bool) { return managedValue{}, false }, file: "x", line: 1, work: &jinjaWork{}}
		if got, _ := run.template(text, true); got != want {
			t.Errorf("%s\ngot  %q\nwant %q", text, got, want)
		}
	}
}

// What indents a text takes steps for what it writes, and leaves one that is too long.
func TestIndentIsBounded(t *testing.T) {
	lines := strings.Repeat("a\n", maxJinjaText/16)
	for _, c := range []struct {
		expression, text string
		steps            int
		known            bool
	}{
		{"t | indent", "a\nb", 0, true},
		{"t | indent", strings.Repeat("a", 6400), maxJinjaSteps - 50, false},
		{"t | indent(2)", strings.Repeat("a", 6400), maxJinjaSteps - 50, false},
		{"t | indent(2)", lines, 0, true},
		{"t | indent(40)", lines, 0, false},
		{"t | indent", strings.Repeat("a", maxJinjaText+1), 0, false},
	} {
		work := &jinjaWork{steps: c.steps}
		run := &jinjaRun{get: func(string) (managedValue, bool) { return textValue(c.text, "x", 1), true }, file: "x", line: 1, work: work}
		if got := run.value(c.expression); got.known() != c.known {
			t.Errorf("%s of %d bytes after %d steps: known %v, %d steps", c.expression, len(c.text), c.steps, got.known(), work.steps)
		}
	}
}

func FuzzObjectsGivenToACluster(f *testing.F) {
	f.Add("{% macro part(name, width=2) %}{% include name %}{% endmacro %}kind: ConfigMap\napiVersion: v1\nmetadata: {name: c}\ndata:\n  a: |\n    {{ part('mail.yml.j2') | indent(4) }}\n")
	f.Add("apiVersion: v1\nkind: List\nitems: [{kind: Route, spec: {host: a.acme.org, to: {name: web}}}, {kind: HTTPRoute, spec: {hostnames: [b.acme.org], rules: [{matches: [{path: {value: /a}}], backendRefs: [{name: web}]}]}}]\n")
	f.Add("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: &a shop}\nspec: {template: {spec: {containers: [{name: *a, image: 'acme/shop:1', command: [sh, /etc/c/run.sh], volumeMounts: [{name: c, mountPath: /etc/c}]}], volumes: [{name: c, configMap: {name: c}}]}}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		checkManaged(t, read(t, Ansible(), files{"playbooks/shop.yml": "- hosts: localhost\n  tasks:\n    - k8s: {template: mail.yml.j2}\n", "playbooks/templates/mail.yml.j2": text}))
	})
}
