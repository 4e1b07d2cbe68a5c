package ops

import "testing"

func TestDockerfileOfWhatIsElsewhere(t *testing.T) {
	runCases(t, Dockerfile(), []readerCase{
		{"a command on several lines", files{"Dockerfile": "FROM alpine\nCOPY . .\nCMD shop-*/bin/shop \\\n      -Da=$A \\\n      -Db=c\n", "main.go": ""}, []string{".: command sh|-c|exec shop-*/bin/shop -Da=$A -Db=c <- Dockerfile:3"}, nil},
		{"it starts in a directory of what it copies", files{"Dockerfile": "FROM node:20\nWORKDIR /opt/src\nWORKDIR app\nCOPY . /opt/src\nCMD [\"npm\", \"start\"]\n", "app/package.json": "{}", "b/Dockerfile": "FROM node:20\nWORKDIR /opt\nCOPY . /opt\nCMD [\"node\", \"x.js\"]\n", "b/package.json": "{}"}, []string{
			".: holds app <- Dockerfile:1",
		}, []string{"b: holds"}},
		{"what the repository does not hold", files{"Dockerfile": "FROM alpine:3.6\nCOPY shopd /usr/bin/shopd\nCOPY shopd /shopd.orig\nCOPY run.sh conf/*.ini static public/*/a.css https://x.example/y /\nADD build/libs/*.jar /app.jar\nCMD [\"shopd\"]\n",
			"run.sh": "", "conf/a.ini": "", "static/a.css": "", "public/x/a.css": "", "main.go": ""}, []string{
			"note Dockerfile:2 copies shopd, build/libs/*.jar, which the repository does not hold",
		}, []string{"run.sh,", "conf", "static", "public"}},
		{"a template of a Dockerfile", files{"Dockerfile": "FROM __BASEIMAGE_ARCH__/alpine:3.9\nCOPY shopd /usr/bin/\nCMD [\"shopd\"]\n", "main.go": ""}, []string{"note Dockerfile:1 FROM __BASEIMAGE_ARCH__/alpine:3.9 is a template"}, nil},
		{"an image by its digest", files{"Dockerfile": "FROM alpine@sha256:ABCDEF0123\nCMD [\"shopd\"]\n", "main.go": ""}, nil, []string{"is a template"}},
		{"volumes for settings hide nothing", files{"Dockerfile": "FROM alpine:3.6\nVOLUME /etc/shop /var/lib/shop /srv/config\nCMD [\"shopd\"]\n", "main.go": ""}, []string{
			".: state /var/lib/shop <- Dockerfile:2", "note Dockerfile:2 VOLUME /etc/shop is for settings", "note Dockerfile:2 VOLUME /srv/config",
		}, []string{"state /etc", "state /srv"}},
		{"an argument with a default is the variable's value", files{"Dockerfile": "FROM tomcat:9\nARG SIZE=20\nENV PAGE_ROWS ${SIZE}\nENV MIXED a${SIZE}\nCMD [\"run\"]\n"}, []string{".: env PAGE_ROWS=20 <- Dockerfile:3"}, []string{"MIXED"}},
		{"the port of HTTP among others", files{"Dockerfile": "FROM alpine\nEXPOSE 1025 8025\nCMD [\"x\"]\n", "b/Dockerfile": "FROM alpine\nEXPOSE 2003 7002 8080\nCMD [\"x\"]\n"}, []string{".: port 8025 <- Dockerfile:2 convention", "b: port 8080 <- b/Dockerfile:2 convention"}, nil},
		{"the first port of several as they stand, and none of the name server of Erlang", files{"Dockerfile": "FROM erlang:18\nCOPY . .\nEXPOSE 7001 4369 49000\nCMD [\"x\"]\n", "main.go": ""}, []string{".: port 7001 <- Dockerfile:3 convention"}, nil},
		{"sources of an image for Windows", files{"Dockerfile": "# escape=`\nFROM microsoft/aspnet\nCOPY src\\shop\\web.config .\nCOPY src\\gone.txt .\nCMD [\"run\"]\n", "src/shop/web.config": "<x/>"}, []string{"note Dockerfile:4 copies src/gone.txt"}, []string{"web.config, which"}},
		{"a program that only an argument of the build names", files{"go.mod": "", "Dockerfile": "FROM team/base\nARG name\nCOPY $name/target/ /usr/local/bin/\nENV PROGRAM $name\nENTRYPOINT cd /usr/local/bin && $PROGRAM\n"}, []string{"note Dockerfile:1 wants the build argument name"}, []string{"command"}},
		{"no port of a database that a directory is called after, and none of a database's program", files{"db/a.sql": "", "Dockerfile": "FROM gcc AS b\nFROM alpine\nENV DB_PORT=8432 HASH_D_PORT=5432\nCOPY db ./db\nCOPY --from=b /src/hash-d /usr/bin/hash-d\nCMD [\"./entry.sh\"]\n"}, nil, []string{"port "}},
		{"the port in a variable that is called after the program", files{"Dockerfile": "FROM gcc AS b\nFROM alpine\nENV STORE_PORT=1 HASH_D_PORT=8673\nCOPY --from=b /src/hash-d /usr/bin/hash-d\nCMD [\"./entry.sh\"]\n"}, []string{".: port 8673 <- Dockerfile:3 convention"}, nil},
		{"it starts in a directory of what it copies, by its script", files{"Dockerfile": "FROM node:10 AS b\nCOPY . /app\nFROM node:10\nWORKDIR /app\nCOPY --from=b /app /app\nENTRYPOINT [\"bash\", \"/app/start.sh\"]\n", "start.sh": "#!/bin/bash\ncat > server/config.yaml <<E\na: 1\nE\ncd server\nnode index.js\n", "server/package.json": "{}", "mta/package.json": "{}"}, []string{".: holds server <- Dockerfile:3"}, nil},
		{"a part of the directory, which another stage hands on", files{"shop/package.json": "{}", "shop/runner/package.json": `{"scripts": {"start": "node server.js"}}`, "shop/Dockerfile": "FROM node:20 AS build\nWORKDIR /app\nCOPY . .\nFROM node:20\nCOPY --from=build /app/runner ./runner\nCOPY --from=build /app/dist ./dist\nCMD node runner/server.js\n"}, []string{"shop/runner: library <- shop/Dockerfile:5"}, nil},
		{"parts that another stage builds", files{"Dockerfile": "FROM node:20 AS b\nWORKDIR /app\nCOPY . .\nWORKDIR /app/ui\nRUN npm run build\nFROM node:20\nCOPY --from=b /app/ui/dist ./ui\nCOPY --from=b /app/api/node_modules ./node_modules\nCOPY --from=b /app/api/dist ./dist\nENTRYPOINT [\"node\", \"dist/main\"]\n", "api/package.json": "{}", "ui/package.json": "{}"},
			[]string{".: holds api <- Dockerfile:8", "ui: library <- Dockerfile:7"}, []string{"api: library"}},
		{"a program that another stage compiled, and nothing that says to run it", files{"Dockerfile": "FROM golang:1.20 AS b\nCOPY . .\nRUN go build -o /go/bin/limits ./cmd\nFROM alpine:3.18\nCOPY --from=b /go/bin/limits /bin/limits\n", "go.mod": "", "tool/Dockerfile": "FROM alpine:3\nCOPY x.sh /\n", "tool/x.sh": ""},
			[]string{".: command /bin/limits <- Dockerfile:5 convention", "note tool/Dockerfile:1"}, nil},
		{"images of operations' jobs", files{"package.json": "{}", "openshift/templates/jobs/cron/docker/Dockerfile": "FROM alpine\nCOPY run.sh /\nENTRYPOINT [\"/run.sh\"]\n", "openshift/templates/jobs/cron/docker/run.sh": ""}, []string{"note openshift/templates/jobs/cron/docker/Dockerfile:0 the image of a job"}, []string{"command"}},
	})
}

