package secrets

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// keyOf is a key whose value is the first line of the entry of its name.
func keyOf(prefix, env, service, name string) Key {
	return Key{Prefix: prefix, Env: env, Service: service, Name: name}
}

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
	key := func(service, name string) Key { return keyOf("shop", "staging", service, name) }
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
			got := ""
			if len(found[k]) == 1 {
				got = found[k][0].Path
			}
			if got != tt.want || (tt.want == "") != (len(missing) == 1) {
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
	for _, good := range []Key{keyOf("shop", "staging", "web", "A"), keyOf("", "staging", "web", "A"), keyOf("corp/shop", "s", "w", "A.b-c_1")} {
		if err := good.Check(); err != nil {
			t.Errorf("%v: %v", good, err)
		}
	}
	for _, bad := range []string{"A B", "../../A", "A/B", "", "$(id)", ".."} {
		if err := (keyOf("shop", "staging", "web", bad)).Check(); err == nil {
			t.Errorf("the key %q: no error", bad)
		}
	}
	if err := (keyOf("../shop", "staging", "web", "A")).Check(); err == nil {
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
	a, b, c := keyOf("p", "e", "web", "A"), keyOf("p", "e", "api", "A"), keyOf("p", "e", "web", "C")
	found := map[Key][]Winner{a: {{"A", "shared", nil}}, b: {{"A", "shared", nil}}, c: {{"C", "own", nil}}}

	store := &counting{values: map[string]string{"shared": "1", "own": "2"}, gets: map[string]int{}}
	got, err := Fetch(context.Background(), store, found, nil)
	if err != nil || string(got[a]) != "1" || string(got[b]) != "1" || string(got[c]) != "2" {
		t.Errorf("got %q, %v", got, err)
	}
	if want := map[string]int{"shared": 1, "own": 1}; !reflect.DeepEqual(store.gets, want) {
		t.Errorf("decrypted %v, want each winner once", store.gets)
	}

	store = &counting{values: map[string]string{"shared": ""}, errs: map[string]error{"own": errors.New("own: damaged")}, gets: map[string]int{}}
	got, err = Fetch(context.Background(), store, found, nil)
	if got != nil || err == nil || !strings.Contains(err.Error(), "own: damaged") || !strings.Contains(err.Error(), "gopass edit shared") {
		t.Errorf("got %v, %v; want both failures, and no values", got, err)
	}

	store = &counting{errs: map[string]error{"own": ErrLocked, "shared": ErrLocked}, gets: map[string]int{}}
	if _, err = Fetch(context.Background(), store, found, nil); !errors.Is(err, ErrLocked) || len(store.gets) != 1 {
		t.Errorf("%v after %v; want to stop at the first entry of a locked store", err, store.gets)
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err = Fetch(ctx, &counting{gets: map[string]int{}}, found, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("after Ctrl-C: %v", err)
	}
}

func TestValue(t *testing.T) {
	pem := "-----BEGIN PRIVATE KEY-----\nComment: x\nabc\n-----END PRIVATE KEY-----\n"
	const db = "p@ss/w:rd \u00e9%\nuser: shop\r\nHost : db.example.com\n"
	tests := []struct {
		name   string
		source service.SecretValue
		own    string // content of the entry of the variable's name
		want   string
		err    string
	}{
		{name: "the first line", own: "secret\nuser: u\n", want: "secret"},
		{name: "without a newline", own: "secret", want: "secret"},
		{name: "with a carriage return", own: "secret\r\nuser: u\r\n", want: "secret"},
		{name: "spaces are part of it", own: " a b \n", want: " a b "},
		{name: "a PEM block is taken whole", own: pem, want: pem},
		{name: "nothing", own: "", err: "first line, which is the value, is empty; mend it: gopass edit own"},
		{name: "the old MIME form", own: "GOPASS-SECRET-1.0\nPassword: hunter2\n", err: "gopass fsck"},
		{name: "a line", source: service.SecretValue{Field: "user"}, own: "hunter2\nuser: u: v \n", want: "u: v"},
		{name: "a line that is not there", source: service.SecretValue{Field: "user"}, own: "hunter2\nlogin: hunter2\n", err: `no line "user:"`},
		{name: "a line of another entry", source: service.SecretValue{From: "db", Field: "host"}, want: "db.example.com"},
		{name: "the whole", source: service.SecretValue{Whole: true}, own: "a\nb: c\n\n", want: "a\nb: c\n\n"},
		{name: "base64 in lines", source: service.SecretValue{Base64: true}, own: "aGV\r\nsbG8=\n", want: "hello"},
		{name: "base64 behind a name", source: service.SecretValue{Base64: true, Field: "k"}, own: "hunter2\nk: aGVsbG8=\n", want: "hello"},
		{name: "no base64", source: service.SecretValue{Base64: true}, own: "hunter2!\n", err: "should be base64"},
		{name: "bytes for a variable", source: service.SecretValue{Base64: true}, own: "/w==", err: "is no text"},
		{name: "bytes for a file", source: service.SecretValue{Base64: true, File: "/k"}, own: "/wA=", want: "\xff\x00"},
		{name: "a URL", source: service.SecretValue{From: "db", Value: "postgres://{user}:{password}@{host}:5432/shop"},
			want: "postgres://shop:p%40ss%2Fw%3Ard%20%C3%A9%25@db.example.com:5432/shop"},
		{name: "no URL", source: service.SecretValue{Value: "user={db.user} password={db.password} own={password} {{x}}"}, own: "o",
			want: "user=shop password=p@ss/w:rd \u00e9% own=o {x}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := Key{Prefix: "shop", Env: "staging", Service: "web", Name: "KEY", Source: tt.source}
			if err := k.Check(); err != nil {
				t.Fatal(err)
			}
			contents := map[string][]byte{"own": []byte(tt.own), "of-db": []byte(db)}
			got, err := value(k, []Winner{{"KEY", "own", nil}, {"db", "of-db", nil}}, contents)
			if tt.err == "" && (err != nil || string(got) != tt.want) {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
			if tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "hunter2")) {
				t.Errorf("got %v, want %q and nothing of the entry", err, tt.err)
			}
		})
	}
}

