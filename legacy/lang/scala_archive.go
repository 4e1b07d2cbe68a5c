package lang

import (
	"path"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
)

var (
	// sbtWebPlugins make sbt package a WAR.
	sbtWebPlugins = []string{"xsbt-web-plugin", "sbt-war", "sbt-scalatra", "scalatra-sbt"}
	// sbtServlets are libraries on servlets, with the framework's name.
	sbtServlets = []struct{ dep, name string }{{"scalatra", "scalatra"}, {"lift-webkit", "lift"}}
	// assemblyNamed gives the JAR a name of its own, and assemblyJar one that stands there as it is.
	assemblyNamed = scan.MustCompile(`(?:assembly\s*/\s*assemblyJarName|(?:assemblyJarName|jarName)\s+in\s+assembly)\s*:=`)
	assemblyJar   = scan.MustCompile(`(?:assembly\s*/\s*assemblyJarName|(?:assemblyJarName|jarName)\s+in\s+assembly)\s*:=\s*"([\w.-]+\.jar)"`)
)

// anyJar is what sbt assembly leaves where the build works out a name.
const anyJar = "*.jar"

// makes is the task of sbt that makes what runs, and where it leaves that: a WAR, one JAR with everything in it, or a
// directory with a script.
func (p *sbtProject) makes() (task, artifact string) {
	_, native := p.b.plugins["sbt-native-packager"]
	_, assembly := p.b.plugins["sbt-assembly"]
	switch _, play := p.b.plugins["sbt-plugin"]; {
	case p.war():
		return "package", "target/scala-*/*.war"
	case assembly && !native && !play && !packaged.MatchString(p.whole()):
		jar := "*-assembly-*.jar"
		if m := assemblyJar.FindStringSubmatch(p.whole()); m != nil {
			jar = m[1]
		} else if assemblyNamed.MatchString(p.whole()) {
			jar = anyJar
		}
		return "assembly", "target/scala-*/" + jar
	}
	return "stage", "target/universal/stage"
}

// war says whether the project is an application for a container of servlets, and has no program of its own around one.
func (p *sbtProject) war() bool {
	web := false
	for _, name := range sbtWebPlugins {
		_, has := p.b.plugins[name]
		web = web || has
	}
	inner := p.dir
	if p.served != "" {
		inner = p.served
	}
	return web && p.b.t.Has(path.Join(inner, "src/main/webapp/WEB-INF/web.xml")) && p.main().file == ""
}

// servlets is the framework of such an application, or the container that it runs in.
func (p *sbtProject) servlets() string {
	for _, s := range sbtServlets {
		for _, d := range p.deps {
			if d.name == s.dep {
				return s.name
			}
		}
	}
	return "tomcat9"
}
