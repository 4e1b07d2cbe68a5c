package lang

import (
	"strings"
	"testing"
)

// Code that is legal and that nobody writes is read in bounded time and memory.
func TestHostileGo(t *testing.T) {
	const n = 200_000
	var values strings.Builder
	values.WriteString("package main\nimport \"net/http\"\nvar a0 = \":1\"\n")
	for i := range 20_000 {
		values.WriteString("var a" + itoa(i+1) + " = a" + itoa(i) + " + a" + itoa(i) + "\n")
	}
	for name, code := range map[string]string{
		"a long sum":         "package main\nvar a = 1" + strings.Repeat("+1", n),
		"a long product":     "package main\nvar a = " + strings.Repeat("-", n) + "1",
		"brackets":           "package main\nvar a = " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n),
		"types":              "package main\nvar a " + strings.Repeat("[]", n) + "int",
		"doubling constants": values.String() + "func main() { http.ListenAndServe(a20000, nil) }\n",
		"selectors":          "package main\nvar a = b" + strings.Repeat(".c", n),
		"calls":              "package main\nvar a = b" + strings.Repeat("()", n),
		"else":               "package main\nfunc main() { if a {}" + strings.Repeat(" else if a {}", n/10) + "}",
	} {
		t.Run(name, func(t *testing.T) { // a hang or a crash is the failure
			read(t, Go(), files{"main.go": code})
		})
	}
}

// The same for what surrounds Java.
func TestHostileJava(t *testing.T) {
	const n = 40_000
	for name, text := range map[string]string{
		"comments": strings.Repeat("<!--", n), "elements": strings.Repeat("<a>", n), "dependencies": "<project><dependencies>" + strings.Repeat("<dependency><artifactId>a</artifactId></dependency>", n/6) + "</dependencies></project>",
		"lines": strings.Repeat("\n", 5*n), "blanks": strings.Repeat(" ", 5*n), "keys": strings.Repeat("a: b\n", n), "placeholders": "a=" + strings.Repeat("${A:", n), "variables": strings.Repeat("spring.x=${AB_HOST:localhost}\n", n/3),
		"properties": "<project><properties><a>${b}${b}</a><b>${a}${a}</b></properties><version>${a}</version><packaging>war</packaging></project>", "passwords": strings.Repeat("name=\"password\" ", n/2), "strings": strings.Repeat("\"jdbc:", n),
		"annotations": strings.Repeat("@Path(", n), "nested": strings.Repeat("{a: ", n),
	} {
		t.Run(name, func(t *testing.T) {
			read(t, Java(), files{"pom.xml": text, "g/build.gradle": text, "w/pom.xml": bootPom, "w/src/main/java/App.java": bootApp + text, "w/src/main/resources/application.properties": text, "w/src/main/resources/application.yml": text,
				"w/src/main/resources/beans.xml": text, "w/src/main/webapp/WEB-INF/web.xml": text, "w/src/main/resources/log4j.properties": text})
		})
	}
}
