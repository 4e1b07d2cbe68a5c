package lang

var gyp = []string{"python3", "make", "g++"}

// nodeDrivers is what a package of npm among the dependencies tells.
var nodeDrivers = map[string]driver{
	"mysql": {kind: "mysql"}, "mysql2": {kind: "mysql"}, "mariadb": {kind: "mysql"}, "promise-mysql": {kind: "mysql"}, "mysql-promise": {kind: "mysql"},
	"pg": {kind: "postgres"}, "pg-promise": {kind: "postgres"}, "pg-pool": {kind: "postgres"}, "postgres": {kind: "postgres"}, "massive": {kind: "postgres"}, "pg-boss": {kind: "postgres"}, "graphile-worker": {kind: "postgres"}, "loopback-connector-postgresql": {kind: "postgres"}, "loopback-connector-mysql": {kind: "mysql"}, "loopback-connector-mongodb": {kind: "mongodb"},
	"pg-native": {"postgres", append([]string{"libpq-dev"}, gyp...), []string{"libpq5"}}, "tedious": {kind: "mssql"}, "mssql": {kind: "mssql"}, "oracledb": {kind: "oracle"},
	"mongodb": {kind: "mongodb"}, "mongoose": {kind: "mongodb"}, "monk": {kind: "mongodb"}, "mongojs": {kind: "mongodb"}, "mongoskin": {kind: "mongodb"}, "connect-mongo": {kind: "mongodb"}, "mongolian": {kind: "mongodb"}, "mongodb-legacy": {kind: "mongodb"}, "agenda": {kind: "mongodb"},
	"redis": {kind: "redis"}, "ioredis": {kind: "redis"}, "connect-redis": {kind: "redis"}, "handy-redis": {kind: "redis"}, "bull": {kind: "redis"}, "bullmq": {kind: "redis"}, "bee-queue": {kind: "redis"}, "kue": {kind: "redis"}, "resque": {kind: "redis"},
	"node-resque": {kind: "redis"}, "hiredis": {"redis", gyp, nil}, "socket.io-redis": {kind: "redis"}, "cache-manager-redis-store": {kind: "redis"}, "rate-limit-redis": {kind: "redis"},
	"amqplib": {kind: "rabbitmq"}, "amqp": {kind: "rabbitmq"}, "amqp-connection-manager": {kind: "rabbitmq"}, "rascal": {kind: "rabbitmq"}, "rhea": {kind: "activemq"}, "stompit": {kind: "activemq"},
	"kafkajs": {kind: "kafka"}, "kafka-node": {kind: "kafka"}, "no-kafka": {kind: "kafka"}, "node-rdkafka": {"kafka", append([]string{"librdkafka-dev"}, gyp...), []string{"librdkafka1"}},
	"elasticsearch": {kind: "elasticsearch"}, "@elastic/elasticsearch": {kind: "elasticsearch"}, "mongoosastic": {kind: "elasticsearch"}, "solr-client": {kind: "solr"},
	"memcached": {kind: "memcached"}, "memjs": {kind: "memcached"}, "mc": {kind: "memcached"}, "nodemailer": {kind: "smtp"}, "emailjs": {kind: "smtp"}, "nodemailer-smtp-transport": {kind: "smtp"}, "cassandra-driver": {kind: "cassandra"},
	"neo4j-driver": {kind: "neo4j"}, "neo4j": {kind: "neo4j"}, "ldapjs": {kind: "ldap"}, "passport-ldapauth": {kind: "ldap"}, "node-statsd": {kind: "statsd"}, "hot-shots": {kind: "statsd"}, "statsd-client": {kind: "statsd"}, "nats": {kind: "nats"}, "mqtt": {kind: "mqtt"}, "async-mqtt": {kind: "mqtt"}, "minio": {kind: "s3"},

	"bcrypt": {build: gyp}, "node-sass": {build: gyp}, "sqlite3": {build: gyp}, "better-sqlite3": {build: gyp}, "canvas": {build: append([]string{"libcairo2-dev", "libpango1.0-dev", "libjpeg62-turbo-dev", "libgif-dev"}, gyp...), runtime: []string{"libcairo2", "libpango-1.0-0", "libpangocairo-1.0-0", "libjpeg62-turbo", "libgif7"}},
	"libxmljs": {build: gyp}, "bufferutil": {build: gyp}, "utf-8-validate": {build: gyp}, "zmq": {build: append([]string{"libzmq3-dev"}, gyp...), runtime: []string{"libzmq5"}}, "node-expat": {build: gyp}, "iconv": {build: gyp}, "kerberos": {build: append([]string{"libkrb5-dev"}, gyp...), runtime: []string{"libgssapi-krb5-2"}},
	"gm": {runtime: []string{"imagemagick"}}, "imagemagick": {runtime: []string{"imagemagick"}}, "node-imagemagick": {runtime: []string{"imagemagick"}}, "puppeteer": {runtime: []string{"chromium"}}, "fluent-ffmpeg": {runtime: []string{"ffmpeg"}}, "wkhtmltopdf": {runtime: []string{"wkhtmltopdf"}},
	"phantomjs": {runtime: []string{"libfontconfig1", "bzip2"}}, "phantomjs-prebuilt": {runtime: []string{"libfontconfig1", "bzip2"}}, "compute-cluster": {}, "heapdump": {build: gyp}, "farmhash": {build: gyp}, "argon2": {build: gyp}, "unix-dgram": {build: gyp}, "microtime": {build: gyp},
}

// staticTools build a front end: where the files land unless its configuration says otherwise.
var staticTools = []struct{ dep, out string }{
	{"react-scripts", "build"}, {"react-app-rewired", "build"}, {"@craco/craco", "build"}, {"@vue/cli-service", "dist"}, {"@angular/cli", "dist"}, {"angular-cli", "dist"}, {"@angular-devkit/build-angular", "dist"},
	{"gatsby", "public"}, {"@11ty/eleventy", "_site"}, {"@docusaurus/core", "build"}, {"docusaurus", "build"}, {"vuepress", "docs/.vuepress/dist"}, {"hexo", "public"}, {"astro", "dist"}, {"@sveltejs/kit", "build"}, {"vite", "dist"},
	{"ember-cli", "dist"}, {"preact-cli", "build"}, {"parcel-bundler", "dist"}, {"parcel", "dist"}, {"metalsmith", "build"}, {"webpack", "dist"}, {"rollup", ""}, // where a server of files is given what it makes
}
