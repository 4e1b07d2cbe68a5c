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

// BenchmarkEnvironments renders thirty environments of one service, all anew and unchanged, beside as many runs of
// `kustomize build` where that is on the PATH. It counts processor time, which a busy machine does not stretch.
func BenchmarkEnvironments(b *testing.B) {
	dir, environments := fleet(b)
	measure := func(one func(env string) error) func(b *testing.B) {
		return func(b *testing.B) {
			began := processorTime(b)
			for b.Loop() {
				for _, env := range environments {
					if err := one(env); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(processorTime(b)-began)/float64(time.Millisecond)/float64(b.N*len(environments)), "cpu-ms/environment")
		}
	}
	render := func(c Cache) func(env string) error {
		return func(env string) error {
			_, err := Render(b.Context(), Options{Repo: os.DirFS(dir), Environment: env, Tag: "v1", Cache: c})
			return err
		}
	}
	b.Run("anew", measure(render(nil)))
	kept := memoryCache{}
	for _, env := range environments {
		if err := render(kept)(env); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("unchanged", measure(render(kept)))
	b.Run("kustomize", func(b *testing.B) {
		if _, err := exec.LookPath("kustomize"); err != nil {
			b.Skip("kustomize is not on the PATH")
		}
		measure(func(env string) error {
			return exec.Command("kustomize", "build", filepath.Join(dir, "kube/overlays", env)).Run()
		})(b)
	})
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
