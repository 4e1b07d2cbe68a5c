package ops

import (
	"strings"
	"testing"
)

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: cart}
spec:
  template:
    spec:
      initContainers:
      - name: schema
        command: [python, manage.py, migrate]
      containers:
      - name: proxy
        image: envoyproxy/envoy
      - name: cart
        image: registry.example.com/shop-cart:1
        command: ["gunicorn"]
        args: ["cart:app"]
        ports:
        - {name: metrics, containerPort: 9102}
        - {name: http, containerPort: 7070}
        livenessProbe: {httpGet: {path: /live, port: http}}
        readinessProbe: {httpGet: {path: /ready, port: 7070}}
        env:
        - {name: MODE, value: full}
        - {name: REDIS_ADDR, value: "redis-cart:6379"}
        - name: APP_ID_X
          valueFrom: {secretKeyRef: {name: cart, key: id}}
        - name: DB_HOST
          valueFrom: {secretKeyRef: {name: cart, key: host}}
        envFrom: [{secretRef: {name: more}}, {configMapRef: {name: conf}}]
---
kind: Secret
metadata: {name: more}
stringData: {PAYMENT_CODE: geheim}
---
kind: ConfigMap
metadata: {name: conf}
data: {COLOUR: blue}
---
kind: StatefulSet
metadata: {name: redis-cart}
spec: {template: {spec: {containers: [{name: redis, image: "redis:6-alpine"}]}}}
---
kind: CronJob
metadata: {name: cart-report}
spec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {containers: [{name: cart, image: shop-cart, command: [python, report.py]}]}}}}}
`

func TestKubernetes(t *testing.T) {
	runCases(t, Kubernetes(), []readerCase{
		{"a port of UDP beside another", files{"shop/Dockerfile": "FROM node:20\n", "shop/package.json": "{}", "k8s/shop.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n      containers:\n      - name: shop\n        image: shop\n        ports:\n        - {containerPort: 8126}\n        - {containerPort: 8125, protocol: UDP}\n        - {containerPort: 443, protocol: UDP}\n"},
			[]string{"shop: port 8126 <- k8s/shop.yaml:10", "shop: udp [8125] <- k8s/shop.yaml:11"}, []string{"udp [443]"}},
		{"a flag of a chart that is off, and one that a place has on", files{"shop/Dockerfile": "FROM node:20\n", "shop/package.json": "{}", "chart/Chart.yaml": "name: all\n", "chart/values.yaml": "cloud: {tracing: false, queue: false}\n", "chart/values-prod.yaml": "cloud: {queue: true}\n",
			"chart/templates/shop.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n      containers:\n      - name: shop\n        image: shop\n        env:\n        {{- if .Values.cloud.tracing }}\n        - {name: TRACING, value: '1'}\n        {{- else }}\n        - {name: PLAIN, value: '1'}\n        {{- end }}\n        {{- if .Values.cloud.queue }}\n        - {name: QUEUE, value: '1'}\n        {{- end }}\n"},
			[]string{"shop: env PLAIN=1", "shop: env QUEUE=1", "note chart/values.yaml:1 parts of the chart that are off here are left out"}, []string{"TRACING"}},
		{"the port of a container that lists none", files{"shop/package.json": "{}", "shop/Dockerfile": "FROM node\n", "cart/package.json": "{}", "cart/Dockerfile": "FROM node\n",
			"kube/shop.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n      containers:\n      - name: shop\n        image: shop\n        env:\n        - name: PORT\n          value: '8081'\n        readinessProbe: {httpGet: {path: /ready, port: 9}}\n",
			"kube/cart.yaml": "kind: Deployment\nmetadata: {name: cart}\nspec:\n  template:\n    spec:\n      containers:\n      - name: cart\n        image: cart\n        readinessProbe: {httpGet: {path: /ready, port: 8082}}\n",
		}, []string{"shop: port 8081 <- kube/shop.yaml:11 declared", "cart: port 8082 <- kube/cart.yaml:9 declared"}, nil},
		{"variables of a named part of a chart", files{"package.json": "{}", "deploy/shop/Chart.yaml": "name: shop\n", "deploy/shop/values.yaml": "env: {LEVEL: info}\n",
			"deploy/shop/templates/_env.tpl": "{{- define \"shop.other\" -}}\nenv:\n- {name: OTHER_TOKEN, valueFrom: {secretKeyRef: {name: a, key: b}}}\n{{- end -}}\n{{/* kept */}}\n{{- define \"shop.env\" }}\nenv:\n  - name: SHOP_ACCESS\n    valueFrom: {secretKeyRef: {name: a, key: access}}\n  {{- if .Values.more }}\n  - name: MORE\n    value: '1'\n  {{- end }}\n  - name: LEVEL\n    value: {{ .Values.env.LEVEL | quote }}\n{{- end -}}\n{{- define \"shop.list\" -}}\n- name: LISTED\n  value: '2'\n{{- end }}\n{{- define \"shop.volumes\" -}}\n- name: files\n  emptyDir: {}\n{{- end }}\n{{- define \"shop.pull\" -}}\n- name: access_token\n{{- end }}\n{{- define \"shop.headers\" -}}\n- name: X-Shop\n  value: '1'\n{{- end }}\n",
			"deploy/shop/templates/web.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n      containers:\n      - name: shop\n        image: shop\n        ports:\n        - containerPort: 3000\n{{ include \"shop.env\" . | nindent 8 }}\n{{ include \"shop.list\" . }}\n{{ include \"shop.volumes\" . }}\n{{ include \"shop.pull\" . }}\n{{ include \"shop.headers\" . }}\n"},
			[]string{".: secret SHOP_ACCESS <- deploy/shop/templates/_env.tpl:8", ".: env LEVEL=info <- deploy/shop/templates/_env.tpl:14", ".: env LISTED=2 <- deploy/shop/templates/_env.tpl:18"}, []string{"OTHER_TOKEN", "files", "access_token", "X-Shop"}},
		{"what a chart has from the values of production alone", files{"package.json": "{}", "deploy/shop/Chart.yaml": "name: shop\n", "deploy/shop/values.yaml": "replicas: 1\n", "deploy/values-dev.yaml": "image: {port: 3999}\n", "deploy/values-prod.yaml": "image: {port: 3100}\nenv: {LINK: 'https://live.example.com'}\n",
			"deploy/shop/templates/web.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n      containers:\n      - name: shop\n        image: shop\n        ports:\n        - containerPort: {{ .Values.image.port }}\n        env:\n        - name: LINK\n          value: {{ .Values.env.LINK }}\n"},
			[]string{".: port 3100 <- deploy/shop/templates/web.yaml:10"}, []string{"live.example.com", "3999"}},
		{"metrics of a service, in a pod of their own that stands first", files{"package.json": "{}",
			"k8s/a.yaml": "kind: Deployment\nmetadata: {name: shop-metrics}\nspec: {template: {spec: {containers: [{name: m, image: acme/shop, command: [node, metrics.js], ports: [{containerPort: 9394}]}]}}}\n",
			"k8s/b.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: m, image: acme/shop, ports: [{containerPort: 3000}]}]}}}\n"},
			[]string{".: port 3000 <- k8s/b.yaml:3", "metrics: command node|metrics.js"}, nil},
		{"a program of others in a chart whose own image nothing here says", files{"package.json": "{}", "deploy/shop/Chart.yaml": "name: shop\n",
			"deploy/shop/templates/av.yaml":   "kind: Deployment\nmetadata: {name: shop-av}\nspec:\n  template:\n    spec:\n      containers:\n      - name: av\n        image: acme/av:1\n        command: [\"/init\"]\n        ports:\n        - containerPort: 3310\n",
			"deploy/shop/templates/web.yaml":  "kind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: '{{ .Values.image.name }}'\n        ports:\n        - containerPort: 3000\n",
			"deploy/shop/templates/work.yaml": "kind: Deployment\nmetadata: {name: worker}\nspec:\n  template:\n    spec:\n      containers:\n      - name: worker\n        image: '{{ .Values.image.name }}'\n        command: [node, worker.js]\n"},
			[]string{".: port 3000 <- deploy/shop/templates/web.yaml:10", "worker: command node|worker.js"}, []string{"/init", "3310"}},
		{"a Service with a port of its own, and code below src", files{"mail/src/Mail.csproj": "<Project/>", "shop/Dockerfile": "FROM node:20\n", "shop/package.json": "{}", "k8s/mail.yaml": "kind: Deployment\nmetadata: {name: mail}\nspec: {template: {spec: {containers: [{name: server, image: mail, ports: [{containerPort: 8080}]}]}}}\n---\nkind: Service\nmetadata: {name: mail}\nspec: {ports: [{port: 5000, targetPort: 8080}]}\n",
			"k8s/shop.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: server, image: shop, env: [{name: MAIL_ADDR, value: 'mail:5000'}, {name: MAIL_URL, value: 'http://mail:5000/v1'}, {name: OTHER, value: 'other:5000'}]}]}}}\n"},
			[]string{"shop: env MAIL_ADDR=mail:8080", "shop: need http mail||| MAIL_URL=http://{host}:{port}/v1:8080", "shop: env OTHER=other:5000", "mail/src: port 8080"}, nil},
		{"values of places beside a chart that rests on a shared one, and a job of another image", files{"pom.xml": "", "helm_deploy/shop-api/Chart.yaml": "name: shop-api\ndependencies:\n  - name: generic-service\n", "helm_deploy/shop-api/values.yaml": "generic-service:\n  image: {repository: acme/shop-api, port: 8080}\n  env:\n    LEVEL: info\n    COLOUR: red\n  namespace_secrets:\n    shop:\n      DB_PASSWORD: password\n",
			"helm_deploy/shop-api/templates/tidy.yaml": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: tidy}\nspec: {schedule: '5 * * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: acme/tools, args: [curl, 'http://shop-api/tidy']}]}}}}}\n",
			"helm_deploy/values-prod.yaml":             "generic-service:\n  ingress: {host: shop.gov.example.net}\n  env:\n    LEVEL: warn\nenvironment: prod\n", "helm_deploy/values-preprod.yaml": "generic-service:\n  ingress: {hosts: [shop-preprod.gov.example.net]}\n  env:\n    LEVEL: debug\n    COLOUR: red\n", "helm_deploy/values-dev.yaml": "generic-service:\n  env:\n    LEVEL: trace\n"},
			[]string{".: port 8080 <- helm_deploy/shop-api/values.yaml:2", ".: env LEVEL=warn <- helm_deploy/values-prod.yaml:4", ".: env COLOUR=red <- helm_deploy/shop-api/values.yaml:5", ".: secret DB_PASSWORD", ".: route shop.gov.example.net"}, []string{"trace", "curl", "LEVEL=info"}},
		{"values of places where the whole chart is the organisation's", files{"api/package.json": "{}", "api/helm_deploy/values-prod.yaml": "generic-service:\n  env: {LEVEL: warn}\n", "api/helm_deploy/values.preview.template.yaml": "env: {LEVEL: none}\n", "api/helm_deploy/values-demo.yaml": "a: {env: {X_LEVEL: a}}\nb: {env: {X_LEVEL: b}}\n"},
			[]string{"api: env LEVEL=warn <- api/helm_deploy/values-prod.yaml:2"}, []string{"none", "X_LEVEL"}},
		{"a chart that hands its values to a shared one", files{"package.json": "{}", "helm_deploy/shop/Chart.yaml": "name: shop\n", "helm_deploy/shop/values.yaml": "generic-service:\n  image:\n    repository: acme/shop\n    port: 8180\n  livenessProbe: {path: /live}\n  env:\n    LEVEL: info\n    DB_HOST: \"{{ .Values.host }}\"\n  namespace_secrets:\n    shop:\n      DB_PASSWORD: \"password\"\n      lower: LOWER_CASE\n  keyVaults:\n    a:\n      secrets:\n        - name: api-key\n          alias: API_KEY\n        - name: user\n          alias: DB_USER\n        - name: host\n          alias: QUEUE_HOST\n",
			"helm_deploy/shop/values-dev.yaml": "generic-service:\n  image: {repository: acme/shop, port: 9999}\n"},
			[]string{".: port 8180 <- helm_deploy/shop/values.yaml:4 declared", ".: health /live  <- helm_deploy/shop/values.yaml:5", ".: env LEVEL=info <- helm_deploy/shop/values.yaml:7", ".: secret DB_PASSWORD <- helm_deploy/shop/values.yaml:11", ".: secret API_KEY <- helm_deploy/shop/values.yaml:17", ".: secret DB_USER <- helm_deploy/shop/values.yaml:19 guess", ".: requires DB_HOST <- helm_deploy/shop/values.yaml:8"}, []string{"9999", "LOWER_CASE", "env DB_HOST", "QUEUE_HOST"}},
		{"values that a pipeline fills in beside those of the chart", files{"build.gradle": "", "charts/shop/Chart.yaml": "name: shop\ndependencies:\n  - name: java\n", "charts/shop/values.yaml": "java:\n  image: acme/shop:latest\n  applicationPort: 4452\n  environment:\n    LEVEL: info\n", "charts/shop/values.aat.template.yaml": "java:\n  image: ${IMAGE_NAME}\n  applicationPort: 4452\n  environment:\n    LEVEL: none\n"},
			[]string{".: port 4452", ".: env LEVEL=info <- charts/shop/values.yaml:5"}, []string{"none"}},
		{"a chart whose own templates are jobs", files{"Gemfile": "", "helm/shop/Chart.yaml": "name: shop\ndependencies:\n  - name: generic-service\n", "helm/shop/values.yaml": "generic-service:\n  image: {repository: acme/shop, port: 3000}\n  containerCommand: [puma, -p, '3000']\n",
			"helm/shop/templates/tidy.yaml":   "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: tidy\nspec:\n  {{- if or (eq $env \"dev\") (eq $env \"preprod\") }}\n  schedule: '0 9 * * *'\n  {{- end }}\n  {{- if eq $env \"prod\" }}\n  schedule: '0 0 * * *'\n  {{- end }}\n  jobTemplate:\n    spec: {template: {spec: {containers: [{name: a, image: '{{ index .Values \"generic-service\" \"image\" \"repository\" }}:{{ .Chart.AppVersion }}', command: [rake, tidy]}]}}}\n",
			"helm/shop/templates/count.yaml":  "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: count}\nspec:\n  schedule: '5 * * * *'\n  jobTemplate:\n    spec: {template: {spec: {containers: [{name: a, image: '{{ include \"image\" . }}', command: [rake, count]}]}}}\n",
			"helm/shop/templates/invent.yaml": "{{- if eq .Values.env \"dev\" }}\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: invent}\nspec:\n  schedule: '5 * * * *'\n  jobTemplate:\n    spec: {template: {spec: {containers: [{name: a, image: acme/shop, command: [rake, invent]}]}}}\n{{- end }}\n"},
			[]string{".: command puma|-p|3000 <- helm/shop/values.yaml:3", ".: port 3000", "tidy: command rake|tidy", "tidy: schedule 0 0 * * *", "count: command rake|count <- helm/shop/templates/count.yaml:7"}, []string{"invent", ".: command rake"}},
		{"a schedule that YAML would take for an alias", files{"package.json": "{}", "helm/shop/Chart.yaml": "name: shop\n", "helm/shop/values.yaml": "image: acme/shop\npoll: '*/10 * * * *'\n", "helm/shop/templates/poll.yaml": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: poll}\nspec:\n  schedule: {{ .Values.poll | quote }}\n  jobTemplate:\n    spec: {template: {spec: {containers: [{name: a, image: '{{ .Values.image }}', command: [node, poll.js]}]}}}\n"},
			[]string{".: schedule */10 * * * *"}, []string{"not understood"}},
		{"a chart whose workloads are told by arguments and an image called like its project", files{"Dockerfile": "FROM sdk AS build\nCOPY . .\nFROM aspnet:8.0 AS job\nCOPY --from=build /out .\nENTRYPOINT [\"dotnet\", \"Acme.Job.dll\"]\nFROM aspnet:8.0 AS api\nCOPY --from=build /api .\nENTRYPOINT [\"dotnet\", \"Acme.Web.dll\"]\n", "src/Acme.Job/Acme.Job.csproj": "", "src/Acme.Web/Acme.Web.csproj": "", "k8s/acme/Chart.yaml": "name: acme\n",
			"k8s/acme/templates/jobs.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ template \"acme.fullname\" . }}-jobs-posts\nspec: {template: {spec: {containers: [{name: a, image: 'acme/job:1', args: [Posts], env: [{name: LEVEL, value: {{ default \"a b;\" .Values.level }}}]}]}}}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ template \"acme.fullname\" . }}-jobs-web-hooks\nspec: {template: {spec: {containers: [{name: a, image: 'acme/job:1', args: [WebHooks]}]}}}\n---\napiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: {{ template \"acme.fullname\" . }}-jobs-tidy\nspec: {schedule: '0 0 * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: 'acme/job:1', args: [Tidy]}]}}}}}\n"},
			[]string{"src/Acme.Job: command dotnet|Acme.Job.dll|Posts", "src/Acme.Job/web-hooks: command dotnet|Acme.Job.dll|WebHooks", "src/Acme.Job/tidy: schedule 0 0 * * *", "src/Acme.Job: env LEVEL=a b;"}, []string{"<helm>"}},
		{"values that are no workload's", files{"package.json": "{}", "charts/shop/Chart.yaml": "name: shop\n", "charts/shop/values.yaml": "postgres:\n  image: postgres\n  auth: {DB_PASSWORD: x}\n"}, nil, []string{".: "}},
		{"an application of NAIS", files{"pom.xml": "<project/>", ".nais/prod.yaml": "apiVersion: nais.io/v1alpha1\nkind: Application\nmetadata: {name: shop}\nspec:\n  image: {{ image }}\n  port: 8181\n  liveness: {path: internal/alive}\n  readiness:\n    path: /internal/ready\n  env:\n    - name: LEVEL\n      value: info\n  gcp:\n    sqlInstances:\n      - type: POSTGRES_14\n  kafka: {pool: nav-prod}\n"},
			[]string{".: port 8181 <- .nais/prod.yaml:6", ".: health /internal/alive  <- .nais/prod.yaml:7", ".: health  /internal/ready", ".: env LEVEL=info", ".: need postgres14 |||:0", ".: need kafka"}, nil},
		{"applications of NAIS beside their modules, whatever they are called", files{"pom.xml": "<project/>", "web/pom.xml": "<project/>", "web/.nais/prod.yml": "apiVersion: nais.io/v1alpha1\nkind: Application\nmetadata: {name: shop-api}\nspec: {image: \"{{image}}\", port: 8080, readiness: {path: /web/isReady}}\n", "proxy/pom.xml": "<project/>", "proxy/.nais/prod.yml": "apiVersion: nais.io/v1alpha1\nkind: Application\nmetadata: {name: shop-api-proxy}\nspec: {image: \"{{image}}\", port: 8081, readiness: {path: /isReady}}\n"},
			[]string{"web: health  /web/isReady", "proxy: port 8081 <- proxy/.nais/prod.yml:4", "proxy: health  /isReady"}, []string{".: port"}},
		{"a job of a program of others", files{"package.json": "{}", "db-backup/Dockerfile": "FROM postgres-tools:2\nCOPY backup.conf /etc/\nCMD [\"pg_backup\"]\n", "db-backup/backup.conf": "", "db-backup/cronjob.yaml": "kind: CronJob\nmetadata: {name: db-backup}\nspec:\n  schedule: '0 3 * * *'\n  jobTemplate: {spec: {template: {spec: {containers: [{name: b, image: acme/db-backup, command: [pg_backup, all]}]}}}}\n"},
			[]string{"note db-backup/cronjob.yaml:1 db-backup runs the image of db-backup, which holds no code"}, []string{"command"}},
		{"a manifest", files{"src/cart/requirements.txt": "", "deploy/all.yaml": deployment}, []string{
			"src/cart: command gunicorn|cart:app <- deploy/all.yaml:15 declared", "src/cart: port 7070 <- deploy/all.yaml:19", "src/cart: health /live  <-", "src/cart: health  /ready <-", "src/cart: env MODE=full", "src/cart: secret APP_ID_X", "src/cart: secret PAYMENT_CODE",
			"src/cart: env COLOUR=blue", "src/cart: need redis redis-cart", "src/cart/report: command python|report.py", "src/cart/migrate: command (release) python|manage.py|migrate", ".: need redis6 redis-cart",
		}, []string{"geheim", "envoy", "secret DB_HOST"}},
		{"what somebody starts by hand is no step of a release", files{"Gemfile": "", "k8s/dump.yaml": "apiVersion: batch/v1\nkind: Job\nmetadata: {name: dump}\nspec:\n  template:\n    spec:\n      containers:\n        - name: shop\n          image: shop\n          command: [bundle, exec, rake, 'db:dump:anonymised']\n"}, nil, []string{"db:dump"}},
		{"what belongs into the image is no step of a release", files{"requirements.txt": "", "shop/deployment.yaml": strings.ReplaceAll(strings.ReplaceAll(deployment, "manage.py, migrate", "manage.py, collectstatic"), "name: cart", "name: shop")}, nil, []string{"collectstatic"}},
		{"a chart, not rendered", files{"package.json": "{}", "chart/Chart.yaml": "name: shop\n", "chart/values.yaml": "image: {repo: acme/shop}\nservice:\n  port: 3000\n", "chart/templates/deployment.yaml": `{{- if .Values.enabled }}
