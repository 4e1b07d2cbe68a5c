package lang

import "testing"

const playPlugins = "addSbtPlugin(\"com.typesafe.play\" % \"sbt-plugin\" % \"2.8.1\")\n"

func TestScala(t *testing.T) {
	runCases(t, Scala(), []readerCase{
		{"a build that is a program", files{"project/Build.scala": "import sbt._\nimport PlayProject._\nobject ApplicationBuild extends Build {\n  val appName = \"shop-web\"\n  val deps = Seq(\"a\" % \"b\" % \"1\")\n  val main = PlayProject(appName, \"1.0\", deps, mainLang = JAVA).settings()\n}\n", "project/plugins.sbt": "addSbtPlugin(\"play\" % \"sbt-plugin\" % \"2.0.2\")\n", "conf/routes": "GET / controllers.A.index()\n", "app/controllers/A.java": "class A {}\n"},
			[]string{".: language java <- project/Build.scala:6", ".: framework play <- project/plugins.sbt:1", ".: command sh -c exec /app/bin/shop-web -D", ".: version 8", "note project/Build.scala:6 a build of sbt before 0.13"}, []string{"shop-web: ", "build.sbt"}},
		{"ports of services that it calls", files{"build.sbt": "lazy val shop = (project in file(\".\")).enablePlugins(PlayScala)\nscalaVersion := \"2.13.1\"\n", "project/plugins.sbt": "addSbtPlugin(\"com.typesafe.play\" % \"sbt-plugin\" % \"2.8.8\")\n", "app/A.scala": "package a\nimport play.api.mvc._\nclass A extends InjectedController\n", "conf/routes": "GET / a.A.b\n", "conf/application.conf": "microservice {\n  services {\n    stock-service {\n      host = \"localhost\"\n      port = 8460\n    }\n  }\n}\n"},
			[]string{".: port 9000"}, []string{"port 8460"}},
		{"the name of the whole is not that of a project in it", files{"build.sbt": "val v = \"1\"\nname := \"shop-all\"\nval common = Seq(version := v)\nlazy val api = Project(\"shop-api\", file(\"api\")).enablePlugins(PlayScala).settings(common)\nlazy val lib = Project(\"shop-lib\", file(\"lib\")).settings(common)\n", "project/plugins.sbt": "addSbtPlugin(\"com.typesafe.play\" % \"sbt-plugin\" % \"2.8\")", "api/conf/routes": "", "api/app/C.scala": "class C", "lib/x.scala": "class X"},
			[]string{".: command /app/bin/shop-api -D"}, []string{"bin/shop-all"}},
		{"a name made of other settings", files{"build.sbt": "lazy val team = \"till\"\nlazy val api = (project in file(\".\"))\n  .enablePlugins(PlayScala)\n  .settings(\n    organizationName := \"acme\",\n    moduleName := \"shop-api\",\n    name := s\"${organizationName.value}-${moduleName.value}\"\n  )\n", "conf/routes": "", "app/C.scala": "class C", "project/plugins.sbt": "addSbtPlugin(\"com.typesafe.play\" % \"sbt-plugin\" % \"2.6.20\")\n"},
			[]string{".: command sh -c exec /app/bin/acme-shop-api -D"}, []string{"bin/api"}},
		{"functions of Amazon's", files{"build.sbt": "def lambda(n: String): Project = Project(n, file(n)).settings(libraryDependencies ++= Seq(\n  \"com.amazonaws\" % \"aws-lambda-java-core\" % \"1.4.0\",\n  \"io.netty\" % \"netty-codec\" % \"4\"))\nlazy val mailer = lambda(\"mailer\")\nlazy val web = project.enablePlugins(PlayScala)\n", "mailer/src/main/scala/M.scala": "object M extends App", "web/app/C.scala": "class C", "web/conf/routes": "", "project/plugins.sbt": "addSbtPlugin(\"com.typesafe.play\" % \"sbt-plugin\" % \"2.8.20\")\n"},
			[]string{"mailer: library", ".: framework play"}, []string{"mailer: command"}},
		{"a project with its name in a val", files{"app/A.scala": "class A", "project/plugins.sbt": playPlugins, "build.sbt": "val appName = \"shop-web\"\nlazy val microservice = Project(appName, file(\".\"))\n  .enablePlugins(PlayScala)\n  .settings(TwirlKeys.templateImports ++= Seq(\"a.b.c\"))\nlazy val it = project.in(file(\"it\"))\n"},
			[]string{".: command /app/bin/shop-web", ".: build runs sbt shop-web/stage"}, []string{"a-b-c"}},
		{"projects called like libraries, with settings of other files and the routes of a project that they hold", files{
			"build.sbt":              "lazy val core = project.settings(Settings.common).settings(libraryDependencies += Libs.server)\nlazy val kafka = project\n  .settings(Settings.sink)\n  .enablePlugins(JavaAppPackaging)\n  .dependsOn(core % \"test->test;compile->compile\")\nlazy val stdout = project.settings(Settings.common).enablePlugins(JavaAppPackaging).dependsOn(core)\n",
			"project/Settings.scala": "object Settings {\n  lazy val common = Seq(\n    name := \"shop-collector\"\n  )\n  lazy val sink = common ++ Seq(\n    libraryDependencies += Libs.kafka\n  )\n}\n", "project/Libs.scala": "object Libs {\n  val server = \"org.http4s\" %% \"http4s-blaze-server\" % \"0.23\"\n  val kafka = \"org.apache.kafka\" % \"kafka-clients\" % \"3\"\n}\n",
			"core/src/main/scala/Routes.scala": "object Routes {\n  case GET -> Root / \"health\" => Ok()\n}\n", "kafka/src/main/scala/A.scala": "object A extends App\n", "stdout/src/main/scala/B.scala": "object B extends App\n"},
			[]string{"core: library", "kafka: framework http4s", "kafka: command /app/bin/shop-collector", "kafka: need kafka:9092 <- project/Libs.scala:3", "kafka: health |/health <- core/src/main/scala/Routes.scala:2", "stdout: framework http4s"}, []string{"stdout: need", "sbt-native-packager"}},
		{"a project with a build.sbt of its own, too", files{"build.sbt": "lazy val root = (project in file(\".\")).aggregate(frontend)\nlazy val frontend = (project in file(\"frontend\"))\n  .enablePlugins(PlayScala)\n", "project/plugins.sbt": playPlugins, "frontend/build.sbt": "version := \"1.0\"\n", "frontend/app/A.scala": "class A", "frontend/conf/routes": "GET /healthcheck a.B.c\n"},
			[]string{".: framework play", ".: command /app/bin/frontend", ".: health |/healthcheck", ".: build runs sbt frontend/stage"}, nil},
		{"libraries after another definition, outside of the project", files{"app/A.scala": "class A", "project/plugins.sbt": playPlugins, "build.sbt": "lazy val root = (project in file(\".\")).enablePlugins(PlayScala)\nval playVersion = \"3.0\"\nlibraryDependencies += guice\nlibraryDependencies ++= Seq(\n  \"com.github.karelcemus\" %% \"play-redis\" % \"5\"\n)\n", "conf/application.conf": "logout.url = \"https://shop.corp.example:9443/signed-out\"\n"},
			[]string{".: framework play", ".: need redis:6379 <- build.sbt:5 guess"}, []string{"need http"}},
		{"play in java", files{
			"build.sbt":           "name := \"\"\"Shop Web\"\"\"\nlazy val root = (project in file(\".\")).enablePlugins(PlayJava)\n\n// enablePlugins(PlayScala)\nlibraryDependencies += \"com.h2database\" % \"h2\" % \"1.4\"\nlibraryDependencies += \"redis.clients\" % \"jedis\" % \"3.0\"\nlibraryDependencies += \"org.mongodb\" % \"mongo-java-driver\" % \"3.0\" % Test\n",
			"project/plugins.sbt": playPlugins, "project/build.properties": "sbt.version=1.3.8", "system.properties": "java.runtime.version=11\n", "app/controllers/Home.java": "class Home { String x = System.getenv(\"SHOP_API_KEY\"); }", "conf/routes": "# x\nGET  /health  controllers.Home.health\nGET /  controllers.Home.index\n",
			"conf/application.conf": "# comments\nplay.http.secret.key = \"changeme\"\ndb {\n  default {\n    url = \"jdbc:postgresql://db01.corp.example:5433/shop\"\n    url = ${?SHOP_JDBC_URL}\n    username = shop\n  }\n}\n",
		}, []string{
			".: language java", ".: version 11 <- system.properties:1", ".: framework play <- project/plugins.sbt:1 declared", ".: build sbt build.sbt", ".: build runs sbt stage -> target/universal/stage", ".: port 9000 <- build.sbt:2 convention", ".: health |/health <- conf/routes:2",
			".: command /app/bin/shop-web -Dpidfile.path=/dev/null -Dconfig.override_with_env_vars=true <- build.sbt:2 convention", ".: secret CONFIG_FORCE_play_http_secret_key <- conf/application.conf:2", ".: secret SHOP_API_KEY", ".: secret SHOP_JDBC_URL", ".: need postgres host=db01.corp.example db=shop:5433 <- conf/application.conf:5", ".: need redis:6379 <- build.sbt:6 guess", "note conf/application.conf:2 play.http.secret.key stands here in clear",
		}, []string{"mongodb", "changeme", "need h2"}},
		{"an early Play, whose secret only the command line gives", files{"build.sbt": "name := \"shop\"\nplayJavaSettings\n", "project/plugins.sbt": "addSbtPlugin(\"com.typesafe.play\" % \"sbt-plugin\" % \"2.2.2\")", "conf/application.conf": "application.secret=\"changeme\"\n", "app/A.java": "class A { void x() { client.get(\"/status\"); } }",
			"project/Deps.scala": "object Deps {\n  var all = Seq(\"mysql\" % \"mysql-connector-java\" % v)\n}"}, []string{
			".: language java", ".: framework play", ".: command sh -c exec /app/bin/shop -Dpidfile.path=/dev/null -Dapplication.secret=\"$APPLICATION_SECRET\"", ".: need mysql:3306 <- project/Deps.scala:2 guess",
		}, []string{"/status", "changeme"}},
		{"projects that a function makes, settings and dependencies by name", files{
			"build.sbt":           "val common = Seq(\n  scalaVersion := \"2.13.1\"\n)\nlazy val lib = make(\"lib\").settings(libraryDependencies ++= Seq(redisLib))\nlazy val shopApi = web(\"shop-api\", 9007)\nlazy val root = make(\"all\", Some(\".\")).aggregate(lib, shopApi)\ndef make(name: String, at: Option[String] = None): Project =\n  Project(name, file(at.getOrElse(name))).settings(common)\ndef web(name: String, port: Int): Project = {\n  val own = make(name).enablePlugins(PlayScala).dependsOn(lib)\n    .settings(playDefaultPort := port)\n  own\n}\n",
			"project/plugins.sbt": playPlugins, "project/Libs.scala": "object Libs {\n  val redisLib = \"redis.clients\" % \"jedis\" % \"3\"\n}\n", "lib/src/main/scala/L.scala": "class L", "shop-api/app/A.scala": "class A", "shop-api/conf/prod.routes": "->   /   health.Routes\n",
		}, []string{
			"lib: library", "shop-api: library", ".: framework play", ".: build runs sbt shop-api/stage -> shop-api/target/universal/stage", ".: port 9007 <- build.sbt:5 declared", ".: command /app/bin/shop-api -Dpidfile.path=/dev/null -Dhttp.port=9007 -Dconfig.override_with_env_vars=true",
			".: need redis:6379 <- project/Libs.scala:2 guess", ".: health /ping/ping|/ping/ping <- shop-api/conf/prod.routes:1",
		}, []string{"note"}},
		{"several projects that serve are built from the root", files{"build.sbt": "lazy val a = (project in file(\"a\")).enablePlugins(PlayScala)\nlazy val b = (project in file(\"b\")).enablePlugins(PlayScala)\n", "a/app/A.scala": "class A", "b/app/B.scala": "class B"}, []string{
			"a: context .", "a: build runs sbt a/stage -> target/universal/stage", "b: build runs sbt b/stage -> target/universal/stage",
		}, []string{"note"}},
		{"variables by ciris", files{"build.sbt": "lazy val app = project.in(file(\"app\")).settings(libraryDependencies += \"org.http4s\" %% \"http4s-ember-server\" % \"1\").enablePlugins(JavaAppPackaging)\n", "project/plugins.sbt": "addSbtPlugin(\"com.github.sbt\" % \"sbt-native-packager\" % \"1.9\")",
			"app/src/main/scala/M.scala": "import ciris.*\nobject M extends IOApp.Simple\nval port = env(\"HTTP_PORT\").or(prop(\"http.port\")).as[Port].default(port\"9665\")\nval redis = env(\"REDIS_HOST\").as[Host].default(ip\"127.0.0.1\")\nval redisPort = env(\"REDIS_PORT\").default(port\"6379\")\n"}, []string{
			".: framework http4s", ".: port 9665 <- app/src/main/scala/M.scala:3 declared", ".: env HTTP_PORT=9665", ".: need redis REDIS_HOST={host}:6379 <- app/src/main/scala/M.scala:4",
		}, nil},
		{"akka http in a larger build", files{
			"build.sbt":           "ThisBuild / scalaVersion := \"2.13.4\"\nlazy val core = project.in(file(\"core\"))\nlazy val api = (project in file(\"api\"))\n  .enablePlugins(JavaAppPackaging)\n  .dependsOn(core)\n  .settings(libraryDependencies += \"com.typesafe.akka\" %% \"akka-http\" % \"10.1\")\n",
			"project/plugins.sbt": "addSbtPlugin(\"com.typesafe.sbt\" % \"sbt-native-packager\" % \"1.7\")", "core/src/main/scala/C.scala": "class C", "api/src/main/scala/Main.scala": "object Main extends App {\n Http().newServerAt(\"0.0.0.0\", 8085).bind(path(\"healthz\"))\n val x = sys.env.getOrElse(\"LEVEL\", \"info\") }",
			"api/src/main/resources/application.conf": "redis {\n host = \"redis01.corp.example\"\n host = ${?REDIS_HOST}\n}\n",
		}, []string{".: language scala", ".: version 2.13.4 <- build.sbt:1", ".: framework akka-http", ".: build runs sbt api/stage -> api/target/universal/stage", ".: command /app/bin/api", ".: port 8085 <- api/src/main/scala/Main.scala:2 declared", ".: env LEVEL=info", ".: health /healthz|", ".: need redis host=redis01.corp.example REDIS_HOST={host}:6379", "core: library", "api: library"}, []string{"core: command"}},
		{"the port of a service that is called", files{"build.sbt": "lazy val x = (project in file(\".\")).enablePlugins(PlayScala).settings(PlayKeys.playDefaultPort := 9017)\n", "project/plugins.sbt": "addSbtPlugin(\"org.playframework\" % \"sbt-plugin\" % \"3.0.1\")\n", "conf/application.conf": "microservice {\n services {\n  service-dependencies {\n   host = localhost\n   port = 8459\n  }\n }\n}\n", "app/A.scala": "class A"}, []string{".: port 9017"}, []string{"port 8459"}},
		{"a version that a val holds", files{"build.sbt": "lazy val ofScala = \"2.13.18\"\nscalaVersion := ofScala\nenablePlugins(JavaAppPackaging)\nlibraryDependencies += \"com.typesafe.akka\" %% \"akka-http\" % \"10.1\"\n", "src/main/scala/Main.scala": "object Main extends App { Http().newServerAt(\"0.0.0.0\", 8085) }"}, []string{".: version 2.13.18 <- build.sbt:2"}, nil},
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
