package host

import (
	"strings"
	"testing"
)

func TestMaskCommand(t *testing.T) {
	for command, want := range map[string]string{
		"app --password CANARY --port 8000":                              "app --password *** --port 8000",
		"app --password=CANARY -v":                                       "app --password=*** -v",
		"app --api-key 'CANARY'":                                         "app --api-key ***",
		"mysql -u root -pCANARY shop":                                    "mysql -u root -p*** shop",
		"/usr/bin/mysqldump -pCANARY shop":                               "/usr/bin/mysqldump -p*** shop",
		"redis-cli -a CANARY ping":                                       "redis-cli -a *** ping",
		"redis-server --requirepass CANARY":                              "redis-server --requirepass ***",
		"curl -u ops:CANARY http://x/":                                   "curl -u ops:*** http://x/",
		"curl --user=ops:CANARY http://x/":                               "curl --user=ops:*** http://x/",
		"curl http://x/?token=CANARY&page=2":                             "curl http://x/?token=***&page=2",
		"app postgres://shop:CANARY@db/shop":                             "app postgres://shop:***@db/shop",
		"git clone https://CANARY@github.com/x":                          "git clone https://***@github.com/x",
		"java -Djavax.net.ssl.trustStorePassword=CANARY -jar x.jar":      "java -Djavax.net.ssl.trustStorePassword=*** -jar x.jar",
		"rabbitmqctl add_user shop CANARY":                               "rabbitmqctl add_user shop ***",
		"sshpass -p CANARY ssh x":                                        "sshpass -p *** ssh x",
		"app sk_live_CANARYaaaa":                                         "app ***",
		"app eyJhbGciOiJIUzI1NiJ9.CANARY.x":                              "app ***",
		"worker -pCANARY7":                                               "worker -p***",
		"openssl rsa -passin pass:CANARY":                                "openssl rsa -passin ***",
		"app {\"password\":\"CANARY\",\"port\":1}":                       "app {\"password\":\"***\",\"port\":1}",
		"gunicorn shop.wsgi:app -b 127.0.0.1:8000 -p /run/x.pid":         "gunicorn shop.wsgi:app -b 127.0.0.1:8000 -p /run/x.pid",
		"celery -A shop worker -Q password_reset --concurrency 4":        "celery -A shop worker -Q password_reset --concurrency 4",
		"java -Xmx512m -jar /opt/shop/shop-1.2.3-SNAPSHOT.jar -p 8080":   "java -Xmx512m -jar /opt/shop/shop-1.2.3-SNAPSHOT.jar -p 8080",
		"nginx -c /etc/nginx/nginx.conf":                                 "nginx -c /etc/nginx/nginx.conf",
		"node /srv/shop/get_token.js --no-auth --port=3000":              "node /srv/shop/get_token.js --no-auth --port=3000",
		"postgres -D /var/lib/postgresql/9.6/main -c config_file=/etc/x": "postgres -D /var/lib/postgresql/9.6/main -c config_file=/etc/x",
		"app --tls-key /etc/ssl/private/shop.key --config /etc/shop.yml": "app --tls-key /etc/ssl/private/shop.key --config /etc/shop.yml",
		"redis-server 127.0.0.1:6379 --auth-token-file /etc/secret/file": "redis-server 127.0.0.1:6379 --auth-token-file /etc/secret/file",
	} {
		if got := strings.Join(maskCommand(strings.Fields(command)), " "); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", command, got, want)
		}
	}
	inside := maskCommand([]string{"sh", "-c", `PGPASSWORD=CANARY psql -c "x" && curl -H "Authorization: Bearer CANARY" -H 'X-Api-Key: CANARY' http://x`})
	if want := `PGPASSWORD=*** psql -c "x" && curl -H "Authorization: ***" -H 'X-Api-Key: ***' http://x`; inside[2] != want {
		t.Errorf("got  %s\nwant %s", inside[2], want)
	}
}

