package lang

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

const bootPom = `<project>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>2.1.6.RELEASE</version>
  </parent>
  <artifactId>shop</artifactId>
  <version>1.0</version>
  <properties><java.version>1.8</java.version></properties>
  <dependencies>
    <dependency><artifactId>spring-boot-starter-web</artifactId></dependency>
    <dependency><artifactId>spring-boot-starter-actuator</artifactId></dependency>
    <dependency><artifactId>spring-boot-starter-data-redis</artifactId></dependency>
    <dependency><artifactId>mysql-connector-java</artifactId><scope>runtime</scope></dependency>
    <dependency><artifactId>h2</artifactId><scope>test</scope></dependency>
  </dependencies>
  <build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>
</project>`

const bootApp = "package com.example.shop;\n@SpringBootApplication\npublic class App { public static void main(String[] a) { SpringApplication.run(App.class, a); } }\n"

func TestSecretsThatMachinesFillIn(t *testing.T) {
	pom := "<project><artifactId>shop</artifactId><packaging>war</packaging><dependencies><dependency><groupId>org.springframework</groupId><artifactId>spring-webmvc</artifactId></dependency></dependencies></project>"
	runCases(t, Java(), []readerCase{
		{"a file of settings beside the code, and one within it", files{"pom.xml": pom, "src/main/webapp/WEB-INF/web.xml": "<web-app/>", "config/shop.properties": "mail.password=\nchat.app.secret=a\npage.size=20\nmail.secret=a sentence of the team's\n", "src/main/resources/labels/page.properties": "label.password=\n"},
			[]string{".: secret MAIL_PASSWORD <- config/shop.properties:1 guess", ".: secret CHAT_APP_SECRET <- config/shop.properties:2"}, []string{"LABEL_PASSWORD", "PAGE_SIZE"}},
	})
}

