package secrets

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/joho/godotenv"
	"gopkg.in/yaml.v3"
)

// MaxSource bounds a file that values are taken over from.
const MaxSource = 16 << 20

// ReadSource reads values by name from a file, see ParseSource, or from a directory that holds a file for each, as Docker
// and Kubernetes mount secrets.
func ReadSource(file string) (map[string][]byte, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return readDirectory(file)
	}
	text, err := readBounded(file)
	if err != nil {
		return nil, err
	}
	values, err := ParseSource(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return values, nil
}

func readDirectory(dir string) (map[string][]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	values := map[string][]byte{}
	for _, e := range entries {
		file := filepath.Join(dir, e.Name())
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() || strings.HasPrefix(e.Name(), ".") {
			continue // Kubernetes keeps the files themselves in directories that begin with two dots
		}
		text, err := readBounded(file)
		if err != nil {
			return nil, err
		}
		values[e.Name()] = bytes.TrimSuffix(text, []byte("\n"))
	}
	return values, nil
}

func readBounded(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxSource+1))
	if err != nil {
		return nil, err
	}
	return text, nil
}

// ParseSource reads values by name out of a .env file, terraform output -json, a Secret of Kubernetes in YAML or JSON, or
// a flat mapping in YAML, as ansible-vault decrypts it. Its errors hold no value.
func ParseSource(text []byte) (map[string][]byte, error) {
	switch {
	case len(text) > MaxSource:
		return nil, fmt.Errorf("is larger than %d MiB", MaxSource>>20)
	case bytes.HasPrefix(text, []byte("$ANSIBLE_VAULT;")):
		return nil, errors.New("is encrypted; pipe it in: ansible-vault decrypt --output - FILE | migrate secrets import -")
	}
	var tree map[string]yaml.Node
	if err := yaml.Unmarshal(text, &tree); err == nil && len(tree) > 0 {
		return fromTree(tree)
	}
	values, err := godotenv.UnmarshalBytes(text)
	delete(values, "") // a line without a name
	if err != nil || len(values) == 0 {
		return nil, errors.New("is neither a .env file, nor terraform output -json, a Secret of Kubernetes, or a mapping in YAML")
	}
	all := make(map[string][]byte, len(values))
	for name, value := range values {
		all[name] = []byte(value)
	}
	return all, nil
}

func fromTree(tree map[string]yaml.Node) (map[string][]byte, error) {
	if kind := tree["kind"]; kind.Value == "Secret" {
		return fromSecret(tree)
	}
	values := map[string][]byte{}
	vault := false
	for name, n := range tree {
		vault = vault || n.Tag == "!vault"
		var output struct {
			Value yaml.Node `yaml:"value"`
		}
		switch {
		case n.Kind == yaml.ScalarNode && n.Tag != "!!null" && n.Tag != "!vault":
			values[name] = []byte(n.Value)
		case n.Kind == yaml.MappingNode && n.Decode(&output) == nil && output.Value.Kind == yaml.ScalarNode: // terraform's
			values[name] = []byte(output.Value.Value)
		}
	}
	if len(values) == 0 && vault {
		return nil, errors.New("has values that are encrypted one by one (!vault), which ansible shows: ansible localhost -m debug -a var=NAME -e @FILE")
	}
	if len(values) == 0 {
		return nil, errors.New("has no name with a text behind it")
	}
	return values, nil
}

func fromSecret(tree map[string]yaml.Node) (map[string][]byte, error) {
	var encoded, plain map[string]string
	data, text := tree["data"], tree["stringData"]
	if !data.IsZero() && data.Decode(&encoded) != nil || !text.IsZero() && text.Decode(&plain) != nil {
		return nil, errors.New("is no Secret of Kubernetes: data and stringData are mappings of texts")
	}
	values := map[string][]byte{}
	for name, value := range encoded {
		decoded, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			return nil, fmt.Errorf("data.%s is no base64", name)
		}
		values[name] = decoded
	}
	for name, value := range plain {
		values[name] = []byte(value)
	}
	return values, nil
}

// Named finds the value for a variable: by its name, or by one that differs only in case and in - . for _.
func Named(values map[string][]byte, variable string) (name string, ok bool) {
	if _, ok := values[variable]; ok {
		return variable, true
	}
	for other := range values {
		if strings.EqualFold(strings.NewReplacer("-", "_", ".", "_").Replace(other), variable) && (name == "" || other < name) {
			name = other
		}
	}
	return name, name != ""
}