func TestMaskConfig(t *testing.T) {
	for line, want := range map[string]string{
		`  proxy_set_header Authorization "Basic CANARY";`:                            `  proxy_set_header Authorization ***;`,
		`  proxy_set_header X-Internal-Token "CANARY";`:                               `  proxy_set_header X-Internal-Token ***;`,
		`  proxy_set_header Authorization $http_authorization;`:                       `  proxy_set_header Authorization $http_authorization;`,
		`  fastcgi_param DB_PASSWORD CANARY;`:                                         `  fastcgi_param DB_PASSWORD ***;`,
		`  if ($http_x_token = "CANARY") { return 403; }`:                             `  if ($http_x_token = ***) { return 403; }`,
		`  if ($arg_token != CANARY) { return 403; }`:                                 `  if ($arg_token != ***) { return 403; }`,
		`  set $api_key "CANARY";`:                                                    `  set $api_key ***;`,
		`  secure_link_secret CANARY;`:                                                `  secure_link_secret ***;`,
		`  secure_link_md5 "$uri CANARY";`:                                            `  secure_link_md5 ***;`,
		`  proxy_pass http://u:CANARY@erp:8080/;`:                                     `  proxy_pass http://u:***@erp:8080/;`,
		`  SetEnv SECRET_KEY CANARY`:                                                  `  SetEnv SECRET_KEY ***;`,
		`  AuthLDAPBindPassword "CANARY"`:                                             `  AuthLDAPBindPassword ***;`,
		`  RequestHeader set Authorization "Basic CANARY"`:                            `  RequestHeader set Authorization ***;`,
		`  # old: CANARY`:                                                             ``,
		`  proxy_pass http://shop;`:                                                   `  proxy_pass http://shop;`,
		`  ProxyPass / http://127.0.0.1:8080/`:                                        `  ProxyPass / http://127.0.0.1:8080/`,
		`  ssl_certificate_key /etc/ssl/private/shop.key;`:                            `  ssl_certificate_key /etc/ssl/private/shop.key;`,
		`  auth_basic_user_file /etc/nginx/htpasswd;`:                                 `  auth_basic_user_file /etc/nginx/htpasswd;`,
		`  client_max_body_size 25m;`:                                                 `  client_max_body_size 25m;`,
		`location / { proxy_pass http://shop; proxy_set_header X-Api-Key "CANARY"; }`: `location / { proxy_pass http://shop; proxy_set_header X-Api-Key ***; }`,
		`server { listen 80; set $token CANARY; location /x { return 200 don't; } }`:  `server { listen 80; set $token ***; location /x { return 200 don't; } }`,
		`map $http_x_api_key $ok { default 0; CANARY 1; } server { listen 80; }`:      `map $http_x_api_key $ok {******} server { listen 80; }`,
		`listen 80; # was CANARY`:                                                     `listen 80;`,
		`return 302 /a#b; set $api_key "a;CANARY"; listen 81;`:                        `return 302 /a#b; set $api_key ***; listen 81;`,
		"proxy_set_header X-Api-Key\n  \"CANARY\"; listen 80;":                        "proxy_set_header X-Api-Key| ***; listen 80;",
		"proxy_set_header Host\n  $host;":                                             "proxy_set_header Host|  $host;",
	} {
		if got := strings.Join(maskConfig("nginx", line), "|"); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", line, got, want)
		}
	}
	for text, want := range map[string]string{
		"apache\nSetEnv API_KEY \\\n  \"CANARY\"\nServerName x":                  "SetEnv API_KEY \\| ***|ServerName x",
		"apache\nSetEnv API_KEY a;CANARY":                                        "SetEnv API_KEY ***;",
		"haproxy\n  server web1 10.0.0.1:80 check # old: CANARY":                 "  server web1 10.0.0.1:80 check",
		"haproxy\n  user admin insecure-password CANARY":                         "  user admin insecure-password ***",
		"haproxy\n  stats auth admin:CANARY":                                     "  stats auth ***",
		"haproxy\n  http-request set-header X-Api-Key CANARY if { a }":           "  http-request set-header X-Api-Key ***;",
		"haproxy\n  http-request set-header Authorization Basic\\ CANARY":        "  http-request set-header Authorization ***;",
		"haproxy\n  option httpchk GET /health?key=CANARY":                       "  option httpchk GET /health?key=***",
		"haproxy\n  http-request deny unless { req.hdr(X-Token) -m str CANARY }": "  http-request deny unless { req.hdr(X-Token) -m str *** }",
		"haproxy\n  use_backend shop if { hdr(host) -i shop.corp.example }":      "  use_backend shop if { hdr(host) -i shop.corp.example }",
		"haproxy\n  acl ok req.hdr(X-Token) -m str CANARY":                       "  acl ok req.hdr(X-Token) -m str ***",
	} {
		format, text, _ := strings.Cut(text, "\n")
		if got := strings.Join(maskConfig(format, text), "|"); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", text, got, want)
		}
	}
	block := strings.Join(maskConfig("nginx", "map $http_x_api_key $ok {\n  default 0;\n  \"CANARY\" 1;\n}\nserver { listen 80; }\n"), "\n")
	if strings.Contains(block, "CANARY") || !strings.Contains(block, "server { listen 80; }") {
		t.Error(block)
	}
}

func TestPlainValue(t *testing.T) {
	for pair, plain := range map[string]bool{
		"PORT=8000": true, "DEBUG=false": true, "DB_HOST=db1.corp.example": true, "DB_HOST=db1": true, "REDIS=10.0.0.5:6379": true, "DJANGO_SETTINGS_MODULE=shop.settings": true, "TZ=Europe/Warsaw": true,
		"ERP_URL=https://erp.corp.example:8443/api/v1": true, "UPLOAD_DIR=/srv/shop/uploads": true, "LANG=en_US.UTF-8": true, "MODE=production": true, "WORKERS=4": true,
		"DB_PASSWORD=x": false, "DATABASE_URL=postgres://db/x": false, "ANY=postgres://u:p@db/x": false, "ODD=hunter2": false, "ODD=correcthorse": false, "ODD=sk_live_abcdefghij": false,
		"HOOK=https://hooks.corp.example/T0AB/B01/xY7": false, "ODD=d41d8cd98f00b204e9800998ecf8427e": false, "ODD=two words": false, "PIN_CODE=secret!": false, "ODD=/srv/aB3dE6gH9jK2mN5p": false, "SESSION=1234": false,
	} {
		name, value, _ := strings.Cut(pair, "=")
		if got := plainValue(name, value); (got != nil) != plain {
			t.Errorf("%s: leaves the host: %v", pair, got != nil)
		}
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{`a "b c' d`, "map $token $x {", "x=y z --password", "-p", `"`, "https://a:b@c", "\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		maskConfig("nginx", text)
		maskConfig("apache", text)
		maskConfig("haproxy", text)
		maskUnit(text)
		maskShell(text)
		if words := strings.Fields(text); len(words) > 0 && len(maskCommand(words)) != len(words) {
			t.Error("a word got lost")
		}
		var back strings.Builder
		for _, p := range parts(text) {
			back.WriteString(p.gap + p.word)
		}
		if back.String() != text {
			t.Errorf("parts of %q make %q", text, back.String())
		}
	})
}
