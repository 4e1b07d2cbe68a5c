package lang

import "testing"

func TestGradleLibrariesByName(t *testing.T) {
	application := "src/main/java/M.java"
	code := "class M { public static void main(String[] a) {} }"
	runCases(t, Java(), []readerCase{
		{"lists of a script that is applied", files{"build.gradle": "apply from: 'libraries.gradle'\napply plugin: 'application'\nmainClassName = 'M'\ndependencies {\n  compile dropwizard, jdbi\n  compile(postgres) {\n    exclude group: 'org.slf4j'\n  }\n  testCompile redis\n}\n",
			"libraries.gradle": "ext {\n    version = '1.3'\n\n    postgres = 'org.postgresql:postgresql:42.1'\n    redis = 'redis.clients:jedis:3'\n    dropwizard = [\n        \"io.dropwizard:dropwizard-core:${version}\",\n        \"io.dropwizard:dropwizard-jdbi:${version}\"\n    ]\n    jdbi = 'org.jdbi:jdbi:2'\n}\n", application: code},
			[]string{".: framework dropwizard <- libraries.gradle:7 declared", ".: need postgres:0 <- libraries.gradle:4 convention"}, []string{"redis"}},
		{"a script of the root, applied below it", files{"settings.gradle": "include 'web'\n", "build.gradle": "", "gradle/web.gradle": "dependencies {\n  implementation 'io.javalin:javalin:4'\n}\n",
			"web/build.gradle": "apply from: \"$rootDir/gradle/web.gradle\"\napply plugin: 'application'\nmainClassName = 'M'\n", "web/" + application: code},
			[]string{"web: framework javalin <- gradle/web.gradle:2"}, nil},
		{"a name that nothing explains", files{"build.gradle": "apply from: 'gone.gradle'\napply plugin: 'application'\nmainClassName = 'M'\ndependencies {\n  compile dropwizard\n}\n", application: code},
			[]string{".: language java"}, []string{"framework", "need"}},
	})
}

func TestGrails(t *testing.T) {
	build := "apply plugin: 'org.grails.grails-web'\napply plugin: 'war'\ndependencies {\n  compile 'org.springframework.boot:spring-boot-starter-actuator'\n  runtime 'mysql:mysql-connector-java:8'\n}\n"
	runCases(t, Java(), []readerCase{
		{"an application", files{"build.gradle": build, "gradle.properties": "grailsVersion=3.3.16\n", "grails-app/conf/application.yml": "server:\n  contextPath: /shop\nmail:\n  username: null\nenvironments:\n  development:\n    dataSource:\n      url: jdbc:mysql://dev.corp.example/shop\n  production:\n    dataSource:\n      url: jdbc:mysql://db.corp.example/shop\n      password: geheim\n"},
			[]string{".: framework grails <- build.gradle:1 declared", ".: command java -jar /app/app.war", ".: health |/shop/health <- build.gradle:4", ".: need mysql host=db.corp.example db=shop", ".: secret DATASOURCE_PASSWORD <- grails-app/conf/application.yml:12"},
			[]string{"dev.corp", "ENVIRONMENTS", "geheim", "tomcat"}},
		{"one whose version says which Java it is made for", files{"build.gradle": build, "gradle.properties": "grailsVersion=4.0.1\n"}, []string{".: version 11 <- build.gradle:1 convention"}, nil},
		{"the version of a tool is not that of the project", files{"build.gradle": "plugins {\n  id 'com.github.johnrengelman.shadow' version '1.2.0'\n}\napply plugin: 'java'\nnode {\n  version = '0.10.33'\n}\nallprojects {\n  version = '2.0'\n}\ndependencies {\n  compile 'io.dropwizard:dropwizard-core:1.0.0'\n}\n", "settings.gradle": "rootProject.name = 'shop'\n",
			"src/main/java/A.java": "class A {\n  void b() { add(\n    new MigrationsBundle<C>() {}); }\n  public static void main(String[] a) {}\n}\n", "shop.yml": "server:\n  applicationConnectors: []\n"},
			[]string{".: build runs gradle --no-daemon shadowJar -> build/libs/shop-2.0-all.jar", ".: command java -jar /app/app.jar server shop.yml", "migrate: release command java -jar /app/app.jar db migrate shop.yml <- src/main/java/A.java:3"}, []string{"0.10.33"}},
		{"a plugin for others", files{"build.gradle": "apply plugin: 'org.grails.grails-plugin'\napply plugin: 'org.grails.grails-gsp'\n"}, []string{".: library"}, nil},
	})
}
