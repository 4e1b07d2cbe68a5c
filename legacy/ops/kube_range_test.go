package ops

import (
	"strings"
	"testing"
)

func TestWorkloadsOfAList(t *testing.T) {
	web := "kind: Deployment\nmetadata: {name: '{{ .Release.Name }}-web'}\nspec: {template: {spec: {containers: [{name: web, image: '{{ .Values.image }}', command: [gunicorn, shop]}]}}}\n"
	chart := func(values, jobs string) files {
		return files{"requirements.txt": "", "helm/shop/Chart.yaml": "name: shop\n", "helm/shop/values.yaml": "image: acme/shop\n" + values, "helm/shop/templates/web.yaml": web, "helm/shop/templates/jobs.yaml": jobs}
	}
	const each = `{{- range $i, $job := .Values.cronjobs }}
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: {{ template "shop.fullname" $ }}-{{ $job.command | trunc 16 | replace "_" "-" }}-{{ $i }}
spec:
  schedule: {{ $job.schedule | quote }}
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - name: job
              image: "{{ $.Values.image }}:{{ $.Values.tag }}"
              command: ["python", "manage.py", "{{ $job.command }}"]
              env:
              {{- range $job.env }}
                - name: {{ .name }}
                  value: {{ .value }}
              {{- end }}
{{- end }}
`
	const named = `{{- range $name, $job := .Values.jobs }}
{{- if $job.enabled }}
kind: CronJob
metadata: {name: "{{ $name }}"}
spec:
  schedule: "{{ .schedule }}"
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - name: job
              image: "{{ $.Values.image }}"
              command:
                {{- toYaml .command | nindent 16 }}
              args: {{ toJson $job.args }}
---
{{- end }}
{{- end }}
`
	const dev = "{{- if eq $.Values.env \"dev\" }}\n"
	runCases(t, Kubernetes(), []readerCase{
		{"a branch of another place within the list", chart("cronjobs:\n  - {command: tidy, schedule: 0 3 * * *}\n", strings.Replace(each, "  jobTemplate:", "  "+dev+"  suspend: true\n  {{- end }}\n  jobTemplate:", 1)),
			[]string{".: command gunicorn|shop", "tidy: command python|manage.py|tidy", "tidy: schedule 0 3 * * *"}, []string{"helm>", "{{"}},
		{"a list within a branch of another place", chart("cronjobs:\n  - {command: tidy, schedule: 0 3 * * *}\n", dev+each+"{{- end }}\n"), []string{".: command gunicorn|shop"}, []string{"tidy"}},
		{"a list of jobs", chart("cronjobs:\n  - {command: send_mail, schedule: '*/5 * * * *', env: [{name: A, value: b}]}\n  - {command: tidy, schedule: 0 3 * * *}\n", each),
			[]string{".: command gunicorn|shop", "send_mail: command python|manage.py|send_mail <- helm/shop/templates/jobs.yaml:16", "send_mail: schedule */5 * * * *", "tidy: command python|manage.py|tidy", "tidy: schedule 0 3 * * *"}, []string{"helm>", "env send", "{{"}},
		{"a mapping of jobs, one of them off", chart("jobs:\n  send:\n    enabled: true\n    schedule: 0 1 * * *\n    command: [node, send.js]\n    args: [--all]\n  old:\n    enabled: false\n    schedule: 0 2 * * *\n    command: [node, old.js]\n", named),
			[]string{"send: command node|send.js|--all", "send: schedule 0 1 * * *"}, []string{"old.js"}},
		{"a list that production's values have", func() files {
			f := chart("cronjobs: []\n", each)
			f["helm/shop/values-production.yaml"] = "cronjobs: [{command: tidy, schedule: 0 3 * * *}]\n"
			return f
		}(), []string{"tidy: schedule 0 3 * * *"}, nil},
		{"a list that nobody has", chart("", each), []string{".: command gunicorn|shop"}, []string{"manage.py", "schedule"}},
		{"words, and nothing else, of a list", files{"requirements.txt": "", "helm/shop/Chart.yaml": "name: shop\n", "helm/shop/values.yaml": "queues: [mail, bills]\n",
			"helm/shop/templates/work.yaml": "kind: Deployment\nmetadata: {name: shop}\nspec: {template: {spec: {containers: [{name: a, image: acme/shop, command: [gunicorn, shop]}]}}}\n---\n{{- range .Values.queues }}\nkind: Deployment\nmetadata: {name: 'work-{{ . }}'}\nspec: {template: {spec: {containers: [{name: a, image: acme/shop, command: [celery, -Q, '{{ . }}']}]}}}\n---\n{{- end }}\n"},
			[]string{"work-mail: command celery|-Q|mail", "work-bills: command celery|-Q|bills"}, nil},
	})
}