func TestJava(t *testing.T) {
	const app = "src/main/java/com/example/shop/App.java"
	runCases(t, Java(), []readerCase{
		{"a program without a framework that its Dockerfile starts", files{"words/pom.xml": "<project><artifactId>words</artifactId><build><plugins><plugin><artifactId>maven-jar-plugin</artifactId><configuration><archive><manifest><mainClass>Main</mainClass></manifest></archive></configuration></plugin></plugins></build></project>", "words/Dockerfile": "FROM eclipse-temurin:17\nENTRYPOINT [\"java\", \"-jar\", \"/app/words.jar\"]\n", "words/src/main/java/Main.java": "public class Main {\n  public static void main(String[] args) {\n    DriverManager.getConnection(\"jdbc:postgresql://db:5432/words\");\n  }\n}\n",
			"tool/pom.xml": "<project><artifactId>tool</artifactId><build><plugins><plugin><artifactId>maven-jar-plugin</artifactId><configuration><archive><manifest><mainClass>Main</mainClass></manifest></archive></configuration></plugin></plugins></build></project>", "tool/src/main/java/Main.java": "public class Main { public static void main(String[] args) {} }\n"},
			[]string{"words: language java <- words/pom.xml:1", "words: need postgres", "tool: library"}, []string{"tool: command"}},
		{"TLS that the gateway ends", files{"pom.xml": bootPom, app: bootApp, "src/main/resources/application.properties": "server.port=8443\nserver.ssl.key-store=classpath:shop.p12\nserver.ssl.key-store-password=canary\nserver.ssl.key-password=${KEY_PASSWORD}\n"},
			[]string{".: port 8443", ".: env SERVER_SSL_ENABLED=false <- src/main/resources/application.properties:2", ".: secret KEY_PASSWORD", "note src/main/resources/application.properties:3 server.ssl.key-store-password secrets that stand here in clear"}, []string{"SERVER_SSL_KEYSTOREPASSWORD", "canary"}},
		{"TLS whose callers show certificates", files{"pom.xml": bootPom, app: bootApp, "src/main/resources/application.yml": "server:\n  ssl:\n    key-store: classpath:shop.p12\n    key-store-password: canary\n    trust-store: classpath:callers.p12\n    client-auth: NEED\n"},
			[]string{".: secret SERVER_SSL_KEYSTOREPASSWORD", "note src/main/resources/application.yml:6 asks callers for certificates", "note src/main/resources/application.yml:4 server.ssl.key-store-password secrets that stand here in clear"}, []string{"SERVER_SSL_ENABLED=", "canary", "KEYSTORE <-", "TRUSTSTORE"}},
		{"TLS that is off", files{"pom.xml": bootPom, app: bootApp, "src/main/resources/application.properties": "server.ssl.enabled=false\nserver.ssl.key-store=classpath:shop.p12\n"}, nil, []string{"SERVER_SSL_ENABLED"}},
		{"production's profile in a cloud, and pages about passwords", files{"pom.xml": bootPom, app: bootApp, "src/main/resources/application-prodgcp.yml": "spring:\n  datasource:\n    password: ${PG_PASSWORD}\nendpoint:\n  forgotPassword: forgotPassword\n", "src/main/resources/application-product.yml": "a: ${PRODUCT_PASSWORD}\n"},
			[]string{".: secret PG_PASSWORD <- src/main/resources/application-prodgcp.yml:3"}, []string{"FORGOTPASSWORD", ".: secret PRODUCT_PASSWORD"}},
		{"secrets that properties of other names hand on, and what the Internet calls by its own name", files{"pom.xml": bootPom, app: bootApp, "src/main/resources/application.properties": "spring.datasource.password=${db.password:dev}\nmail.auth.token=${mail.token:true}\nsearch.api.url=${SEARCH_URL:https://search.gov.example.net/v1}\nauth.api.url=${AUTH_URL:https://auth.gov.example.net/v1}\n"},
			[]string{".: secret DB_PASSWORD <- src/main/resources/application.properties:1", ".: env SEARCH_URL=https://search.gov.example.net/v1", ".: env AUTH_URL=https://auth.gov.example.net/v1"}, []string{"MAIL_TOKEN", "need http"}},
		{"clients of Spring Boot's that no file says an address to", files{"pom.xml": strings.Replace(bootPom, "spring-boot-starter-actuator", "spring-kafka", 1), app: bootApp, "src/main/resources/application.yml": "spring:\n  kafka:\n    client-id: shop\n"},
			[]string{".: need redis SPRING_REDIS_HOST={host} SPRING_REDIS_PORT={port}:0 <- pom.xml:13 convention", ".: need kafka:0"}, []string{"SPRING_KAFKA"}},
		{"a manifest beside the settings", files{"pom.xml": bootPom, app: bootApp, "config/jobs/prod-job.yml": "apiVersion: batch/v1\nkind: Job\nspec:\n  secretKeyRef:\n    key: password\n"}, nil, []string{"SECRETKEYREF"}},
		{"a driver whose address only a profile says", files{"pom.xml": strings.Replace(bootPom, "mysql-connector-java", "spring-boot-starter-data-mongodb", 1), app: bootApp, "src/main/resources/application.yml": "spring:\n  profiles:\n    active: local\n", "src/main/resources/application-release.yml": "spring:\n  data:\n    mongodb:\n      uri: mongodb://${DB_USER}:${DB_PASSWORD}@mongo01.corp.example:27017/shop\n"},
			[]string{".: need mongodb:0 <- pom.xml:14"}, nil},
		{"the configuration of OpenShift's JBoss, which has a source for each database", files{"pom.xml": "<project><groupId>a</groupId><artifactId>shop</artifactId><version>1</version><packaging>war</packaging></project>", "src/main/webapp/WEB-INF/web.xml": "<web-app/>",
			".openshift/config/standalone.xml": "<connection-url>jdbc:mysql://${env.OPENSHIFT_MYSQL_DB_HOST}:3306/x</connection-url>\n<connection-url>jdbc:postgresql://${env.OPENSHIFT_POSTGRESQL_DB_HOST}:5432/x</connection-url>\n"}, []string{".: command catalina.sh run"}, []string{"need"}},
		{"Grails before its third generation", files{"shop/application.properties": "#Grails Metadata file\napp.grails.version=2.5.3\napp.name=shop\napp.version=0.1\n", "shop/grailsw": "", "shop/grails-app/conf/Config.groovy": "stripe.key = \"${System.env.STRIPE_SECRET}\"\nmail.password = System.getenv('MAIL_PASSWORD') ?: ''\nif (System.env.containsToken('X')) { hooked = true }\n", "shop/grails-app/controllers/com/shop/HealthcheckController.groovy": "class HealthcheckController {\n  def index() {}\n}\n", "shop/grails-app/conf/BuildConfig.groovy": "grails.project.dependency.resolution = {\n  dependencies {\n    // runtime 'org.postgresql:postgresql:9.3'\n    test \"redis.clients:jedis:2\"\n    runtime 'mysql:mysql-connector-java:5.1.33'\n  }\n  plugins { runtime ':hibernate4:4.3.5.5' }\n}\n",
			"a/application.properties": "app.grails.version=2.2.0\n", "b/application.properties": "app.grails.version=2.2.0\napp.name=b\n", "b/grails-app/conf/Config.groovy": ""},
			[]string{"shop: language java", "shop: version 8", "shop: framework grails <- shop/application.properties:2 declared", "shop: command catalina.sh run", "shop: port 8080", "shop: need mysql:0 <- shop/grails-app/conf/BuildConfig.groovy:5", "note b/application.properties:1 Grails 2.2.0 builds this", "b: framework grails", "shop: secret STRIPE_SECRET <- shop/grails-app/conf/Config.groovy:1", "shop: secret MAIL_PASSWORD <- shop/grails-app/conf/Config.groovy:2", "shop: health |/healthcheck <- shop/grails-app/controllers/com/shop/HealthcheckController.groovy:2"}, []string{"postgres", "need redis", "containsToken", "a: ", "note shop/application.properties:2 Grails"}},
		{"variables read by functions of the team's own", files{"pom.xml": bootPom, app: bootApp, "src/main/kotlin/Env.kt": "val a = getEnvVar(\"SHOP_CLIENT_SECRET\")\nval b = System.getenv(\"SHOP_LEVEL\") ?: \"info\"\nval c = System.getenv()[\"SHOP_TOKEN\"]\nval d = requiredEnv(\"SHOP_PASSWORD\")\nval f = EnvironmentUtils.getRequiredProperty(\"SHOP_API_TOKEN\")\nval e = convert(\"OTHER_TOKEN\")\n"},
			[]string{".: secret SHOP_API_TOKEN", ".: secret SHOP_CLIENT_SECRET <- src/main/kotlin/Env.kt:1", ".: env SHOP_LEVEL=info", ".: secret SHOP_TOKEN <- src/main/kotlin/Env.kt:3", ".: secret SHOP_PASSWORD <- src/main/kotlin/Env.kt:4"}, []string{"OTHER_TOKEN"}},
		{"an actuator that a starter of the team's own brings", files{"pom.xml": strings.ReplaceAll(bootPom, "spring-boot-starter-actuator", "acme-starter"), app: bootApp, "src/main/resources/application.yml": "management:\n  endpoints:\n    web:\n      base-path: /\n"},
			[]string{".: health |/health <- src/main/resources/application.yml:4"}, nil},
		{"Dropwizard with the file that the image names", files{"pom.xml": "<project><artifactId>dw</artifactId><dependencies><dependency><artifactId>dropwizard-core</artifactId></dependency></dependencies><build><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin></plugins></build></project>",
			"Dockerfile": "FROM java:8\nCMD [\"server\", \"shop.yml\"]\n", "config/production.yml": "server:\n  applicationConnectors:\n    - type: http\n      port: 9999\n", "config/shop.yml": "server:\n  applicationConnectors:\n    - type: http\n      port: 9090\n", "src/main/java/M.java": "class M { public static void main(String[] a) {} }"}, []string{
			".: command java -jar /app/app.jar server config/shop.yml", ".: port 9090"}, nil},
		{"Spring Boot with properties", files{"pom.xml": bootPom, app: bootApp,
			"src/main/resources/application.properties":     "server.port=${PORT:9000}\nspring.datasource.url=jdbc:mysql://db01.corp.example:3306/shop\nspring.datasource.username=shop\nspring.datasource.password=geheim\nspring.redis.host=cache01.corp.example\nspring.redis.port=6380\nerp.url=https://erp.corp.example:8443/v1\nmail.key=${MAIL_API_KEY}\n",
			"src/main/resources/application-dev.properties": "spring.datasource.url=jdbc:mysql://dev.corp.example/x\n"}, []string{
			".: version 8 <- pom.xml:9", ".: framework spring-boot <- pom.xml:5", ".: command java -jar /app/app.jar", ".: port 9000 <- src/main/resources/application.properties:1 declared",
			".: need mysql host=db01.corp.example db=shop user=shop SPRING_DATASOURCE_URL=jdbc:mysql://{host}:{port}/shop:3306 <- src/main/resources/application.properties:2",
			".: secret SPRING_DATASOURCE_PASSWORD <- src/main/resources/application.properties:4", "note src/main/resources/application.properties:4 spring.datasource.password",
			".: need redis host=cache01.corp.example SPRING_REDIS_HOST={host} SPRING_REDIS_PORT={port}:6380", ".: need http name=erp host=erp.corp.example ERP_URL=https://{host}:{port}/v1:8443",
			".: secret MAIL_API_KEY", ".: health |/actuator/health <- pom.xml:12",
		}, []string{"geheim", "dev.corp", "h2"}},
		{"addresses of one host, and drivers for whatever people bring", files{"pom.xml": strings.Replace(bootPom, "<dependencies>", "<dependencies><dependency><artifactId>postgresql</artifactId></dependency><dependency><artifactId>mssql-jdbc</artifactId></dependency><dependency><artifactId>ojdbc8</artifactId></dependency>", 1), app: bootApp, "src/main/resources/application.yml": "links:\n  shopUrl: https://shop.corp.example\n  loginUrl: https://shop.corp.example/login\n"},
			[]string{".: need http name=links-shop host=shop.corp.example", "note pom.xml:"}, []string{"links-login", "need postgres", "need oracle"}},
		{"an address of variables by their place, and those without a default", files{"pom.xml": bootPom, app: bootApp, "src/main/resources/application.yml": "spring:\n  datasource:\n    url: jdbc:postgresql://${DB_ENDPOINT}/${DB_TITLE}?ssl=true\n    username: ${DB_LOGIN}\n  redis:\n    url: redis://${CACHE}:6380\nshop:\n  level: ${SHOP_LEVEL:info}\n"},
			[]string{".: need postgres DB_ENDPOINT={host}:{port}:5432", ".: need redis CACHE={host}:6380", ".: requires DB_TITLE", ".: requires DB_LOGIN <- src/main/resources/application.yml:4"}, []string{"SPRING_DATASOURCE_URL", "requires SHOP_LEVEL"}},
		{"profiles in one YAML file: one of them is chosen elsewhere", files{"pom.xml": strings.Replace(bootPom, "<scope>test</scope>", "", 1), app: bootApp,
			"src/main/resources/application.yml": "server:\n  port: 8085\n---\nspring:\n  profiles: mysql\n  datasource:\n    url: jdbc:mysql://localhost/shop\n"}, []string{
			".: port 8085 <- src/main/resources/application.yml:2", "note pom.xml:15 h2 runs inside of the process unless a profile chooses mysql", ".: need redis", ".: under mysql need mysql db=shop SPRING_DATASOURCE_URL",
		}, []string{".: need mysql"}},
		{"the profile that the image is started with", files{"pom.xml": bootPom, app: bootApp, "Dockerfile": "FROM eclipse-temurin:17\nENTRYPOINT [\"java\", \"-jar\", \"/app.jar\"]\nCMD [\"--spring.profiles.active=mysql\"]\n",
			"src/main/resources/application.yml": "shop:\n  db:\n    url: jdbc:h2:~/test\n---\nspring:\n  profiles: mysql\nshop:\n  db:\n    url: jdbc:mysql://database:3306/shop\n    password: geheim\n---\nspring:\n  profiles: pg\nshop:\n  db:\n    url: jdbc:postgresql://pg:5432/shop\n"},
			[]string{".: need mysql name=database", ".: secret SHOP_DB_PASSWORD"}, []string{".: need postgres", "geheim"}},
		{"secrets that their keys tell", files{"pom.xml": bootPom, app: bootApp, "src/main/resources/application.yml": "shop:\n  hmacKeys:\n    pay:\n      test: ${SHOP_HMAC_KEY_PAY_TEST}\n      first: ${SHOP_HMAC_KEY_PAY_FIRST:}\n      ttl: ${SHOP_HMAC_KEY_PAY_KEPT:5}\n  oldPrivateKey: ${SHOP_PRIVATE_KEY_OLD}\n  signSecrets:\n    - ${SHOP_CONNECT_APPLICATION_THAT_HAS_A_VERY_LONG_NAME_LIVE_SIGN_SECRET}\n"},
			[]string{".: secret SHOP_HMAC_KEY_PAY_TEST", ".: secret SHOP_HMAC_KEY_PAY_FIRST", ".: secret SHOP_PRIVATE_KEY_OLD", ".: secret SHOP_CONNECT_APPLICATION_THAT", ".: env SHOP_HMAC_KEY_PAY_KEPT=5"}, nil},
		{"the profile that manifests choose", files{"pom.xml": bootPom, app: bootApp, "k8s/shop.yml": "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - env:\n            - name: SPRING_PROFILES_ACTIVE\n              value: pg\n",
			"src/main/resources/application-pg.properties": "spring.datasource.url=${PG_URL:jdbc:postgresql://localhost/shop}\n", "src/main/resources/application-mysql.properties": "spring.datasource.url=jdbc:mysql://localhost/shop\n"},
			[]string{".: need postgres"}, []string{".: need mysql"}},
		{"a database in a file beside the program, which has no account", files{"pom.xml": bootPom, app: bootApp, "src/main/resources/application.properties": "spring.datasource.url=jdbc:sqlite:dev.db?x=1\nspring.datasource.username=\nspring.datasource.password=\narchive.url=jdbc:h2:file:./keep/old;MODE=MySQL\narchive.password=geheim\nlog.url=jdbc:h2:~/log\nscratch.url=jdbc:sqlite::memory:\n"}, []string{
			".: env SPRING_DATASOURCE_URL=jdbc:sqlite:./data/dev.db?x=1 <- src/main/resources/application.properties:1 convention", ".: state data <- src/main/resources/application.properties:1", ".: state keep <- src/main/resources/application.properties:4 declared",
			".: env LOG_URL=jdbc:h2:./data/log", "note src/main/resources/application.properties:7 sqlite in memory"}, []string{"PASSWORD", "geheim", "SCRATCH"}},
		{"placeholders for host and port", files{"pom.xml": bootPom, app: bootApp, "src/main/resources/application.yml": "spring:\n  datasource:\n    url: jdbc:postgresql://${DB_HOST:pg01.corp.example}:${DB_PORT:5432}/${DB_NAME:shop}\n"}, []string{
			".: need postgres host=pg01.corp.example db=shop DB_HOST={host} DB_PORT={port}:5432 <- src/main/resources/application.yml:3",
		}, []string{"need mysql"}},
		{"Maven modules: what runs and what doesn't", files{"pom.xml": "<project><packaging>pom</packaging><artifactId>all</artifactId><properties><java.version>11</java.version></properties></project>",
			"core/pom.xml": "<project><artifactId>core</artifactId></project>", "core/src/main/java/A.java": "class A {}",
			"web/pom.xml": "<project><parent><artifactId>all</artifactId><version>3</version></parent><artifactId>web</artifactId><packaging>war</packaging><dependencies><dependency><artifactId>jakarta.servlet-api</artifactId><version>5.0.0</version></dependency></dependencies></project>"}, []string{
			".: library", "core: library", "web: framework tomcat10 <- web/pom.xml:1", "web: command catalina.sh run", "web: version 11 <- pom.xml:1", "web: port 8080 <- web/pom.xml:1 convention",
		}, nil},
		{"Gradle", files{"build.gradle": "plugins {\n  id 'org.springframework.boot' version '3.1.0'\n  id 'java'\n}\nversion = '2.0'\nsourceCompatibility = '17'\ndependencies {\n  implementation 'org.springframework.boot:spring-boot-starter-webflux'\n  runtimeOnly 'org.postgresql:postgresql'\n  // runtimeOnly 'mysql:mysql-connector-java'\n  testImplementation 'com.h2database:h2'\n}\n",
			"settings.gradle": "rootProject.name = 'stock'\n", "gradlew": "#!/bin/sh\n", "src/main/kotlin/App.kt": "@SpringBootApplication\nclass App\nfun main() { runApplication<App>() }\n"}, []string{
			".: version 17 <- build.gradle:6", ".: framework spring-boot <- build.gradle:2", ".: build gradle build.gradle settings.gradle gradlew", ".: build runs ./gradlew --no-daemon bootJar -> build/libs/stock-2.0.jar", ".: need postgres:0 <- build.gradle:9 convention", ".: port 8080 <- build.gradle:8 convention",
		}, []string{"mysql", "h2"}},
		{"what is switched off, and pages for people", files{"pom.xml": "<project><artifactId>s</artifactId><parent><artifactId>spring-boot-starter-parent</artifactId><version>2.7.0</version></parent><dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>", "src/main/java/A.java": "@SpringBootApplication class A { public static void main(String[] a) {} }",
			"src/main/resources/application.yml": "ldap:\n  enabled: false\n  server:\n    host: ldap.corp.example\nlogo:\n  url: https://www.corp.example/logo.png\nstock:\n  enabled: ${STOCK:false}\n  url: http://stock.corp.example\nletters:\n  base-url: ${LETTERS_URL:https://api.letters.service.gov.uk}\nlogin:\n  redirect-url: ${LOGIN_REDIRECT_URL:http://localhost:3000/in}\n"}, []string{
			"note src/main/resources/application.yml:2 ldap.enabled is false", ".: need http name=stock host=stock.corp.example", ".: env LETTERS_URL=https://api.letters.service.gov.uk", ".: requires LOGIN_REDIRECT_URL"}, []string{"need ldap", "logo", "need http name=letters", "need http name=login"}},
		{"what Maven or the environment puts into Spring's settings, and the description of an interface", files{"pom.xml": "<project><artifactId>s</artifactId><parent><artifactId>spring-boot-starter-parent</artifactId><version>2.7.0</version></parent><dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>\n<profiles><profile><properties><url>jdbc:oracle:thin:@ora1.corp.example:1521:x</url></properties></profile></profiles></project>", "src/main/java/A.java": "@SpringBootApplication class A { public static void main(String[] a) {} }",
			"src/main/resources/application.properties": "flyway.password=${datasource.password}\nmail.password=${smtp.password}\nsmtp.password=${SMTP_SECRET}\nldap.url=${directory.ldap.url}\n", "src/main/resources/api/shop.yaml": "openapi: 3.0.0\nservers:\n  - url: https://shop.corp.example\n"}, []string{
			".: secret DATASOURCE_PASSWORD <- src/main/resources/application.properties:1", ".: secret SMTP_SECRET"}, []string{"SMTP_PASSWORD", "LDAP", "shop.corp", "oracle"}},
		{"Dropwizard", files{"pom.xml": "<project><artifactId>dw</artifactId><dependencies><dependency><artifactId>dropwizard-core</artifactId></dependency></dependencies><build><plugins><plugin><artifactId>maven-shade-plugin</artifactId></plugin></plugins></build></project>",
			"config/service.yml": "server:\n  applicationConnectors:\n    - type: http\n      port: 8180\n", "src/main/java/M.java": "class M { public static void main(String[] a) {} }"}, []string{
			".: framework dropwizard", ".: command java -jar /app/app.jar server config/service.yml", ".: port 8180 <- config/service.yml:4 declared",
		}, nil},
		{"descriptors", files{"pom.xml": "<project><artifactId>w</artifactId><packaging>war</packaging></project>", "src/main/webapp/META-INF/context.xml": "<Context>\n<!-- url=\"jdbc:mysql://old/x\" -->\n<Resource url=\"jdbc:oracle:thin:@ora01.corp.example:1521:ERP\" password=\"geheim\"/></Context>",
			"src/main/resources/beans.xml": "<bean><property name=\"brokerURL\" value=\"tcp://mq01.corp.example:61616\"/></bean>"}, []string{
			".: need oracle host=ora01.corp.example db=ERP:1521 <- src/main/webapp/META-INF/context.xml:3", "note src/main/webapp/META-INF/context.xml:3 a password", ".: need activemq host=mq01.corp.example:61616 <- src/main/resources/beans.xml:1",
		}, []string{"geheim", "old"}},
		{"broken files", files{"pom.xml": "<project><", "a/build.gradle": "{{{", "b/pom.xml": "not xml at all", "src/main/resources/application.yml": "a: [\n"}, []string{"note pom.xml:0 not understood"}, []string{"port"}},
	})
}

