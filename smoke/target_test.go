package smoke

import (
	"strings"
	"testing"
)

func TestParseTarget(t *testing.T) {
	tests := []struct {
		text string
		want string // as String
		dial string // as Address
		note string // a part of the notes
	}{
		{"127.0.0", "http://127.0.0.1", "127.0.0.1:80", "127.0.0 is short for 127.0.0.1"},
		{"127.0.0:8080", "http://127.0.0.1:8080", "127.0.0.1:8080", "short for"},
		{"127.0.0/users", "http://127.0.0.1/users", "127.0.0.1:80", "short for"},
		{"127", "http://127.0.0.1", "127.0.0.1:80", "short for"},
		{"127.0", "http://127.0.0.1", "127.0.0.1:80", "short for"},
		{"127.2", "http://127.0.0.2", "127.0.0.2:80", "short for"},
		{"http://127.0.0:8080/a", "http://127.0.0.1:8080/a", "127.0.0.1:8080", "short for"},
		{":8080", "http://127.0.0.1:8080", "127.0.0.1:8080", "this machine"},
		{"127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1:8080", "from inside"},
		{"localhost", "http://localhost", "localhost:80", "from inside"},
		{"web:8000", "http://web:8000", "web:8000", "from inside"},
		{"10.1.2.3/base/", "http://10.1.2.3/base", "10.1.2.3:80", ""},
		{"192.168.1.1:443", "https://192.168.1.1:443", "192.168.1.1:443", "https, for its port"},
		{"users.shop.svc", "http://users.shop.svc", "users.shop.svc:80", "from inside"},
		{"users.shop.svc.cluster.local:81", "http://users.shop.svc.cluster.local:81", "users.shop.svc.cluster.local:81", ""},
		{"printer.local.", "http://printer.local.", "printer.local.:80", ""},
		{"api.example.com", "api.example.com", "api.example.com:443", ""},
		{"api.example.com/users", "api.example.com/users", "api.example.com:443", ""},
		{"api.example.com:8443/users/v1/", "api.example.com:8443/users/v1", "api.example.com:8443", ""},
		{"api.example.com:80", "http://api.example.com:80", "api.example.com:80", "for its port"},
		{"8.8.8.8", "8.8.8.8", "8.8.8.8:443", ""},
		{" https://API.example.com/ ", "https://api.example.com", "api.example.com:443", ""},
		{"HTTP://api.example.com", "http://api.example.com", "api.example.com:80", ""},
		{"https://127.0.0.1:8443/a%20b", "https://127.0.0.1:8443/a%20b", "127.0.0.1:8443", ""},
		{"::1", "http://[::1]", "[::1]:80", "IPv6"},
		{"[::1]", "http://[::1]", "[::1]:80", ""},
		{"[::1]:8080/base", "http://[::1]:8080/base", "[::1]:8080", ""},
		{"[2001:db8::1]:8080", "[2001:db8::1]:8080", "[2001:db8::1]:8080", ""},
		{"fd00::1/base", "http://[fd00::1]/base", "[fd00::1]:80", ""},
		{"https://[2001:db8::1]", "https://[2001:db8::1]", "[2001:db8::1]:443", ""},
		{"my_service:80", "http://my_service:80", "my_service:80", ""},
		{"bücher.example", "bücher.example", "bücher.example:443", ""},
	}
	for _, tt := range tests {
		got, err := ParseTarget(tt.text)
		if err != nil {
			t.Errorf("ParseTarget(%q): %v", tt.text, err)
			continue
		}
		if got.String() != tt.want || got.Address() != tt.dial {
			t.Errorf("ParseTarget(%q) = %s at %s, want %s at %s", tt.text, got, got.Address(), tt.want, tt.dial)
		}
		if notes := strings.Join(got.Notes, "; "); !strings.Contains(notes, tt.note) {
			t.Errorf("ParseTarget(%q) notes %q, want %q in them", tt.text, notes, tt.note)
		}
	}
}

func TestParseTargetRefuses(t *testing.T) {
	tests := map[string]string{
		"":                           "no target",
		"  ":                         "no target",
		"ftp://host":                 "only http and https",
		"10.1":                       "four numbers",
		"127.0.0.1.5":                "four numbers",
		"256.1.1.1":                  "four numbers",
		"8080":                       "four numbers",
		"host:":                      "port number is missing",
		"[::1]:":                     "port number is missing",
		"host:0":                     "no port",
		"host:65536":                 "no port",
		"host:http":                  "no port",
		"host:80:81":                 "neither host:port nor",
		"user:pa/ss@host":            "no user or password",
		"[::1":                       `no "]"`,
		"[::1]8080":                  "only :PORT",
		"[127.0.0.1]":                "no IPv6 address",
		"[fe80::1%eth0]":             "zone",
		"http://":                    "host is missing",
		"/users":                     "host is missing",
		"a b":                        "no host name",
		"a..b":                       "no host name",
		".b":                         "no host name",
		"host/path?x=1":              "only a base path",
		"host/path#x":                "only a base path",
		"host/path?token=hunter2":    "only a base path",
		"host/%zz":                   "no path of a URL",
		"http://user:hunter2@host/x": "Authorization",
	}
	for text, want := range tests {
		got, err := ParseTarget(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseTarget(%q) = %v, %v; want an error with %q", text, got, err, want)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error repeats a password: %v", err)
		}
	}
}

// A target that was read and written is the same target when it is read again.
func FuzzParseTarget(f *testing.F) {
	for _, seed := range []string{"127.0.0", ":80", "[::1]:8080/a", "https://a.b/c%20d/", "a:b:c", "127.1/x y", "http://é/%2F"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := ParseTarget(text)
		if err != nil {
			return
		}
		second, err := ParseTarget(first.String())
		if err != nil {
			t.Fatalf("%q reads as %q, which is refused: %v", text, first, err)
		}
		if second.String() != first.String() || second.Address() != first.Address() {
			t.Fatalf("%q reads as %q at %s and then as %q at %s", text, first, first.Address(), second, second.Address())
		}
		if strings.HasSuffix(first.Base, "/") || first.Base != "" && first.Base[0] != '/' {
			t.Fatalf("%q has the base %q", text, first.Base)
		}
	})
}
