package kube

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	sigsyaml "sigs.k8s.io/yaml"
)

type memoryCache map[string][]byte

func (c memoryCache) Get(env string) []byte       { return c[env] }
func (c memoryCache) Put(env string, text []byte) { c[env] = text }

func rendered(t testing.TB, files fstest.MapFS, c Cache) []byte {
	t.Helper()
	objects, err := Render(t.Context(), Options{Repo: files, Environment: "staging", Tag: "v1", Images: []string{"local/hello"}, Cache: c})
	if err != nil {
		t.Fatal(err)
	}
	text, err := objects.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// What comes from the cache is what kustomize made, lines included; a changed file, or a broken entry, makes it anew.
func TestCache(t *testing.T) {
	files := load(t, small)
	replace(t, files, "kube/base/kustomization.yaml", "labels:", "commonAnnotations: {kept: by kustomize}\nlabels:")
	c := memoryCache{}
	first := rendered(t, files, c)
	entry := bytes.Clone(c["staging"])
	c["staging"] = bytes.Replace(entry, []byte(`local/hello`), []byte(`local/cache`), 1) // so that its use shows
	if again := rendered(t, files, c); !bytes.Contains(again, []byte("local/cache")) {
		t.Error("the entry was not used")
	}
	objects, err := Render(t.Context(), Options{Repo: files, Environment: "staging", Cache: c})
	if err != nil || objects[0].Line == 0 || objects[0].File == "" {
		t.Errorf("without its place: %v", err)
	}
	c["staging"] = entry
	if !bytes.Equal(rendered(t, files, c), first) {
		t.Error("the same files give other bytes")
	}
	replace(t, files, "kube/base/kustomization.yaml", "LOG_LEVEL=info", "LOG_LEVEL=debug")
	if changed := rendered(t, files, c); !bytes.Contains(changed, []byte("LOG_LEVEL: debug")) || bytes.Equal(c["staging"], entry) {
		t.Error("a changed file was not seen")
	}
	c["staging"] = []byte(`{"key`)
	if !bytes.Contains(rendered(t, files, c), []byte("LOG_LEVEL: debug")) {
		t.Error("a broken entry was used")
	}
}

// fleet is one service of fifty in thirty environments, as init writes it.
func fleet(t testing.TB) (dir string, environments []string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../examples/billing/after")); err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		name := fmt.Sprintf("env%02d", i)
		environments = append(environments, name)
		if err := os.CopyFS(filepath.Join(dir, "kube/overlays", name), os.DirFS(filepath.Join(dir, "kube/overlays/staging"))); err != nil {
			t.Fatal(err)
		}
	}
	return dir, environments
}

// The bytes depend on nothing but the files: neither on the number of processors nor on who renders beside.
func TestRenderOnManyProcessors(t *testing.T) {
	dir, environments := fleet(t)
	render := func() string {
		texts := make(chan string, len(environments))
		for _, env := range environments {
			go func() {
				objects, err := Render(t.Context(), Options{Repo: os.DirFS(dir), Environment: env, Tag: "v1"})
				text, other := objects.YAML()
				texts <- fmt.Sprint(string(text), err, other)
			}()
		}
		first := <-texts
		for range len(environments) - 1 {
			if text := <-texts; text != first {
				return "environments with the same files differ"
			}
		}
		return first
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first string
	for i, n := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(n)
		text := render()
		if i == 0 {
			first = text
		}
		if text != first || !strings.Contains(text, "kind: Deployment") {
			t.Errorf("with %d processors: %.200s", n, text)
		}
	}
}

// TestLikeKustomize holds every object against what the kustomize command makes of the same files, where it is installed.
func TestLikeKustomize(t *testing.T) {
	if _, err := exec.LookPath("kustomize"); err != nil {
		t.Skip("kustomize is not on the PATH")
	}
	examples, err := filepath.Glob("../examples/*/after/kube/overlays/*")
	if err != nil || len(examples) == 0 {
		t.Fatal(err)
	}
	for _, dir := range examples {
		want, err := exec.Command("kustomize", "build", dir).Output()
		if err != nil {
			t.Fatal(err)
		}
		objects, err := Render(t.Context(), Options{Repo: os.DirFS(filepath.Join(dir, "../../..")), Environment: filepath.Base(dir)})
		if err != nil {
			t.Fatal(err)
		}
		left := map[string]bool{}
		for _, document := range strings.Split(string(want), "\n---\n") {
			var o map[string]any
			if err := sigsyaml.Unmarshal([]byte(document), &o); err != nil {
				t.Fatal(err)
			}
			text, err := sigsyaml.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			left[string(text)] = true
		}
		for _, o := range objects {
			text, err := Objects{o}.YAML()
			if err != nil || !left[string(text)] {
				t.Errorf("%s: %s is not what kustomize makes (%v)", dir, o.ID(), err)
			}
			delete(left, string(text))
		}
		if len(left) > 0 {
			t.Errorf("%s: %d objects are missing", dir, len(left))
		}
	}
}

