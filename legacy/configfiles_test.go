package legacy

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// A file that operations put on the machine becomes one of the repository, with what an environment has in its place; one
// with a secret in any environment is a secret as a whole, and none of its text goes anywhere.
func TestFilesOfOperations(t *testing.T) {
	file := func(where, text, environment string) scan.Finding {
		return scan.Finding{Dir: ".", Environment: environment, File: &scan.File{Path: where, Text: text, Secret: scan.SecretText(text)}, Evidence: guess()}
	}
	there := file("config/database.yml", "password: canary-d0\n", "") // the repository has one, too
	there.File.Present = true
	r := operated(t, "shop", fstest.MapFS{}, fstest.MapFS{}, python(".", "shop"),
		file("/etc/shop/a.ini", "x = 1\n", ""), file("/etc/shop/a.ini", "x = 2\n", "staging"), file("/etc/shop/a.ini", "x = 1\n", "qa"),
		file("/etc/shop/plugins/a.ini", "y = 1\n", ""),
		file("/etc/shop/b.ini", "x = 1\n", ""), file("/etc/shop/b.ini", "password = canary-b\n", "staging"),
		file("/etc/shop/only.ini", "z = 1\n", "staging"), file("config/secrets.yml", "secret_key_base: canary-c0ffee\n", ""), there, file("../x", "x", ""), file("/", "x", ""))
	s := r.App.Services["web"]
	if len(s.Files) != 2 || s.Files["/etc/shop/a.ini"] != "kube/base/files/a.ini" || s.Files["/etc/shop/plugins/a.ini"] != "kube/base/files/etc-shop-plugins-a.ini" {
		t.Errorf("files %v", s.Files)
	}
	if e := r.App.Environments["staging"].Files; len(e) != 1 || e["/etc/shop/a.ini"] != "kube/overlays/staging/files/a.ini" || r.App.Environments["qa"].Files != nil {
		t.Errorf("staging %v", e)
	}
	if len(r.Files) != 3 || r.Files["kube/base/files/a.ini"] != "x = 1\n" || r.Files["kube/overlays/staging/files/a.ini"] != "x = 2\n" {
		t.Errorf("texts %v", r.Files)
	}
	if k := r.App.Secrets.Keys["B_INI"]; !k.Whole || k.File != "/etc/shop/b.ini" || strings.Join(s.Secrets, " ") != "B_INI SECRETS_YML" || r.App.Secrets.Keys["SECRETS_YML"].File != "config/secrets.yml" {
		t.Errorf("secrets %v %+v", s.Secrets, r.App.Secrets)
	}
	if err := r.App.Validate(); err != nil {
		t.Error(err)
	}
	all, _ := json.Marshal(r)
	if strings.Contains(string(all), "canary") {
		t.Errorf("a secret: %s", all)
	}
	for _, want := range []string{"Put it into gopass as it is on the machine, all of it, under B_INI", "config/database.yml holds secrets, and the repository has one of its own"} {
		if !strings.Contains(string(all), want) {
			t.Errorf("no note %q", want)
		}
	}
}

// A file that several places put there is one entry; one whose name a variable or another file has gets a name of its own.
func TestNamesOfSecretFiles(t *testing.T) {
	file := func(where string) scan.Finding {
		return scan.Finding{Dir: ".", File: &scan.File{Path: where, Text: "password = canary-b\n", Secret: true}, Evidence: guess()}
	}
	plain := scan.Finding{Dir: ".", Service: service.Service{Env: map[string]string{"SHOP_INI": "/etc/shop/shop.ini"}}, Evidence: guess()}
	r := operated(t, "shop", fstest.MapFS{}, fstest.MapFS{}, python(".", "shop"), plain, file("/etc/shop/shop.ini"), file("/etc/shop/b.ini"), file("/etc/shop/b.ini"), file("/etc/b.ini"), file("/etc/shop-b.ini"), file("/etc/shop_b.ini"), file("/opt/shop_b.ini"))
	s := r.App.Services["web"]
	if got := strings.Join(s.Secrets, " "); got != "B_INI ETC_B_INI ETC_SHOP_B_INI ETC_SHOP_SHOP_INI OPT_SHOP_B_INI SHOP_B_INI" {
		t.Errorf("%s %v", got, r.App.Secrets.Keys)
	}
	if s.Env["SHOP_INI"] != "/etc/shop/shop.ini" {
		t.Errorf("env %v", s.Env)
	}
	if err := r.App.Validate(); err != nil {
		t.Error(err)
	}
}

// A file of a directory that is called after the service lies among its code; one of a directory of others is only noted.
func TestFilesAmongTheCode(t *testing.T) {
	file := func(where string) scan.Finding {
		return scan.Finding{About: []string{"shop"}, File: &scan.File{Path: where, Secret: true, Elsewhere: true, Among: true}, Evidence: guess()}
	}
	plain := scan.Finding{About: []string{"shop"}, File: &scan.File{Path: "/srv/shop/current/rates.json", Text: "{}"}, Evidence: guess()}
	r := operated(t, "shop", fstest.MapFS{}, fstest.MapFS{}, python(".", "shop"), file("/var/www/shop/config.php"), file("/var/www/maps/tiles.json"), plain)
	s := r.App.Services["web"]
	if k := r.App.Secrets.Keys; len(k) != 1 || k["CONFIG_PHP"].File != "config.php" || len(s.Files) != 1 || s.Files["rates.json"] == "" {
		t.Errorf("%v %v", k, s.Files)
	}
	all, _ := json.Marshal(r.Notes)
	for _, want := range []string{"what stands in config.php is kept elsewhere", "/var/www/maps/tiles.json is put on the machine"} {
		if !strings.Contains(string(all), want) {
			t.Errorf("no note %q in %s", want, all)
		}
	}
}
