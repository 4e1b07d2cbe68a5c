package legacy

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

func dockerfileAt(dir, holds string) scan.Finding {
	return scan.Finding{Dir: dir, Holds: holds, Service: service.Service{Build: &service.Build{Dockerfile: "Dockerfile"}, Command: []string{"java", "-jar", "app.jar"}}}
}

func moduleAt(dir string, port int) scan.Finding {
	return scan.Finding{Dir: dir, Service: service.Service{Language: "java", Framework: "dropwizard", Port: port, Build: &service.Build{Tool: "maven", Context: ".", Command: []string{"mvn"}}}}
}

func TestAnImageAboveHoldsTheModule(t *testing.T) {
	gathers := scan.Finding{Dir: ".", Library: true, Service: service.Service{Language: "java"}}
	for name, c := range map[string]struct {
		holds   string
		modules []scan.Finding
		want    string
	}{
		"the archive that it copies says so":     {"web", []scan.Finding{moduleAt("web", 8080), moduleAt("admin", 9000)}, "admin shop-web"},
		"only one module runs":                   {"", []scan.Finding{moduleAt("web", 8080), {Dir: "core", Library: true}}, "web"},
		"several run, and nothing says which":    {"", []scan.Finding{moduleAt("web", 8080), moduleAt("admin", 9000)}, "admin shop-web web"},
		"the module has a Dockerfile of its own": {"web", []scan.Finding{moduleAt("web", 8080), dockerfileAt("web", "")}, "shop-web web"},
	} {
		r := resolve(t, says("dockerfile", dockerfileAt(".", c.holds)), says("java", append(c.modules, gathers)...))
		if got := strings.Join(slices.Sorted(maps.Keys(r.App.Services)), " "); got != c.want {
			t.Errorf("%s: services %s, want %s", name, got, c.want)
		}
	}
	r := resolve(t, says("dockerfile", dockerfileAt(".", "web")), says("java", moduleAt("web", 8080), gathers))
	want := &service.Build{Dockerfile: "Dockerfile"}
	if s := r.App.Services["web"]; s == nil || s.Dir != "." || s.Port != 8080 || s.Framework != "dropwizard" || !reflect.DeepEqual(s.Build, want) {
		t.Errorf("the image of the root with the module's port and framework: %+v", s)
	}
}

