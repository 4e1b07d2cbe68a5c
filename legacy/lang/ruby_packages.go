package lang

import (
	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	pqPackages    = driver{"postgres", []string{"libpq-dev"}, []string{"libpq5"}}
	myPackages    = driver{"mysql", []string{"default-libmysqlclient-dev"}, []string{"libmariadb3"}}
	execJS        = driver{build: []string{"nodejs"}, runtime: []string{"nodejs"}} // a JavaScript runtime, which it looks for when it is loaded
	magick        = driver{runtime: []string{"imagemagick"}}
	redisDriver   = driver{kind: "redis"}
	elasticDriver = driver{kind: "elasticsearch"}
)

// rubyDrivers is what a gem of the Gemfile tells.
var rubyDrivers = map[string]driver{
	"pg": pqPackages, "do_postgres": pqPackages, "activerecord-postgis-adapter": {kind: "postgres"}, "mysql2": myPackages, "mysql": myPackages, "do_mysql": myPackages, "trilogy": {kind: "mysql"}, "tiny_tds": {"mssql", []string{"freetds-dev"}, []string{"libsybdb5"}},
	"activerecord-sqlserver-adapter": {kind: "mssql"}, "ruby-oci8": {kind: "oracle"}, "activerecord-oracle_enhanced-adapter": {kind: "oracle"}, "sqlite3": {build: []string{"libsqlite3-dev"}, runtime: []string{"libsqlite3-0"}},
	"mongoid": {kind: "mongodb"}, "mongo": {kind: "mongodb"}, "mongo_mapper": {kind: "mongodb"}, "moped": {kind: "mongodb"},
	"redis": redisDriver, "redis-rails": redisDriver, "redis-store": redisDriver, "redis-client": redisDriver, "redis-namespace": redisDriver, "hiredis": redisDriver, "sidekiq": redisDriver, "resque": redisDriver, "govuk_sidekiq": redisDriver, "ohm": redisDriver,
	"redis-actionpack": redisDriver, "readthis": redisDriver, "sidekiq-pro": redisDriver,
	"bunny": {kind: "rabbitmq"}, "amqp": {kind: "rabbitmq"}, "sneakers": {kind: "rabbitmq"}, "march_hare": {kind: "rabbitmq"}, "hutch": {kind: "rabbitmq"}, "govuk_message_queue_consumer": {kind: "rabbitmq"}, "stomp": {kind: "activemq"}, "mqtt": {kind: "mqtt"}, "paho-mqtt": {kind: "mqtt"},
	"dalli": {kind: "memcached"}, "memcached": {"memcached", []string{"libmemcached-dev", "libsasl2-dev"}, []string{"libmemcached11"}}, "memcache-client": {kind: "memcached"}, "ruby-kafka": {kind: "kafka"}, "rdkafka": {kind: "kafka"}, "karafka": {kind: "kafka"}, "racecar": {kind: "kafka"},
	"elasticsearch": elasticDriver, "elasticsearch-model": elasticDriver, "elasticsearch-rails": elasticDriver, "searchkick": elasticDriver, "chewy": elasticDriver, "tire": elasticDriver, "sunspot_rails": {kind: "solr"}, "sunspot": {kind: "solr"}, "rsolr": {kind: "solr"},
	"cassandra-driver": {kind: "cassandra"}, "neo4j": {kind: "neo4j"}, "net-ldap": {kind: "ldap"}, "devise_ldap_authenticatable": {kind: "ldap"}, "statsd-ruby": {kind: "statsd"}, "statsd-instrument": {kind: "statsd"}, "shoryuken": {kind: "sqs"},
	"aws-sdk-s3": {kind: "s3"}, "aws-sdk": {kind: "s3"}, "carrierwave-aws": {kind: "s3"}, "fog-aws": {kind: "s3"}, "aws-s3": {kind: "s3"},

	"execjs": execJS, "uglifier": execJS, "coffee-rails": execJS, "coffee-script": execJS, "autoprefixer-rails": execJS, "terser": execJS, "barber": execJS, "ember-rails": execJS, "react-rails": execJS,
	"rmagick": {build: []string{"libmagickwand-dev", "pkg-config"}, runtime: []string{"imagemagick", "libmagickwand-6.q16-6"}}, "mini_magick": magick, "paperclip": magick, "kt-paperclip": magick, "dragonfly": magick, "image_processing": {runtime: []string{"libvips42"}}, "ruby-vips": {runtime: []string{"libvips42"}},
	"nokogiri": {build: []string{"pkg-config", "libxml2-dev", "libxslt1-dev", "zlib1g-dev"}, runtime: []string{"libxml2", "libxslt1.1"}}, "curb": {build: []string{"libcurl4-openssl-dev"}, runtime: []string{"libcurl4"}}, "typhoeus": {runtime: []string{"libcurl4"}}, "patron": {build: []string{"libcurl4-openssl-dev"}, runtime: []string{"libcurl4"}},
	"charlock_holmes": {build: []string{"libicu-dev", "zlib1g-dev"}, runtime: []string{"libicu72"}}, "rugged": {build: []string{"cmake", "pkg-config", "libssl-dev"}}, "ffi": {build: []string{"libffi-dev"}}, "eventmachine": {build: []string{"libssl-dev"}}, "idn-ruby": {build: []string{"libidn11-dev"}, runtime: []string{"libidn12"}},
	"wicked_pdf": {runtime: []string{"wkhtmltopdf"}}, "pdfkit": {runtime: []string{"wkhtmltopdf"}}, "streamio-ffmpeg": {runtime: []string{"ffmpeg"}}, "ruby-filemagic": {build: []string{"libmagic-dev"}, runtime: []string{"libmagic1"}}, "rgeo": {build: []string{"libgeos-dev"}, runtime: []string{"libgeos-c1v5"}},
	"grover": {runtime: []string{"chromium"}}, "tzinfo": {runtime: []string{"tzdata"}},
}

