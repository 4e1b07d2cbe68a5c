package legacy

import (
	"context"
	"slices"
	"testing"
	"testing/fstest"
)

func TestComposeURLWithAnAccountIsANeedAndASecret(t *testing.T) {
	tree := fstest.MapFS{}
	for name, text := range map[string]string{"requirements.txt": "flask\n", "app.py": "", "Dockerfile": "FROM python:3.8\nCMD [\"gunicorn\", \"app:app\"]\n",
		"compose.yaml": "services:\n  web:\n    build: .\n    env_file: shop.vars\n    environment: {STORE: 'postgres://shop:geheim@db/shop'}\n  db:\n    image: postgres:12\n", "shop.vars": "OTHER=postgres://shop:geheim@db/other\n"} {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	s, err := Scan(context.Background(), tree, ScanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	app := Resolve(s, ResolveOptions{Name: "shop"}).App
	web := app.Services["web"]
	if web == nil || !slices.Equal(web.Secrets, []string{"OTHER", "STORE"}) || app.Needs["db"].Kind != "postgres" {
		t.Errorf("services %+v, needs %+v", web, app.Needs)
	}
}
