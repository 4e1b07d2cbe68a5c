package legacy

import (
	"testing"
	"testing/fstest"
)

// TestReplicas sees that how many instances run is taken over for what may have several pods, and said of the rest.
func TestReplicas(t *testing.T) {
	s, err := Scan(t.Context(), fstest.MapFS{
		"package.json": {Data: []byte(`{"name": "shop", "scripts": {"start": "node server.js"}, "dependencies": {"express": "4"}}`)},
		"server.js":    {Data: []byte("require('express')().listen(3000)\n")},
		"Procfile":     {Data: []byte("web: node server.js\nworker: node worker.js\n")},
		"worker.js":    {Data: []byte("")},
		"app.json":     {Data: []byte(`{"formation": {"web": {"quantity": 4}, "worker": {"quantity": 3}, "gone": {"quantity": 2}}}`)},
	}, ScanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	res := Resolve(s, ResolveOptions{Name: "shop"})
	got := res.App.Environments["production"].Replicas
	if len(got) != 2 || got["web"] != 4 || got["worker"] != 3 {
		t.Errorf("replicas of production: %v", got)
	}
	if res.App.Environments["staging"].Replicas != nil {
		t.Errorf("replicas of staging: %v", res.App.Environments["staging"].Replicas)
	}
	if claims := res.Claims["environments.production.replicas.web"]; len(claims) != 1 || claims[0].File != "app.json" {
		t.Errorf("evidence: %v", claims)
	}
	told := false
	for _, n := range res.Notes {
		told = told || n.File == "app.json" && n.Text == "2 instances of gone ran in production, which is not there: say replicas in migrate.yaml"
	}
	if !told {
		t.Error("nothing is said of the process that is not there")
	}
}
