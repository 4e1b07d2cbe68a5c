package lang

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/magiconair/properties"
	"gopkg.in/yaml.v3"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// settings are the key-value pairs of a module's configuration, those of production before the general ones.
type settings struct {
	t       *scan.Tree
	r       *scan.Report
	values  map[string]javaValue
	inside  javaValue // the profile for containers, and where it stands
	started []string  // the profiles that the image or a Procfile starts the program with
	ordered []string
	shown   map[string]bool      // files that only show what the configuration looks like
	further map[string]*settings // by profile: what holds where that one is chosen
}

func (s *settings) get(key string) (javaValue, bool) {
	v, ok := s.values[key]
	return v, ok
}

func (s *settings) either(keys ...string) (javaValue, bool) {
	for _, key := range keys {
		if v, ok := s.values[key]; ok {
			return v, true
		}
	}
	return javaValue{}, false
}

func (s *settings) text(p string) string { return s.t.Text(p, s.r) }

// sampleSettings are files of settings of which each machine makes its own.
var sampleSettings = scan.MustCompile(`(^|/)[\w.-]+\.(properties|ya?ml)\.(example|sample|template|dist)$`)

// ofSample is the file that a sample is copied to, the file itself where it is none.
func ofSample(p string) string {
	switch ext := path.Ext(p); ext {
	case ".example", ".sample", ".template", ".dist":
		return strings.TrimSuffix(p, ext)
	}
	return p
}

var (
	springFile  = scan.MustCompile(`^(application|bootstrap)(?:-([\w-]+))?\.(properties|ya?ml)$`)
	configNames = scan.MustCompile(`(^|/)(src/main/resources|src/main/webapp/WEB-INF|src/main/conf|src/main/config|WEB-INF|conf|config)/([\w.-]+/)*[\w.-]+\.(properties|ya?ml)$`)
	notConfig   = scan.MustCompile(`(?i)(^|/)(log4j2?|logging|logback|messages|i18n|l10n|locale|validationmessages|banner|git|build|maven|quartz|ehcache|simplelogger|tld|static|templates|public|db|migration|changelog|swagger|openapi|docker-compose|mkdocs|META-INF)([\w.-]*)(/|\.(properties|ya?ml)$)|_[a-z]{2}(_[A-Z]{2})?\.properties$|(resources|messages|labels|texts|strings|errors)\.properties$`)
)

// readSettings reads the module's files of configuration.
func readSettings(t *scan.Tree, m *javaModule, served map[string][]string, r *scan.Report) *settings {
	s := &settings{t: t, r: r, values: map[string]javaValue{}, started: m.startedProfiles(t, r), shown: map[string]bool{}}
	var files []string
	own := append(append([]string(nil), served[path.Base(m.dir)]...), m.configs...)
	for _, p := range own {
		rel := relative(m.dir, p)
		if _, server := m.dep(configServer); server && servedFile(m, p) {
			continue
		}
		if path.Ext(p) == ".xml" {
			continue
		}
		if real := ofSample(p); real != p {
			_, skip := environmentOf(real)
			spring := springFile.MatchString(path.Base(real)) // whose profile says when it holds
			if m.server() != "dropwizard" && !t.Has(real) && m.ownSettings(real) && (spring || !skip) {
				files, s.shown[p] = append(files, p), true
			}
			continue
		}
		if path.Ext(p) == ".conf" && !notConfig.MatchString(rel) {
			files = append(files, p)
			continue
		}
		if !strings.HasPrefix(p, m.dir+"/") && m.dir != "." {
			files = append(files, p)
			continue
		}
		if m.ownSettings(p) {
			files = append(files, p)
		}
	}
	for _, used := range m.uses {
		for _, p := range used.configs {
			if rel := relative(used.dir, p); strings.Contains(rel, "src/main/resources/") && (springFile.MatchString(path.Base(p)) || configNames.MatchString(rel) && !notConfig.MatchString(rel)) && !used.runs {
				files = append(files, p)
			}
		}
	}
	if m.server() == "dropwizard" {
		if p := m.dropwizardFile(t, r); p != "" {
			files = append(files, p)
		} else if p := m.dropwizardExample(t, r); p != "" {
			r.Note(p, 1, "an example of the configuration that the service is started with; what stands here is taken, but the file itself has to be mounted")
			files, s.shown[p] = append(files, p), true
		}
	}
	sort.SliceStable(files, func(i, j int) bool { return fileRank(files[i]) < fileRank(files[j]) })
	if started := m.startedWith(t, r); started != "" && m.server() == "dropwizard" {
		sort.SliceStable(files, func(i, j int) bool { return path.Base(files[i]) == started && path.Base(files[j]) != started })
	}
	for _, p := range files {
		switch path.Ext(ofSample(p)) {
		case ".properties":
			s.readProperties(p)
		case ".conf":
			s.readHocon(p)
		default:
			s.readYAML(p)
		}
	}
	return s
}