// BenchmarkEnvironments renders thirty environments of one service to text: as migrate writes them, and with a field that only
// kustomize knows, anew and unchanged, beside as many runs of `kustomize build` and `helm template` where those are on the
// PATH. The files of a service are parsed once for all its environments, as in one run of migrate, whose start is not counted.
// Processor time is measured, which a busy machine does not stretch.
func BenchmarkEnvironments(b *testing.B) {
	dir, environments := fleet(b)
	foreign, _ := fleet(b)
	base := filepath.Join(foreign, "kube/base/kustomization.yaml")
	text, err := os.ReadFile(base)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(base, append(text, "commonAnnotations: {built: by kustomize}\n"...), 0o600); err != nil {
		b.Fatal(err)
	}
	measure := func(name string, all func() error) {
		b.Run(name, func(b *testing.B) {
			began := processorTime(b)
			for b.Loop() {
				if err := all(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(processorTime(b)-began)/float64(time.Millisecond)/float64(b.N*len(environments)), "cpu-ms/environment")
		})
	}
	render := func(dir string, c Cache) func() error {
		return func() error {
			o := Options{Repo: os.DirFS(dir), Tag: "v1", Cache: c, Files: &Files{}}
			for _, o.Environment = range environments {
				objects, err := Render(b.Context(), o)
				if err != nil {
					return err
				}
				if _, err := objects.YAML(); err != nil {
					return err
				}
			}
			return nil
		}
	}
	tool := func(name string, args func(env string) []string) {
		if _, err := exec.LookPath(name); err != nil {
			b.Logf("%s is not on the PATH", name)
			return
		}
		measure(name, func() error {
			for _, env := range environments {
				if out, err := exec.Command(name, args(env)...).CombinedOutput(); err != nil {
					return fmt.Errorf("%s: %w\n%s", name, err, out)
				}
			}
			return nil
		})
	}
	measure("anew", render(dir, nil))
	measure("anew-by-kustomize", render(foreign, nil))
	kept := memoryCache{}
	if err := render(foreign, kept)(); err != nil {
		b.Fatal(err)
	}
	measure("unchanged-by-kustomize", render(foreign, kept))
	tool("kustomize", func(env string) []string { return []string{"build", filepath.Join(dir, "kube/overlays", env)} })
	chart := helmChart(b, dir, environments[0])
	tool("helm", func(env string) []string {
		return []string{"template", "billing", chart, "--namespace", "billing-" + env, "--set", "environment=" + env}
	})
}

// helmChart is a chart that renders what an overlay renders, with the little that environments differ in as values.
func helmChart(b *testing.B, dir, env string) string {
	b.Helper()
	objects, err := Render(b.Context(), Options{Repo: os.DirFS(dir), Environment: env})
	if err != nil {
		b.Fatal(err)
	}
	text, err := objects.YAML()
	if err != nil {
		b.Fatal(err)
	}
	namespace := "namespace: " + objects[0].GetNamespace()
	chart := b.TempDir()
	for name, text := range map[string]string{
		"Chart.yaml":         "apiVersion: v2\nname: billing\nversion: 1.0.0\n",
		"values.yaml":        "environment: none\n",
		"templates/all.yaml": strings.ReplaceAll(string(text), namespace, "namespace: {{ .Release.Namespace }}\n  annotations: {environment: {{ .Values.environment }}}"),
	} {
		file := filepath.Join(chart, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return chart
}

// processorTime is what this process and those that it waited for have used.
func processorTime(b *testing.B) (used time.Duration) {
	b.Helper()
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			b.Fatal(err)
		}
		used += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return used
}
