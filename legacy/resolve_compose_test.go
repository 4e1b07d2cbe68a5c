package legacy

import (
	"context"
	"slices"
	"strings"
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

func TestDataLieWhereTheTeamsImageHasTheCode(t *testing.T) {
	tree := fstest.MapFS{}
	for name, text := range map[string]string{"requirements.txt": "django\ngunicorn\n", "manage.py": "import django", "shop/wsgi.py": "application = 1\n", "shop/settings.py": "MEDIA_ROOT = 'files'\nCKEDITOR_UPLOAD_PATH = 'uploads/'\n",
		"Dockerfile": ""} {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, c := range []struct {
		image string
		want  []string
	}{
		{"/usr/src/shop", []string{"/data", "/usr/src/shop/files", "/usr/src/shop/media/uploads"}},
		{"/app", []string{"files", "media/uploads", "/data"}},
	} {
		tree["Dockerfile"].Data = []byte("FROM python:3.8\nWORKDIR " + c.image + "\nCOPY . .\nVOLUME /data\nCMD [\"gunicorn\", \"shop.wsgi\"]\n")
		s, err := Scan(context.Background(), tree, ScanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for name, web := range Resolve(s, ResolveOptions{Name: "shop"}).App.Services {
			slices.Sort(c.want)
			state := slices.Sorted(slices.Values(web.State))
			if web.From == "" && !slices.Equal(state, c.want) {
				t.Errorf("%s keeps %v, want %v", name, state, c.want)
			}
		}
	}
}

func TestTheServerOfDevelopersIsTheLastGuess(t *testing.T) {
	tree := fstest.MapFS{}
	for name, text := range map[string]string{"requirements.txt": "django\n", "manage.py": "import django", "shop/wsgi.py": "application = 1\n", "shop/settings.py": "WSGI_APPLICATION = 'shop.wsgi.application'\n", "Procfile": "web: make run\n", "Makefile": "run:\n\t@python manage.py runserver\n"} {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	command := func() ([]string, []string) {
		s, err := Scan(context.Background(), tree, ScanOptions{})
		if err != nil {
			t.Fatal(err)
		}
		r := Resolve(s, ResolveOptions{Name: "shop"})
		var notes []string
		for _, n := range r.Notes {
			notes = append(notes, n.Text)
		}
		return r.App.Services["web"].Command, notes
	}
	if got, _ := command(); len(got) == 0 || got[0] != "gunicorn" {
		t.Errorf("command %v, want gunicorn's", got)
	}
	tree["Dockerfile"] = &fstest.MapFile{Data: []byte("FROM python:3.8\nCOPY . .\nRUN pip install -r requirements.txt\n")}
	_, notes := command()
	if !slices.ContainsFunc(notes, func(text string) bool { return strings.Contains(text, "does not install gunicorn") }) {
		t.Errorf("nothing says that the team's image has no gunicorn: %q", notes)
	}
}
