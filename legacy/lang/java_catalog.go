package lang

import (
	"path"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// gradleCatalog is a version catalogue, gradle/libs.versions.toml: the names that build files give to libraries and plugins.
type gradleCatalog struct {
	file    string
	lib     map[string]javaDependency
	bundles map[string][]string
	plugins map[string]javaDependency // name is the plugin's id
}

// readCatalog reads the catalogue that holds for a directory, nil where there is none. known are those that were read, by
// their file and by the directories that they hold for.
func readCatalog(t *scan.Tree, dir string, known map[string]*gradleCatalog, r *scan.Report) *gradleCatalog {
	file := ""
	for at := dir; ; at = path.Dir(at) {
		if file = t.First(at, "gradle/libs.versions.toml"); file != "" || at == "." {
			break
		}
	}
	if c, read := known[file]; read || file == "" {
		known[dir] = c
		return c
	}
	known[file], known[dir] = nil, nil
	var raw struct {
		Versions  map[string]any      `toml:"versions"`
		Libraries map[string]any      `toml:"libraries"`
		Bundles   map[string][]string `toml:"bundles"`
		Plugins   map[string]any      `toml:"plugins"`
	}
	if err := toml.Unmarshal([]byte(t.Text(file, r)), &raw); err != nil {
		r.Note(file, 0, "not understood as a version catalogue: %s", firstLine(err.Error()))
		return nil
	}
	c := &gradleCatalog{file: file, lib: map[string]javaDependency{}, bundles: map[string][]string{}, plugins: map[string]javaDependency{}}
	for alias, v := range raw.Libraries {
		c.lib[accessor(alias)] = catalogEntry(v, raw.Versions)
	}
	for alias, v := range raw.Plugins {
		c.plugins[accessor(alias)] = catalogEntry(v, raw.Versions)
	}
	for alias, names := range raw.Bundles {
		for _, name := range names {
			c.bundles[accessor(alias)] = append(c.bundles[accessor(alias)], accessor(name))
		}
	}
	known[file], known[dir] = c, c
	return c
}

// plugin is the plugin that libs.plugins.x stands for.
func (c *gradleCatalog) plugin(name string) javaDependency {
	if c == nil {
		return javaDependency{}
	}
	return c.plugins[name]
}

// accessor is how a build file writes an alias: spring-boot_web is spring.boot.web.
func accessor(alias string) string { return strings.NewReplacer("-", ".", "_", ".").Replace(alias) }

// catalogEntry reads "group:name:version", {module = "group:name", version.ref = "x"} and {id = "plugin", version = "1"}.
func catalogEntry(v any, versions map[string]any) javaDependency {
	if text, ok := v.(string); ok {
		return coordinates(text)
	}
	table, _ := v.(map[string]any)
	text := func(key string) string { s, _ := table[key].(string); return s }
	d := coordinates(text("module"))
	if d.name == "" {
		d.group, d.name = text("group"), text("name")+text("id")
	}
	switch version := table["version"].(type) {
	case string:
		d.version = version
	case map[string]any:
		ref, _ := version["ref"].(string)
		if d.version, _ = versions[ref].(string); d.version == "" {
			rich, _ := versions[ref].(map[string]any)
			d.version, _ = rich["strictly"].(string)
		}
	}
	return d
}

func coordinates(text string) javaDependency {
	parts := strings.SplitN(text, ":", 3)
	switch len(parts) {
	case 3:
		return javaDependency{group: parts[0], name: parts[1], version: parts[2]}
	case 2: // a plugin's "id:version" looks the same as a library without version
		return javaDependency{group: parts[0], name: parts[1]}
	}
	return javaDependency{}
}

// libraries are those that libs.x.y or libs.bundles.x stands for.
func (c *gradleCatalog) libraries(name string) []javaDependency {
	name, ok := strings.CutPrefix(name, "libs.")
	if c == nil || !ok {
		return nil
	}
	if bundle, ok := strings.CutPrefix(name, "bundles."); ok {
		var all []javaDependency
		for _, lib := range c.bundles[bundle] {
			if d, ok := c.lib[lib]; ok {
				all = append(all, d)
			}
		}
		return all
	}
	if d, ok := c.lib[name]; ok && d.name != "" {
		return []javaDependency{d}
	}
	return nil
}
