package lang

import (
	"strings"
	"testing"
)

func gradleBuild(plugins, dependencies string) string {
	return "plugins {\n" + plugins + "\n}\ndependencies {\n" + dependencies + "\n}\n"
}

func TestJavaServers(t *testing.T) {
	const app, main = "src/main/java/App.java", "class App { public static void main(String[] a) {} }\n"
	pom := func(artifact, dependency, rest string) string {
		return "<project><artifactId>" + artifact + "</artifactId><version>1</version><dependencies><dependency><artifactId>" + dependency + "</artifactId></dependency></dependencies>" + rest + "</project>"
	}
	runCases(t, Java(), []readerCase{
		{"an address behind another setting", files{"build.gradle": "plugins { id 'org.springframework.boot' version '2.7' }\ndependencies { implementation 'org.springframework.boot:spring-boot-starter-web' }\n", "src/main/java/A.java": "@SpringBootApplication\nclass A { public static void main(String[] a) {} }", "src/main/resources/application.yml": "redis:\n  connection: ${services.redis.baseUrl:redis://localhost:6379}\n"},
			[]string{".: need redis REDIS_CONNECTION=redis://{host}:{port}:6379"}, []string{"${"}},
		{"what Spring's environment is asked for, and no file gives", files{"pom.xml": pom("d", "spring-webmvc", "<packaging>war</packaging>"), "src/main/resources/application.properties": "app.secret=\n", "src/main/java/Mail.java": "import org.springframework.core.env.Environment;\nclass Mail {\n  @Value(\"${pay.api.secret}\") String pay;\n  @Value(\"${page.title:Shop}\") String title;\n  void send() {\n    s.host(environment.getProperty(\"mail.host\"));\n    s.password(environment.getRequiredProperty(\"mail.password\"));\n    s.key(environment.getProperty(\"app.secret\"));\n    s.salt(environment.getProperty(\"app.encryptSalt\"));\n    s.other(settings.getProperty(\"own.token\"));\n  }\n}\n"},
			[]string{".: secret MAIL_PASSWORD <- src/main/java/Mail.java:7", ".: secret PAY_API_SECRET <- src/main/java/Mail.java:3", ".: secret APP_ENCRYPTSALT", ".: need smtp MAIL_HOST={host}"}, []string{"PAGE_TITLE", "OWN_TOKEN", "secret APP_SECRET <- src/main/java"}},
		{"a sample of the settings that each machine has", files{"pom.xml": pom("d", "spring-webmvc", "<packaging>war</packaging>"), "conf/shop.properties.sample": "db.password=CHANGEME\nmail.host=smtp.corp.example\n", "conf/real.properties": "other.host=x\n", "conf/real.properties.sample": "real.password=CHANGEME\n", "docs/notes.properties.example": "notes.password=CHANGEME\n"},
			[]string{".: secret DB_PASSWORD <- conf/shop.properties.sample:1", ".: need smtp"}, []string{"REAL_PASSWORD", "NOTES_PASSWORD", "CHANGEME", "in clear"}},
		{"a sample of a profile holds where the profile does", files{"pom.xml": pom("d", "spring-webmvc", "<packaging>war</packaging>"), "src/main/resources/application-local.yml.example": "local:\n  password: x\nserver:\n  port: 9191\n", "src/main/resources/application-test.properties.sample": "test.password=x\n", "src/main/resources/application-prod.yml.example": "prod:\n  password: x\n", "conf/dev.properties.sample": "dev.password=x\n"},
			[]string{".: secret PROD_PASSWORD"}, []string{"LOCAL_PASSWORD", "TEST_PASSWORD", "DEV_PASSWORD", "9191"}},
		{"an example of Dropwizard's configuration by its ending", files{"pom.xml": pom("d", "dropwizard-core", "<build><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin></plugins></build>"), app: main, "shop.yml.example": "server:\n  applicationConnectors:\n    - type: http\n      port: 8033\n"},
			[]string{".: port 8033 <- shop.yml.example:4"}, nil},
		{"Ktor by a version catalogue", files{"settings.gradle.kts": "rootProject.name = \"shop\"\n", "build.gradle.kts": gradleBuild("  alias(libs.plugins.ktor)", "  implementation(libs.bundles.server)\n  testImplementation(libs.pg)"),
			"gradle/libs.versions.toml": "[versions]\nktor = \"2.3\"\n[libraries]\nnetty = { module = \"io.ktor:ktor-server-netty\", version.ref = \"ktor\" }\npg = \"org.postgresql:postgresql:42\"\n[bundles]\nserver = [\"netty\"]\n[plugins]\nktor = { id = \"io.ktor.plugin\", version.ref = \"ktor\" }\n",
			"src/main/kotlin/App.kt":    "fun main() { embeddedServer(Netty, port = 8085) { } }\n"}, []string{
			".: framework ktor <- build.gradle.kts:5", ".: port 8085 <- src/main/kotlin/App.kt:1 declared", ".: build runs gradle --no-daemon buildFatJar -> build/libs/shop-all.jar", ".: command java -jar /app/app.jar",
		}, []string{"postgres"}},
		{"Dropwizard by a configuration of the root's, its settings beside the build", files{"settings.gradle": "include 'hub:policy', 'hub:stub-sink'\n", "gradlew": "",
			"build.gradle":            "subprojects {\n  configurations { dw }\n  dependencies {\n    dw \"io.dropwizard:dropwizard-core:$v\",\n        'io.lettuce:lettuce-core:6'\n  }\n}\n",
			"hub/policy/build.gradle": "dependencies {\n  implementation configurations.x,\n      configurations.dw\n}\napply plugin: 'application'\nmainClassName = 'P'\n", "hub/policy/" + app: main,
			"hub/stub-sink/build.gradle": "dependencies {\n  implementation configurations.dw\n}\napply plugin: 'application'\n", "hub/stub-sink/" + app: main,
			"configuration/policy.yml": "server:\n  applicationConnectors:\n    - port: ${POLICY_PORT:-50110}\nkey: ${SIGNING_PRIVATE_KEY}\n", "configuration/local/policy.yml": "server: {}\n"}, []string{
			"hub/policy: framework dropwizard <- build.gradle:4", "hub/policy: command /app/bin/policy server policy.yml", "hub/policy: asset ../../configuration/policy.yml", "hub/policy: build runs ./gradlew --no-daemon :hub:policy:installDist -> build/install/policy",
			"hub/policy: port 50110 <- configuration/policy.yml:3", "hub/policy: secret SIGNING_PRIVATE_KEY", "hub/policy: need redis", "hub/stub-sink: library",
		}, []string{"hub/stub-sink: command"}},
		{"consumers of messages are programs, of projects that settings include over several lines", files{"settings.gradle.kts": "include(\n    \"leave\",\n    \"count\",\n    \"common\",\n)\n", "gradlew": "", "build.gradle.kts": "plugins { kotlin(\"jvm\") }\n",
			"common/build.gradle.kts": "dependencies {\n  api(\"com.github.navikt:rapids-and-rivers:1\")\n}\n",
			"leave/build.gradle.kts":  "deployable { mainClass = \"AppKt\" }\ndependencies {\n  implementation(project(\":common\"))\n}\n", "leave/src/main/kotlin/App.kt": "fun main() { val env = System.getenv(); start(env.getValue(\"LEAVE_CLIENT_SECRET\")) }\n",
			"count/build.gradle.kts": "application { mainClass = \"AppKt\" }\ndependencies {\n  implementation(\"org.apache.kafka:kafka-streams:3\")\n}\n", "count/src/main/kotlin/App.kt": "fun main() { }\n"}, []string{
			"leave: port 8080 <- common/build.gradle.kts:2", "leave: health /isalive|/isready", "leave: need kafka", "leave: secret LEAVE_CLIENT_SECRET", "leave: context .", "leave: build runs ./gradlew --no-daemon :leave:assemble", "count: need kafka", "count: command java -jar /app/app.jar", "common: library",
		}, []string{"count: port"}},
		{"Dropwizard by a part of it", files{"pom.xml": pom("d", "dropwizard-views", "<build><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin></plugins></build>"), app: main}, []string{".: framework dropwizard"}, nil},
		{"Quarkus", files{"pom.xml": pom("q", "quarkus-smallrye-health", "<build><plugins><plugin><artifactId>quarkus-maven-plugin</artifactId></plugin></plugins></build>"), "src/main/resources/application.properties": "quarkus.http.port=8087\n"}, []string{
			".: framework quarkus", ".: port 8087", ".: command java -jar /app/quarkus-run.jar", ".: health /q/health/live|/q/health/ready",
		}, nil},
		{"what a comment is and what not", files{"build.gradle": "/* plugins { id 'war' } */\n" + gradleBuild("  id 'application'\n  id 'war' apply false", "  exclude 'src/**/*.java'\n  implementation('io.javalin:javalin:5') {\n    exclude group: 'org.postgresql', module: 'postgresql'\n  }\n  implementation group: 'redis.clients', name: 'jedis', version: '3'"),
			"settings.gradle": "rootProject.name = 'j'", app: "class App { public static void main(String[] a) { app.start(7070); } }"}, []string{
			".: framework javalin", ".: port 7070 <- src/main/java/App.java:1", ".: need redis", ".: command /app/bin/j",
		}, []string{"tomcat", "postgres"}},
	})
}

