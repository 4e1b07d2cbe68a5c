package lang

import "testing"

func TestMakefileBesideBuildDirectory(t *testing.T) {
	runCases(t, Cpp(), []readerCase{
		{"a Makefile that links the program, with CMake's list in a directory of its own", files{"Makefile": "SHOP := shopd\nall: $(SHOP)\n$(SHOP): $(OBJS)\n\t$(CXX) $(LDFLAGS) -o $@ $^\n", "build/CMakeLists.txt": "project(shopd)\nadd_executable(${PROJECT_NAME} ../daemon/a.cpp)\n", "daemon/a.cpp": "int main() { listen(fd, 5); }\n"},
			[]string{".: language cpp", ".: command /usr/local/bin/shopd <- Makefile:4"}, []string{"build: "}},
		{"secrets that an example below contrib and the defaults of its unit only show", files{"CMakeLists.txt": "project(shopd)\nadd_executable(shopd a.cpp)\n", "a.cpp": "int main() { listen(fd, 5); }\n", "contrib/shopd.conf": "[http]\n# pass = changeme\n# keys = web-keys.dat\nport = 7071\n", "etc/default/shopd": "# SHOP_PASS=\"\"\n# SHOP_HOST=\"localhost\"\n", "etc/default/other": "# OTHER_PASS=\"\"\n"},
			[]string{".: secret http_pass <- contrib/shopd.conf:2", ".: secret SHOP_PASS <- etc/default/shopd:1", ".: port 7071"}, []string{"OTHER_PASS", "http_keys", "SHOP_HOST"}},
		{"the port among the options of Boost", files{"CMakeLists.txt": "project(shopd)\nadd_executable(shopd a.cpp)\n", "a.cpp": "d.add_options()\n  (\"db.port\", po::value<int>()->default_value(5432), \"\")\n  (\"port,p\", po::value<int>(&port)->default_value(9042), \"where\");\nlisten(fd, 5);\n"},
			[]string{".: port 9042 <- a.cpp:3"}, []string{"5432"}},
	})
}