// TestEscapedURL reads composed URLs back as the standard library does.
func TestEscapedURL(t *testing.T) {
	for c := range 256 {
		password := "a" + string([]byte{byte(c)}) + "z"
		text := "postgres://u:" + string(escapeURL([]byte(password))) + "@db:5432/shop?key=" + string(escapeURL([]byte(password)))
		u, err := url.Parse(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if got, _ := u.User.Password(); got != password || u.Query().Get("key") != password {
			t.Errorf("%q comes back as %q", password, got)
		}
	}
}

func TestResolveOfSeveralEntries(t *testing.T) {
	url := Key{Prefix: "shop", Env: "staging", Service: "web", Name: "URL", Source: service.SecretValue{Value: "{db.user}:{db.password}@{host.password}/{/infra/x.y}"}}
	found, missing := Resolve([]string{"infra/x", "shop/common/db", "shop/staging/web/db", "staging/common/db"}, []Key{url})
	if len(found[url]) != 2 || len(missing) != 1 || missing[0].Fix() != "gopass insert shop/staging/web/host" {
		t.Errorf("found %v, missing %v", found, missing)
	}
	found, _ = Resolve([]string{"infra/x", "shop/common/db", "shop/common/host", "shop/staging/web/db", "staging/common/db"}, []Key{url})
	want := []Winner{{"db", "shop/staging/web/db", []string{"shop/common/db", "staging/common/db"}}, {"host", "shop/common/host", []string{}}, {"/infra/x", "infra/x", []string{}}}
	if !reflect.DeepEqual(found[url], want) {
		t.Errorf("got %v, want %v", found[url], want)
	}
}

func TestUnused(t *testing.T) {
	names := []string{"shop/common/OLD", "shop/production/web/A", "shop/staging/common/A", "shop/staging/old/A", "shop/staging/web/a", "shop/stagingX/web/Y", "staging/common/Z"}
	got := Unused(names, "shop", "staging", []Key{keyOf("shop", "staging", "web", "A")})
	if want := []string{"shop/staging/old/A", "shop/staging/web/a"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDirectory(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	write(t, canary+"\n", dir, "shop/staging/web/KEY")
	write(t, canary+"\n", dir, "..data/COMMON")
	write(t, canary+"\n", elsewhere, "stolen")
	if err := errors.Join(os.Symlink("..data/COMMON", filepath.Join(dir, "COMMON")), os.Symlink(filepath.Join(elsewhere, "stolen"), filepath.Join(dir, "OUT"))); err != nil {
		t.Fatal(err)
	}
	store := Directory{dir}
	names, err := store.List(context.Background())
	if want := []string{"COMMON", "OUT", "shop/staging/web/KEY"}; err != nil || !reflect.DeepEqual(names, want) {
		t.Errorf("got %v, %v, want %v", names, err, want)
	}
	k, common := keyOf("shop", "staging", "web", "KEY"), Key{Prefix: "shop", Env: "staging", Service: "web", Name: "C", Source: service.SecretValue{From: "/COMMON"}}
	found, missing := Resolve(names, []Key{k, common})
	values, err := Fetch(context.Background(), store, found, nil)
	if err != nil || len(missing) > 0 || string(values[k]) != canary || string(values[common]) != canary {
		t.Errorf("got %q, %v, missing %v", values, err, missing)
	}
	for _, bad := range []string{"OUT", "../stolen", "shop"} {
		if content, err := store.Get(context.Background(), bad); err == nil {
			t.Errorf("%s: got %q", bad, content)
		}
	}
}

// pairs is a store that takes two at a time, and notices more.
type pairs struct {
	mu        sync.Mutex
	now, most int
}

func (p *pairs) Workers() int                           { return 2 }
func (p *pairs) List(context.Context) ([]string, error) { return nil, nil }

func (p *pairs) Get(_ context.Context, name string) ([]byte, error) {
	p.mu.Lock()
	p.now++
	p.most = max(p.most, p.now)
	p.mu.Unlock()
	time.Sleep(time.Millisecond)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now--
	return []byte(name + "\n"), nil
}

func TestFetchByTwo(t *testing.T) {
	found := map[Key][]Winner{}
	for i := range 20 {
		name := fmt.Sprint("K", i)
		found[keyOf("p", "e", "web", name)] = []Winner{{name, "path/" + name, nil}}
	}
	var told []int
	store := &pairs{}
	values, err := Fetch(context.Background(), store, found, func(done, all int) { told = append(told, done*100/all) })
	if err != nil || len(values) != 20 || string(values[keyOf("p", "e", "web", "K7")]) != "path/K7" || store.most != 2 {
		t.Errorf("%d values, %v, %d at a time", len(values), err, store.most)
	}
	if len(told) != 20 || told[19] != 100 {
		t.Errorf("told %v", told)
	}
}