// ownSettings says whether a file lies where the module's own settings are looked for.
func (m *javaModule) ownSettings(p string) bool {
	rel := relative(m.dir, p)
	return springFile.MatchString(path.Base(p)) && (strings.Contains(rel, "src/main/") || strings.Count(rel, "/") <= 1) || configNames.MatchString(rel) && !notConfig.MatchString(rel)
}

// configServer is the library of Spring Cloud's configuration server, which hands files to the other services.
const configServer = "spring-cloud-config-server"

// servedFile says whether a file of a configuration server is one that it hands out: they lie in a directory of their own.
func servedFile(m *javaModule, p string) bool {
	rest, ok := strings.CutPrefix(relative(m.dir, p), "src/main/resources/")
	return ok && strings.Contains(rest, "/") && (path.Ext(p) == ".yml" || path.Ext(p) == ".yaml" || path.Ext(p) == ".properties")
}

// servedConfigs leads from the name of a service to the files that a configuration server of the repository hands to it.
func servedConfigs(modules []*javaModule) map[string][]string {
	served := map[string][]string{}
	for _, m := range modules {
		if _, ok := m.dep(configServer); !ok || m.packaging == "pom" {
			continue
		}
		for _, p := range m.configs {
			if servedFile(m, p) {
				name := strings.TrimSuffix(path.Base(p), path.Ext(p))
				served[name] = append(served[name], p)
			}
		}
	}
	return served
}

// fileRank puts files of production first and bootstrap files last.
func fileRank(p string) int {
	environment, _ := environmentOf(p)
	switch {
	case environment == "production":
		return 0
	case strings.HasPrefix(path.Base(p), "bootstrap"):
		return 2
	}
	return 1
}

// profileOf is the Spring profile of a file by its name; general is true for none and for production.
func profileOf(p string) (profile string, general bool) {
	m := springFile.FindStringSubmatch(path.Base(p))
	if m == nil {
		environment, skip := environmentOf(p)
		return environment, !skip && environment != "staging"
	}
	return m[2], generalProfile(m[2]) || containerRank(m[2]) > 0
}

// containerRank is more than 0 for profiles that are made for containers, the more the nearer they are to a cluster. What
// they say wins: it is chosen where the image runs.
func containerRank(profile string) int {
	switch strings.ToLower(profile) {
	case "kubernetes", "k8s":
		return 2
	case "docker", "container", "compose", "docker-compose":
		return 1
	}
	return 0
}

func generalProfile(profile string) bool {
	return profile == "" || ofProduction.MatchString(profile)
}

// ofProduction are the profiles of production: of a cloud or a zone of it, too, as prodgcp and prod-fss.
var ofProduction = scan.MustCompile(`(?i)^(default|live|prod(uction)?([-_]\w+|gcp|fss|sbs|aws|azure|cloud|k8s|gke|eks|aks)?)$`)

func (s *settings) add(profile, key string, v javaValue) {
	if rank := containerRank(profile); rank > 0 || slices.Contains(s.started, profile) {
		if rank > containerRank(s.inside.text) {
			s.inside = javaValue{profile, v.file, v.line}
		}
		if _, known := s.values[key]; !known {
			s.ordered = append(s.ordered, key)
		}
		s.values[key] = v
		return
	}
	if !generalProfile(profile) {
		if _, skip := environmentOf("application-" + profile + ".yml"); !skip && profileName.MatchString(profile) {
			s.under(profile).add("", key, v)
		}
		return
	}
	if _, known := s.values[key]; !known {
		s.values[key] = v
		s.ordered = append(s.ordered, key)
	}
}

