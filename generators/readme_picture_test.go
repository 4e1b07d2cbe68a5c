package generators

import (
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/service"
)

func TestPictureOfWhatRunsWhere(t *testing.T) {
	app := &service.App{Version: 1, Name: "shop", Image: "registry.example.com/shop", Services: map[string]*service.Service{
		"api-v2": {Dir: "api", Language: "go", Command: []string{"/api"}, Port: 8080, Needs: []string{"end", "cache"}},
		"web": {Dir: "web", Language: "go", Command: []string{"/web"}, Port: 8080, Needs: []string{"api-v2", "end"},
			Routes: []service.Route{{Host: "shop.example.com"}, {Host: "shop.example.com", Path: "/x"}, {Host: "*.example.com"}}},
		"worker": {From: "web", Command: []string{"/web", "work"}, Needs: []string{"files"}},
	}, Needs: map[string]service.Need{
		"api-v2": {Kind: "http", Port: 8080},
		"cache":  {Kind: "redis", Port: 6379},
		"end":    {Kind: "postgres", Port: 5432, Version: `12 "old" <b>`},
		"files":  {Kind: "s3", Port: 9000},
	}, Environments: map[string]service.Environment{
		"production": {Namespace: "shop", Expose: map[string]service.Exposure{"worker": {NodePort: 30080}}, Hosts: map[string]string{"shop.example.com": "www.example.com"}, Needs: map[string]service.Answer{
			"api-v2": {Inside: true}, "cache": {Inside: true}, "end": {Host: "db1.corp.example"}, "files": {Host: "files.production.invalid"},
		}},
		"staging": {Namespace: "shop-staging", Needs: map[string]service.Answer{"end": {Inside: true}}},
	}}
	want := "```mermaid\n" + `flowchart LR
  subgraph cluster["Kubernetes, production"]
    service_api_v2["api-v2"]
    service_web["web<br>worker"]
    need_cache[("cache<br>redis")]
  end
  subgraph behind["stays where it is"]
    need_end[("end<br>postgres 12 #quot;old#quot; #lt;b#gt;<br>db1.corp.example")]
    need_files[("files<br>s3<br>where is not said yet")]
  end
  route_web(["www.example.com<br>*.example.com"]) --> service_web
  exposed_worker(["port 30080 of every node"]) --> service_web
  service_api_v2 --> need_cache
  service_api_v2 --> need_end
  service_web --> service_api_v2
  service_web --> need_end
  service_web --> need_files
` + "```\n"
	if got := readmePicture(app); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for need := range app.Needs {
		app.Environments["production"].Needs[need] = service.Answer{Inside: true}
	}
	if got := readmePicture(app); got != "" || strings.Contains(readmeText(t, app), "mermaid") {
		t.Errorf("nothing stays behind, and yet\n%s", got)
	}
}