func TestJavaConfigServer(t *testing.T) {
	runCases(t, Java(), []readerCase{{"a configuration server's files are the other services'", files{
		"config/pom.xml": strings.Replace(bootPom, "spring-boot-starter-web<", "spring-cloud-config-server<", 1), "config/src/main/java/App.java": bootApp, "config/src/main/resources/application.yml": "server.port: 8888\n",
		"config/src/main/resources/shared/account.yml": "server:\n  port: 6000\nother.url: http://config:8888/x\n", "account/pom.xml": bootPom, "account/src/main/java/App.java": bootApp}, []string{
		"config: port 8888 <- config/src/main/resources/application.yml:1", "account: port 6000 <- config/src/main/resources/shared/account.yml:2",
	}, []string{"name=config"}}})
}

func TestJavaExample(t *testing.T) {
	found := "\n" + strings.Join(said(readFS(t, Java(), os.DirFS("../../examples/ledger/before"))), "\n")
	for _, want := range []string{".: version 8 <- pom.xml:13", ".: framework tomcat9 <- pom.xml:21", ".: command catalina.sh run", ".: port 8080", ".: health |/status <- src/main/webapp/WEB-INF/web.xml:20", ".: secret JDBC_PASSWORD",
		".: env JDBC_USER=ledger", ".: need mysql host=ledgerdb01.corp.example db=ledger user=ledger JDBC_URL=jdbc:mysql://{host}:{port}/ledger?useSSL=false&characterEncoding=utf8:3306 <- src/main/resources/ledger.properties:3",
		"note src/main/resources/ledger.properties:5 jdbc.password", "note src/main/resources/log4j.properties:4 logs to the file"} {
		if !strings.Contains(found, "\n"+want) {
			t.Errorf("missing %s in:%s", want, found)
		}
	}
	if strings.Contains(found, "Kontor2014") || strings.Contains(found, "h2") {
		t.Errorf("a password or a test's library in:%s", found)
	}
}