func (s *settings) readProperties(p string) {
	profile, general := profileOf(ofSample(p))
	if !general && !s.shown[p] && !springFile.MatchString(path.Base(ofSample(p))) {
		return
	}
	text := s.text(p)
	loader := properties.Loader{Encoding: properties.UTF8, DisableExpansion: true, IgnoreMissing: true}
	props, err := loader.LoadBytes([]byte(text))
	if err != nil {
		s.r.Note(p, 0, "not understood as properties: %v", firstLine(err.Error()))
		return
	}
	lines := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		if key := strings.TrimSpace(line); key != "" {
			end := strings.IndexAny(key, "=: \t")
			if end > 0 {
				key = key[:end]
			}
			if _, known := lines[key]; !known {
				lines[key] = i + 1
			}
		}
	}
	for _, key := range props.Keys() {
		value, _ := props.Get(key)
		s.add(profile, key, javaValue{strings.TrimSpace(value), p, max(lines[key], 1)})
	}
}

// readHocon reads a file of Typesafe's configuration, as Ktor and others have it. A key that a variable can change is told as
// Spring tells one: ${NAME:value}.
func (s *settings) readHocon(p string) {
	profile, general := profileOf(p)
	if !general {
		return
	}
	for _, pair := range hocon(s.text(p)) {
		text, _ := pair.v.literal()
		if name, fallback, ok := pair.v.environment(); ok {
			text = ""
			if fallback != nil {
				text, _ = fallback.literal()
			}
			text = "${" + name + ":" + text + "}"
		}
		s.add(profile, pair.name, javaValue{text, p, max(pair.v.line, 1)})
	}
}

// readYAML reads the documents of a YAML file, each with its own profile perhaps.
func (s *settings) readYAML(p string) {
	fileProfile, general := profileOf(ofSample(p))
	if !general && !s.shown[p] && !springFile.MatchString(path.Base(ofSample(p))) {
		return
	}
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(s.text(p))))
	for range 50 {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			s.r.Note(p, 0, "not understood as YAML: %s", strings.TrimPrefix(firstLine(err.Error()), "yaml: "))
			return
		}
		flat := map[string]javaValue{}
		var keys []string
		flatten(&doc, "", p, 0, func(key string, v javaValue) {
			if _, known := flat[key]; !known {
				keys = append(keys, key)
			}
			flat[key] = v
		})
		if flat["apiVersion"].text != "" && flat["kind"].text != "" {
			return // a manifest for Kubernetes
		}
		if flat["openapi"].text+flat["swagger"].text != "" && !springFile.MatchString(path.Base(p)) {
			return // the description of an interface
		}
		profile := fileProfile
		for _, key := range []string{"spring.profiles", "spring.config.activate.on-profile"} {
			if v, ok := flat[key]; ok {
				profile = v.text
			}
		}
		for _, key := range keys {
			if m := grailsEnvironment.FindStringSubmatch(key); m != nil {
				s.add(m[1], m[2], flat[key])
				continue
			}
			s.add(profile, key, flat[key])
		}
	}
}

// grailsEnvironment are keys that Grails takes for one environment only, without the words before them.
var grailsEnvironment = scan.MustCompile(`^environments\.(development|test|production)\.(.+)$`)

// flatten gives the scalars of a document as dotted keys, as Spring does.
func flatten(n *yaml.Node, prefix, file string, depth int, fn func(string, javaValue)) {
	if depth > 40 {
		return
	}
	switch n.Kind {
	case yaml.DocumentNode:
		for _, c := range n.Content {
			flatten(c, prefix, file, depth+1, fn)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i].Value
			if prefix != "" {
				key = prefix + "." + key
			}
			flatten(n.Content[i+1], key, file, depth+1, fn)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			flatten(c, fmt.Sprintf("%s[%d]", prefix, i), file, depth+1, fn)
		}
	case yaml.ScalarNode:
		value := n.Value
		if n.Tag == "!!null" {
			value = ""
		}
		fn(prefix, javaValue{value, file, n.Line})
	}
}

var springPlaceholder = scan.MustCompile(`^\$\{([\w.-]+)(?::-?([^{}]*))?\}$`)

// placeholder reads ${NAME:default}: the default, and NAME where it is written like a variable of the environment. whole is
// true where the value is nothing but the placeholder.
func placeholder(text string) (value, env string, whole bool) {
	m := springPlaceholder.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return text, "", false
	}
	if !environ.MatchString(m[1]) {
		return m[2], "", true
	}
	return m[2], m[1], true
}

// relaxedName is the variable that Spring Boot reads a property from: spring.datasource.url is SPRING_DATASOURCE_URL.
func relaxedName(key string) string {
	key = strings.NewReplacer("-", "", "[", "_", "]", "").Replace(key)
	return strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}
