package lang

import "strings"

// builtIn are the extensions that every image of PHP has.
var builtIn = wordSet("core ctype curl date dom fileinfo filter ftp hash iconv json libxml mbstring mysqlnd openssl pcre pdo pdo_sqlite phar posix readline reflection session simplexml sodium spl sqlite3 standard tokenizer xml xmlreader xmlwriter zlib random mcrypt_compat")

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// phpExtensions lead from packages to the extensions that they use without always saying so.
var phpExtensions = map[string][]string{
	"laravel/horizon": {"pcntl"}, "laravel/octane": {"pcntl"}, "intervention/image": {"gd", "exif"}, "spatie/laravel-medialibrary": {"gd", "exif"}, "phpoffice/phpspreadsheet": {"gd", "zip"}, "phpoffice/phpexcel": {"gd", "zip"}, "maatwebsite/excel": {"gd", "zip"},
	"mongodb/mongodb": {"mongodb"}, "jenssegers/mongodb": {"mongodb"}, "mongodb/laravel-mongodb": {"mongodb"}, "php-amqplib/php-amqplib": {"sockets", "bcmath"}, "symfony/intl": {"intl"}, "cakephp/cakephp": {"intl"}, "moneyphp/money": {"bcmath"},
	"symfony/amqp-messenger": {"amqp"}, "symfony/redis-messenger": {"redis"}, "adldap2/adldap2": {"ldap"}, "symfony/ldap": {"ldap"}, "drupal/core": {"gd", "pdo_mysql"}, "drupal/core-recommended": {"gd", "pdo_mysql"}, "league/flysystem-ftp": {"ftp"}, "econea/nusoap": {"soap"},
	"codeigniter4/framework": {"intl"}, "mpdf/mpdf": {"gd"}, "dompdf/dompdf": {"gd"}, "barryvdh/laravel-dompdf": {"gd"},
}

// phpDrivers lead from packages to the kind of need that they talk to.
var phpDrivers = map[string]string{
	"predis/predis": "redis", "chrisboulton/php-resque": "redis", "resque/php-resque": "redis", "snc/redis-bundle": "redis", "ext-redis": "redis", "laravel/horizon": "redis", "ext-memcached": "memcached", "ext-memcache": "memcached", "mongodb/mongodb": "mongodb", "jenssegers/mongodb": "mongodb", "mongodb/laravel-mongodb": "mongodb",
	"doctrine/mongodb-odm-bundle": "mongodb", "ext-mongodb": "mongodb", "ext-mongo": "mongodb", "php-amqplib/php-amqplib": "rabbitmq", "php-amqplib/rabbitmq-bundle": "rabbitmq", "vladimir-yuldashev/laravel-queue-rabbitmq": "rabbitmq", "symfony/amqp-messenger": "rabbitmq", "ext-amqp": "rabbitmq", "oldsound/rabbitmq-bundle": "rabbitmq",
	"elasticsearch/elasticsearch": "elasticsearch", "ruflin/elastica": "elasticsearch", "friendsofsymfony/elastica-bundle": "elasticsearch", "solarium/solarium": "solr", "ext-pdo_pgsql": "postgres", "ext-pgsql": "postgres", "ext-pdo_mysql": "mysql", "ext-mysqli": "mysql", "ext-pdo_sqlsrv": "mssql", "ext-sqlsrv": "mssql", "ext-oci8": "oracle", "ext-ldap": "ldap", "adldap2/adldap2": "ldap",
	"league/flysystem-aws-s3-v3": "s3", "drupal/flysystem_s3": "s3", "drupal/s3fs": "s3", "aws/aws-sdk-php-laravel": "s3", "nmred/kafka-php": "kafka", "php-mqtt/client": "mqtt", "php-mqtt/laravel-client": "mqtt", "bluerhinos/phpmqtt": "mqtt", "ext-rdkafka": "kafka",
}

// extensionOf is the extension by which PHP talks to a kind of need.
var extensionOf = map[string]string{"mysql": "pdo_mysql", "postgres": "pdo_pgsql", "mssql": "pdo_sqlsrv", "mongodb": "mongodb", "redis": "redis", "memcached": "memcached"}
