package service

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestUpgrade(t *testing.T) {
	rename := func(from, to string) step {
		return func(text []byte) ([]byte, error) { return bytes.ReplaceAll(text, []byte(from), []byte(to)), nil }
	}
	two := []step{rename("port:", "listen:"), rename("listen:", "ports:")}
	for text, want := range map[string]string{
		"# mine\nversion: 1 # old\nport: 80\n": "# mine\nversion: 3 # old\nports: 80\n",
		"version: 2\nlisten: 80\n":             "version: 3\nports: 80\n",
		"version: 3\nport: 80\n":               "version: 3\nport: 80\n",
		"version: 4\nport: 80\n":               "version: 4\nport: 80\n",
		"port: 80\n":                           "port: 80\n",
		"version: one\n":                       "version: one\n",
	} {
		got, from, err := upgrade([]byte(text), two)
		if err != nil || string(got) != want || (from != 0) != (text != want) {
			t.Errorf("%q becomes %q from %d, %v; want %q", text, got, from, err, want)
		}
	}
	broken := []step{func([]byte) ([]byte, error) { return nil, errors.New("two ports") }}
	if _, _, err := upgrade([]byte("version: 1\n"), broken); err == nil || err.Error() != "from version 1 to 2: two ports" {
		t.Errorf("got %v", err)
	}
	if len(steps) != Version-1 {
		t.Errorf("%d steps do not lead to version %d", len(steps), Version)
	}
}

// What a newer toolkit wrote is told as that, not as the keys that are unknown here.
func TestNewerVersion(t *testing.T) {
	_, err := Load("migrate.yaml", []byte("name: shop\nversion: 2\nfuture: {a: 1}\n"))
	if err == nil || !strings.HasPrefix(err.Error(), "migrate.yaml:2: version: is 2, and this toolkit knows version 1: install a newer one") || strings.Contains(err.Error(), "future") {
		t.Errorf("got %v", err)
	}
	if _, err := Load("migrate.yaml", []byte("name: shop\n")); err == nil || !strings.Contains(err.Error(), "version: is missing: write version: 1") {
		t.Errorf("got %v", err)
	}
}