func TestJavaModulesThatOthersUse(t *testing.T) {
	const app = "src/main/java/App.java"
	module := func(name, dependency string) string {
		return "<project><groupId>g</groupId><artifactId>" + name + "</artifactId><dependencies><dependency><groupId>g</groupId><artifactId>" + dependency + "</artifactId></dependency></dependencies></project>"
	}
	runCases(t, Java(), []readerCase{
		{"what a library brings holds for the program", files{"web/pom.xml": module("web", "core"), "web/" + app: bootApp, "core/pom.xml": "<project><groupId>g</groupId><artifactId>core</artifactId><dependencies><dependency><artifactId>spring-boot-starter-actuator</artifactId></dependency></dependencies></project>",
			"core/src/main/java/Auto.java": "@EnableAutoConfiguration class Auto {}\n", "core/src/main/resources/application.properties": "management.endpoints.web.base-path=/\nsolr.url=http://solr01.corp.example/solr\n"}, []string{
			"core: library", "web: health |/health", "web: need solr host=solr01.corp.example SOLR_URL=http://{host}:{port}/solr:8983",
		}, nil},
		{"all of them in one process, and a demonstration", files{"a/pom.xml": module("a", "x"), "a/" + app: bootApp, "b/pom.xml": module("b", "x"), "b/" + app: bootApp, "shop-demo/pom.xml": module("shop-demo", "x"), "shop-demo/" + app: bootApp,
			"all/pom.xml": "<project><groupId>g</groupId><artifactId>all</artifactId><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId></dependency><dependency><groupId>g</groupId><artifactId>b</artifactId></dependency></dependencies></project>", "all/" + app: bootApp}, []string{
			"a: command", "b: command", "all: library", "shop-demo: library",
		}, nil},
	})
}