// implied are the variables that a gem's library reads by itself, with what they lead to.
var implied = []struct{ gem, kind, variable, value string }{
	{"sidekiq", "redis", "REDIS_URL", "redis://{host}:{port}/0"}, {"govuk_sidekiq", "redis", "REDIS_URL", "redis://{host}:{port}/0"}, {"redis", "redis", "REDIS_URL", "redis://{host}:{port}/0"},
	{"dalli", "memcached", "MEMCACHE_SERVERS", "{host}:{port}"}, {"elasticsearch", "elasticsearch", "ELASTICSEARCH_URL", "http://{host}:{port}"}, {"elasticsearch-model", "elasticsearch", "ELASTICSEARCH_URL", "http://{host}:{port}"},
	{"searchkick", "elasticsearch", "ELASTICSEARCH_URL", "http://{host}:{port}"},
}

// implied points libraries that read a variable by themselves to their need.
func (p *rubyProject) implied(drivers map[string]dependency) {
	if dep, ok := p.gems.find("activerecord-postgis-adapter"); ok {
		n := scan.Need{Need: service.Need{Kind: "postgres", Extensions: []string{"postgis"}}, Offer: true}
		p.r.Find(scan.Finding{Dir: p.dir, Need: &n}, dep.file, dep.line, scan.Declared, dep.name+" wants PostGIS in its database")
	}
	set := map[string]bool{}
	for _, s := range p.infer.needs {
		if len(s.need.Env) > 0 {
			set[s.need.Kind] = true
		}
	}
	for _, i := range implied {
		dep, ok := p.gems.find(i.gem)
		if !ok || set[i.kind] || drivers[i.kind].name == "" {
			continue
		}
		set[i.kind] = true
		p.infer.claimed[i.variable] = true
		n := scan.Need{Need: service.Need{Kind: i.kind, Port: scan.DefaultPort(i.kind)}, Env: map[string]string{i.variable: i.value}}
		p.infer.add(n, dep.file, dep.line, scan.Convention, dep.name+" reads "+i.variable+" by itself")
	}
}
