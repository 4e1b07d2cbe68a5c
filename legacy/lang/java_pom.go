package lang

import (
	"cmp"
	"encoding/xml"
	"io"
	"path"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

// pom is what we read of a pom.xml.
type pom struct {
	pomCoordinates
	Parent       pomCoordinates   `xml:"parent"`
	Packaging    string           `xml:"packaging"`
	Properties   pomProperties    `xml:"properties"`
	Dependencies []pomDependency  `xml:"dependencies>dependency"`
	FinalName    string           `xml:"build>finalName"`
	Plugins      []pomPlugin      `xml:"build>plugins>plugin"`
	Managed      []pomPlugin      `xml:"build>pluginManagement>plugins>plugin"`
	Imported     []pomCoordinates `xml:"dependencyManagement>dependencies>dependency"`
	Modules      []string         `xml:"modules>module"`
	Profiles     []struct {
		Dependencies []pomDependency `xml:"dependencies>dependency"`
		Active       bool            `xml:"activation>activeByDefault"`
		Modules      []string        `xml:"modules>module"`
		Plugins      []pomPlugin     `xml:"build>plugins>plugin"`
	} `xml:"profiles>profile"`
}

type pomCoordinates struct {
	Group    string `xml:"groupId"`
	Artifact string `xml:"artifactId"`
	Version  string `xml:"version"`
}

type pomDependency struct {
	pomCoordinates
	Scope string `xml:"scope"`
}

type pomPlugin struct {
	pomCoordinates
	Output   string `xml:"configuration>outputFile"`
	Programs []struct {
		ID   string `xml:"id"`
		Name string `xml:"name"`
	} `xml:"configuration>programs>program"`
	Release string `xml:"configuration>release"`
	Target  string `xml:"configuration>target"`
	Source  string `xml:"configuration>source"`
}

// pomProperties are free elements.
type pomProperties map[string]string

// UnmarshalXML collects the elements by name.
func (p *pomProperties) UnmarshalXML(d *xml.Decoder, _ xml.StartElement) error {
	*p = pomProperties{}
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			var text string
			if err := d.DecodeElement(&text, &token); err != nil {
				return err
			}
			(*p)[token.Name.Local] = strings.TrimSpace(text)
		case xml.EndElement:
			return nil
		}
	}
}