func TestJavaHocon(t *testing.T) {
	runCases(t, Java(), []readerCase{{"Ktor's configuration", files{"build.gradle.kts": "plugins { application }\napplication { mainClass.set(\"A\") }\ndependencies {\n  implementation(\"io.ktor:ktor-server-netty:2.3\")\n}\n", "src/main/kotlin/A.kt": "fun main() {}\n",
		"src/main/resources/application.conf": "ktor {\n  deployment {\n    port = 8181\n    port = ${?PORT}\n  }\n}\ndb {\n  url = \"jdbc:postgresql://db.corp.example/shop\"\n  password = ${DB_PASSWORD}\n}\n", "src/main/resources/application-dev.conf": "ktor.deployment.port = 9999\n"},
		[]string{".: framework ktor", ".: port 8181 <- src/main/resources/application.conf:3 declared", ".: need postgres host=db.corp.example db=shop:5432", ".: secret DB_PASSWORD"}, []string{"9999"}}})
}

func TestJavaPages(t *testing.T) {
	runCases(t, Java(), []readerCase{{"pages that the build puts into the program", files{"server/pom.xml": "<project><artifactId>s</artifactId><dependencies><dependency><artifactId>dropwizard-core</artifactId></dependency></dependencies><build><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin>\n<plugin><artifactId>frontend-maven-plugin</artifactId><configuration>\n<workingDirectory>../ui</workingDirectory></configuration></plugin></plugins></build></project>",
		"server/src/main/java/M.java": "class M { public static void main(String[] a) {} }", "server/reference.example.yml": "server:\n  applicationConnectors:\n    - type: http\n      port: 8181\n", "ui/package.json": "{}"},
		[]string{"ui: library", "server: port 8181 <- server/reference.example.yml:4", "note server/reference.example.yml:1 an example of the configuration"}, nil}})
}