kind: Deployment
metadata:
  name: {{ include "shop.fullname" . }}
spec:
  template:
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repo }}:{{ .Values.image.tag }}"
          ports:
            - containerPort: {{ .Values.service.port | default 80 }}
          readinessProbe:
            httpGet:
              path: /healthz
          env:
            {{- range .Values.env }}
            - name: {{ .name }}
              value: {{ .value }}
            {{- end }}
            - name: NODE_ENV
              value: {{ .Values.nodeEnv | default "production" }}
{{- end }}
`}, []string{".: port 3000 <- chart/templates/deployment.yaml:12", ".: health  /healthz <- chart/templates/deployment.yaml:15", ".: env NODE_ENV=production"}, []string{"helm", "note"}},
		{"a template of OpenShift", files{"requirements.txt": "", "openshift/templates/shop.json": `{"kind": "Template", "parameters": [{"name": "NAME", "value": "shop"}, {"name": "PY", "value": "3.8-ubi8"}, {"name": "PW"}], "objects": [
{"kind": "BuildConfig", "metadata": {"name": "${NAME}"}, "spec": {"source": {"contextDir": "${DIR}"}, "strategy": {"sourceStrategy": {"from": {"name": "python:${PY}"}}}}},
{"kind": "DeploymentConfig", "metadata": {"name": "${NAME}"}, "spec": {"template": {"spec": {"containers": [{"name": "x", "image": " ", "ports": [{"containerPort": 8080}], "env": [{"name": "TOKEN", "value": "${PW}"}]}]}}}}]}`}, []string{
			".: language python 3.8", ".: port 8080", ".: secret TOKEN",
		}, nil},
		{"workers in one pod, beside a proxy, and a job by a script", files{"Gemfile": "", "Dockerfile": "FROM ruby:3\nCOPY . .\n", "migrate.sh": "#!/bin/sh\nbundle exec rails db:migrate\nbundle exec rails data:migrate\n", "k8s/web.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: web, image: 'x/shop:1', command: [bin/web], ports: [{containerPort: 3000}]}]}}}\n",
			"k8s/jobs.yaml": "kind: Deployment\nmetadata: {name: shop-jobs}\nspec: {template: {spec: {initContainers: [{name: pending, image: 'x/shop:1', command: [/bin/sh, -c, 'bundle exec rake db:abort_if_pending_migrations']}], containers: [{name: slow, image: 'x/shop:1', command: [sidekiq, -C, slow.yml]}, {name: quick, image: 'x/shop:1', command: [sidekiq, -C, quick.yml]}, {name: proxy, image: 'x/envoy:1', command: [envoy]}]}}}\n---\nkind: Job\nmetadata: {name: shop-migrations}\nspec: {template: {spec: {containers: [{name: a, image: 'x/shop:1', command: [./migrate.sh]}]}}}\n"},
			[]string{".: command bin/web", "jobs: command sidekiq|-C|slow.yml", "quick: command sidekiq|-C|quick.yml", "migrate: command (release) ./migrate.sh <- k8s/jobs.yaml:7"}, []string{"envoy", "abort_if"}},
		{"a job that asks for a page", files{"package.json": "{}", "openshift/mail.yaml": "kind: CronJob\nmetadata: {name: mail}\nspec: {schedule: '0 8 * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: 'docker.io/curlimages/curl:8', command: [curl, 'https://shop.example/mail']}]}}}}}\n"},
			[]string{"note openshift/mail.yaml:1 mail asks another program at \"0 8 * * *\""}, []string{"command curl"}},
		{"a job alone, beside an image that starts something else", files{"package.json": "{}", "Dockerfile": "FROM node:10\nCOPY . .\nCMD [\"node\", \"server.js\"]\n", "openshift/import.yaml": "kind: CronJob\nmetadata: {name: import}\nspec: {schedule: '0 8 * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: shop, command: [node, import.js]}]}}}}}\n"},
			[]string{"import: command node|import.js", "import: schedule 0 8 * * *"}, []string{".: schedule"}},
		{"jobs whose image the deployment puts in, and a web server in front that is asked", files{"Gemfile": "", "kube/web.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: shop, image: acme/shop, command: [puma]}, {name: front, image: 'acme/nginx:1', readinessProbe: {httpGet: {path: /about, port: 80}}}]}}}\n", "kube/mail.yaml": "kind: CronJob\nmetadata: {name: mail}\nspec: {schedule: '0 2 * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: a, command: [rake, mail]}]}}}}}\n"},
			[]string{".: command puma", "mail: command rake|mail", ".: health  /about <- kube/web.yaml:3 convention"}, nil},
		{"deploy is no environment", files{"Gemfile": "", "deploy/web.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: shop, image: shop, command: [puma], ports: [{containerPort: 3000}]}]}}}\n",
			"deploy/integration-worker.yaml": "kind: Deployment\nmetadata: {name: integration-worker}\nspec: {template: {spec: {containers: [{name: a, image: shop, command: [sidekiq]}]}}}\n"},
			[]string{".: command puma", "worker: command sidekiq <- deploy/integration-worker.yaml:3"}, []string{"left out"}},
		{"nor a file of that name", files{"Gemfile": "", "k8s/deploy.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: shop, image: shop, command: [puma], ports: [{containerPort: 3000}]}]}}}\n",
			"k8s/staging/worker.yaml": "kind: Deployment\nmetadata: {name: worker}\nspec: {template: {spec: {containers: [{name: a, image: shop, command: [sidekiq]}]}}}\n"},
			[]string{".: command puma", "worker: command sidekiq"}, []string{"left out"}},
		{"a job that one other environment has", files{"Gemfile": "", "k8s/production/web.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: shop, image: shop, command: [puma], ports: [{containerPort: 3000}]}]}}}\n",
			"k8s/qa/restore.yaml": "kind: CronJob\nmetadata: {name: restore}\nspec: {schedule: '0 1 * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: shop, command: [rake, 'dump:restore']}]}}}}}\n", "k8s/mail.yaml": "kind: CronJob\nmetadata: {name: mail}\nspec: {schedule: '0 2 * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: shop, command: [rake, mail]}]}}}}}\n"},
			[]string{".: command puma", "mail: command rake|mail", "note k8s/qa/restore.yaml:1 restore is not among the manifests of production: left out"}, []string{"dump:restore"}},
		{"what OpenShift runs before a rollout", files{"package.json": "{}", "run_migration.sh": "", "openshift/dc.yaml": "kind: DeploymentConfig\nmetadata: {name: shop}\nspec:\n  strategy:\n    recreateParams:\n      pre:\n        execNewPod:\n          command: [/opt/app-root/src/run_migration.sh]\n          env: [{name: ADMIN_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: pw}}}]\n    rollingParams:\n      post: {execNewPod: {command: [tell]}}\n  template: {spec: {containers: [{name: shop, image: shop, ports: [{containerPort: 3000}]}]}}\n"},
			[]string{".: port 3000", "migrate: command (release) ./run_migration.sh <- openshift/dc.yaml:8 declared", "migrate: secret ADMIN_PASSWORD"}, []string{"tell"}},
		{"a script that migrates first, started by the manifest", files{"Gemfile": "", "web.sh": "#!/bin/sh\nset +ex\nbundle exec rails db:migrate\nset -ex\nbundle exec puma -e production\n", "Dockerfile": "FROM ruby:3\nCOPY . .\n", "k8s/deployment.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: shop, image: shop, command: [./web.sh], ports: [{containerPort: 3000}]}]}}}\n"},
			[]string{".: command bundle|exec|puma|-e|production <- k8s/deployment.yaml:3", "migrate: command (release) bundle|exec|rails|db:migrate <- web.sh:3 convention"}, nil},
		{"a chart that installs more than the repository's image", files{"requirements.txt": "", "shop/__init__.py": "", "shop/web/__init__.py": "", "shop/web/app.py": "", "helm-shop/Chart.yaml": "name: helm-shop\n",
			"helm-shop/templates/web.yaml": "kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: 'example/shop:1', command: [gunicorn, 'a:b'], ports: [{containerPort: 5001}]}]}}}\n", "helm-shop/templates/wiki.yaml": "kind: Deployment\nmetadata: {name: wiki}\nspec: {template: {spec: {containers: [{name: wiki, image: 'wiki:1', command: [wiki]}]}}}\n"},
			[]string{".: command gunicorn|a:b", ".: port 5001"}, []string{"command wiki", "shop/web:"}},
		{"the same in two places, and arguments alone", files{"Gemfile": "", "Dockerfile": "FROM ruby:2.5\nCOPY . .\nCMD [\"bin/web\"]\n",
			"kubernetes/deployment-production.yaml": "kind: Deployment\nmetadata: {name: shop-production-app}\nspec: {template: {spec: {containers: [{name: a, image: 'x/shop:1', env: [{name: LEVEL, value: warn}], ports: [{containerPort: 81}]}]}}}\n---\nkind: Deployment\nmetadata: {name: shop-production-worker}\nspec: {template: {spec: {containers: [{name: a, image: 'x/shop:1', args: [bin/work, -q]}]}}}\n",
			"kubernetes/deployment-staging.yaml":    "kind: Deployment\nmetadata: {name: shop-staging-app}\nspec: {template: {spec: {containers: [{name: a, image: 'x/shop:1', env: [{name: LEVEL, value: debug}], ports: [{containerPort: 81}]}]}}}\n---\nkind: Deployment\nmetadata: {name: shop-staging-worker}\nspec: {template: {spec: {containers: [{name: a, image: 'x/shop:1', args: [bin/work, -q]}]}}}\n"},
			[]string{".: port 81", ".: env LEVEL=warn", "worker: command bin/work|-q <- kubernetes/deployment-production.yaml:7"}, []string{"staging-app:", "staging-worker:", ".: command"}},
		{"a port of its own for probes, and one of another protocol", files{"Gemfile": "", "deployment.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: shop, image: 'x/shop:1', ports: [{name: grpc, containerPort: 7000},\n{name: admin, containerPort: 7001}], livenessProbe: {httpGet: {path: /live,\nport: admin}}, readinessProbe: {httpGet: {path: /ready, port: 7000}}}]}}}\n"},
			[]string{".: port 7000", ".: speaks tcp <- deployment.yaml:3 declared", ".: health /live ", ".: health at port 7001"}, nil},
		{"a probe by gRPC", files{"Gemfile": "", "deployment.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: shop, image: 'x/shop:1', ports: [{containerPort: 7000}],\nreadinessProbe: {grpc: {port: 7000}}}]}}}\n"}, []string{".: speaks tcp <- deployment.yaml:4 declared"}, nil},
		{"a manifest that a template makes", files{"Gemfile": "", "kubernetes/deployment-production.tmpl": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: shop, image: 'x/shop:__TAG__', env: [{name: API_TOKEN, valueFrom: {secretKeyRef: {name: a, key: b}}}], readinessProbe: {httpGet: {path: /ready}}}]}}}\n", "kubernetes/notes.tmpl": "kind of a note\n", "maintenance_page/kube/deployment.yml.tmpl": "kind: Deployment\nmetadata: {name: away}\nspec: {template: {spec: {containers: [{name: x, image: 'x/y:1', ports: [{containerPort: 8081}]}]}}}\n"},
			[]string{".: secret API_TOKEN <- kubernetes/deployment-production.tmpl:3", ".: health  /ready"}, []string{"note kubernetes", "8081"}},
		{"images of others beside the one that several run", files{"requirements.txt": "", "kube/a.yaml": "kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, image: 'x/shop:1', command: [gunicorn, 'a:b'], ports: [{containerPort: 5001}]}]}}}\n---\nkind: Deployment\nmetadata: {name: work}\nspec: {template: {spec: {containers: [{name: work, image: 'x/shop:2', command: [celery, worker]}]}}}\n---\nkind: Deployment\nmetadata: {name: pool}\nspec: {template: {spec: {containers: [{name: pool, image: 'x/pgbouncer', command: [bouncer]}]}}}\n"},
			[]string{".: command gunicorn|a:b", "work: command celery|worker"}, []string{"bouncer"}},
		{"of other people's images", files{"go.mod": "", "deploy/a.yaml": "kind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, image: grafana/grafana, ports: [{containerPort: 3000}]}]}}}\n---\nkind: Deployment\nmetadata: {name: b}\nspec: {template: {spec: {containers: [{name: b, image: corp/b}]}}}\n---\nkind: Deployment\nmetadata: {name: c}\nspec: {template: {spec: {containers: [{name: c, image: corp/c, ports: [{containerPort: 3000}]}]}}}\n"}, nil, []string{"port"}},
	})
}

func TestScheduleOfAChart(t *testing.T) {
	runCases(t, Kubernetes(), []readerCase{
		{"a schedule that YAML takes in quotes alone", files{"package.json": "{}", "helm/shop/Chart.yaml": "name: shop\n", "helm/shop/values.yaml": "image: {name: acme/shop}\ncron:\n  mail: \"*/5 * * * *\"\n",
			"helm/shop/templates/web.yaml":  "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: a, image: acme/shop}]}}}\n",
			"helm/shop/templates/mail.yaml": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: mail}\nspec:\n  schedule: {{ .Values.cron.mail | quote }}\n  jobTemplate:\n    spec: {template: {spec: {containers: [{name: a, image: acme/shop, command: [node, mail.js]}]}}}\n"},
			[]string{"mail: command node|mail.js", "mail: schedule */5 * * * *"}, []string{"not understood"}},
		{"a backslash that the chart quotes, and lists without quotes", files{"package.json": "{}", "helm/shop/Chart.yaml": "name: shop\n", "helm/shop/values.yaml": "pattern: ^/api/\\d+$\nstart: \"[node, a.js]\"\n",
			"helm/shop/templates/web.yaml": "kind: ConfigMap\nmetadata: {name: other}\ndata:\n  PATTERN: {{ .Values.pattern | quote }}\n---\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        image: acme/shop\n        command: {{ .Values.start }}\n        args: {{ .Values.args | default \"[]\" }}\n        env:\n        - name: PATTERN\n          value: {{ .Values.pattern | quote }}\n"},
			[]string{".: command node|a.js <- ", ".: env PATTERN=^/api/\\d+$"}, []string{"not understood"}},
	})
}

func TestKubernetesStartsAScript(t *testing.T) {
	runCases(t, Kubernetes(), []readerCase{
		{"a script of the image, through a shell", files{"requirements.txt": "celery\n", "Dockerfile": "FROM python:3\nCOPY bin /srv\n", "bin/work.sh": "#!/bin/bash\nwhich celery\ncelery -A shop worker\n",
			"kube/shop.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: shop, image: example/shop, command: [/bin/bash], args: ['-c', /srv/work.sh]}]}}}\n"}, []string{".: command celery|-A|shop|worker"}, nil},
	})
}

func TestProgramsOfOneImage(t *testing.T) {
	container := func(name, command string) string {
		return "      - {name: " + name + ", image: 'acme/shop:1', command: [" + command + "]}\n"
	}
	deployment := func(name string, containers ...string) string {
		return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + "}\nspec:\n  template:\n    spec:\n      containers:\n" + strings.Join(containers, "")
	}
	programs := files{"go.mod": "module m\n", "Dockerfile": "FROM golang\nRUN go build -o /bin/ ./cmd/...\n", "cmd/front/main.go": "package main\n", "cmd/mail/main.go": "package main\n", "cmd/bills/main.go": "package main\n"}
	with := func(more files) files {
		for name, text := range programs {
			more[name] = text
		}
		return more
	}
	runCases(t, Kubernetes(), []readerCase{
		{"workloads that are called like programs of the module", with(files{"k8s/a.yaml": deployment("front", container("front", "front")) + "---\n" + deployment("mail", container("mail", "mail"))}), []string{
			".: command front", "mail: command mail"}, []string{"cmd/"}},
		{"containers of one pod", with(files{"k8s/a.yaml": deployment("front", "      - {name: front, image: 'acme/shop:1', command: [front], ports: [{containerPort: 80}]}\n", container("mail", "mail"), "      - {name: bills, image: 'acme/shop:1', command: [bills], ports: [{containerPort: 81}]}\n")}), []string{
			".: command front", "mail: command mail", "bills: command bills"}, []string{"cmd/"}},
	})
}
