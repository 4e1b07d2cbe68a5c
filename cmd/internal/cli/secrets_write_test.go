package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// editModel changes migrate.yaml of a repository.
func editModel(t *testing.T, dir, old, new string) {
	t.Helper()
	file := filepath.Join(dir, "migrate.yaml")
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%q is not in migrate.yaml: %v", old, err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// feed runs migrate with something on standard input.
func feed(t *testing.T, in string, args ...string) (code int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Run(context.Background(), Streams{In: strings.NewReader(in), Out: &stdout, Err: &stderr}, args)
	if out = stdout.String() + stderr.String(); strings.Contains(out, secretCanary) {
		t.Errorf("migrate %v shows a value:\n%s", args, out)
	}
	return code, out
}

// shows runs a command of migrate and wants its code and a text in what it prints.
func shows(t *testing.T, in string, code int, text string, args ...string) {
	t.Helper()
	if got, out := feed(t, in, args...); got != code || !strings.Contains(out, text) {
		t.Errorf("migrate %v: code %d, want %d and %q in\n%s", args, got, code, text, out)
	}
}

// value is what the store holds at a path.
func stored(t *testing.T, path string) string {
	t.Helper()
	store, err := openStore(Streams{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	content, err := store.Get(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestSecretsSet(t *testing.T) {
	dir := secretsRepo(t, "shop/staging/web/DATABASE_URL")
	shows(t, secretCanary+" '$!\n", 0, "shop/staging/web/SECRET_KEY made", "secrets", "set", "SECRET_KEY", dir, "--env", "staging")
	if got := stored(t, "shop/staging/web/SECRET_KEY"); got != secretCanary+" '$!\n" {
		t.Errorf("got %q", got)
	}
	shows(t, "new", 1, "is there already; --force", "secrets", "set", "SECRET_KEY", dir, "--env", "staging")
	shows(t, "new", 0, "changed", "secrets", "set", "SECRET_KEY", dir, "--env", "staging", "--force")
	shows(t, "anna\n", 0, "changed", "secrets", "set", "SECRET_KEY", dir, "--env", "staging", "--field", "user")
	shows(t, "newer\n", 0, "changed", "secrets", "set", "SECRET_KEY", dir, "--env", "staging", "--force")
	if got := stored(t, "shop/staging/web/SECRET_KEY"); got != "newer\nuser: anna\n" {
		t.Errorf("got %q", got)
	}
	shows(t, "", 0, "shop/common/SECRET_KEY made", "secrets", "set", "SECRET_KEY", dir, "--env", "staging", "--level", "application", "--generate")
	if got := stored(t, "shop/common/SECRET_KEY"); len(got) != 41 {
		t.Errorf("got %q", got)
	}
	shows(t, "", 2, "no value on standard input", "secrets", "set", "SECRET_KEY", dir, "--env", "production")
	shows(t, "x", 2, "did you mean SECRET_KEY?", "secrets", "set", "SECRETKEY", dir, "--env", "production")
	shows(t, "x", 2, "there is no level", "secrets", "set", "SECRET_KEY", dir, "--env", "production", "--level", "team")
	shows(t, "x", 2, "say which environment", "secrets", "set", "SECRET_KEY", dir)
}

// A framework that takes no other length gets its own.
func TestSecretsSetLength(t *testing.T) {
	for key, test := range map[string]struct {
		framework string
		length    int
	}{"APP_KEY": {"laravel", 32}, "SECRET_KEY_BASE": {"phoenix", 64}} {
		dir := secretsRepo(t)
		editModel(t, dir, "SECRET_KEY", key)
		editModel(t, dir, "dir: .", "dir: .\n    framework: "+test.framework)
		shows(t, "", 0, "made", "secrets", "set", key, dir, "--env", "staging", "--generate")
		if got := strings.TrimSpace(stored(t, "shop/staging/web/"+key)); len(got) != test.length {
			t.Errorf("%s has %d letters", key, len(got))
		}
		shows(t, "", 0, "changed", "secrets", "set", key, dir, "--env", "staging", "--generate=80", "--force")
		if got := strings.TrimSpace(stored(t, "shop/staging/web/"+key)); len(got) != 80 {
			t.Errorf("%s has %d letters", key, len(got))
		}
	}
}

func TestSecretsCheckFindsAllAtOnce(t *testing.T) {
	dir := secretsRepo(t, "shop/staging/web/SECRET_KEY", "shop/staging/web/SECRETKEY", "shop/staging/common/db")
	editModel(t, dir, "prefix: shop}", `prefix: shop, keys: {DATABASE_URL: {from: db, value: "postgres://{user}:{password}@db/{name.password}"}}}`)
	_, out := feed(t, "", "secrets", "check", dir, "--env", "staging")
	for _, want := range []string{"staging: 2 keys, 1 missing", "name for DATABASE_URL of web", "gopass insert shop/staging/web/name", "mend   gopass rm shop/staging/web/SECRETKEY"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	feed(t, "shop", "secrets", "set", "SECRET_KEY", dir, "--env", "staging", "--force")
	shows(t, "", 1, "unused", "secrets", "check", dir, "--env", "staging", "-o", "json")
	editModel(t, dir, "/{name.password}", "")
	shows(t, "", 1, `shop/staging/common/db: the entry has no line "user:"`, "secrets", "check", dir, "--env", "staging", "--values")
}

func TestSecretsExplain(t *testing.T) {
	dir := secretsRepo(t, "shop/common/SECRET_KEY", "staging/common/SECRET_KEY")
	shows(t, "", 0, `SECRET_KEY of web in staging: the first line of the entry
  absent    shop/staging/web/SECRET_KEY     service
  absent    shop/staging/common/SECRET_KEY  environment
  wins      shop/common/SECRET_KEY          application
  shadowed  staging/common/SECRET_KEY       organisation
`, "secrets", "explain", "SECRET_KEY", dir, "--env", "staging")
	shows(t, "", 2, "did you mean SECRET_KEY?", "secrets", "explain", "SECRETS_KEY", dir, "--env", "staging")
}

func TestSecretsImport(t *testing.T) {
	dir := secretsRepo(t, "shop/staging/web/DATABASE_URL")
	sources := map[string]string{
		"dotenv":     "# old\nexport SECRET_KEY='" + secretCanary + "'\nOTHER=1\n",
		"terraform":  `{"secret-key": {"sensitive": true, "type": "string", "value": "` + secretCanary + `"}, "OTHER": {"value": "x"}}`,
		"kubernetes": "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata: {SECRET_KEY: YzRuNHJ5LVF5NzItdmFsdWU=, OTHER: eA==}\n",
		"vault":      "---\nsecret_key: " + secretCanary + "\nOTHER: x\n",
	}
	for name, text := range sources {
		t.Run(name, func(t *testing.T) {
			shows(t, text, 0, "left     OTHER", "secrets", "import", "-", "--dir", dir, "--env", "production", "--force")
			if got := stored(t, "shop/production/web/SECRET_KEY"); got != secretCanary+"\n" {
				t.Errorf("got %q", got)
			}
		})
	}
	docker := t.TempDir()
	if err := os.WriteFile(filepath.Join(docker, "DATABASE_URL"), []byte(secretCanary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	shows(t, "", 0, "kept     shop/staging/web/DATABASE_URL", "secrets", "import", docker, "--dir", dir, "--env", "staging")
	shows(t, "", 0, "would be written  shop/production/common/DATABASE_URL", "secrets", "import", docker, "--dir", dir, "--env", "production", "--level", "environment", "--dry-run")
	shows(t, "$ANSIBLE_VAULT;1.1;AES256\n6162\n", 1, "ansible-vault decrypt", "secrets", "import", "-", "--dir", dir, "--env", "staging")
	shows(t, "nothing here", 1, "neither a .env file", "secrets", "import", "-", "--dir", dir, "--env", "staging")
	shows(t, "OTHER=1", 1, "no value in it that a service wants", "secrets", "import", "-", "--dir", dir, "--env", "staging")
}

func TestSecretsDiff(t *testing.T) {
	dir := secretsRepo(t, "shop/common/SECRET_KEY", "shop/staging/web/DATABASE_URL")
	_, out := feed(t, "", "secrets", "diff", "staging", "production", dir)
	want := `SERVICE  KEY           RESULT                 staging                        production
web      DATABASE_URL  missing in production  shop/staging/web/DATABASE_URL  -
web      SECRET_KEY    same                   shop/common/SECRET_KEY         shop/common/SECRET_KEY
`
	if out != want {
		t.Errorf("got\n%s", out)
	}
	feed(t, "another", "secrets", "set", "DATABASE_URL", dir, "--env", "production")
	shows(t, "", 0, "differs", "secrets", "diff", "staging", "production", dir)
	shows(t, "", 2, "same environment", "secrets", "diff", "staging", "staging", dir)
}

func TestSecretsScan(t *testing.T) {
	dir := secretsRepo(t, "shop/staging/web/SECRET_KEY", "shop/common/DATABASE_URL")
	shows(t, "", 0, "no secret found", "secrets", "scan", dir)
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	token := "gh" + "p_" + strings.Repeat("aB3", 12)
	file := filepath.Join(dir, "config.py")
	if err := os.WriteFile(file, []byte("x = 1\nTOKEN = '"+token+"'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	git("init", "--quiet")
	git("add", "config.py")
	git("commit", "--quiet", "--message", "one")
	if err := os.WriteFile(file, []byte("x = 1\nKEY = '"+secretCanary+" of shop/staging/web/SECRET_KEY'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	shows(t, "", 1, "config.py:2: a token of GitHub, ghp_***, in git since ", "secrets", "scan", dir)
	shows(t, "", 1, "config.py:2: the value of shop/staging/web/SECRET_KEY, ***\n", "secrets", "scan", dir, "--env", "staging")
	shows(t, "", 0, "no secret found", "secrets", "scan", dir, "--history=false")
}

func TestSecretsCheckNamesDuplicates(t *testing.T) {
	dir := secretsRepo(t, "shop/staging/web/SECRET_KEY", "shop/staging/web/secret-key", "shop/common/database_url", "shop/staging/web/OLD KEY")
	root := os.Getenv("PASSWORD_STORE_DIR")
	if err := os.WriteFile(filepath.Join(root, "shop/staging/web/SECRET_KEY.gpg"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out := feed(t, "", "secrets", "check", dir, "--env", "staging")
	for _, want := range []string{
		"staging: 2 keys, 1 missing", // all of it at once
		"  shop/common/database_url\n    is nearly shop/common/DATABASE_URL, which is what is read\n    mend   gopass mv shop/common/database_url shop/common/DATABASE_URL\n",
		"mend   gopass rm shop/staging/web/secret-key\n",
		"mend   rm " + root + "/shop/staging/web/SECRET_KEY.gpg\n",
		"mend   gopass rm 'shop/staging/web/OLD KEY'\n",
	} {
		if code != 1 || !strings.Contains(out, want) {
			t.Errorf("code %d, no %q in\n%s", code, want, out)
		}
	}
	shows(t, "", 1, `"fix": "gopass rm shop/staging/web/secret-key"`, "secrets", "check", dir, "--env", "staging", "-o", "json")

	t.Setenv("GOPASS_AGE_PASSWORD", "wrong")
	_, out = feed(t, "", "secrets", "check", dir, "--env", "staging", "--values")
	if !strings.Contains(out, "1 missing") || !strings.Contains(out, "wrong passphrase") {
		t.Errorf("names and the lock are not told together:\n%s", out)
	}
}