func TestJavaLibrariesTellOfTheProgram(t *testing.T) {
	runCases(t, Java(), []readerCase{{"variables and routes of a module that the program holds", files{"settings.gradle": "include 'app', 'api'\n", "build.gradle": "subprojects { }\n",
		"app/build.gradle":                       "plugins { id 'org.springframework.boot' version '2.7.1' }\ndependencies {\n  implementation project(':api')\n  implementation 'a:spring-boot-starter-web'\n  implementation 'a:spring-boot-starter-actuator'\n}\n",
		"app/src/main/java/A.java":               "@SpringBootApplication class A { public static void main(String[] a) {} }",
		"app/src/main/resources/application.yml": "management:\n  port: 7979\n",
		"api/build.gradle":                       "dependencies { }\n", "api/src/main/java/H.java": "@RestController\n@RequestMapping(\"/health\")\nclass H {\n  String token = System.getenv(\"API_TOKEN\");\n  @RequestMapping(method = GET)\n  String ok() { return \"ok\"; }\n}\n"},
		[]string{"app: health |/health <- api/src/main/java/H.java:2", "app: secret API_TOKEN <- api/src/main/java/H.java:4", "note app/src/main/resources/application.yml:2 the actuator answers on a port of its own"}, []string{"actuator/health"}}})
}

func TestJavaHealthAtAPortOfItsOwn(t *testing.T) {
	const dropwizard = "<project><artifactId>d</artifactId><dependencies><dependency>\n<artifactId>dropwizard-core</artifactId></dependency></dependencies><build><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin></plugins></build></project>"
	actuator := strings.Replace(bootPom, "spring-boot-starter-web", "spring-boot-starter-actuator", 1)
	if actuator == bootPom {
		t.Fatal("the pom has no starter to take the place of")
	}
	runCases(t, Java(), []readerCase{
		{"the actuator, below nothing of the service's", files{"pom.xml": actuator, "src/main/java/A.java": bootApp, "src/main/resources/application.properties": "server.servlet.context-path=/shop\nmanagement.server.port=9001\n"}, []string{".: health |/actuator/health <- src/main/resources/application.properties:2 declared", ".: health at port 9001"}, nil},
		{"the actuator at a port that only the place tells", files{"pom.xml": actuator, "src/main/java/A.java": bootApp, "src/main/resources/application.properties": "management.server.port=${ADMIN}\n"}, []string{"note src/main/resources/application.properties:1 the actuator answers on a port of its own"}, []string{"health at"}},
		{"Dropwizard's administration", files{"pom.xml": dropwizard, "M.java": "", "src/main/java/M.java": "class M { public static void main(String[] a) {} }", "config.yml": "server:\n  adminContextPath: /ops\n  applicationConnectors:\n    - type: http\n      port: 8080\n  adminConnectors:\n    - type: http\n      port: 9090\n"},
			[]string{".: health |/ops/healthcheck <- config.yml:8 declared", ".: health at port 9090"}, nil},
		{"the actuator on this machine only", files{"pom.xml": actuator, "src/main/java/A.java": bootApp, "src/main/resources/application.properties": "management.server.port=9001\nmanagement.server.address=127.0.0.1\n"}, []string{"note src/main/resources/application.properties:1 the actuator answers on a port of its own"}, []string{"health at"}},
		{"the actuator behind TLS", files{"pom.xml": actuator, "src/main/java/A.java": bootApp, "src/main/resources/application.properties": "management.server.port=9001\nmanagement.server.ssl.key-store=a.p12\n"}, []string{"note src/main/resources/application.properties:1 the actuator answers on a port of its own"}, []string{"health at"}},
		{"the actuator with TLS that is switched off", files{"pom.xml": actuator, "src/main/java/A.java": bootApp, "src/main/resources/application.properties": "management.server.port=9001\nmanagement.server.address=0.0.0.0\nmanagement.server.ssl.enabled=false\n"}, []string{".: health at port 9001"}, []string{"note"}},
		{"its administration on this machine only", files{"pom.xml": dropwizard, "src/main/java/M.java": "class M { public static void main(String[] a) {} }", "config.yml": "server:\n  adminConnectors:\n    - type: http\n      port: 9090\n      bindHost: localhost\n"}, []string{"note config.yml:4 Dropwizard answers /healthcheck on the port"}, []string{"health at"}},
		{"its administration behind TLS", files{"pom.xml": dropwizard, "src/main/java/M.java": "class M { public static void main(String[] a) {} }", "config.yml": "server:\n  adminConnectors:\n    - type: https\n      port: 9090\n"}, []string{"note config.yml:4 Dropwizard answers /healthcheck on the port"}, []string{"health at"}},
		{"where it is when nothing is said", files{"pom.xml": dropwizard, "src/main/java/M.java": "class M { public static void main(String[] a) {} }", "config.yml": "server:\n  rootPath: /api\n"}, []string{".: health |/healthcheck <- pom.xml:2 declared", ".: health at port 8081"}, nil},
	})
}

