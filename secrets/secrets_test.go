package secrets

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestPaths(t *testing.T) {
	tests := []struct {
		name, prefix, env string
		want              []string
	}{
		{"all four, the most specific first", "shop", "staging", []string{
			"shop/staging/web/KEY", "shop/staging/common/KEY", "shop/common/KEY", "staging/common/KEY"}},
		{"a prefix of several parts", "corp/shop", "staging", []string{
			"corp/shop/staging/web/KEY", "corp/shop/staging/common/KEY", "corp/shop/common/KEY", "staging/common/KEY"}},
		{"no prefix: nothing twice, no empty part", "", "staging", []string{
			"staging/web/KEY", "staging/common/KEY", "common/KEY"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Paths(tt.prefix, tt.env, "web", "KEY"); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %v\nwant %v", got, tt.want)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	key := func(service, name string) Key { return Key{"shop", "staging", service, name} }
	tests := []struct {
		name  string
		names []string
		want  string // "" for missing
	}{
		{"the service's own wins over all", []string{"shop/staging/web/A", "shop/staging/common/A", "shop/common/A", "staging/common/A"}, "shop/staging/web/A"},
		{"then the environment's", []string{"staging/common/A", "shop/common/A", "shop/staging/common/A"}, "shop/staging/common/A"},
		{"then the application's", []string{"staging/common/A", "shop/common/A"}, "shop/common/A"},
		{"then the organisation's", []string{"staging/common/A"}, "staging/common/A"},
		{"another environment's is no answer", []string{"shop/production/web/A", "production/common/A"}, ""},
		{"another service's is no answer", []string{"shop/staging/api/A"}, ""},
		{"nor is a directory of that name", []string{"shop/staging/web/A/B"}, ""},
		{"nor another case", []string{"shop/staging/web/a"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := key("web", "A")
			found, missing := Resolve(tt.names, []Key{k})
			if found[k] != tt.want || (tt.want == "") != (len(missing) == 1) {
				t.Errorf("found %v, missing %v, want %q", found, missing, tt.want)
			}
		})
	}

	found, missing := Resolve([]string{"shop/common/B"}, []Key{key("web", "Z"), key("web", "B"), key("api", "C"), key("web", "A")})
	if len(found) != 1 || len(missing) != 3 {
		t.Fatalf("found %v, missing %v: want all missing at once", found, missing)
	}
	var order []string
	for _, m := range missing {
		order = append(order, m.Key.Service+" "+m.Key.Name)
	}
	if want := []string{"api C", "web A", "web Z"}; !reflect.DeepEqual(order, want) {
		t.Errorf("missing in the order %v, want %v", order, want)
	}
	if got := missing[1].Fix(); got != "gopass insert shop/staging/web/A" {
		t.Errorf("fix: %s", got)
	}
}

func TestCheckKey(t *testing.T) {
	for _, good := range []Key{{"shop", "staging", "web", "A"}, {"", "staging", "web", "A"}, {"corp/shop", "s", "w", "A.b-c_1"}} {
		if err := good.Check(); err != nil {
			t.Errorf("%v: %v", good, err)
		}
	}
	for _, bad := range []string{"A B", "../../A", "A/B", "", "$(id)", ".."} {
		if err := (Key{"shop", "staging", "web", bad}).Check(); err == nil {
			t.Errorf("the key %q: no error", bad)
		}
	}
	if err := (Key{"../shop", "staging", "web", "A"}).Check(); err == nil {
		t.Error("a prefix that leads out of the store: no error")
	}
}

func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"a/b", "../a", "a/../../b", "a//b", "/a", "a/", ".", "a\x00b", "-x", "a b"} {
		f.Add(s)
	}
	root := filepath.FromSlash("/store")
	f.Fuzz(func(t *testing.T, name string) {
		if CheckName(name) != nil {
			return
		}
		file := mount{dir: root, format: formats[1]}.file(name)
		if rel, err := filepath.Rel(root, file); err != nil || strings.HasPrefix(rel, "..") || filepath.ToSlash(rel) != name+".age" {
			t.Errorf("%q leads to %q", name, file)
		}
		if strings.ContainsAny(name, " '\"$`;&|<>\\*?\n") {
			t.Errorf("%q is not safe in a command line to copy", name)
		}
	})
}

// counting is a Store that counts.
type counting struct {
	values map[string]string
	errs   map[string]error
	gets   map[string]int
}

func (c *counting) List(context.Context) ([]string, error) { return nil, nil }

func (c *counting) Get(_ context.Context, name string) ([]byte, error) {
	c.gets[name]++
	return []byte(c.values[name]), c.errs[name]
}

func TestFetch(t *testing.T) {
	a, b, c := Key{"p", "e", "web", "A"}, Key{"p", "e", "api", "A"}, Key{"p", "e", "web", "C"}
	winners := map[Key]string{a: "shared", b: "shared", c: "own"}

	store := &counting{values: map[string]string{"shared": "1", "own": "2"}, gets: map[string]int{}}
	got, err := Fetch(context.Background(), store, winners)
	if err != nil || string(got[a]) != "1" || string(got[b]) != "1" || string(got[c]) != "2" {
		t.Errorf("got %q, %v", got, err)
	}
	if want := map[string]int{"shared": 1, "own": 1}; !reflect.DeepEqual(store.gets, want) {
		t.Errorf("decrypted %v, want each winner once", store.gets)
	}

	store = &counting{values: map[string]string{"shared": ""}, errs: map[string]error{"own": errors.New("own: damaged")}, gets: map[string]int{}}
	got, err = Fetch(context.Background(), store, winners)
	if got != nil || err == nil || !strings.Contains(err.Error(), "own: damaged") || !strings.Contains(err.Error(), "gopass edit shared") {
		t.Errorf("got %v, %v; want both failures, and no values", got, err)
	}

	store = &counting{errs: map[string]error{"own": ErrLocked, "shared": ErrLocked}, gets: map[string]int{}}
	if _, err = Fetch(context.Background(), store, winners); !errors.Is(err, ErrLocked) || len(store.gets) != 1 {
		t.Errorf("%v after %v; want to stop at the first entry of a locked store", err, store.gets)
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err = Fetch(ctx, &counting{gets: map[string]int{}}, winners); !errors.Is(err, context.Canceled) {
		t.Errorf("after Ctrl-C: %v", err)
	}
}

func TestValue(t *testing.T) {
	pem := "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n"
	tests := []struct{ name, content, want string }{
		{"the first line", "secret\nuser: u\n", "secret"},
		{"without a newline", "secret", "secret"},
		{"with a carriage return", "secret\r\nuser: u\r\n", "secret"},
		{"spaces are part of it", " a b \n", " a b "},
		{"a PEM block is taken whole", pem, pem},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := value("x", []byte(tt.content)); err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	if _, err := value("x", []byte("GOPASS-SECRET-1.0\nPassword: hunter2\n")); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the old MIME form: %v", err)
	}
}
