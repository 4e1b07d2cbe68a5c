package generators

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestGitIgnoresWhatTargetsWrite(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("no git")
	}
	files, err := gitignore(nil)
	text := only(t, files, err)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("# migrate:begin\n"+text+"# migrate:end\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(git, "init", "-q", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for path, want := range map[string]bool{
		"build/kube/staging.yaml": true, "Makefile.local": true,
		"build/main.go": false, "kube/base/web.yaml": false, "Makefile": false, "Makefile.migrate-merge": false, "src/build/kube/x": false,
	} {
		cmd := exec.Command(git, "check-ignore", "-q", path)
		cmd.Dir = dir
		if got := cmd.Run() == nil; got != want {
			t.Errorf("%s: ignored is %v", path, got)
		}
	}
}
