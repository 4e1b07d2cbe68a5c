package legacy

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"
)

// grow writes a repository with this many files in packages of 50: mostly code, with what each language and tool has
// beside it.
func grow(b *testing.B, dir string, files int) {
	b.Helper()
	kinds := []struct{ name, text string }{
		{"module%d.py", "import os\n\nTIMEOUT = os.environ.get('TIMEOUT_%d', '5')\n\n\ndef handle(request):\n    return request.args.get('q')\n"},
		{"page%d.html", "<html><body>%d</body></html>\n"}, {"icon%d.svg", "<svg id=\"%d\"></svg>\n"}, {"view%d.js", "module.exports = () => process.env.VIEW_%d\n"}, {"notes%d.md", "# %d\n"}, {"conf%d.yml", "a: {b: %d}\n"},
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for n := range files {
		at := fmt.Sprintf("area%d/package%d", n/2500, n/50)
		if n%50 == 0 {
			if err := os.MkdirAll(filepath.Join(dir, at), 0o755); err != nil {
				b.Fatal(err)
			}
		}
		k := kinds[n%len(kinds)]
		write(filepath.Join(at, fmt.Sprintf(k.name, n)), fmt.Sprintf(k.text, n))
	}
	write("requirements.txt", "flask\nredis\n")
	write("Procfile", "web: gunicorn shop:app\n")
	write("docker-compose.yml", "services:\n  web:\n    build: .\n    ports: ['8000:8000']\n  cache: {image: 'redis:6'}\n")
}

// peak runs a function and gives the most bytes that lived or waited for the collector on the heap meanwhile.
func peak(f func()) uint64 {
	runtime.GC()
	done, highest := make(chan bool), make(chan uint64)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		var most uint64
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-done:
				highest <- most
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	f()
	done <- true
	return <-highest
}

// BenchmarkGrowth is Scan and Resolve on trees of growing size, beside `git ls-files` and reading the code and settings in
// the same run. The promises: at most three times as long, time per file that stays, less than 200 MB.
func BenchmarkGrowth(b *testing.B) {
	for _, files := range []int{2_000, 20_000, 200_000} {
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			dir := b.TempDir()
			grow(b, dir, files)
			for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}} {
				git := exec.Command("git", args...)
				git.Dir = dir
				if text, err := git.CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, text)
				}
			}
			var ours, theirs time.Duration
			var most uint64
			for b.Loop() {
				from := time.Now()
				most = max(most, peak(func() {
					s, err := Scan(context.Background(), os.DirFS(dir), ScanOptions{})
					if err != nil {
						b.Fatal(err)
					}
					if r := Resolve(s, ResolveOptions{Name: "shop"}); len(r.App.Services) == 0 {
						b.Fatal("no service")
					}
				}))
				ours += time.Since(from)
				from = time.Now()
				floor := exec.Command("sh", "-c", `git ls-files -z '*.py' '*.js' '*.yml' '*.txt' Procfile | xargs -0 cat >/dev/null`)
				floor.Dir = dir
				if err := floor.Run(); err != nil {
					b.Fatal(err)
				}
				theirs += time.Since(from)
			}
			b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N)/float64(files), "ns/file")
			b.ReportMetric(float64(ours)/float64(theirs), "x-git-ls-files-and-cat")
			b.ReportMetric(float64(most)/1e6, "peak-heap-MB")
		})
	}
}