func TestJavaDescriptors(t *testing.T) {
	const war = "<project><artifactId>w</artifactId><packaging>war</packaging></project>"
	runCases(t, Java(), []readerCase{
		{"a data source whose dialect tells what it is", files{"pom.xml": war, "src/main/resources/META-INF/persistence.xml": "<persistence>\n<jta-data-source>jdbc/shopDS</jta-data-source>\n<property name=\"hibernate.dialect\" value=\"org.hibernate.dialect.PostgreSQL95Dialect\"/></persistence>"}, []string{
			".: need postgres:5432 <- src/main/resources/META-INF/persistence.xml:2 declared", "note src/main/resources/META-INF/persistence.xml:2 expects the data source jdbc/shopDS",
		}, nil},
		{"one that nothing describes", files{"pom.xml": war, "src/main/webapp/WEB-INF/web.xml": "<res-ref-name>jdbc/shopDS</res-ref-name>"}, []string{"note src/main/webapp/WEB-INF/web.xml:1 expects"}, []string{": need "}},
		{"a password in a file is a secret of the service", files{"pom.xml": war, "src/main/resources/shop.properties": "shop.dao.password=Geheim7\nsession.secret.enabled=true\n"}, []string{
			".: secret SHOP_DAO_PASSWORD <- src/main/resources/shop.properties:1 guess", "note src/main/resources/shop.properties:1 shop.dao.password",
		}, []string{"Geheim", "ENABLED"}},
		{"a path below one that is not known", files{"pom.xml": "<project>\n<artifactId>shop</artifactId><packaging>war</packaging>\n</project>", "src/main/java/U.java": "interface U { String ROOT = CONFIG + \"/certs\"; String CHECK = \"/health-check\"; }", "src/main/java/A.java": "@Path(U.ROOT)\npublic class A {\n @GET @Path(U.CHECK) void x() {}\n @GET @Path(\"/health\") void y() {} }",
			"b/pom.xml": "<project>\n<artifactId>b</artifactId><packaging>war</packaging>\n</project>", "b/src/main/java/U.java": "interface U { String HEALTH = \"/health\"; }", "b/src/main/java/B.java": "@Path(\"api\")\npublic class B {\n @GET @Path(U.HEALTH) void x() {} }"}, []string{"b: health |/api/health"}, []string{".: health"}},
		{"routes of a class and of constants", files{"pom.xml": war, "src/main/java/Paths.java": "class Paths { static final String CHECK = \"healthcheck\"; }", "src/main/java/R.java": "@RequestMapping(\"/api\")\npublic class R {\n  @RequestMapping(method = RequestMethod.GET, path = \"/status\") void x() {}\n}\n",
			"src/main/java/H.java": "@Path(\"/\") public class H { @GET @Path(Paths.CHECK) void y() {} }"}, []string{".: health |/api/status"}, nil},
	})
	if got := javaMajor("25"); got != "25" {
		t.Errorf("javaMajor(25) = %q", got)
	}
	runCases(t, Java(), []readerCase{{".java-version", files{"pom.xml": bootPom, ".java-version": "25\n", "src/main/java/A.java": bootApp}, []string{".: version 25 <- .java-version:1"}, nil}})
}
