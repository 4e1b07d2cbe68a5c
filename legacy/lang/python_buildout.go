package lang

import (
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// Buildouts of Zope and Plone: a part with this recipe is a server, one with the other the database that several share.
var (
	buildoutFile = scan.MustCompile(`(?i)^(?:buildout|base|production|prod|plone|deploy\w*|instance|zope\w*|zeo\w*|versions)\.cfg$`)
	buildoutPart = scan.MustCompile(`(?m)^\[([\w.-]+)\]\s*\n`)
	zopeInstance = scan.MustCompile(`(?m)^\s*recipe\s*=\s*(?:plone|collective)\.recipe\.zope2\w*`)
	zeoServer    = scan.MustCompile(`(?m)^\s*recipe\s*=\s*plone\.recipe\.(?:zope2)?zeoserver`)
	likeInstance = scan.MustCompile(`(?m)^\s*<=\s*([\w.-]+)`)
	zopeAddress  = scan.MustCompile(`(?m)^\s*http-address\s*=\s*(?:\S*:)?(\d+)\s*$`)
	ofPlone      = scan.MustCompile(`(?m)dist\.plone\.org|^\s*(?:eggs\s*\+?=\s*)?(?:Plone|Products\.CMFPlone)\b`)
)

// buildoutPartOf is one part of a buildout: where it starts, and what it says.
type buildoutPartOf struct {
	name, text, file string
	line             int
}

// buildout reports the server of Zope or Plone that a buildout makes, and says whether there is one.
func (p *pythonProject) buildout() bool {
	var parts []buildoutPartOf
	plone, main := false, ""
	for _, f := range p.t.Below(p.dir) {
		rel := relative(p.dir, f)
		if !buildoutFile.MatchString(path.Base(rel)) || strings.Count(rel, "/") > 1 || p.t.Aside(f) {
			continue
		}
		text := p.t.Text(f, p.r)
		plone = plone || ofPlone.MatchString(text)
		if !strings.Contains(rel, "/") && (main == "" || strings.HasPrefix(path.Base(rel), "prod")) {
			main = rel
		}
		at := buildoutPart.FindAllStringSubmatchIndex(text, 200)
		for i, m := range at {
			end := len(text)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			parts = append(parts, buildoutPartOf{text[m[2]:m[3]], text[m[1]:end], f, 1 + strings.Count(text[:m[0]], "\n")})
		}
	}
	instance := zopeServer(parts)
	if instance == nil || main == "" {
		return false
	}
	framework := "zope"
	if plone {
		framework = "plone"
	}
	find := func(s service.Service, rank scan.Rank, note string) {
		p.r.Find(scan.Finding{Dir: p.dir, Service: s}, instance.file, instance.line, rank, note)
	}
	pythonVersion(p.t, p.dir, p.deps, p.sources, p.r)
	find(service.Service{Language: "python", Framework: framework}, scan.Declared, "")
	find(service.Service{Command: []string{"bin/" + instance.name, "console"}}, scan.Convention, "the program that the buildout makes, in the foreground")
	find(service.Service{Build: &service.Build{Tool: "pip", Install: []string{"zc.buildout"}, Command: []string{"buildout", "-c", main}}}, scan.Guess, "the buildout makes the programs")
	port, rank, note := 8080, scan.Convention, "Zope's own port"
	for _, part := range parts {
		if m := zopeAddress.FindStringSubmatch(part.text); m != nil && (part.name == instance.name || strings.HasPrefix(instance.name, part.name)) {
			port, _ = strconv.Atoi(m[1])
			rank, note = scan.Declared, ""
		}
	}
	find(service.Service{Port: port}, rank, note)
	for _, part := range parts {
		if zeoServer.MatchString(part.text) {
			p.process("zeo", []string{"bin/" + part.name, "fg"}, part.file, part.line, scan.Convention, "the database that the servers share; exactly one may run")
			p.r.Note(part.file, part.line, "the objects lie in var/filestorage and var/blobstorage: a volume has to hold them, and they have to be copied")
			break
		}
	}
	return true
}

// zopeServer is the first part that is a server of its own, or like one that only describes it.
func zopeServer(parts []buildoutPartOf) *buildoutPartOf {
	var found *buildoutPartOf
	for i, part := range parts {
		if zopeInstance.MatchString(part.text) && !zeoServer.MatchString(part.text) && found == nil {
			found = &parts[i]
		}
	}
	if found == nil {
		return nil
	}
	for i, part := range parts {
		if m := likeInstance.FindStringSubmatch(part.text); m != nil && m[1] == found.name {
			return &parts[i]
		}
	}
	return found
}
