package lang

import (
	"cmp"
	"path"
	"strconv"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// report turns a service into findings.
func (d *dotnetService) report() {
	if d.at = d.version(); d.at.text != "" {
		d.old = strings.HasPrefix(d.at.text, frameworkPrefix)
		d.find(service.Service{Version: d.at.text}, d.at.file, d.at.line, d.at.rank, d.at.why)
	}
	d.find(service.Service{Language: d.language()}, d.file, 1, scan.Declared, "")
	if d.dir == "." {
		d.r.Find(scan.Finding{Dir: ".", App: &service.App{Name: d.assembly()}}, d.file, 1, scan.Convention, "")
	}
	web := d.kind(d.t, d.r) == dotnetWeb
	d.reportFramework()
	if d.old {
		d.reportWindows(web)
	} else {
		d.reportBuild()
		if web {
			d.reportPort()
		}
	}
	d.reportWebJob()
	d.reportSettings()
}

func (d *dotnetService) find(s service.Service, file string, line int, rank scan.Rank, why string) {
	for i, name := range s.Secrets {
		if d.spelled == nil {
			d.spelled = map[string]string{}
		}
		lower := strings.ToLower(name)
		d.spelled[lower] = cmp.Or(d.spelled[lower], name)
		s.Secrets[i] = d.spelled[lower]
	}
	d.r.Find(scan.Finding{Dir: d.dir, Service: s}, file, max(line, 1), rank, why)
}

var assemblyName = scan.MustCompile(`<AssemblyName(?:\s[^>]*)?>\s*([\w.$()-]+)\s*<`)

// assembly is the name of the DLL that the project becomes: as the project says it, or the file of properties above it.
func (d *dotnetService) assembly() string {
	project := strings.TrimSuffix(path.Base(d.file), path.Ext(d.file))
	texts := []string{d.text}
	for dir := path.Dir(d.file); ; dir = path.Dir(dir) {
		if file := d.t.First(dir, "Directory.Build.props"); file != "" {
			texts = append(texts, d.t.Text(file, d.r))
			break
		}
		if dir == "." {
			break
		}
	}
	for _, text := range texts {
		if m := assemblyName.FindStringSubmatch(text); m != nil {
			if name := strings.ReplaceAll(m[1], "$(MSBuildProjectName)", project); !strings.Contains(name, "$") {
				return name
			}
		}
	}
	return project
}

// dotnetFrameworks lead from packages to what a project is written with, the more telling first.
var dotnetFrameworks = []struct{ prefix, name string }{
	{"Microsoft.AspNet.Mvc", "asp.net-mvc"}, {"Nancy", "nancy"}, {"ServiceStack", "servicestack"}, {"Microsoft.AspNet.WebApi", "asp.net-webapi"}, {"Microsoft.Owin", "owin"},
	{"Giraffe", "giraffe"}, {"Saturn", "saturn"}, {"Suave", "suave"}, {"Topshelf", "topshelf"},
}

func (d *dotnetService) reportFramework() {
	for _, f := range dotnetFrameworks {
		if p, ok := d.has(f.prefix); ok && (d.old || !strings.HasPrefix(f.prefix, "Microsoft.")) {
			d.find(service.Service{Framework: f.name}, p.file, p.line, scan.Declared, "")
			return
		}
	}
	core, ok := d.has("Microsoft.AspNetCore")
	switch {
	case d.sdk == "Microsoft.NET.Sdk.Web":
		d.find(service.Service{Framework: "asp.net-core"}, d.file, scan.LineOf(d.text, projectSDK), scan.Declared, "")
	case ok && !d.old:
		d.find(service.Service{Framework: "asp.net-core"}, core.file, core.line, scan.Declared, "")
	case d.old && d.kind(d.t, d.r) == dotnetWeb:
		d.find(service.Service{Framework: "asp.net"}, d.file, scan.LineOf(d.text, webGUID), scan.Convention, "a web project without MVC")
	}
}

// reportWindows says what can be said of a project for the .NET Framework: there is no image for Linux that runs it.
func (d *dotnetService) reportWindows(web bool) {
	line := d.at.line
	d.r.Note(d.at.file, line, "%s runs on Windows only, so no Dockerfile is written: port it to .NET (the .NET Upgrade Assistant helps), or build a Windows image "+
		"(mcr.microsoft.com/dotnet/framework/aspnet:4.8) for Windows nodes of the cluster; its needs are listed all the same", d.at.text)
	if own, line := d.hostsItself(); own != "" {
		d.find(service.Service{Command: []string{d.assembly() + ".exe"}}, own, line, scan.Convention, "a program that is a service of Windows, or serves without IIS")
		return
	}
	if web {
		d.find(service.Service{Port: 80}, d.file, line, scan.Convention, "IIS in Microsoft's Windows images")
		iis := []string{`C:\ServiceMonitor.exe`, "w3svc"}
		d.find(service.Service{Command: iis}, d.file, max(scan.LineOf(d.text, iisURL), 1), scan.Guess, "an IIS application: what Microsoft's Windows image of ASP.NET runs")
		return
	}
	d.find(service.Service{Command: []string{d.assembly() + ".exe"}}, d.file, line, scan.Guess, "a program for Windows")
}

// hostsItself is where the code runs as a service of Windows or starts a server of its own: IIS has no part in it.
func (d *dotnetService) hostsItself() (file string, line int) {
	for _, p := range d.sources {
		if line := scan.LineOf(d.t.Text(p, d.r), ownHost); line > 0 {
			return p, line
		}
	}
	return "", 0
}

var ownHost = scan.MustCompile(`\bServiceBase\.Run\(|\bHostFactory\.(?:Run|New)\(|\bWebApp\.Start(?:<\w+>)?\(|new HttpSelfHostServer\(`)

var iisURL = scan.MustCompile(`<IISUrl>`)

// dotnetNative are packages that want libraries of the system where they run.
var dotnetNative = []struct{ prefix, deb string }{{"System.Drawing.Common", "libgdiplus"}, {"DinkToPdf", "libgdiplus"}, {"ClosedXML", "libfontconfig1"}, {"SkiaSharp", "libfontconfig1"}, {"Microsoft.EntityFrameworkCore.SqlServer.HierarchyId", ""}}

var spaBuild = scan.MustCompile(`(?i)<SpaRoot>|Command="(npm|yarn|npx) `)

var spaRoot = scan.MustCompile(`<SpaRoot>\s*([\w./\\-]+)\s*<`)

// reportBuild reports how the project is published and what starts it.
func (d *dotnetService) reportBuild() {
	b := &service.Build{Tool: "dotnet", Context: d.context, Artifact: relative(d.dir, d.file)}
	for _, u := range d.uses {
		b.Files = append(b.Files, relative(d.dir, u.file))
		for _, n := range dotnetNative {
			if _, ok := u.has(n.prefix); ok && n.deb != "" && !listed(b.Runtime, n.deb) {
				b.Runtime = append(b.Runtime, n.deb)
			}
		}
	}
	if d.dir == d.dotnetModule.dir && d.above() != d.dir {
		b.Files = []string{path.Base(d.file)}
	}
	if spaBuild.MatchString(d.text) {
		b.Packages = []string{"nodejs", "npm"}
		for _, m := range scan.Find(d.text, spaRoot) {
			client := path.Join(d.dotnetModule.dir, strings.ReplaceAll(m.Groups[1], `\`, "/"))
			d.r.Find(scan.Finding{Dir: client, Library: true, Inside: true}, d.file, m.Line, scan.Declared, "built into the project that serves it")
		}
	}
	d.find(service.Service{Build: b}, d.file, 1, scan.Declared, "")
	d.find(service.Service{Command: []string{"dotnet", d.assembly() + ".dll"}}, d.file, max(scan.LineOf(d.text, assemblyName), 1), scan.Convention, "what dotnet publish makes of the project")
	if major, _, _ := strings.Cut(d.at.text, "."); major == "1" {
		d.r.Note(d.at.file, d.at.line, "no image of .NET Core 1 is published any more: raise the TargetFramework before an image is built")
	}
}

var (
	useURLs    = scan.MustCompile(`(?:UseUrls\(\s*|\.Urls\.Add\(\s*|(?:app|host)\.Run\(\s*|WebApp\.Start(?:<\w+>)?\(\s*)"(https?://[^"]+)"|Listen(AnyIP|Localhost)\(\s*(\d{2,5})|\.Listen\(\s*IPAddress\.(\w+)\s*,\s*(\d{2,5})`)
	urlsOfJSON = scan.MustCompile(`(?i)"(?:urls|Url|server\.urls)"\s*:\s*"(https?://[^"]+)"`)
	portOfURL  = scan.MustCompile(`http://([^:/;]+):(\d{2,5})`)
)

// reportPort looks for what the code and its configuration bind. launchSettings.json and the IISUrl are a developer's.
func (d *dotnetService) reportPort() {
	for _, p := range d.configs {
		if base := strings.ToLower(path.Base(p)); !strings.HasPrefix(base, "appsettings") && base != "hostsettings.json" {
			continue
		}
		if _, skip := environmentOf(p); skip {
			continue
		}
		text := d.settingsText(p)
		for _, m := range scan.Find(text, urlsOfJSON) {
			if hasAny(text, "Kestrel", `"urls"`, `"Urls"`, "server.urls") && d.binds(m.Groups[1], p, m.Line) {
				return
			}
		}
	}
	for _, p := range d.sources {
		text := d.t.Text(p, d.r)
		if !hasAny(text, "UseUrls", "Urls.Add", "Listen", ".Run(", "WebApp.Start") {
			continue
		}
		for _, m := range scan.Find(text, useURLs) {
			g := m.Groups
			if g[3]+g[5] != "" {
				host := map[bool]string{true: "localhost", false: "*"}[g[2] == "Localhost" || g[4] == "Loopback"]
				g[1] = "http://" + host + ":" + g[3] + g[5]
			}
			if d.binds(g[1], p, m.Line) {
				return
			}
		}
	}
	port, why := 8080, "the port of Microsoft's images since .NET 8; the Dockerfile sets it"
	if major, _, _ := strings.Cut(d.at.text, "."); d.t.Has(path.Join(d.dotnetModule.dir, "Dockerfile")) && len(major) == 1 && major < "8" {
		port, why = 80, "the port of Microsoft's images before .NET 8"
	}
	d.find(service.Service{Port: port}, d.file, 1, scan.Convention, why)
}

func (d *dotnetService) binds(urls, file string, line int) bool {
	m := portOfURL.FindStringSubmatch(urls)
	if m == nil {
		return false
	}
	port, err := strconv.Atoi(m[2])
	if err != nil || port > 65535 {
		return false
	}
	if scan.LocalHost(m[1]) && m[1] != "0.0.0.0" {
		d.r.Note(file, line, "listens on %s only: in a container nobody reaches it; listen on * or leave it to ASPNETCORE_URLS", m[1])
	}
	d.find(service.Service{Port: port}, file, line, scan.Declared, "")
	return true
}