func TestJavaMajor(t *testing.T) {
	for text, want := range map[string]string{"1.8": "8", "8": "8", "VERSION_1_8": "8", "JavaVersion.VERSION_17": "17", "'11'": "11", "8.0.292-open": "8", "${x}": "", "": ""} {
		if got := javaMajor(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzJava(f *testing.F) {
	f.Add(bootPom, "a=b\nspring.datasource.url=jdbc:mysql://${X:${Y}}/z", "a: &a [*a]\n---\nb: 1", bootApp)
	f.Add("<project><properties><a>${b}</a><b>${a}</b></properties><version>${a}</version><packaging>war</packaging></project>", "url=\\u00", "server.port: 99999999", "System.getenv(\"\")")
	f.Fuzz(func(t *testing.T, pom, props, yml, code string) {
		checkReport(t, read(t, Java(), files{"pom.xml": pom, "g/build.gradle": pom, "src/main/resources/application.properties": props, "src/main/resources/application.yml": yml, "src/main/java/App.java": code,
			"g/src/main/java/App.java": bootApp, "g/src/main/resources/application.yml": yml, "src/main/webapp/WEB-INF/web.xml": pom, "src/main/resources/log4j.properties": props}))
	})
}

// What the compiler is told has one order, not that of a map: release, target, source.
func TestJavaCompiler(t *testing.T) {
	said := strings.Replace(bootPom, "</project>", "<build><plugins><plugin><artifactId>maven-compiler-plugin</artifactId><configuration>\n<source>1.7</source>\n<target>1.8</target>\n</configuration></plugin></plugins></build>\n</project>", 1)
	line := 1 + strings.Count(said[:strings.Index(said, "<target>")], "\n")
	for range 20 {
		runCases(t, Java(), []readerCase{{"target before source", files{"pom.xml": said, "src/main/java/App.java": bootApp}, []string{".: version 8 <- pom.xml:" + itoa(line)}, nil}})
	}
}
