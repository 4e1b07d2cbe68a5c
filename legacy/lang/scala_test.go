package lang

import "testing"

const playPlugins = "addSbtPlugin(\"com.typesafe.play\" % \"sbt-plugin\" % \"2.8.1\")\n"

func TestScala(t *testing.T) {
	runCases(t, Scala(), []readerCase{
		{"play in java", files{
			"build.sbt":           "name := \"\"\"Shop Web\"\"\"\nlazy val root = (project in file(\".\")).enablePlugins(PlayJava)\n// enablePlugins(PlayScala)\nlibraryDependencies += \"com.h2database\" % \"h2\" % \"1.4\"\nlibraryDependencies += \"redis.clients\" % \"jedis\" % \"3.0\"\nlibraryDependencies += \"org.mongodb\" % \"mongo-java-driver\" % \"3.0\" % Test\n",
			"project/plugins.sbt": playPlugins, "project/build.properties": "sbt.version=1.3.8", "system.properties": "java.runtime.version=11\n", "app/controllers/Home.java": "class Home { String x = System.getenv(\"SHOP_API_KEY\"); }", "conf/routes": "# x\nGET  /health  controllers.Home.health\nGET /  controllers.Home.index\n",
			"conf/application.conf": "# comments\nplay.http.secret.key = \"changeme\"\ndb {\n  default {\n    url = \"jdbc:postgresql://db01.corp.example:5433/shop\"\n    url = ${?SHOP_JDBC_URL}\n    username = shop\n  }\n}\n",
		}, []string{
			".: language java", ".: version 11 <- system.properties:1", ".: framework play <- project/plugins.sbt:1 declared", ".: build sbt build.sbt", ".: build runs sbt stage -> target/universal/stage", ".: port 9000 <- build.sbt:2 convention", ".: health |/health <- conf/routes:2",
			".: command sh -c exec /app/bin/shop-web -Dpidfile.path=/dev/null -Dplay.http.secret.key=\"$APPLICATION_SECRET\"", ".: secret APPLICATION_SECRET <- conf/application.conf:2", ".: secret SHOP_API_KEY", ".: secret SHOP_JDBC_URL", ".: need postgres host=db01.corp.example db=shop:5433 <- conf/application.conf:5", ".: need redis:6379 <- build.sbt:5 guess", "note conf/application.conf:2 play.http.secret.key stands here in clear",
		}, []string{"mongodb", "changeme", "need h2"}},
		{"akka http in a larger build", files{
			"build.sbt":           "ThisBuild / scalaVersion := \"2.13.4\"\nlazy val core = project.in(file(\"core\"))\nlazy val api = (project in file(\"api\"))\n  .enablePlugins(JavaAppPackaging)\n  .dependsOn(core)\n  .settings(libraryDependencies += \"com.typesafe.akka\" %% \"akka-http\" % \"10.1\")\n",
			"project/plugins.sbt": "addSbtPlugin(\"com.typesafe.sbt\" % \"sbt-native-packager\" % \"1.7\")", "core/src/main/scala/C.scala": "class C", "api/src/main/scala/Main.scala": "object Main extends App {\n Http().newServerAt(\"0.0.0.0\", 8085).bind(path(\"healthz\"))\n val x = sys.env.getOrElse(\"LEVEL\", \"info\") }",
			"api/src/main/resources/application.conf": "redis {\n host = \"redis01.corp.example\"\n host = ${?REDIS_HOST}\n}\n",
		}, []string{".: language scala", ".: version 2.13.4 <- build.sbt:1", ".: framework akka-http", ".: build runs sbt api/stage -> api/target/universal/stage", ".: command /app/bin/api", ".: port 8085 <- api/src/main/scala/Main.scala:2 declared", ".: env LEVEL=info", ".: health /healthz|", ".: need redis host=redis01.corp.example REDIS_HOST={host}:6379", "core: library", "api: library"}, []string{"core: command"}},
		{"a library", files{"build.sbt": "name := \"x\"", "src/main/scala/X.scala": "class X"}, []string{".: library"}, []string{"command"}},
	})
}

func FuzzScala(f *testing.F) {
	f.Add("lazy val a = (project in file(\"a\")).enablePlugins(PlayScala)\nlazy val b = project", "a {\n b = ${?X}\n b: \"jdbc:h2:mem\" }\nhttp.port = 99999999", "object M extends App { port\"99999\" }")
	f.Add("lazy val `x-y` = project.in(file(\"../../x\"))", "}}}}{{{", "sys.env(\"\")")
	f.Fuzz(func(t *testing.T, build, conf, code string) {
		checkReport(t, read(t, Scala(), files{"build.sbt": build, "x/build.sbt": "enablePlugins(PlayScala)\n" + build, "x/project/build.properties": "", "project/plugins.sbt": build, "conf/application.conf": conf, "conf/routes": conf, "app/M.scala": code, "x/app/M.java": code, "x/conf/a.conf": conf, "a/src/main/scala/M.scala": code}))
	})
}
