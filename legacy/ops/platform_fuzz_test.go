package ops

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// platformFiles are a path for each reader of platforms' files, where the code lies beside.
func platformFiles() map[string]scan.Reader {
	return map[string]scan.Reader{
		"app.json": Heroku(), "heroku.yml": Heroku(), "manifest.yml": CloudFoundry(), "app.yaml": AppEngine(), "cron.yaml": AppEngine(), ".openshift/action_hooks/start": OpenShift2(),
		"deploy/a.yaml": Kubernetes(), "chart/templates/deployment.yaml": Kubernetes(), "openshift/a.json": Kubernetes(), "charts/shop/values.yaml": Kubernetes(), ".nais/a.yaml": Kubernetes(),
		"fly.toml": Fly(), "render.yaml": Render(), "railway.toml": Railway(), "nixpacks.json": Railway(), ".platform.app.yaml": PlatformSH(), ".upsun/config.yaml": PlatformSH(), ".platform/services.yaml": PlatformSH(),
		".ebextensions/a.config": Beanstalk(), "Dockerrun.aws.json": Beanstalk(), "CHECKS": Dokku(), "captain-definition": Dokku(), "serverless.yml": Functions(), "netlify.toml": Functions(), "vercel.json": Functions(),
	}
}

func FuzzPlatforms(f *testing.F) {
	f.Add(appJSON)
	f.Add(deployment)
	f.Add("applications:\n- name: a\n  path: ../..\n  command: x $PORT\n  processes: [{type: b, command: c}]\nruntime: python39\nhandlers: [{script: a.b}]\nrun: {web: [a, b]}\n")
	f.Add(flyTOML)
	f.Add("a.b.c = [1, {x = 'y'}]\n[a]\n[[a.b]]\n[[services.ports]]\nhandlers = [[]]\n[services]\n")
	f.Add(blueprintYAML)
	f.Add(platformYAML)
	f.Add(ebConfig)
	f.Add("image: {repository: a, port: 1}\nenv: &e {A_B: c}\nsecrets: &s {A_B: *s, c: [{alias: A_KEY}, *e]}\n")
	f.Add("apiVersion: nais.io/v1\nkind: Naisjob\nmetadata: {name: a}\nspec: {port: 1, liveness: {path: x}, env: [{name: A}], gcp: {sqlInstances: [{type: POSTGRES_14}]}, schedule: '* * * * *'}\n")
	f.Add("{\n\t\"\"&\"\"00\"\"&}")
	f.Add("#!/bin/sh\nnohup x &\nkind: List\nitems: &a [*a, {kind: Deployment}]\n")
	f.Add("rhc app create a php-5.4 mysql-5.5\nrhc cartridge-add -c mongodb-2\n")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, OpenShift2(), files{".openshift/markers/x": "", "README.md": text}))
		for name, reader := range platformFiles() {
			checkReport(t, read(t, reader, files{"app/package.json": "{}", "package.json": "{}", "main.py": "", "charts/shop/Chart.yaml": "name: shop", name: text}))
		}
	})
}
