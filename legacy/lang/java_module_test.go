package lang

import (
	"strings"
	"testing"
)

func TestJavaModules(t *testing.T) {
	const app = "src/main/java/App.java"
	child := strings.Replace(bootPom, "<artifactId>spring-boot-starter-parent</artifactId>", "<artifactId>all</artifactId>", 1)
	runCases(t, Java(), []readerCase{
		{"an example by its name", files{"pom.xml": "<project><artifactId>all</artifactId><packaging>pom</packaging></project>", "ShopService/pom.xml": child, "ShopService/" + app: bootApp, "EmbedShopExample/pom.xml": child, "EmbedShopExample/" + app: bootApp},
			[]string{"ShopService: command java", "EmbedShopExample: library"}, []string{"EmbedShopExample: command"}},
		{"a tool beside the services", files{"pom.xml": "<project><artifactId>all</artifactId><packaging>pom</packaging></project>", "web/pom.xml": child, "web/" + app: bootApp, "build/pom.xml": child, "build/" + app: bootApp, "shop-cli/pom.xml": child, "shop-cli/" + app: bootApp},
			[]string{"web: command java", "build: library", "shop-cli: library"}, []string{"build: command"}},
		{"a module that inherits is built from the root that lists it", files{"mvnw": "", "pom.xml": "<project><artifactId>all</artifactId><packaging>pom</packaging><modules><module>web</module></modules></project>", "web/pom.xml": child, "web/" + app: bootApp}, []string{
			"web: context .", "web: build runs ./mvnw --batch-mode -DskipTests -pl web -am package -> target/shop-1.0.jar",
		}, []string{"note"}},
		{"one that the root does not list", files{"pom.xml": "<project><artifactId>all</artifactId><packaging>pom</packaging></project>", "web/pom.xml": child, "web/" + app: bootApp}, []string{
			"web: context .", "web: build runs mvn --batch-mode -DskipTests -f web package",
		}, nil},
		{"one that stands for itself", files{"pom.xml": "<project><artifactId>all</artifactId><packaging>pom</packaging><modules><module>web</module></modules></project>", "web/pom.xml": bootPom, "web/" + app: bootApp}, []string{"web: build maven pom.xml"}, []string{"context", "build runs"}},
		{"a project of Gradle", files{"gradlew": "", "settings.gradle": "include 'lib',\n  ':services:web'\n", "build.gradle": "subprojects { }\n",
			"services/web/build.gradle": "plugins { id 'org.springframework.boot' version '2.7.1' }\ndependencies {\n  implementation 'org.springframework.boot:spring-boot-starter-web'\n}\n", "services/web/" + app: bootApp}, []string{
			"services/web: context .", "services/web: build runs ./gradlew --no-daemon :services:web:assemble",
		}, nil},
		{"projects of Gradle below a root without a build of its own", files{"gradlew": "", "settings.gradle": "pluginManagement {\n  plugins { id 'org.springframework.boot' version '2.7.1' }\n}\ninclude 'web', 'client'\n", "client/build.gradle": "plugins {\n  id 'java'\n}\n",
			"web/build.gradle": "plugins { id 'org.springframework.boot' version '2.7.1' }\ndependencies {\n  implementation project(':client')\n  implementation 'org.springframework.boot:spring-boot-starter-web'\n}\n", "web/" + app: bootApp}, []string{
			"web: context .", "web: build runs ./gradlew --no-daemon :web:assemble",
		}, []string{".: command", ".: framework"}},
		{"a program that is built into another one", files{"pom.xml": "<project><artifactId>all</artifactId><packaging>pom</packaging><modules><module>board</module><module>app</module></modules></project>",
			"board/pom.xml": "<project><parent><artifactId>all</artifactId></parent><artifactId>board</artifactId><dependencies><dependency><artifactId>dropwizard-core</artifactId></dependency></dependencies></project>", "board/src/main/java/Board.java": "class Board { public static void main(String[] a) {} }\n",
			"app/pom.xml": "<project><parent><artifactId>all</artifactId></parent><artifactId>app</artifactId><dependencies><dependency><artifactId>board</artifactId></dependency></dependencies><build><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin></plugins></build></project>", "app/src/main/java/App.java": "class App { public static void main(String[] a) {} }\n"},
			[]string{"app: command java", "board: library"}, []string{"board: command"}},
		{"a library that uses the framework starts nothing", files{"pom.xml": "<project><artifactId>dw</artifactId><dependencies><dependency><artifactId>dropwizard-core</artifactId></dependency></dependencies><build><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin></plugins></build></project>", "src/main/java/Dao.java": "class Dao {}\n"},
			[]string{".: library"}, []string{"command"}},
		{"tests of the whole are no service", files{"shop-it/pom.xml": "<project><artifactId>it</artifactId><packaging>war</packaging></project>", "it-selenium/pom.xml": "<project><artifactId>s</artifactId><packaging>war</packaging></project>"}, nil, []string{"command"}},
	})
}

func TestJavaChoices(t *testing.T) {
	const app = "src/main/java/App.java"
	runCases(t, Java(), []readerCase{
		{"the profile for containers is chosen and wins", files{"pom.xml": bootPom, app: bootApp,
			"src/main/resources/application.yml": "spring:\n  profiles:\n    active: production\n  redis:\n    host: localhost\n---\nspring:\n  config.activate.on-profile: docker\n  redis:\n    host: cache\n"}, []string{
			".: env SPRING_PROFILES_ACTIVE=production,docker <- src/main/resources/application.yml:8 guess", ".: need redis name=cache SPRING_REDIS_HOST={host}:6379 <- src/main/resources/application.yml:10",
		}, nil},
		{"many stores beside one in the process are a choice", files{"build.gradle": "plugins {\n  id 'org.springframework.boot' version '2.4.0'\n}\ndependencies {\n  implementation 'a:spring-boot-starter-web'\n  implementation 'a:spring-boot-starter-data-redis'\n  runtimeOnly 'a:h2'\n  runtimeOnly 'a:postgresql'\n  runtimeOnly 'a:mysql-connector-java'\n}\n", app: bootApp}, []string{
			"note build.gradle:7 h2 runs inside of the process unless a profile chooses postgres or mysql or redis",
		}, []string{"need "}},
		{"texts for people, placeholders and sentences hold no secret", files{"pom.xml": "<project><artifactId>w</artifactId><packaging>war</packaging></project>", "src/main/resources/ApplicationResources.properties": "error.password=Geheim1\n",
			"src/main/resources/app.properties": "hint.password=Please type it\ndb.password=Geheim2\n"}, []string{"note src/main/resources/app.properties:2 db.password"}, []string{"error.password", "hint.password", "Geheim"}},
	})
}