func TestAnImageHoldsAProjectThatIsAServiceAboveIt(t *testing.T) {
	tree := fstest.MapFS{}
	for name, text := range map[string]string{
		"docker-compose.yml": "services:\n  shop:\n    build: {context: ., dockerfile: Src/Shop/Dockerfile}\n    environment: [\"ASPNETCORE_URLS=http://+:8085\"]\n",
		"Src/Shop.sln":       "", "Src/Directory.Packages.props": "<Project></Project>", "Src/Data/Data.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"></Project>",
		"Src/Shop/Shop.csproj":    "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><TargetFramework>net8.0</TargetFramework><ProjectReference Include=\"../Data/Data.csproj\" /></Project>",
		"Src/Shop/Program.cs":     "app.MapHealthChecks(\"/healthz\");",
		"Src/Shop/Dockerfile":     "FROM mcr.microsoft.com/dotnet/sdk:8.0 AS b\nCOPY Src .\nRUN dotnet publish Shop/Shop.csproj -o /out\nFROM mcr.microsoft.com/dotnet/aspnet:8.0\nCOPY --from=b /out .\nENTRYPOINT [\"dotnet\", \"Shop.dll\"]\n",
		"charts/shop/Chart.yaml":  "name: shop\n",
		"charts/shop/values.yaml": "image: {repository: acme/shop, port: 80}\n",
	} {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	s, err := Scan(context.Background(), tree, ScanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	app := Resolve(s, ResolveOptions{Name: "shop"}).App
	for name, s := range app.Services {
		if s.Dir != "." || s.Framework != "asp.net-core" || s.Health == nil || s.Port != 8085 || len(app.Services) > 1 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestPagesBehindAWebServerAreAService(t *testing.T) {
	site := dockerfileAt("site", "")
	site.Service = service.Service{Language: "static", Port: 2015, Build: &service.Build{Dockerfile: "Dockerfile"}}
	other := dockerfileAt("docker", "")
	r := resolve(t, says("dockerfile", dockerfileAt(".", ""), site, other), says("java", moduleAt(".", 8080)))
	if got := strings.Join(slices.Sorted(maps.Keys(r.App.Services)), " "); got != "shop-web site" {
		t.Errorf("services %s", got)
	}
}

func TestPagesInsideAnotherProgramAreNoService(t *testing.T) {
	inside := scan.Finding{Dir: "ui", Library: true, Inside: true}
	ui := scan.Finding{Dir: "ui", Service: service.Service{Language: "node", Command: []string{"npm", "start"}, Port: 4200}}
	r := resolve(t, says("java", moduleAt("server", 8080), inside), says("node", ui))
	if got := strings.Join(slices.Sorted(maps.Keys(r.App.Services)), " "); got != "web" || len(r.Notes) == 0 {
		t.Errorf("services %s, notes %v", got, r.Notes)
	}
}

func TestAPackagedProgramIsWhatTheBuildLeaves(t *testing.T) {
	server := moduleAt("src/server", 8080)
	server.Service.Build.Artifact = "target/shop-4.3.0-SNAPSHOT.jar"
	server.Service.Command = []string{"java", "-jar", "/app/app.jar"}
	gathers := scan.Finding{Dir: ".", Library: true, Service: service.Service{Language: "java"}}
	unit := scan.Finding{Dir: ".", Service: service.Service{Command: []string{"/usr/bin/shop"}, Env: map[string]string{"LEVEL": "info"}}}
	r := resolve(t, says("java", server, moduleAt("src/other", 9000), gathers), says("systemd", unit))
	for name, s := range r.App.Services {
		if s.Dir == "." || (s.Dir == "src/server") != (s.Env["LEVEL"] == "info") {
			t.Errorf("%s: %+v", name, *s)
		}
	}
	if len(r.App.Services) != 2 {
		t.Errorf("%d services", len(r.App.Services))
	}
}

func TestALibraryOfAnotherLanguageBesideAProgram(t *testing.T) {
	gathers := scan.Finding{Dir: ".", Library: true, Service: service.Service{Language: "java"}}
	program := []scan.Finding{{Dir: ".", Service: service.Service{Language: "clojure"}}, {Dir: ".", Service: service.Service{Command: []string{"java", "-jar", "/app/app.jar"}, Port: 80}, Evidence: scan.Evidence{Rank: scan.Convention}}}
	r := resolve(t, says("java", gathers), says("clojure", program...))
	if s := r.App.Services["web"]; s == nil || s.Language != "clojure" {
		t.Errorf("services %+v", r.App.Services)
	}
}

func TestAProgramOfItsOwnKeepsItsPackage(t *testing.T) {
	program := func(process, artifact string) scan.Finding {
		return scan.Finding{Process: process, Service: service.Service{Language: "go", Command: []string{"/app/" + artifact}, Build: &service.Build{Tool: "go", Artifact: "./cmd/" + artifact}}}
	}
	r := resolve(t, says("golang", program("", "web"), program("mailer", "mailer"), program("again", "web")))
	if b := r.App.Services["mailer"].Build; b == nil || !reflect.DeepEqual(b, &service.Build{Artifact: "./cmd/mailer"}) {
		t.Errorf("the mailer's build: %+v", b)
	}
	if b := r.App.Services["again"].Build; b != nil {
		t.Errorf("the same program again needs no build: %+v", b)
	}
	if r.Comment("services.mailer.build") == "" {
		t.Error("no evidence for the mailer's package")
	}
}

func TestOwnDockerfileKnowsItsWay(t *testing.T) {
	r := resolve(t, says("dockerfile", dockerfileAt("web", "")), says("java", moduleAt("web", 1)),
		says("golang", scan.Finding{Dir: "web", Service: service.Service{Build: &service.Build{Module: "m", Assets: []string{"static"}}}}))
	b := r.App.Services["web"].Build
	if b.Context != "" || b.Module != "" || b.Assets != nil || b.Command != nil {
		t.Errorf("build %+v", b)
	}
	if err := r.App.Validate(); err != nil {
		t.Error(err)
	}
}

// What docker/ holds packs the code above it: image, start and context are that one's.
func TestAnImageThatComposeBuildsBelowTheCode(t *testing.T) {
	code := scan.Finding{Dir: ".", Service: service.Service{Language: "python", Command: []string{"gunicorn"}, Build: &service.Build{Tool: "pip", Files: []string{"requirements.txt"}}}}
	ports := scan.Finding{Dir: "docker", Service: service.Service{Port: 8087}}
	r := resolve(t, says("dockerfile", dockerfileAt("docker", "")), says("compose", ports), says("python", code))
	s := r.App.Services["web"]
	if s == nil || len(r.App.Services) != 1 || s.Build.Dockerfile != "docker/Dockerfile" || s.Build.Context != "docker" || s.Port != 8087 {
		t.Errorf("services %v, web %+v", slices.Sorted(maps.Keys(r.App.Services)), s)
	}
	if err := r.App.Validate(); err != nil {
		t.Error(err)
	}
}

func TestAnImageOfSeveralMakesNoService(t *testing.T) {
	image := func(dir string) scan.Finding {
		return scan.Finding{Dir: dir, IfRuns: true, Service: service.Service{Command: []string{"run"}, Build: &service.Build{Dockerfile: "../Dockerfile", Args: map[string]string{"PART": dir}}}}
	}
	r := resolve(t, says("dockerfile", image("shop"), image("shared")), says("node", scan.Finding{Dir: "shop", Service: service.Service{Language: "node", Command: []string{"node", "a.js"}}},
		scan.Finding{Dir: ".", Service: service.Service{Language: "node"}}))
	if len(r.App.Services) != 1 {
		t.Fatalf("services %v, want shop alone", slices.Sorted(maps.Keys(r.App.Services)))
	}
	for _, s := range r.App.Services {
		if s.Dir != "shop" || s.Build == nil || s.Build.Args["PART"] != "shop" {
			t.Errorf("the image of shop: %+v", s)
		}
	}
}