func TestItemsOfAListThatAreOff(t *testing.T) {
	const jobs = "{{- range $name, $job := .Values.jobs }}\n{{- if $job.enabled }}\nkind: CronJob\nmetadata: {name: '{{ $name }}'}\nspec: {schedule: '{{ $job.schedule }}', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: acme/shop, command: [node, '{{ $job.script }}']}]}}}}}\n{{- end }}\n---\n{{- end }}\n"
	chart := files{"package.json": "{}", "helm/shop/Chart.yaml": "name: shop\n", "helm/shop/templates/jobs.yaml": jobs,
		"helm/shop/values.yaml":            "jobs:\n  send: {enabled: true, schedule: 0 1 * * *, script: send.js}\n  old: {enabled: false, schedule: 0 2 * * *, script: old.js}\n  tidy: {enabled: false, schedule: 0 3 * * *, script: tidy.js}\n",
		"helm/shop/values-production.yaml": "ingress: {enabled: true}\njobs: {tidy: {enabled: true}}\n"}
	runCases(t, Kubernetes(), []readerCase{{"beside another flag that production has on", chart,
		[]string{"send: command node|send.js", "tidy: command node|tidy.js", "note helm/shop/values.yaml:3 parts of the chart that are off"}, []string{"old.js", "values.yaml:4 parts"}}})
	for _, n := range read(t, Kubernetes(), chart).Notes {
		if strings.HasPrefix(n.Text, "parts of the chart") && n.Item != "jobs.old.enabled" {
			t.Errorf("noted as %q", n.Item)
		}
	}
}

func TestItemsThatProductionsListHasOn(t *testing.T) {
	const jobs = "{{- range .Values.jobs }}\n{{- if .enabled }}\nkind: CronJob\nmetadata: {name: '{{ .name }}'}\nspec: {schedule: '{{ .schedule }}', jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: acme/shop, command: [node, '{{ .script }}']}]}}}}}\n{{- end }}\n---\n{{- end }}\n"
	runCases(t, Kubernetes(), []readerCase{{"by their names", files{"package.json": "{}", "helm/shop/Chart.yaml": "name: shop\n", "helm/shop/templates/jobs.yaml": jobs,
		"helm/shop/values.yaml":            "jobs:\n- {name: old, enabled: false, schedule: 0 2 * * *, script: old.js}\n- {name: tidy, enabled: false, schedule: 0 3 * * *, script: tidy.js}\n",
		"helm/shop/values-production.yaml": "jobs:\n- {name: tidy, enabled: true}\n- {name: old, enabled: false}\n"},
		[]string{".: command node|tidy.js", "note helm/shop/values.yaml:2 parts of the chart that are off"}, []string{"old.js"}}})
}

func FuzzWorkloadsOfAList(f *testing.F) {
	f.Add("{{- range $i, $job := .Values.jobs }}\nkind: CronJob\nmetadata: {name: '{{ $job.name }}-{{ $i }}'}\nspec: {schedule: '{{ .schedule }}'}\n{{- with .env }}\n{{ . }}\n{{- end }}\n{{ end }}", "jobs: [{name: a, schedule: '* * * * *', command: [a, b]}]")
	f.Add("{{ range .Values.jobs }}\nkind: Job\ncommand:\n{{ toYaml .a }}\n{{ range .b }}{{ end }}{{ end }}{{ end }}", "jobs: &a {b: *a, c: {a: [x]}}")
	f.Fuzz(func(t *testing.T, template, values string) {
		checkReport(t, read(t, Kubernetes(), files{"main.py": "", "requirements.txt": "", "chart/Chart.yaml": "name: shop\n", "chart/values.yaml": values, "chart/templates/jobs.yaml": template}))
	})
}
