package lang

import (
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

// pythonDrivers is what a Python package among the dependencies tells. Debian packages are those of the slim images: the
// first list to compile, the second to run; wheels that bring their libraries along are not in it.
var pythonDrivers = map[string]driver{
	"psycopg2": {"postgres", []string{"gcc", "libc6-dev", "libpq-dev"}, []string{"libpq5"}}, "psycopg2-binary": {kind: "postgres"}, "psycopg2cffi": {"postgres", []string{"gcc", "libc6-dev", "libpq-dev"}, []string{"libpq5"}},
	"psycopg": {"postgres", nil, []string{"libpq5"}}, "psycopg-binary": {kind: "postgres"}, "asyncpg": {kind: "postgres"}, "pg8000": {kind: "postgres"}, "aiopg": {kind: "postgres"},
	"mysqlclient":  {"mysql", []string{"gcc", "libc6-dev", "default-libmysqlclient-dev", "pkg-config"}, []string{"libmariadb3"}},
	"mysql-python": {"mysql", []string{"gcc", "libc6-dev", "default-libmysqlclient-dev"}, []string{"libmariadb3"}}, "pymysql": {kind: "mysql"}, "mysql-connector-python": {kind: "mysql"},
	"mysql-connector": {kind: "mysql"}, "aiomysql": {kind: "mysql"}, "pymssql": {"mssql", []string{"gcc", "libc6-dev", "freetds-dev"}, []string{"libsybdb5"}}, "pyodbc": {"mssql", []string{"g++", "unixodbc-dev"}, []string{"unixodbc"}},
	"django-pyodbc": {kind: "mssql"}, "django-mssql": {kind: "mssql"}, "cx-oracle": {kind: "oracle"}, "oracledb": {kind: "oracle"},
	"redis": {kind: "redis"}, "django-redis": {kind: "redis"}, "django-redis-cache": {kind: "redis"}, "aioredis": {kind: "redis"}, "rq": {kind: "redis"}, "django-rq": {kind: "redis"}, "huey": {kind: "redis"},
	"redis-py-cluster": {kind: "redis"}, "channels-redis": {kind: "redis"}, "flask-redis": {kind: "redis"}, "celery-redbeat": {kind: "redis"}, "arq": {kind: "redis"}, "django-cacheops": {kind: "redis"}, "rq-scheduler": {kind: "redis"}, "hiredis": {build: []string{"gcc", "libc6-dev"}},
	"pymongo": {kind: "mongodb"}, "mongoengine": {kind: "mongodb"}, "motor": {kind: "mongodb"}, "flask-pymongo": {kind: "mongodb"}, "flask-mongoengine": {kind: "mongodb"}, "djongo": {kind: "mongodb"},
	"elasticsearch": {kind: "elasticsearch"}, "elasticsearch-dsl": {kind: "elasticsearch"}, "django-elasticsearch-dsl": {kind: "elasticsearch"}, "elasticutils": {kind: "elasticsearch"},
	"pyelasticsearch": {kind: "elasticsearch"}, "pysolr": {kind: "solr"}, "scorched": {kind: "solr"}, "pika": {kind: "rabbitmq"}, "aio-pika": {kind: "rabbitmq"}, "fedora-messaging": {kind: "rabbitmq"},
	"librabbitmq": {kind: "rabbitmq", build: []string{"gcc", "libc6-dev", "make"}}, "python-memcached": {kind: "memcached"}, "pymemcache": {kind: "memcached"}, "python-binary-memcached": {kind: "memcached"}, "django-pylibmc": {"memcached", []string{"gcc", "libc6-dev", "libmemcached-dev", "zlib1g-dev"}, []string{"libmemcached11"}},
	"pylibmc": {"memcached", []string{"gcc", "libc6-dev", "libmemcached-dev", "zlib1g-dev"}, []string{"libmemcached11"}}, "kafka-python": {kind: "kafka"}, "aiokafka": {kind: "kafka"},
	"confluent-kafka": {kind: "kafka"}, "pykafka": {kind: "kafka"}, "cassandra-driver": {kind: "cassandra"}, "neo4j": {kind: "neo4j"}, "neo4j-driver": {kind: "neo4j"}, "py2neo": {kind: "neo4j"},
	"python-ldap": {"ldap", []string{"gcc", "libc6-dev", "libldap2-dev", "libsasl2-dev"}, []string{"libldap-2.5-0", "libsasl2-2"}}, "django-auth-ldap": {"ldap", []string{"gcc", "libc6-dev", "libldap2-dev", "libsasl2-dev"}, []string{"libldap-2.5-0", "libsasl2-2"}}, "ldap3": {kind: "ldap"},
	"statsd": {kind: "statsd"}, "minio": {kind: "s3"}, "paho-mqtt": {kind: "mqtt"}, "asyncio-mqtt": {kind: "mqtt"}, "aiomqtt": {kind: "mqtt"}, "gmqtt": {kind: "mqtt"}, "hbmqtt": {kind: "mqtt"}, "flask-mqtt": {kind: "mqtt"},

	"lxml":   {build: []string{"gcc", "libc6-dev", "libxml2-dev", "libxslt1-dev"}, runtime: []string{"libxml2", "libxslt1.1"}},
	"pillow": {build: []string{"gcc", "libc6-dev", "libjpeg62-turbo-dev", "zlib1g-dev"}, runtime: []string{"libjpeg62-turbo"}}, "pil": {build: []string{"gcc", "libc6-dev", "libjpeg62-turbo-dev", "zlib1g-dev"}, runtime: []string{"libjpeg62-turbo"}},
	"pycurl": {build: []string{"gcc", "libc6-dev", "libcurl4-openssl-dev", "libssl-dev"}, runtime: []string{"libcurl4"}}, "uwsgi": {build: []string{"gcc", "libc6-dev"}},
	"cryptography": {build: []string{"gcc", "libc6-dev", "libffi-dev", "libssl-dev"}}, "cffi": {build: []string{"gcc", "libc6-dev", "libffi-dev"}}, "bcrypt": {build: []string{"gcc", "libc6-dev", "libffi-dev"}},
	"gevent": {build: []string{"gcc", "libc6-dev"}}, "greenlet": {build: []string{"gcc", "libc6-dev"}}, "meinheld": {build: []string{"gcc", "libc6-dev"}}, "pycrypto": {build: []string{"gcc", "libc6-dev"}},
	"m2crypto": {build: []string{"gcc", "libc6-dev", "libssl-dev", "swig"}}, "xmlsec": {build: []string{"gcc", "libc6-dev", "libxmlsec1-dev", "pkg-config"}, runtime: []string{"libxmlsec1-openssl"}},
	"python3-saml": {build: []string{"gcc", "libc6-dev", "libxmlsec1-dev", "pkg-config"}, runtime: []string{"libxmlsec1-openssl"}}, "python-saml": {build: []string{"gcc", "libc6-dev", "libxmlsec1-dev", "pkg-config"}, runtime: []string{"libxmlsec1-openssl"}}, "pygraphviz": {build: []string{"gcc", "libc6-dev", "libgraphviz-dev"}, runtime: []string{"graphviz"}},
	"python-magic": {runtime: []string{"libmagic1"}}, "weasyprint": {runtime: []string{"libpango-1.0-0", "libpangoft2-1.0-0"}}, "pdfkit": {runtime: []string{"wkhtmltopdf"}}, "wand": {runtime: []string{"imagemagick"}},
	"gdal": {build: []string{"g++", "libgdal-dev"}, runtime: []string{"gdal-bin"}}, "shapely": {runtime: []string{"libgeos-c1v5"}}, "pyscss": {build: []string{"gcc", "libc6-dev", "libpcre3-dev"}}, "numpy": {build: []string{"gcc", "libc6-dev"}},
	"pyyaml": {}, "markupsafe": {}, "simplejson": {}, "pymupdf": {}, "rcssmin": {build: []string{"gcc", "libc6-dev"}}, "rjsmin": {build: []string{"gcc", "libc6-dev"}}, "misaka": {build: []string{"gcc", "libc6-dev", "libffi-dev"}}, "cchardet": {build: []string{"g++"}},
}

// geoDjango are the settings of Django's part for maps.
var geoDjango = scan.MustCompile(`(?m)^[^#\n]*["']django\.contrib\.gis(?:\.db\.backends\.postgis)?["']`)

// maps says that Django's part for maps wants the libraries that it loads by their names, and PostGIS in the database.
func (p *pythonProject) maps() {
	for _, s := range p.sources {
		line := 0
		if strings.Contains(s.text, "django.contrib.gis") {
			line = scan.LineOf(s.text, geoDjango)
		}
		if line == 0 {
			continue
		}
		b := &service.Build{Runtime: []string{"binutils", "gdal-bin"}}
		p.r.Find(scan.Finding{Dir: p.dir, Service: service.Service{Build: b}}, s.file, line, scan.Convention, "django.contrib.gis loads GDAL and GEOS")
		n := scan.Need{Need: service.Need{Kind: "postgres", Extensions: []string{"postgis"}}, Offer: true}
		p.r.Find(scan.Finding{Dir: p.dir, Need: &n}, s.file, line, scan.Convention, "django.contrib.gis wants PostGIS in its database")
		return
	}
}

// pythonModules lead from the module that code imports to the kind of need, where a package is used without its setting.
var pythonModules = map[string]string{"psycopg2": "postgres", "psycopg": "postgres", "asyncpg": "postgres", "pg8000": "postgres", "MySQLdb": "mysql", "pymysql": "mysql", "redis": "redis", "rq": "redis",
	"django_rq": "redis", "huey": "redis", "pymongo": "mongodb", "mongoengine": "mongodb", "motor": "mongodb", "elasticsearch": "elasticsearch", "elasticsearch_dsl": "elasticsearch", "pysolr": "solr",
	"pika": "rabbitmq", "fedora_messaging": "rabbitmq", "memcache": "memcached", "pylibmc": "memcached", "pymemcache": "memcached", "kafka": "kafka", "confluent_kafka": "kafka", "cassandra": "cassandra", "neo4j": "neo4j", "ldap": "ldap", "ldap3": "ldap",
	"statsd": "statsd", "pymssql": "mssql", "cx_Oracle": "oracle"}

// PythonBuilds are the Debian packages that a package of Python's needs to be built, and those that it runs with.
func PythonBuilds(name string) (build, runtime []string) {
	d := pythonDrivers[strings.ToLower(strings.ReplaceAll(name, "_", "-"))]
	return d.build, d.runtime
}