// readPom reads a pom.xml; one that can't be understood is a note and nil.
func readPom(t *scan.Tree, p string, r *scan.Report) *javaModule {
	text := t.Text(p, r)
	if strings.TrimSpace(text) == "" {
		return nil
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // Tree gives UTF-8
	var raw pom
	if err := decoder.Decode(&raw); err != nil {
		r.Note(p, 0, "not understood as a pom.xml: %v", err)
		return nil
	}
	m := &javaModule{dir: path.Dir(p), tool: "maven", file: p, group: raw.Group, artifact: strings.TrimSpace(raw.Artifact), version: raw.Version,
		packaging: strings.TrimSpace(raw.Packaging), output: strings.TrimSpace(raw.FinalName), plugins: map[string]int{}, props: map[string]javaValue{}}
	if m.packaging == "" {
		m.packaging = "jar"
	}
	m.inherits, m.inheritedGroup, m.startClass = strings.TrimSpace(raw.Parent.Artifact), strings.TrimSpace(raw.Parent.Group), namesMain.MatchString(text)
	for _, name := range raw.Modules {
		m.modules = append(m.modules, strings.TrimSpace(name))
	}
	if m.version == "" {
		m.version = raw.Parent.Version
	}
	if t.Has(path.Join(m.dir, "mvnw")) {
		m.wrapper = "mvnw"
	}
	for name, value := range raw.Properties {
		m.props[name] = javaValue{value, p, lineOfTag(text, name, value)}
	}
	m.pomDependencies(text, raw)
	m.pomPlugins(text, raw)
	if strings.HasPrefix(raw.Parent.Artifact, "spring-boot-starter-parent") || raw.Parent.Artifact == "spring-boot-dependencies" {
		m.boot = javaValue{m.resolve(raw.Parent.Version), p, lineOfTag(text, "version", raw.Parent.Version)}
	}
	if boot := bootOfTrain(raw.Parent.Version); raw.Parent.Artifact == "spring-cloud-starter-parent" && boot != "" {
		m.boot = javaValue{boot, p, lineOfTag(text, "version", raw.Parent.Version)}
	}
	for _, i := range raw.Imported {
		if i.Artifact == "spring-boot-dependencies" {
			m.boot = javaValue{m.resolve(i.Version), p, lineOfTag(text, "artifactId", i.Artifact)}
		}
	}
	return m
}

func (m *javaModule) pomDependencies(text string, raw pom) {
	add := func(list []pomDependency, optional bool) {
		for _, d := range list {
			if d.Scope == "test" {
				continue
			}
			name := strings.TrimSpace(d.Artifact)
			m.deps = append(m.deps, javaDependency{group: strings.TrimSpace(d.Group), name: name, version: m.resolve(d.Version), file: m.file, line: lineOfTag(text, "artifactId", name), optional: optional})
		}
	}
	add(raw.Dependencies, false)
	for _, profile := range raw.Profiles {
		add(profile.Dependencies, !profile.Active)
	}
}

// pomPlugins notes the plugins and what the compiler is told. The order of the settings' word is Maven's own: release,
// then target; the plugin's configuration before the properties.
func (m *javaModule) pomPlugins(text string, raw pom) {
	for _, pl := range raw.Plugins {
		m.plugins[pl.Artifact] = lineOfTag(text, "artifactId", pl.Artifact)
		if pl.Artifact == "maven-shade-plugin" {
			m.shaded = strings.TrimPrefix(strings.TrimSpace(pl.Output), "${project.basedir}/")
		}
		for _, program := range pl.Programs {
			m.program = cmp.Or(m.program, strings.TrimSpace(program.ID), strings.TrimSpace(program.Name))
		}
	}
	m.withDependencies = strings.Contains(text, ">jar-with-dependencies<")
	m.mentioned = map[string]int{}
	for _, pl := range raw.Managed {
		if isServerPlugin(pl.Artifact) {
			m.mentioned[pl.Artifact] = lineOfTag(text, "artifactId", pl.Artifact)
		}
	}
	for _, profile := range raw.Profiles {
		for _, pl := range profile.Plugins {
			switch {
			case isServerPlugin(pl.Artifact) && profile.Active:
				m.plugins[pl.Artifact] = lineOfTag(text, "artifactId", pl.Artifact)
			case isServerPlugin(pl.Artifact):
				m.mentioned[pl.Artifact] = lineOfTag(text, "artifactId", pl.Artifact)
			}
			if _, known := m.plugins[pl.Artifact]; !known && pl.Artifact == "spring-boot-maven-plugin" {
				m.plugins[pl.Artifact] = lineOfTag(text, "artifactId", pl.Artifact)
			}
		}
	}
	for _, pl := range append(raw.Plugins, raw.Managed...) {
		if pl.Artifact != "maven-compiler-plugin" {
			continue
		}
		for _, said := range [][2]string{{"release", pl.Release}, {"target", pl.Target}, {"source", pl.Source}} {
			tag, v := said[0], strings.TrimSpace(said[1])
			if v == "" || m.release.text != "" && tag != "release" {
				continue
			}
			m.release = javaValue{m.resolve(v), m.file, lineOfTag(text, tag, v)}
			if name, ok := strings.CutPrefix(v, "${"); ok {
				if prop := m.props[strings.TrimSuffix(name, "}")]; prop.line > 0 {
					m.release.line = prop.line
				}
			}
		}
	}
	for _, name := range []string{"maven.compiler.release", "java.version", "maven.compiler.target", "maven.compiler.source", "jdk.version", "java.source.version", "project.java.version", "maven.compile.source", "java-version", "javaVersion"} {
		if v, ok := m.props[name]; ok && m.release.text == "" {
			v.text = m.resolve(v.text)
			m.release = v
		}
	}
}

// lineOfTag is the line of <tag>value</tag>, of the tag alone where the value is written otherwise.
func lineOfTag(text, tag, value string) int {
	if len(value) > 200 {
		return 1
	}
	at := strings.Index(text, "<"+tag+">"+value+"</")
	if at < 0 {
		at = max(strings.Index(text, "<"+tag+">"), 0)
	}
	return 1 + strings.Count(text[:at], "\n")
}

var mavenVariable = scan.MustCompile(`\$\{([\w.-]+)\}`)

// resolve fills in ${...} from the module's properties and those that it inherits.
func (m *javaModule) resolve(text string) string {
	for range 5 {
		if !strings.Contains(text, "${") {
			break
		}
		text = mavenVariable.ReplaceAllStringFunc(text, func(ref string) string {
			name := ref[2 : len(ref)-1]
			switch strings.TrimPrefix(name, "project.") {
			case "artifactId":
				return m.artifact
			case "version", "pom.version":
				return m.version
			case "groupId":
				return m.group
			}
			for at := m; at != nil; at = at.parent {
				if v, ok := at.props[name]; ok {
					return v.text
				}
			}
			return ref
		})
	}
	return strings.TrimSpace(text)
}

// bootOfTrain is the Spring Boot that a release train of Spring Cloud (Brixton.SR5) is made for.
func bootOfTrain(version string) string {
	train, _, _ := strings.Cut(strings.TrimSpace(version), ".")
	for _, t := range []struct{ train, boot string }{{"Angel", "1.2"}, {"Brixton", "1.3"}, {"Camden", "1.4"}, {"Dalston", "1.5"}, {"Edgware", "1.5"}, {"Finchley", "2.0"}, {"Greenwich", "2.1"}, {"Hoxton", "2.3"}} {
		if t.train == train {
			return t.boot
		}
	}
	return ""
}
