package lang

import "testing"

func TestJavaEE(t *testing.T) {
	war := func(rest string) string {
		return "<project>\n<artifactId>shop</artifactId>\n<packaging>war</packaging>\n" + rest + "</project>"
	}
	plugin := func(name string) string {
		return "<build><plugins><plugin><artifactId>" + name + "</artifactId></plugin></plugins></build>"
	}
	const (
		ejb  = "package a;\nimport javax.ejb.Stateless;\n@Stateless public class A {}\n"
		rest = "package a;\nimport jakarta.ws.rs.GET;\npublic class B {}\n"
		jms  = "package a;\nimport javax.jms.Message;\n"
		a    = "src/main/java/a/A.java"
	)
	const build = "<project name=\"Shop\" default=\"all\">\n<property file=\"build.properties\"/>\n<property name=\"dist\" value=\"dist\"/>\n<target name=\"compile\"><javac srcdir=\"src\" source=\"1.6\" target=\"1.6\"/></target>\n<target name=\"war\" depends=\"compile\">\n<war destfile=\"${dist}/shop-${version}.war\" webxml=\"WebContent/WEB-INF/web.xml\"/>\n</target></project>"
	runCases(t, Java(), []readerCase{
		{"a WAR by Ant and Ivy", files{"build.xml": build, "build.properties": "# x\nversion = 2.1\n", "ivy.xml": "<ivy-module>\n<dependencies><dependency org=\"junit\" name=\"junit\" rev=\"4\" conf=\"test->default\"/>\n<dependency org=\"redis.clients\" name=\"jedis\" rev=\"2.1\"/></dependencies></ivy-module>",
			"WebContent/WEB-INF/web.xml": "<web-app/>", "WebContent/WEB-INF/lib/postgresql-9.1-901.jdbc4.jar": "x"}, []string{
			".: framework tomcat9", ".: version 6 <- build.xml:4", ".: build runs ant -lib /usr/share/java/ivy.jar war -> dist/shop-2.1.war", ".: packages ant ivy | ", ".: command catalina.sh run <- build.xml:6", ".: need redis", ".: need postgres",
		}, nil},
		{"a jar by Ant with EJBs is for a server, one without a class to start is nothing", files{"a/build.xml": build, "a/src/com/shop/A.java": ejb, "b/build.xml": "<project><jar destfile=\"x.jar\"/></project>"}, []string{"a: framework wildfly26 <- a/src/com/shop/A.java:2", "a: build runs ant war -> "}, []string{"b:"}},
		{"a program that may end, where nothing else runs", files{"pom.xml": "<project><artifactId>job</artifactId><build><plugins><plugin><artifactId>maven-jar-plugin</artifactId><configuration><archive><manifest><mainClass>Job</mainClass></manifest></archive></configuration></plugin></plugins></build></project>", "src/main/java/Job.java": "class Job { public static void main(String[] a) {} }"}, []string{".: command java -jar /app/app.jar"}, []string{"library", "port"}},
		{"a program by Ant", files{"build.xml": "<project>\n<target name=\"jar\">\n<jar destfile=\"out/shop.jar\"><manifest><attribute name=\"Main-Class\" value=\"com.shop.Main\"/></manifest></jar></target></project>", "lib/jetty-server-9.0.jar": "x", "src/com/shop/Main.java": "class Main { public static void main(String[] a) { new Server(8095); } }"}, []string{
			".: framework jetty <- lib/jetty-server-9.0.jar:1", ".: port 8095 <- src/com/shop/Main.java:1", ".: command java -cp /app/app.jar:/app/lib/* com.shop.Main <- build.xml:3", ".: asset lib", ".: build runs ant jar -> out/shop.jar",
		}, nil},
		{"WildFly by its descriptor, with a data source of its own", files{"pom.xml": war(""), a: ejb, "src/main/webapp/WEB-INF/jboss-web.xml": "<jboss-web>\n<context-root>/shop</context-root></jboss-web>", "src/main/webapp/WEB-INF/shop-ds.xml": "<datasource jndi-name=\"java:jboss/datasources/ShopDS\"/>",
			"src/main/resources/META-INF/persistence.xml": "<jta-data-source>java:jboss/datasources/ShopDS</jta-data-source>"}, []string{
			".: framework wildfly26 <- src/main/webapp/WEB-INF/jboss-web.xml:1 declared", ".: port 8080", ".: command sh -c cp -r /opt/jboss/wildfly/standalone /tmp/ && exec", "note src/main/webapp/WEB-INF/jboss-web.xml:2 serves below /shop",
		}, []string{"expects the data source", "tomcat", "standalone-full"}},
		{"a data source that WildFly has to know", files{"pom.xml": war(plugin("wildfly-maven-plugin")), "src/main/resources/META-INF/persistence.xml": "<persistence>\n<jta-data-source>java:/ShopDS</jta-data-source>\n<property name=\"hibernate.dialect\" value=\"org.hibernate.dialect.PostgreSQL95Dialect\"/></persistence>"}, []string{
			".: framework wildfly26 <- pom.xml:4 declared", ".: need postgres:5432", "note src/main/resources/META-INF/persistence.xml:2 expects the data source java:/ShopDS from the application server: WildFly does not start the application until",
		}, nil},
		{"Payara Micro, and the whole of it for messages", files{"a/pom.xml": war(""), "a/src/main/webapp/WEB-INF/glassfish-web.xml": "<x/>", "a/" + a: ejb, "b/pom.xml": war(""), "b/src/main/webapp/WEB-INF/sun-web.xml": "<x/>", "b/" + a: jms}, []string{
			"a: framework payara5", "a: command java -jar /opt/payara/payara-micro.jar", "b: framework payara5", "b: command sh -c cp -r /opt/payara/appserver/glassfish/domains/domain1",
		}, nil},
		{"Liberty with its configuration", files{"pom.xml": war(plugin("liberty-maven-plugin")), "src/main/liberty/config/server.xml": "<server>\n<variable name=\"p\" defaultValue=\"9085\"/>\n<httpEndpoint host=\"*\" httpPort=\"${p}\"/>\n<webApplication contextRoot=\"/api\" location=\"shop.war\"/>\n</server>"}, []string{
			".: framework liberty", ".: port 9085 <- src/main/liberty/config/server.xml:3 declared", ".: asset src/main/liberty/config", "note src/main/liberty/config/server.xml:4 serves below /api", ".: command /opt/ol/wlp/bin/server run defaultServer",
		}, nil},
		{"code that Tomcat can't run, on any server", files{"pom.xml": war("<dependencies><dependency><artifactId>jakarta.jakartaee-api</artifactId><version>10.0.0</version><scope>provided</scope></dependency></dependencies>"), a: rest}, []string{
			".: framework wildfly35 <- src/main/java/a/A.java:2 convention",
		}, []string{"tomcat"}},
		{"REST with a library of its own is for Tomcat", files{"pom.xml": war("<dependencies><dependency><artifactId>jersey-container-servlet</artifactId></dependency></dependencies>"), a: rest}, []string{".: framework tomcat10", ".: command catalina.sh run"}, []string{"wildfly"}},
		{"made for several servers and asking nothing of them", files{"pom.xml": war(""), "src/main/webapp/WEB-INF/jboss-deployment-structure.xml": "<x/>", "src/main/webapp/WEB-INF/glassfish-web.xml": "<x/>"}, []string{".: framework tomcat9"}, []string{"wildfly", "payara"}},
		{"the one of the profile that is always on", files{"pom.xml": war("<profiles><profile><activation><activeByDefault>true</activeByDefault></activation>" + plugin("payara-micro-maven-plugin") + "</profile><profile>" + plugin("wildfly-maven-plugin") + "</profile></profiles>")}, []string{".: framework payara5"}, []string{"wildfly"}},
		{"an EAR holds its modules", files{"pom.xml": "<project><groupId>g</groupId><artifactId>top</artifactId><packaging>pom</packaging><modules><module>web</module><module>beans</module><module>app</module></modules></project>",
			"web/pom.xml":   "<project><parent><groupId>g</groupId><artifactId>top</artifactId></parent><artifactId>web</artifactId><packaging>war</packaging></project>",
			"beans/pom.xml": "<project><parent><groupId>g</groupId><artifactId>top</artifactId></parent><artifactId>beans</artifactId><packaging>ejb</packaging></project>", "beans/" + a: ejb,
			"beans/src/main/resources/META-INF/persistence.xml": "<persistence>\n<jta-data-source>java:/ShopDS</jta-data-source>\n<property name=\"hibernate.dialect\" value=\"org.hibernate.dialect.MySQL5Dialect\"/></persistence>",
			"app/pom.xml": "<project><parent><groupId>g</groupId><artifactId>top</artifactId><version>2</version></parent><artifactId>app</artifactId><packaging>ear</packaging><dependencies><dependency><groupId>g</groupId><artifactId>web</artifactId><type>war</type></dependency><dependency><groupId>g</groupId><artifactId>beans</artifactId><type>ejb</type></dependency></dependencies></project>"}, []string{
			"app: framework wildfly26 <- beans/src/main/java/a/A.java:2 convention", "app: build runs mvn --batch-mode -DskipTests -pl app -am package -> target/app-2.ear", "app: need mysql:3306", "web: library", "beans: library", "app: command sh -c cp -r",
		}, []string{"web: command"}},
	})
}

// FuzzJavaEE feeds what application servers and Ant read.
func FuzzJavaEE(f *testing.F) {
	f.Add("<project name=\"x\" default=\"war\"><property name=\"a\" value=\"${a}${b}\"/><property file=\"${a}\"/><target name=\"t\"><war destfile=\"${a}/../x.war\"/></target></project>", "<server><httpEndpoint httpPort=\"${p}\"/><variable name=\"p\" value=\"${p}\"/></server>", "<dependency org=\"a\" name=\"b\">")
	f.Add("<project><jar destfile=\"/x.jar\"><attribute name=\"Main-Class\" value=\"M\"/></jar></project>", "<context-root>//</context-root>", "<!--")
	f.Fuzz(func(t *testing.T, build, server, ivy string) {
		checkReport(t, read(t, Java(), files{"build.xml": build, "ivy.xml": ivy, "build.properties": ivy, "lib/a-1.jar": "", "web/META-INF/x-ds.xml": server,
			"b/pom.xml": "<project><artifactId>b</artifactId><packaging>war</packaging></project>", "b/src/main/liberty/config/server.xml": server, "b/src/main/webapp/WEB-INF/jboss-web.xml": server}))
	})
}
