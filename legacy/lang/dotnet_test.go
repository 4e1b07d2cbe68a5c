package lang

import "testing"

const webProject = "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<PropertyGroup>\n<TargetFramework>net6.0</TargetFramework>\n</PropertyGroup>\n"

func TestDotNet(t *testing.T) {
	runCases(t, DotNet(), []readerCase{
		{"one secret in two spellings, and a section that is about passwords", files{"s/s.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><TargetFramework>net8.0</TargetFramework></Project>", "s/appsettings.json": "{\"shopSettings\": {\"webhookKey\": \"SECRET\"}}", "s/Program.cs": "var k = Configuration[\"ShopSettings:WebhookKey\"]; Configuration.GetSection(\"ChangePasswordSettings\");"},
			[]string{"s: secret shopSettings__webhookKey"}, []string{"ShopSettings__WebhookKey", "ChangePassword"}},
		{"mail that .NET sends itself", files{"a.csproj": webProject, "M.cs": "class M {\n  void S() { var c = new SmtpClient(host); }\n}\n"}, []string{".: need smtp:0 <- M.cs:2 guess"}, nil},
		{"secrets in sections that the code keeps", files{"a.csproj": webProject, "S.cs": "var auth = Configuration.GetSection(\"Auth\");\nvar a = auth[\"ClientSecret\"];\nvar b = conf.GetSection(\"Mail\").GetValue<string>(\"Password\");\nvar c = other[\"ApiSecret\"];\nvar d = conf.GetSection(\"Sign\").GetSection(\"Jwt\")[\"Secret\"];\nvar sub = auth.GetSection(\"Google\");\nvar e = sub[\"AppSecret\"] + auth.GetSection(\"Git\")[\"HubSecret\"];\n"},
			[]string{".: secret Auth__ClientSecret <- S.cs:2", ".: secret Mail__Password <- S.cs:3", ".: secret Sign__Jwt__Secret <- S.cs:5", ".: secret Auth__Google__AppSecret <- S.cs:7", ".: secret Auth__Git__HubSecret <- S.cs:7"}, []string{"ApiSecret", "secret Jwt__", "secret Google__", "secret Git__"}},
		{"Entity Framework on a file", files{"Shop/Shop.csproj": "<Project>\n<TargetFrameworkVersion>v4.6</TargetFrameworkVersion>\n<UseIISExpress>true</UseIISExpress>\n</Project>", "Shop/packages.config": "<packages>\n<package id=\"Microsoft.AspNet.Mvc\" version=\"5.2\" />\n<package id=\"EntityFramework\" version=\"6.1.3\" />\n<package id=\"System.Data.SQLite\" version=\"1.0\" />\n</packages>", "Shop/Web.config": "<configuration><connectionStrings>\n<add name=\"ShopContext\" connectionString=\"Data Source=|DataDirectory|Shop.db;BinaryGUID=False;\" providerName=\"System.Data.SQLite\" />\n<!--<add name=\"ShopContext\" connectionString=\"Server=.;Database=shop\" />-->\n<add name=\"Safe\" connectionString=\"Data Source=Safe.db;Password=geheim\" />\n</connectionStrings></configuration>"},
			[]string{"Shop: framework asp.net-mvc", "Shop: secret Safe"}, []string{"mssql", "secret ShopContext", "geheim"}},
		{"jobs that Azure runs beside a web application", files{"j/j.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"><OutputType>Exe</OutputType></Project>", "j/Program.cs": "Console.WriteLine(1);", "p/p.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"><OutputType>Exe</OutputType><WebJobType>Continuous</WebJobType></Project>", "p/Program.cs": "await host.RunAsync();", "q/q.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Worker\"><ProjectReference Include=\"..\\p\\p.csproj\" /></Project>", "q/Program.cs": "Host.Run();", "j/settings.job": "\ufeff{\n \"schedule\": \"0 */5 * * * *\"\n}", "k/k.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"><OutputType>Exe</OutputType></Project>", "k/Properties/webjob-publish-settings.json": "{\n\"runMode\": \"Continuous\"}", "l/l.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"><OutputType>Exe</OutputType></Project>", "l/settings.job": "{\"schedule\": \"0 0 0 0 0 Someday\"}"},
			[]string{"p: command dotnet p.dll", "j: command dotnet j.dll", "j: schedule */5 * * * * <- j/settings.job:2 declared", "k: command dotnet k.dll", "note l/settings.job:1 runs at"}, []string{"k: schedule", "l: schedule"}},
		{"a web application by what it configures", files{"a.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\">\n<OutputType>Exe</OutputType>\n<PackageReference Include=\"Microsoft.AspNetCore.Mvc\" Version=\"2.1.1\" /></Project>", "Startup.cs": "class Startup { void Configure(IApplicationBuilder app) {} }"},
			[]string{".: framework asp.net-core <- a.csproj:3", ".: port 8080"}, nil},
		{"readiness before what only tells of the start", files{"a.csproj": webProject, "S.cs": "e.MapHealthChecks(\"/health/startup\");\ne.MapHealthChecks(\"/health/readiness\");\n"}, []string{".: health |/health/readiness"}, []string{"startup"}},
		{"a server of mails by its port, and an account's password", files{"a.csproj": webProject, "appsettings.json": "{\"Email\": {\"Host\": \"post01\", \"Port\": 25, \"User\": \"shop\", \"Pwd\": \"hunter2\"}, \"Store\": {\"Host\": \"post02\", \"Port\": 8025}}"}, []string{".: need smtp name=post01", ".: secret Email__Pwd"}, []string{"hunter2", "post02:25"}},
		{"a program that builds the others", files{"a/a.csproj": webProject, "build/_build.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\">\n<PropertyGroup><OutputType>Exe</OutputType></PropertyGroup>\n<ItemGroup><PackageReference Include=\"Nuke.Common\" Version=\"8\" /></ItemGroup></Project>"}, []string{"a: command"}, []string{"build: command"}},
		{"what somebody else fills in", files{"a.csproj": webProject, "appsettings.json": "{\"Mail\": {\"Password\": \"[External]\"}}"}, []string{".: secret Mail__Password"}, []string{"value in the code"}},
		{"a service of Windows, and a controller at the path of its class", files{"a.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<PropertyGroup><TargetFramework>net48</TargetFramework></PropertyGroup>\n<PackageReference Include=\"Microsoft.Owin\" Version=\"4\" />\n<PackageReference Include=\"Microsoft.AspNet.WebApi.Owin\" Version=\"5\" />\n</Project>",
			"Program.cs": "class P { static void Main() {\n ServiceBase.Run(new ApiService()); } }\n", "HealthController.cs": "[RoutePrefix(\"api/v2/health\")]\npublic class HealthController : ApiController {\n [HttpGet]\n [Route(\"\")]\n public R Get() {} }", "App.config": "<configuration><appSettings>\n<add key=\"SHOP_DB_CONNECTIONSTRING\" value=\"#{X}#\" />\n</appSettings></configuration>"},
			[]string{".: command a.exe <- Program.cs:2 convention", ".: framework asp.net-webapi", ".: health |/api/v2/health", ".: secret SHOP_DB_CONNECTIONSTRING <- App.config:2"}, []string{"ServiceMonitor", "port 80"}},
		{"one program, which may end, and several", files{"a.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\">\n<PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net8.0</TargetFramework></PropertyGroup>\n", "Program.cs": "Console.WriteLine(1);\n"},
			[]string{".: language csharp <- a.csproj:1", ".: command dotnet a.dll <- a.csproj:1 convention"}, nil},
		{"several programs that may end", files{"a/a.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\">\n<OutputType>Exe</OutputType>\n", "b/b.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\">\n<OutputType>Exe</OutputType>\n"}, []string{"a: language csharp <- a/a.csproj:1 guess"}, []string{"a: command", "b: command"}},
		{"a database in a file beside the program, remarks, and stores of objects to choose from", files{"a.csproj": webProject + "<PackageReference Include=\"AWSSDK.S3\" Version=\"3\" />\n<PackageReference Include=\"Azure.Storage.Blobs\" Version=\"12\" />\n</Project>",
			"appsettings.json": "{\n\"Database\": {\"Type\": \"Sqlite\", \"ConnectionString\": \"Data Source=shop.db;Cache=Shared\"},\n\"ConnectionStrings\": {\"Log\": \"Filename=log/log.sqlite\", \"Main\": \"Server=db;Database=x;Data Source=y.db;Password=geheim\"},\n//\"Kestrel\": {\"Endpoints\": {\"Http\": {\n//  \"Url\": \"http://localhost:8081\" }}}\n\"Logging\": {}\n}\n"},
			[]string{".: env Database__ConnectionString=Data Source=data/shop.db;Cache=Shared <- appsettings.json:2 convention", ".: state data", ".: state log", ".: secret ConnectionStrings__Main", "note a.csproj:5 AWSSDK.S3 is installed beside libraries"}, []string{"secret Database", "secret ConnectionStrings__Log", "need s3", "localhost", "value in the code", "geheim"}},
		{"routes below their controllers", files{"a/a.csproj": webProject, "a/C.cs": "[Route(RoutePaths.Order)]\npublic class OrderController {\n[HttpGet(\"status\")]\n", "b/b.csproj": webProject, "b/C.cs": "[ApiController]\n[Route(\"api/[controller]\")]\npublic class HealthController : Controller {\n[HttpGet]\npublic string Get() => \"ok\";\n",
			"c/c.csproj": webProject, "c/C.cs": "class HomeController {\n[ShopRoute(\"ping\")]\n", "d/d.csproj": webProject, "d/C.cs": "[Route(\"v1/things\")]\nclass ThingController {\n[HttpGet(\"health\")]\n[HttpGet(\"~/healthz\")]\n"},
			[]string{"b: health |/api/health <- b/C.cs:2", "c: health /ping|/ping <- c/C.cs:2", "d: health /healthz|"}, []string{"a: health", "/v1/things"}},
		{"what a package around a driver calls", files{"a.csproj": webProject + "<PackageReference Include=\"Acme.Queue.Redis\" Version=\"1\" />\n", "P.cs": "var a = config.GetConnectionString(\"Redis\");\nvar b = config.GetConnectionString(\"LDAP\");\n"},
			[]string{".: need redis:6379 <- P.cs:1 convention", ".: secret ConnectionStrings__Redis"}, []string{"need ldap"}},
		{"classes that sections of the configuration fill", files{"a.csproj": webProject, "P.cs": "services.Configure<MailSettings>(conf.GetSection(\"Mail\"));\nvar shop = root\n    .GetSection(nameof(ShopConfiguration))\n    .Get<ShopConfiguration>();\nservices.AddOptions<Feed>().BindConfiguration(Feed.Section);\nservices.Configure<Bus>(options => Configuration.Bind(\"Queue\", options));\n",
			"S.cs": "public class MailSettings {\n  public string Host { get; set; }\n  public string? ApiKey { get; set; }\n  public Relay Relay { get; set; }\n}\npublic class Relay {\n  public string Password { get; init; }\n}\npublic record ShopConfiguration {\n  public string ConnectionString { get; set; }\n}\npublic class Feed {\n  public const string Section = \"Shop-Feed\";\n  public const string Name = \"Feed\";\n}\npublic class Unused {\n  public string Password { get; set; }\n}\npublic class Bus {\n  public string ConnectionString { get; set; }\n}\n"},
			[]string{".: secret Mail__ApiKey <- S.cs:3", ".: secret Mail__Relay__Password <- S.cs:7", ".: secret ShopConfiguration__ConnectionString <- S.cs:10", ".: secret Queue__ConnectionString"}, []string{"Unused", "Mail__Host"}},
		{"what any name of the configuration is asked for", files{"a.csproj": webProject, "C.cs": "static string Token(this IConfiguration c) => c.GetValue(\"SPLUNK_TOKEN\", \"\");\nstring Db(IConfiguration conf) => conf[\"DB_PASSWORD\"];\nvar x = rows[\"SOME_TOKEN\"];\n"},
			[]string{".: secret SPLUNK_TOKEN <- C.cs:1", ".: secret DB_PASSWORD <- C.cs:2"}, []string{"SOME_TOKEN"}},
		{"the version of properties that are imported", files{"a/a.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<Import Project=\"..\\Build\\Common.csproj\" /></Project>", "Build/Common.csproj": "<Project>\n<TargetFramework>net9.0</TargetFramework></Project>"},
			[]string{"a: version 9.0 <- Build/Common.csproj:2 declared"}, nil},
		{"secrets among the keys that the code asks for", files{"a.csproj": webProject, "P.cs": "var id = configuration[\"CrmClientId\"];\nvar s = configuration[\"CrmClientSecret\"];\nvar j = builder.Configuration.GetSection(\"Jwt:SigningKey\");\nvar c = config.GetConnectionString(\"Shop\");\n"},
			[]string{".: secret CrmClientSecret <- P.cs:2", ".: secret Jwt__SigningKey <- P.cs:3", ".: secret ConnectionStrings__Shop <- P.cs:4"}, []string{"CrmClientId"}},
		{"a service with the latest data", files{"src/Shop/Shop.csproj": webProject, "src/LatestDataApi/LatestDataApi.csproj": webProject, "src/shop.testdata/shop.testdata.csproj": webProject}, []string{"src/LatestDataApi: command dotnet LatestDataApi.dll", "src/shop.testdata: library"}, []string{"src/LatestDataApi: library"}},
		{"what makes data for tests is no service", files{"src/Shop/Shop.csproj": webProject, "src/ShopTestDataGenerator/ShopTestDataGenerator.csproj": webProject}, []string{"src/Shop: command dotnet Shop.dll", "src/ShopTestDataGenerator: library"}, nil},
		{"an image of the project's own that is built from above", files{"src/Shop/Shop.csproj": webProject + "<ItemGroup><ProjectReference Include=\"..\\Core\\Core.csproj\"/></ItemGroup>", "src/Core/Core.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"/>",
			"src/Shop/Dockerfile": "FROM x\nCOPY [\"src/Shop/Shop.csproj\", \"src/Shop/\"]\n"}, []string{".: command dotnet Shop.dll"}, []string{"src: command"}},
		{"a worker that only its tests use", files{"w/w.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"><OutputType>Exe</OutputType></Project>", "w/Program.cs": "new HostBuilder().Build().Run();", "w.UnitTests/w.UnitTests.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"><ProjectReference Include=\"../w/w.csproj\" /></Project>"},
			[]string{"w: command dotnet w.dll", "w.UnitTests: library"}, []string{"w: library"}},
		{"a web project with its library", files{
			"Shop.sln": "", "src/Shop/Shop.csproj": webProject + "<ItemGroup>\n<ProjectReference Include=\"..\\Data\\Data.csproj\" />\n</ItemGroup></Project>",
			"src/Data/Data.csproj":                    "<Project Sdk=\"Microsoft.NET.Sdk\">\n<PackageReference Include=\"Npgsql.EntityFrameworkCore.PostgreSQL\" Version=\"6.0.0\" />\n<PackageReference Include=\"StackExchange.Redis\" Version=\"2\" /></Project>",
			"src/Shop.Tests/Shop.Tests.csproj":        "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PackageReference Include=\"xunit\" /></Project>",
			"src/Shop/appsettings.json":               "{\n  // kept here\n  \"ConnectionStrings\": {\n    \"Shop\": \"Host=db01.corp.example;Port=5433;Database=shop;Username=shop;Password=hunter2\"\n  },\n  \"Erp\": { \"Url\": \"https://erp.corp.example:8443/api\", \"ApiKey\": \"k3yk3yk3y\" }\n}\n",
			"src/Shop/appsettings.Development.json":   "{\"ConnectionStrings\": {\"Shop\": \"Host=dev.corp.example;Database=shop\"}}",
			"src/Shop/Properties/launchSettings.json": "{\"applicationUrl\": \"http://localhost:5123\"}",
			"src/Shop/Program.cs":                     "var b = WebApplication.CreateBuilder(args);\nvar level = Environment.GetEnvironmentVariable(\"SHOP_LEVEL\") ?? \"info\";\nvar k = builder.Configuration[\"STRIPE_SECRET\"];\napp.MapHealthChecks(\"/healthz\");\n",
		}, []string{
			".: language csharp", ".: version 6.0 <- src/Shop/Shop.csproj:3 declared", ".: framework asp.net-core", ".: build dotnet src/Shop/Shop.csproj src/Data/Data.csproj", ".: command dotnet Shop.dll", ".: port 8080 <- src/Shop/Shop.csproj:1 convention",
			".: need postgres host=db01.corp.example db=shop user=shop:5433 <- src/Shop/appsettings.json:4 declared", ".: need redis:6379 <- src/Data/Data.csproj:3 guess", ".: need http name=erp host=erp.corp.example Erp__Url=https://{host}:{port}/api:8443",
			".: secret ConnectionStrings__Shop <- src/Shop/appsettings.json:4", ".: secret Erp__ApiKey", ".: secret STRIPE_SECRET <- src/Shop/Program.cs:3", ".: env SHOP_LEVEL=info", ".: health /healthz|", "src/Data: library", "src/Shop.Tests: library",
			"note src/Shop/appsettings.json:4 the connection string Shop holds a password",
		}, []string{"hunter2", "k3yk3y", "5123", "dev.corp"}},
		{"ports that the code binds", files{"a/a.csproj": webProject, "a/Program.cs": "\n.UseUrls(\"http://*:5005\")", "b/b.csproj": webProject, "b/appsettings.json": "{\"Kestrel\": {\"Endpoints\": {\"Http\": {\n\"Url\": \"http://0.0.0.0:7001\"}}}}",
			"c/c.csproj": webProject, "c/Program.cs": "o.Listen(IPAddress.Loopback, 9009)"},
			[]string{"a: port 5005 <- a/Program.cs:2 declared", "b: port 7001 <- b/appsettings.json:2 declared", "c: port 9009", "note c/Program.cs:1 listens on localhost only"}, nil},
		{"workers, tools and clients", files{"w/w.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Worker\"><TargetFramework>netcoreapp3.1</TargetFramework><AssemblyName>Mail.Worker</AssemblyName></Project>",
			"x/x.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"><OutputType>Exe</OutputType></Project>", "x/Program.cs": "while (true) { Thread.Sleep(1); } var r = ConnectionMultiplexer.Connect(\"redis01.corp.example:6380\"); var c = new NpgsqlConnection(\"Server=db;Username=u;Password=p;\");",
			"y/y.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"><OutputType>Exe</OutputType></Project>", "y/Program.cs": "Console.WriteLine(1);", "z/z.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\"><OutputType>WinExe</OutputType></Project>"},
			[]string{"w: command dotnet Mail.Worker.dll", "w: version 3.1", "x: command dotnet x.dll", "x: need redis host=redis01.corp.example:6380", "y: language csharp <- y/y.csproj:1 guess", "z: library"}, []string{"port", "y: command", "asp.net"}},
		{"a web site without a project, by its first page", files{"Web.config": "<configuration><system.web><compilation targetFramework=\"4.5\"/></system.web>\n<connectionStrings><add name=\"Main\" connectionString=\"server=db7;database=shop;uid=u;pwd=p\" /></connectionStrings></configuration>", "Default.aspx": "<%@ Page Language=\"VB\" %>", "Admin/Default.aspx": "", "Admin/Web.config": "<configuration></configuration>"},
			[]string{".: version .NET Framework 4.5", ".: framework asp.net", ".: need mssql"}, []string{"Admin: ", "mysql"}},
		{"the old framework", files{"Shop/Shop.csproj": "<Project>\n<ProjectTypeGuids>{349c5851-65df-11da-9384-00065b846f21}</ProjectTypeGuids>\n<TargetFrameworkVersion>v4.7.2</TargetFrameworkVersion>\n<IISUrl>http://localhost:16206/</IISUrl></Project>",
			"Shop/packages.config": "<packages>\n<package id=\"Microsoft.AspNet.Mvc\" version=\"5.2\" />\n<package id=\"EntityFramework\" version=\"6.0.1\" />\n</packages>",
			"Shop/Web.config": "<configuration><connectionStrings>\n<add name=\"Shop\" connectionString=\"Data Source=SQL01.corp.example\\PROD,1444;Initial Catalog=Shop;User Id=shop;Password=pw\" providerName=\"System.Data.SqlClient\" />\n<!--<add name=\"Old\" connectionString=\"Data Source=old.corp.example;Initial Catalog=Old\" />-->\n" +
				"</connectionStrings>\n<appSettings><add key=\"ErpServiceUrl\" value=\"http://erp.corp.example:8090/soap\" /></appSettings><network host=\"mail.corp.example\" port=\"2525\" /></configuration>"},
			[]string{"Shop: version .NET Framework 4.7.2 <- Shop/Shop.csproj:3 declared", "Shop: framework asp.net-mvc <- Shop/packages.config:2", "Shop: need mssql host=sql01.corp.example db=Shop user=shop:1444 <- Shop/Web.config:2", "Shop: need smtp host=mail.corp.example:2525",
				"Shop: need http name=erp host=erp.corp.example:8090", "Shop: port 80 <- Shop/Shop.csproj:3 convention", "note Shop/Shop.csproj:3 .NET Framework 4.7.2 runs on Windows only", "Shop: command C:\\ServiceMonitor.exe w3svc <- Shop/Shop.csproj:4 guess"}, []string{"16206", "Old", "=pw"}},
		{"secrets of web.config", files{"Global.asax": "", "Web.config": "<configuration>\n<connectionStrings><add name=\"Shop\" connectionString=\"Data Source=.;Initial Catalog=Shop;Integrated Security=True\" /></connectionStrings>\n<appSettings><add key=\"shop:busConnectionString\" value=\"\" />\n<add key=\"PasswordScore\" value=\"2\" /></appSettings></configuration>"},
			[]string{".: secret Shop <- Web.config:2", ".: secret shop__busConnectionString <- Web.config:3"}, []string{"PasswordScore"}},
		{"a sample alone", files{"src/Shop.Samples/Shop.Samples.csproj": webProject}, []string{"src/Shop.Samples: command dotnet Shop.Samples.dll"}, nil},
		{"a sample beside a service", files{"Shop.Sample/Shop.Sample.csproj": webProject, "Shop/Shop.csproj": webProject}, []string{"Shop: command dotnet Shop.dll", "Shop.Sample: library"}, nil},
		{"the name of the program by the properties above, and checks in a group", files{"Directory.Build.props": "<Project><PropertyGroup><AssemblyName Condition=\"$(AssemblyName) == ''\">Acme.$(MSBuildProjectName)</AssemblyName></PropertyGroup></Project>", "src/Shop/Shop.csproj": webProject,
			"src/Shop/Checks.cs": "var group = app.MapGroup(Paths.Health);\ngroup.MapHealthChecks(\"/live\");\n", "src/Shop/Paths.cs": "public static class Other { public const string Health = \"/other\"; }\npublic static class Paths { public const string Health = \"/health\"; }\n"},
			[]string{"src/Shop: command dotnet Acme.Shop.dll", "src/Shop: health /health/live|/health/live <- src/Shop/Checks.cs:2"}, []string{"/other"}},
		{"properties and an image above", files{"Directory.Build.props": "<Project><TargetFramework>net8.0</TargetFramework></Project>", "Dockerfile": "FROM mcr.microsoft.com/dotnet/aspnet:8.0\nENTRYPOINT [\"dotnet\", \"Shop.dll\"]\n", "src/Shop/Shop.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />"},
			[]string{".: holds src/Shop <- Dockerfile:2", "src/Shop: version 8.0"}, nil},
		{"what the placeholders of settings lead to", files{"a/a.csproj": webProject, "a/appsettings.json": "{\"settings\": {\"sqlServer\": {\n\"connectionString\": \"SECRET\"}}}", "b/b.csproj": webProject, "b/appsettings.json": "{\"ConnectionStrings\": {\"Default\": \"User ID=postgres;Host=shopdb;Port=5432;Database=shop\"}}"},
			[]string{"a: need mssql:1433 <- a/appsettings.json:2", "a: secret settings__sqlServer__connectionString", "b: need postgres name=shopdb db=shop user=postgres:5432"}, nil},
		{"two services of a solution", files{"src/a/a.csproj": webProject + "<ProjectReference Include=\"../c/c.csproj\" />", "src/b/b.csproj": webProject, "src/c/c.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\" />"},
			[]string{"src/a: command dotnet a.dll", "src/b: command dotnet b.dll", "src/c: library"}, nil},
		{"the version above", files{"Directory.Build.props": "<Project><TargetFrameworks>net48;net6.0;net8.0</TargetFrameworks></Project>", "a/a.csproj": "<Project Sdk=\"Microsoft.NET.Sdk.Web\"></Project>"}, []string{"a: version 8.0 <- Directory.Build.props:1"}, nil},
	})
}

func TestNewestTarget(t *testing.T) {
	for list, want := range map[string]string{"net8.0": "8.0", "net8": "8.0", "net5;net472": "5.0", "netcoreapp2.1;net461": "2.1", "net472": ".NET Framework 4.7.2", "netstandard2.0": "", "net9.0;net10.0": "10.0", "net8.0-windows": "8.0", "": ""} {
		if got := newestTarget(list); got != want {
			t.Errorf("%q: %q, want %q", list, got, want)
		}
	}
}

func FuzzDotNet(f *testing.F) {
	f.Add(webProject, "{\"ConnectionStrings\": {\"a\": \"Server=x;Port=99999999\"}, \"B\": [1, {\"Url\": 5}]}", "<add name=\"a\" connectionString=\"Server=tcp:b,;\" />", "app.Run(\"http://*:70000\")")
	f.Add("<ProjectReference Include=\"..\\a.csproj\" /><ProjectReference Include=\"../../../x\" />", "{", "<!--", "\"host=;\"")
	f.Fuzz(func(t *testing.T, project, settings, config, code string) {
		checkReport(t, read(t, DotNet(), files{"a.csproj": project, "a/a.csproj": webProject + project, "a/appsettings.json": settings, "a/web.config": config, "a/Program.cs": code, "b/b.fsproj": project, "packages.config": config, "Directory.Build.props": project, "c/Global.asax": "", "c/web.config": config}))
	})
}

func TestContextOfASolution(t *testing.T) {
	r := read(t, DotNet(), files{"src/b/Directory.Build.props": "", "src/a/a.csproj": webProject + "<ProjectReference Include=\"..\\c\\c.csproj\" />", "src/b/b.csproj": webProject, "src/c/c.csproj": "<Project Sdk=\"Microsoft.NET.Sdk\" />"})
	got := map[string]string{}
	for _, f := range r.Findings {
		if b := f.Service.Build; b != nil {
			got[f.Dir] = b.Context
		}
	}
	if len(got) != 2 || got["src/a"] != "src" || got["src/b"] != "" {
		t.Errorf("contexts %v: only a uses what lies beside it", got)
	}
}
