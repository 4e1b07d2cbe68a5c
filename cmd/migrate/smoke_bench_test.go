package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// smokePeers are the tools that do the same work, where they are on the PATH: each with the files that tell it n requests
// and the command that makes them.
var smokePeers = []struct {
	name  string
	file  string
	write func(url string, n int) string
	args  func(parallel, n int) []string
}{
	{"goss", "goss.yaml", func(url string, n int) string {
		var b strings.Builder
		b.WriteString("http:\n")
		for i := range n {
			fmt.Fprintf(&b, "  \"%s/health?i=%d\":\n    status: 200\n    headers: [\"Content-Type: application/json\"]\n", url, i)
		}
		return b.String()
	}, func(parallel, _ int) []string {
		return []string{"-g", "goss.yaml", "validate", "--max-concurrent", fmt.Sprint(parallel)}
	}},
	{"venom", "venom.yml", func(url string, n int) string {
		var b strings.Builder
		b.WriteString("name: t\ntestcases:\n- name: a\n  steps:\n")
		for i := range n {
			fmt.Fprintf(&b, "  - type: http\n    method: GET\n    url: %s/health?i=%d\n    assertions:\n    - result.statuscode ShouldEqual 200\n", url, i)
		}
		return b.String()
	}, func(int, int) []string { return []string{"run", "venom.yml"} }},
	{"k6", "k6.js", func(url string, _ int) string {
		return `import http from 'k6/http'; import {check} from 'k6';
export default function () {
  const r = http.get('` + url + `/health?i=' + __ITER);
  check(r, {status: r => r.status === 200, type: r => r.headers['Content-Type'] === 'application/json', json: r => r.json().status === 'up'});
}`
	}, func(parallel, n int) []string {
		return []string{"run", "-q", "-u", fmt.Sprint(parallel), "-i", fmt.Sprint(n), "k6.js"}
	}},
}

// BenchmarkSmokePeers is one run of n checks, the start of the process included, beside the same by other tools: their
// processor time as a multiple of ours, and the most memory that ours took.
func BenchmarkSmokePeers(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"up"}`)
	}))
	defer server.Close()
	program := built(b, ".", ".")
	for _, n := range []int{1, 1000} {
		for _, parallel := range []int{1, 8} {
			if n == 1 && parallel > 1 {
				continue
			}
			dir := b.TempDir()
			for f := range parallel {
				var text strings.Builder
				text.WriteString("checks:\n")
				for i := range n / parallel {
					fmt.Fprintf(&text, "  - GET /health?i=%d -> 200 json\n", f*n+i)
				}
				writeBench(b, filepath.Join(dir, "smoke", fmt.Sprintf("%d.yaml", f)), text.String())
			}
			for _, peer := range smokePeers {
				writeBench(b, filepath.Join(dir, peer.file), peer.write(server.URL, n))
			}
			b.Run(fmt.Sprintf("%d checks, %d at once", n, parallel), func(b *testing.B) {
				besidePeers(b, exec.Command(program, "smoke", "--target", server.URL), dir, parallel, n)
			})
		}
	}
}

func writeBench(b *testing.B, file, text string) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

func besidePeers(b *testing.B, ours *exec.Cmd, dir string, parallel, n int) {
	var took time.Duration
	theirs := map[string]time.Duration{}
	for b.Loop() {
		again := exec.Command(ours.Args[0], ours.Args[1:]...)
		again.Dir = dir
		took += cpu(b, again)
		for _, peer := range smokePeers {
			path, err := exec.LookPath(peer.name)
			if err != nil {
				b.Logf("%s is not on the PATH: not compared", peer.name)
				continue
			}
			other := exec.Command(path, peer.args(parallel, n)...)
			other.Dir = dir
			theirs[peer.name] += cpu(b, other)
		}
	}
	b.ReportMetric(float64(took.Microseconds())/1000/float64(b.N), "cpu-ms/op")
	for name, other := range theirs {
		b.ReportMetric(float64(other)/float64(took), "x-less-than-"+name)
	}
}
