package ops

import (
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// platformFiles are a path for each reader of platforms' files, where the code lies beside.
func platformFiles() map[string]scan.Reader {
	return map[string]scan.Reader{
		"app.json": Heroku(), "heroku.yml": Heroku(), "manifest.yml": CloudFoundry(), "app.yaml": AppEngine(), "cron.yaml": AppEngine(), ".openshift/action_hooks/start": OpenShift2(),
		"deploy/a.yaml": Kubernetes(), "chart/templates/deployment.yaml": Kubernetes(), "openshift/a.json": Kubernetes(),
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
	f.Add("#!/bin/sh\nnohup x &\nkind: List\nitems: &a [*a, {kind: Deployment}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		for name, reader := range platformFiles() {
			checkReport(t, read(t, reader, files{"app/package.json": "{}", "package.json": "{}", "main.py": "", name: text}))
		}
	})
}