func TestDockerfileHoldsAModule(t *testing.T) {
	for text, want := range map[string]string{
		"FROM openjdk:8\nADD web/target/web-1.0.jar /app.jar\nCMD [\"java\", \"-jar\", \"/app.jar\"]\n":                                                      "web",
		"FROM maven:3 AS b\nFROM tomcat:9\nCOPY --from=b /tmp/shop/web/target/shop.war /usr/local/tomcat/webapps/ROOT.war\nCMD [\"catalina.sh\", \"run\"]\n": "web",
		"FROM openjdk:8\nADD target/dependency/web.war /app.war\nCMD [\"java\", \"-jar\", \"/app.war\"]\n":                                                   "web",
		"FROM maven:3\nCOPY . /src\nRUN mvn package\nENTRYPOINT [\"java\", \"-jar\", \"web/target/web-1-all.jar\"]\n":                                        "web",
		"FROM openjdk:8\nADD target/all.jar /app.jar\nCMD [\"java\", \"-jar\", \"/app.jar\"]\n":                                                              "",
	} {
		got := ""
		for _, f := range read(t, Dockerfile(), files{"Dockerfile": text, "pom.xml": "<project/>", "web/pom.xml": "<project/>"}).Findings {
			got += f.Holds
		}
		if got != want {
			t.Errorf("holds %q, want %q, in\n%s", got, want, text)
		}
	}
}

func TestDockerfileHoldsPrograms(t *testing.T) {
	for name, want := range map[string]string{"web/main.py": "web", "web/deep/main.py": "", "web/notes.txt": ""} {
		got := ""
		for _, f := range read(t, Dockerfile(), files{"Dockerfile": "FROM shopbase/flask:1\nADD /web /app\n", name: ""}).Findings {
			got += f.Holds
		}
		if got != want {
			t.Errorf("holds %q with %s, want %q", got, name, want)
		}
	}
}

func TestComposeOffers(t *testing.T) {
	r := read(t, Compose(), files{"a/pom.xml": "", "b/pom.xml": "", "docker-compose.yml": "version: '2'\nservices:\n  a: {build: a}\n  b: {build: b}\n  broker: {image: 'rabbitmq:3'}\n", "docker-compose.override.yml": "version: '2'\nservices: {a: {image: x}}\n"})
	offers := 0
	for _, f := range r.Findings {
		if n := f.Need; n != nil && n.Offer && n.Name == "broker" && n.Kind == "rabbitmq" && f.Evidence.Line == 5 {
			offers++
		}
	}
	if offers != 1 {
		t.Errorf("findings %v", said(r))
	}
}

func TestInitScriptsOfOtherMachines(t *testing.T) {
	const script = "#!/bin/sh\n### BEGIN INIT INFO\n### END INIT INFO\nstart-stop-daemon --start --exec /usr/sbin/x -- --port 80\n"
	runCases(t, Initd(), []readerCase{{"Puppet's files are for other machines", files{"main.go": "", "etc/init.d/shopd": script, "puppet/files/etc/init.d/x": script}, []string{".: name shopd", ": about x <- puppet/files/etc/init.d/x:4"}, []string{"name x"}}})
}
