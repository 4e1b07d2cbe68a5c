package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSecretsBadInput goes through what can be wrong with a store: each is told within a second or two, in words that name
// the entry or the place and the next step, and no value is shown.
func TestSecretsBadInput(t *testing.T) {
	damage := func(t *testing.T, entry string) {
		t.Helper()
		file := filepath.Join(os.Getenv("PASSWORD_STORE_DIR"), entry+".age")
		whole, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(file, whole[:len(whole)-5], 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	own := func(t *testing.T, entry, content string) {
		t.Helper()
		store, err := openGopass(Streams{In: strings.NewReader(""), Out: &strings.Builder{}, Err: &strings.Builder{}})
		if err == nil {
			err = store.Set(t.Context(), entry, []byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	check := []string{"secrets", "check", "DIR", "--env", "staging", "--values"}
	tests := []struct {
		name string
		make func(t *testing.T, dir string)
		args []string
		want []string // all of it
	}{
		{"no store", func(t *testing.T, _ string) { t.Setenv("PASSWORD_STORE_DIR", filepath.Join(t.TempDir(), "none")) }, check, []string{"no gopass store at ", "gopass setup", " keys, one by one: gopass insert shop/staging/web/"}},
		{"locked, and nobody to ask", func(t *testing.T, _ string) { t.Setenv("GOPASS_AGE_PASSWORD", "") }, check, []string{"no terminal to ask on; set GOPASS_AGE_PASSWORD"}},
		{"the wrong passphrase", func(t *testing.T, _ string) { t.Setenv("GOPASS_AGE_PASSWORD", "wrong") }, check, []string{"wrong passphrase, or the file is damaged"}},
		{"damaged, empty and binary entries, all at once", func(t *testing.T, dir string) {
			editModel(t, dir, "DATABASE_URL]", "DATABASE_URL, EMPTY, BYTES, GONE]")
			own(t, "shop/common/EMPTY", "\nuser: u\n")
			own(t, "shop/common/BYTES", secretCanary+"\xff\xfe\n")
			damage(t, "shop/staging/web/SECRET_KEY")
		}, check, []string{
			"GONE of web", "gopass insert shop/staging/web/GONE", "shop/staging/web/SECRET_KEY: the age file can't be decrypted",
			"shop/common/EMPTY: the entry's first line, which is the value, is empty; mend it: gopass edit shop/common/EMPTY",
			"BYTES of web, from shop/common/BYTES: the value is no text", "file: /path under secrets.keys",
		}},
		{"a name that leads out of the store", func(t *testing.T, dir string) {
			editModel(t, dir, "prefix: shop}", "prefix: shop, keys: {SECRET_KEY: {from: ../../etc/passwd}}}")
		}, check, []string{"migrate.yaml:", `"../../etc/passwd" is no name of an entry`}},
		{"a name with spaces", func(t *testing.T, dir string) { editModel(t, dir, "SECRET_KEY,", "SECRET KEY,") }, check, []string{"migrate.yaml:", `"SECRET KEY" is no name of a variable`}},
		{"references that go round", func(t *testing.T, _ string) {
			own(t, "shop/staging/web/SECRET_KEY", "gopass://shop/common/b\n")
			own(t, "shop/common/b", "gopass://shop/staging/web/SECRET_KEY\n")
			t.Setenv("GOPASS_CONFIG_COUNT", "2")
			t.Setenv("GOPASS_CONFIG_KEY_1", "core.follow-references")
			t.Setenv("GOPASS_CONFIG_VALUE_1", "true")
		}, check, []string{"shop/staging/web/SECRET_KEY: the references go round", "gopass edit shop/staging/web/SECRET_KEY"}},
		{"two entries for a key", func(t *testing.T, _ string) { own(t, "shop/staging/web/secret-key", secretCanary) }, check, []string{
			"is nearly shop/staging/web/SECRET_KEY", "gopass rm shop/staging/web/secret-key"}},
		{"a store that can't be written", func(t *testing.T, _ string) {
			if err := os.WriteFile(filepath.Join(os.Getenv("PASSWORD_STORE_DIR"), "staging"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, []string{"secrets", "set", "SECRET_KEY", "DIR", "--env", "staging", "--level", "organisation", "--generate"}, []string{
			"staging/common/SECRET_KEY: gopass can't write the entry", "may you write to "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := secretsRepo(t, "shop/staging/web/SECRET_KEY", "shop/staging/web/DATABASE_URL")
			tt.make(t, dir)
			args := append([]string{}, tt.args...)
			for i := range args {
				args[i] = strings.Replace(args[i], "DIR", dir, 1)
			}
			start := time.Now()
			code, out := feed(t, "", args...)
			if took := time.Since(start); code != 1 || took > 10*time.Second {
				t.Errorf("code %d after %v", code, took)
			}
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
		})
	}
}

// TestSecretsImportIsWholeOrNothing: the store can't take the second of two entries.
func TestSecretsImportIsWholeOrNothing(t *testing.T) {
	dir := secretsRepo(t, "shop/staging/web/DATABASE_URL")
	editModel(t, dir, "prefix: shop}", "prefix: shop, keys: {SECRET_KEY: {from: /blocked/key}}}")
	if err := os.WriteFile(filepath.Join(os.Getenv("PASSWORD_STORE_DIR"), "blocked"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	shows(t, "DATABASE_URL=new\nSECRET_KEY=new\n", 1, "blocked/key: gopass can't write the entry", "secrets", "import", "-", "--dir", dir, "--env", "staging", "--force")
	if got := stored(t, "shop/staging/web/DATABASE_URL"); strings.Contains(got, "new") {
		t.Errorf("half of it was applied: %q", got)
	}
	shows(t, "DATABASE_URL=new\nSECRET_KEY=new\n", 1, "; nothing was changed", "secrets", "import", "-", "--dir", dir, "--env", "production")
	if _, err := os.Stat(filepath.Join(os.Getenv("PASSWORD_STORE_DIR"), "shop/production/web/DATABASE_URL.age")); err == nil {
		t.Error("half of it was applied")
	}
}

func TestSecretsImportOfBinaryAndLines(t *testing.T) {
	dir := secretsRepo(t)
	editModel(t, dir, "prefix: shop}", "prefix: shop, keys: {SECRET_KEY: {base64: true, file: /etc/key}}}")
	source := "kind: Secret\ndata: {SECRET_KEY: AP8=, DATABASE_URL: b25lCnR3bwo=}\n"
	shows(t, source, 0, "DATABASE_URL: {whole: true}", "secrets", "import", "-", "--dir", dir, "--env", "staging")
	if got := stored(t, "shop/staging/web/SECRET_KEY"); got != "AP8=\n" {
		t.Errorf("got %q", got)
	}
	shows(t, "", 0, "all in gopass", "secrets", "check", dir, "--env", "staging", "--values")
}

// TestSecretsSetNeedsNoNetwork: the store's git remote answers nobody, and nothing asks it.
func TestSecretsSetNeedsNoNetwork(t *testing.T) {
	dir := secretsRepo(t, "shop/staging/web/SECRET_KEY")
	root := os.Getenv("PASSWORD_STORE_DIR")
	for _, args := range [][]string{{"init", "--quiet"}, {"config", "user.name", "t"}, {"config", "user.email", "t@example.com"}, {"add", "."}, {"commit", "--quiet", "--message", "one"},
		{"remote", "add", "origin", "https://192.0.2.1/store.git"}} {
		if out, err := exec.Command("git", append([]string{"-C", root}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	shows(t, "", 0, "made", "secrets", "set", "DATABASE_URL", dir, "--env", "staging", "--generate")
	out, err := exec.Command("git", "-C", root, "log", "--format=%s", "--name-only").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "shop/staging/web/DATABASE_URL.age") {
		t.Errorf("it is not committed: %v\n%s", err, out)
	}
}
