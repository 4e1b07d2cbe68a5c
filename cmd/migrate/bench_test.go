package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// cpu runs a command and gives the processor time that it took, in user and kernel.
func cpu(b *testing.B, cmd *exec.Cmd) time.Duration {
	b.Helper()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Run(); err != nil {
		b.Fatalf("%v: %v\n%s", cmd.Args, err, errs.String())
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// built compiles a program as it is shipped.
func built(b *testing.B, dir, pkg string) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), "program")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, pkg)
	build.Dir = dir
	if text, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	return out
}

// BenchmarkStartUp is `migrate version` beside the least a Go program can do. The promise: at most 20 ms of processor.
func BenchmarkStartUp(b *testing.B) {
	empty := b.TempDir()
	for name, text := range map[string]string{"go.mod": "module empty\n", "main.go": "package main\n\nfunc main() {}\n"} {
		if err := os.WriteFile(filepath.Join(empty, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	program, nothing := built(b, ".", "."), built(b, empty, ".")
	var ours, least time.Duration
	for b.Loop() {
		ours += cpu(b, exec.Command(program, "version"))
		least += cpu(b, exec.Command(nothing))
	}
	b.ReportMetric(float64(ours.Microseconds())/1000/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(ours)/float64(least), "x-empty-program")
}

// BenchmarkInit is `migrate init --dry-run` on a repository of 20,000 files beside `git ls-files` and reading the 5,000
// that are evidence by their names. The promise: at most three times as much processor.
func BenchmarkInit(b *testing.B) {
	dir := b.TempDir()
	bigRepository(b, dir)
	program := built(b, ".", ".")
	reader := exec.Command("sh", "-c", `git ls-files -z '*.py' '*.txt' Procfile | xargs -0 cat >/dev/null`).Args
	var ours, theirs time.Duration
	for b.Loop() {
		ours += cpu(b, exec.Command(program, "init", "--dry-run", "--no-input", dir))
		floor := exec.Command(reader[0], reader[1:]...)
		floor.Dir = dir
		theirs += cpu(b, floor)
	}
	b.ReportMetric(float64(ours.Microseconds())/1000/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(ours)/float64(theirs), "x-git-ls-files-and-cat")
}

// bigRepository is one Django service among 20,000 files of many kinds, in git.
func bigRepository(b *testing.B, dir string) {
	b.Helper()
	module := "import os\nfrom django.db import models\n\n\nclass Thing(models.Model):\n    name = models.CharField(max_length=%d)\n\n    def total(self, rows):\n        return sum(row.price for row in rows if row.paid)\n"
	files := map[string]string{
		"Procfile":         "web: gunicorn shop.wsgi --bind 0.0.0.0:8000\n",
		"requirements.txt": "Django==2.2\ngunicorn==19.9\npsycopg2==2.8\nredis==3.2\n",
		"manage.py":        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
		"shop/settings.py": "import os\nSECRET_KEY = os.environ['SECRET_KEY']\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'HOST': 'db1.corp.example'}}\n",
		"shop/wsgi.py":     "",
	}
	for i := range 20_000 - len(files) {
		name := fmt.Sprintf("app%d/part%d/file%d", i%20, i%400, i)
		switch i % 4 {
		case 0:
			files[name+".py"] = strings.Repeat(fmt.Sprintf(module, i), 12)
		case 1:
			files[name+".html"] = strings.Repeat("<p>{{ thing.name }}</p>\n", 40)
		case 2:
			files[name+".css"] = strings.Repeat("p { color: red }\n", 40)
		default:
			files[name+".png"] = "\x89PNG\x00"
		}
	}
	for name, text := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}} {
		git := exec.Command("git", args...)
		git.Dir = dir
		if text, err := git.CombinedOutput(); err != nil {
			b.Fatalf("git %v: %v\n%s", args, err, text)
		}
	}
}

// BenchmarkCreateConfig is `migrate kube create-config` for one service and three environments, from a cold start: the
// promise is at most 60 ms of processor.
func BenchmarkCreateConfig(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "shop")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Procfile"), []byte("web: gunicorn shop.wsgi --bind 0.0.0.0:8000\n"), 0o644); err != nil {
		b.Fatal(err)
	}
	program := built(b, ".", ".")
	cpu(b, exec.Command(program, "init", "--no-input", "--env", "test,staging,production", dir))
	var ours time.Duration
	for b.Loop() {
		ours += cpu(b, exec.Command(program, "kube", "create-config", "--env", "all", "--tag", "v1", dir))
	}
	b.ReportMetric(float64(ours.Microseconds())/1000/float64(b.N), "cpu-ms/op")
}

// BenchmarkAgain is a second `migrate init` and a `migrate generate` with nothing to do, on the examples. The promise: at most
// 100 ms of processor.
func BenchmarkAgain(b *testing.B) {
	program := built(b, ".", ".")
	befores, err := filepath.Glob("../../examples/*/before")
	if err != nil || len(befores) == 0 {
		b.Fatalf("no examples: %v", err)
	}
	for _, before := range befores {
		name := filepath.Base(filepath.Dir(before))
		dir := filepath.Join(b.TempDir(), name)
		if err := os.CopyFS(dir, os.DirFS(before)); err != nil {
			b.Fatal(err)
		}
		if out, err := exec.Command("git", "init", "-q", dir).CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		cpu(b, exec.Command(program, "init", "--no-input", dir))
		for _, args := range [][]string{{"init", "--no-input", dir}, {"generate", dir}} {
			b.Run(name+"/"+args[0], func(b *testing.B) {
				var ours time.Duration
				for b.Loop() {
					ours += cpu(b, exec.Command(program, args...))
				}
				b.ReportMetric(float64(ours.Microseconds())/1000/float64(b.N), "cpu-ms/op")
			})
		}
	}
}