func TestCpp(t *testing.T) {
	runCases(t, Cpp(), []readerCase{
		{"what Automake includes, and the port that is the program's own by its name", files{"configure.ac": "AC_INIT([queued])\n", "Makefile.am": "bin_PROGRAMS=\nsbin_PROGRAMS= \ninclude server/include.am\n", "server/include.am": "sbin_PROGRAMS+= server/queued\n", "server/a.cc": "if (listen(sfd, 1) == -1)", "server/common.h": "#define SERVER_PORT \"7003\"\n", "server/protocol.h": "#define OTHER_DEFAULT_PORT 99\n#define X 1\n", "server/queue.h": "#define QUEUE_DEFAULT_TCP_PORT 4730\n"},
			[]string{".: command /usr/local/sbin/queued <- server/include.am:1", ".: port 4730 <- server/queue.h:1"}, []string{"PROGRAMS", "7003"}},
		{"the project's own program before those of tools", files{"CMakeLists.txt": "project(\n  shopd\n  LANGUAGES CXX)\nadd_subdirectory(src)\n", "src/CMakeLists.txt": "add_executable(${CMAKE_PROJECT_NAME} a.cpp)\n", "Tools/Stats/CMakeLists.txt": "project(stats)\nadd_executable(Stats a.cpp)\n", "src/a.cpp": "static const char DEFAULT_PORTS[] = \"7171\";\nint main() { listen(fd, 5); }\n"},
			[]string{".: command /usr/local/bin/shopd <- src/CMakeLists.txt:1", ".: port 7171 <- src/a.cpp:1 convention"}, []string{"Stats"}},
		{"cmake", files{"CMakeLists.txt": "project(shop)\nfind_package(PostgreSQL)\nadd_executable(shop_test t.cpp)\nadd_executable(${PROJECT_NAME}d src/main.cpp)\nadd_executable(shopd src/main.cpp)\n", "src/CMakeLists.txt": "", "src/main.cpp": "int main() {\n addr.sin_port = htons(9000);\n listen(fd, 5);\n getenv(\"SHOP_TOKEN\"); }", "tests/t.cpp": "htons(1)"},
			[]string{".: language cpp <- src/main.cpp:3", ".: command /usr/local/bin/shopd <- CMakeLists.txt:5 convention", ".: port 9000 <- src/main.cpp:2 convention", ".: packages libpq-dev | libpq5", ".: need postgres:5432 <- CMakeLists.txt:2 guess", ".: secret SHOP_TOKEN <- src/main.cpp:4"}, []string{"_test"}},
		{"the configuration in XML before the port of another system", files{"configure.ac": "AC_INIT([callerd])\n", "Makefile.am": "bin_PROGRAMS = callerd\n", "src/a.cpp": "#define DEFAULT_TRACER_PORT (9060)\nlisten(fd, 5);\n", "caller.conf.xml": "<caller>\n  <!-- <admin port=\"1\"> -->\n  <admin port=\"9022\" secret=\"x\">127.0.0.1</admin>\n</caller>\n"}, []string{".: port 9022 <- caller.conf.xml:3 convention"}, []string{"9060"}},
		{"an example of the configuration before a port in a header", files{"configure.ac": "AC_INIT([proxyd])\n", "Makefile.am": "bin_PROGRAMS = proxyd\n", "proxyd.c": "if (listen(sfd, port) == -1)", "reqs.h": "#define HTTP_PORT 80\n", "etc/proxyd.conf.in": "# the port\nPort 8888\n"},
			[]string{".: port 8888 <- etc/proxyd.conf.in:2 convention"}, []string{"port 80 "}},
		{"a configuration in YAML", files{"configure.ac": "AC_INIT([proxyd])\n", "Makefile.am": "sbin_PROGRAMS = proxyd\n", "proxyd.c": "if (listen(sfd, port) == -1)", "nc.h": "#define HASH_PORT 11211\n", "conf/proxyd.yml": "alpha:\n  listen: 127.0.0.1:22121\n"},
			[]string{".: port 22121 <- conf/proxyd.yml:2 convention"}, []string{"11211"}},
		{"a protocol of its own", files{"configure.ac": "AC_INIT([queued])\n", "Makefile.am": "bin_PROGRAMS = queued\n", "a.c": "int\nrun() { listen(fd, 5); }\n", "b.c": "put(\"INSERTED\");\n"}, []string{".: speaks tcp <- a.c:2 convention"}, nil},
		{"HTTP beside a socket", files{"configure.ac": "AC_INIT([queued])\n", "Makefile.am": "bin_PROGRAMS = queued\n", "a.c": "listen(fd, 5);\n", "b.c": "put(\"HTTP/1.1 200 OK\");\n"}, nil, []string{"speaks"}},
		{"HTTP in a file that helps", files{"configure.ac": "AC_INIT([queued])\n", "Makefile.am": "bin_PROGRAMS = queued\n", "a.cpp": "listen(fd, 5);\n", "src/utils/http.cpp": "put(\"HTTP/1.1 200 OK\");\n"}, nil, []string{"speaks"}},
		{"HTTP by Poco", files{"configure.ac": "AC_INIT([queued])\n", "Makefile.am": "bin_PROGRAMS = queued\n", "a.cpp": "#include <Poco/Net/HTTPServerParams.h>\nServerSocket(80);\n"}, nil, []string{"speaks"}},
		{"HTTP by uWebSockets", files{"configure.ac": "AC_INIT([queued])\n", "Makefile.am": "bin_PROGRAMS = queued\n", "a.cpp": "uWS::App().listen(80, f);\n"}, nil, []string{"speaks"}},
		{"the port of an example of its configuration", files{"configure.ac": "AC_INIT([statd])\n", "Makefile.am": "bin_PROGRAMS = statd\n", "statd.c": "if (listen(sfd, port) == -1)", "statd.conf.example": "[statd]\nudp_port=8124\nport = 8125\n", "other.conf": "port = 99\n"},
			[]string{".: port 8125 <- statd.conf.example:3 convention"}, []string{"port 99", "port 8124"}},
		{"autotools", files{"configure.ac": "AC_INIT([cached])\nAC_CHECK_LIB([event], [x])\n", "Makefile.am": "bin_PROGRAMS = cached\n", "cached.c": "settings.port = 11311;\nif (listen(sfd, 1) == -1)"},
			[]string{".: language c", ".: build autotools", ".: command /usr/local/bin/cached <- Makefile.am:1", ".: port 11311", ".: packages libevent-dev | libevent-2.1-7"}, nil},
		{"a daemon that its help tells to stay in the foreground", files{"configure.ac": "AC_INIT([shop])\n", "src/Makefile.am": "bin_PROGRAMS = shop\n", "src/main.c": "#define PORT 8888\nprintf(\"  -c FILE  Configuration.\\n\"\n  \"  -d       Do not daemonize (run in foreground).\\n\");\nlisten(fd, 5);\n"},
			[]string{".: command /usr/local/bin/shop -d <- src/main.c:3 convention"}, nil},
		{"an option that sends the daemon to the background", files{"configure.ac": "AC_INIT([shop])\n", "Makefile.am": "bin_PROGRAMS = shop\n", "main.c": "puts(\"  -d  daemonize (default: stay in foreground)\");\nlisten(fd, 5);\n"}, []string{".: command /usr/local/bin/shop <- Makefile.am:1"}, nil},
		{"and one that keeps it from going there", files{"configure.ac": "AC_INIT([b])\n", "Makefile.am": "bin_PROGRAMS = b\n", "main.c": "puts(\"  -d  run as a daemon instead of in the foreground\");\nputs(\"  -n  don't become a daemon, stay in the foreground\");\nlisten(fd, 5);\n"},
			[]string{".: command /usr/local/bin/b -n <- main.c:2"}, nil},
		{"a help with two such options", files{"configure.ac": "AC_INIT([b])\n", "Makefile.am": "bin_PROGRAMS = b\n", "main.c": "puts(\"-f  run in the foreground\");\nputs(\"-n  do not fork\");\nlisten(fd, 5);\n"},
			[]string{".: command /usr/local/bin/b <- Makefile.am:1 convention"}, nil},
		{"secrets in an example of its configuration, and the port of its pages", files{"CMakeLists.txt": "add_executable(fetchd a.cpp)\n", "a.cpp": "listen(1, 2);\nudata.http_port = 8083;\n", "etc/fetchd.conf.sample": "[database]\nhost = db\npassword = changeme\n", "etc/other.conf.sample": "[x]\npassword = changeme\n"},
			[]string{".: port 8083 <- a.cpp:2 convention", ".: secret database_password <- etc/fetchd.conf.sample:3 convention", "note etc/fetchd.conf.sample:3 an example of the file of settings"}, []string{"x_password", "changeme"}},
		{"a Makefile that says what Automake's would, with Python for the tests", files{"configure.ac": "AC_INIT([Poold])\n", "Makefile": "include config.mak\nbin_PROGRAMS = poold\npoold_SOURCES = src/main.c\n", "src/main.c": "listen(1, 2);\n", "etc/poold.ini": "[poold]\nlisten_port = 6432\n"},
			[]string{".: language c <- src/main.c:1", ".: command /usr/local/bin/poold <- Makefile:2", ".: port 6432 <- etc/poold.ini:2"}, nil},
		{"two daemons of one build", files{"configure.ac": "AC_INIT([shop])\n", "a/Makefile.am": "sbin_PROGRAMS = shopd\n", "b/Makefile.am": "sbin_PROGRAMS = shop-scheduler shop-client shopadm\n", "a/main.c": "daemon_port = 10245;\nif (listen(sfd, 1) == -1)"},
			[]string{".: command /usr/local/sbin/shopd", ".: port 10245 <- a/main.c:1 convention", "shop-scheduler: command /usr/local/sbin/shop-scheduler <- b/Makefile.am:1 convention"}, []string{"shop-client", "shopadm"}},
		{"a program that does not listen counts alone", files{"CMakeLists.txt": "add_executable(x a.c)", "a.c": "int main() {}"}, []string{".: command /usr/local/bin/x <- CMakeLists.txt:1"}, nil},
		{"make, and a port in quotes", files{"Makefile": "TARG=queued\nOBJS=\\\n\tmain.o\nall: $(TARG)\n$(TARG): $(OBJS)\n\t$(LINK.o) -o $@ $^\nct/_check: ct/c.o\n\t$(CC) -o $@ $<\n%.o: %.c\n\t$(CC) -c -o $@ $<\n", "main.c": "#define Portdef \"11300\"\nlisten(fd, 1024);"},
			[]string{".: language c <- main.c:2 declared", ".: build make", ".: command /usr/local/bin/queued <- Makefile:6", ".: port 11300 <- main.c:1"}, []string{"_check"}},
		{"a configure of its own", files{"configure": "#!/bin/sh\n", "Makefile.in": "bin/turnd: deps\n\t${CC} ${FLAGS} a.c -o $@\n", "a.c": "listen(1, 2);"}, []string{".: build autotools", ".: command /usr/local/bin/turnd <- Makefile.in:2"}, nil},
		{"a macro of the project's own", files{"CMakeLists.txt": "shop_add_executable(shopd main.cpp)\n", "main.cpp": "int main() { listen(1, 2); }"}, []string{".: language cpp", ".: command /usr/local/bin/shopd <- CMakeLists.txt:1"}, nil},
		{"meson", files{"meson.build": "project('x', 'c')\nexecutable('xd', 'x.c')\n", "x.c": "listen(1, 2);"}, []string{".: build meson", ".: command /usr/local/bin/xd <- meson.build:2"}, nil},
		{"SCons, with a library of others in another language", files{"SConstruct": "env.Program(target='test_runner', source=['t.c'])\nhashd = env.Program('build/hashd', ['hashd.c'])\n", "hashd.c": "#define HTTP_PORT 8673\nlisten(1, 2);", "deps/mix/mix.cpp": "#define PORT 99\n"}, []string{".: language c ", ".: build scons", ".: command /usr/local/bin/hashd <- SConstruct:2", ".: port 8673 <- hashd.c:1"}, []string{"test_runner", "language cpp", "port 99"}},
		{"a Makefile of a project in another language", files{"Makefile": "build:\n\tgo build -o app .\n", "x.c": "listen(1, 2);"}, nil, []string{"command", "language"}},
		{"a library, and an extension of other code", files{"CMakeLists.txt": "add_library(x)", "x.c": "listen(1, 2);", "ext/a.c": ""}, nil, []string{"command", "language"}},
	})
}

func FuzzCpp(f *testing.F) {
	f.Add("project(a)\nadd_executable(${PROJECT_NAME} a.c)", "listen(1); htons(99999)")
	f.Add("bin_PROGRAMS = d", "#define PORT 0")
	f.Add("A=$(A)$(B)\nB=$(A)\n$(A)d: x\n\t$(CC) -o $@", "")
	f.Fuzz(func(t *testing.T, build, code string) {
		checkReport(t, read(t, Cpp(), files{"CMakeLists.txt": build, "main.c": code, "a/configure.ac": build, "a/Makefile.am": build, "a/include.am": build, "b/Makefile": build, "b/main.c": code, "c/meson.build": build, "a/b.cpp": code}))
	})
}
