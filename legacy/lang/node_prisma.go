package lang

import (
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	prismaSource   = scan.MustCompile(`(?s)\bdatasource\s+\w+\s*\{[^}]*?\bprovider\s*=\s*"(\w+)"`)
	prismaURL      = scan.MustCompile(`(?m)^\s*url\s*=\s*env\("(\w+)"\)`)
	prismaEngines  = map[string]string{"postgresql": "postgres", "postgres": "postgres", "cockroachdb": "postgres", "mysql": "mysql", "sqlserver": "mssql", "mongodb": "mongodb"}
	prismaMigrates = scan.MustCompile(`/migrations/[^/]+/migration\.sql$`)
)

// prisma reads the schema of Prisma, which names the database and the variable that leads to it.
func (p *nodeProject) prisma() {
	if p.pkg.all["@prisma/client"] == "" && p.pkg.all["prisma"] == "" {
		return
	}
	migrations := false
	schema, text, source := p.prismaSchema()
	if schema == "" {
		return
	}
	line := source[0].Line + strings.Count(source[0].Groups[0], "\n")
	if kind := prismaEngines[source[0].Groups[1]]; kind != "" {
		p.infer.add(scan.Need{Need: service.Need{Kind: kind, Port: scan.DefaultPort(kind)}}, schema, line, scan.Declared, "")
	}
	if url := scan.Find(text, prismaURL); len(url) > 0 && prismaEngines[source[0].Groups[1]] != "" {
		p.infer.claimed[url[0].Groups[1]] = true
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Secrets: []string{url[0].Groups[1]}}}, schema, url[0].Line, scan.Declared, "")
	}
	for _, f := range p.t.Below(path.Dir(schema)) {
		migrations = migrations || prismaMigrates.MatchString(f)
	}
	if !migrations {
		return
	}
	rank, note := scan.Convention, "there are migrations"
	if _, installed := p.pkg.find("prisma"); !installed {
		rank, note = scan.Guess, "there are migrations; prisma has to be moved to the dependencies of production"
	}
	command := []string{"node_modules/.bin/prisma", "migrate", "deploy"}
	if rel := relative(p.dir, schema); rel != "prisma/schema.prisma" {
		command = append(command, "--schema", rel)
	}
	p.r.Find(scan.Finding{Dir: p.dir, Process: "migrate", Service: service.Service{Command: command, Release: true}}, schema, 1, rank, note)
}

// prismaSchema is the schema that counts: of several, for one database each, that whose database the compose file runs.
func (p *nodeProject) prismaSchema() (schema, text string, source []scan.Match) {
	compose := p.quietText("docker-compose.yml") + p.quietText("docker-compose.yaml") + p.quietText("compose.yaml")
	for _, f := range p.t.Below(p.dir) {
		if path.Ext(f) != ".prisma" || p.t.Aside(f) {
			continue
		}
		found := p.t.Text(f, p.r)
		at := scan.Find(found, prismaSource)
		if len(at) == 0 || schema != "" && !strings.Contains(compose, prismaEngines[at[0].Groups[1]]+":") {
			continue
		}
		schema, text, source = f, found, at
	}
	return schema, text, source
}
