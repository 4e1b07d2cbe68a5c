package ops

import "testing"

const apacheSite = `<VirtualHost *:80>
  ServerName www.shop.org
  RedirectPermanent / https://www.shop.org/
</VirtualHost>
<VirtualHost *:443>
  ServerName www.shop.org:443
  serveralias shop.org \
    www.example.com
  DocumentRoot "/srv/shop/public"
  SSLEngine on
  SSLCertificateFile /etc/ssl/shop.crt
  LimitRequestBody 1048576
  SetEnv SHOP_MODE live
  SetEnv SECRET_KEY canary1
  RequestHeader set Authorization "Basic canary2"
  RequestHeader set X-Forwarded-Proto https
  Header always set X-Frame-Options DENY
  ProxyTimeout 300
  Alias /static /srv/shop/static
  <Location /private>
    AuthType Basic
    AuthName "canary3"
    AuthUserFile /etc/htpasswd
    Require valid-user
  </Location>
  <Location /static>
    ProxyPass !
  </Location>
  <Proxy balancer://shop>
    BalancerMember http://127.0.0.1:8000
    BalancerMember http://127.0.0.1:8001
  </Proxy>
  ProxyPass /legacy http://erp.corp.org:8080/app
  ProxyPass / balancer://shop/
  ProxyPassReverse / balancer://shop/
  Redirect 301 /old /new
  RewriteEngine On
  RewriteRule ^/x/(.*)$ /y/$1 [R=permanent,L]
  RewriteCond %{HTTP_COOKIE} canary4
  RewriteRule ^/z$ /q [R]
  RewriteRule ^(.*)$ $1?x [QSA]
  FrobnicateAll On
  PassengerMinInstances 10
  RequestReadTimeout header=20-40 body=20
</VirtualHost>
`

const apacheWSGI = `WSGIDaemonProcess shop processes=4 threads=2 user=canary python-path=/srv/shop
<IfModule mod_ssl.c>
<VirtualHost *:443>
ServerName shop.org
WSGIScriptAlias /api /srv/shop/shop/wsgi.py process-group=%{GLOBAL}
<Directory /srv/shop>
Require all granted
</Directory>
</VirtualHost>
</IfModule>
`

func TestApache(t *testing.T) {
	runCases(t, Apache(), []readerCase{
		{"a site", files{"requirements.txt": "", "conf/apache/shop.conf": apacheSite}, []string{
			".: route www.shop.org/ <- conf/apache/shop.conf:6 declared", ".: route shop.org/ <- conf/apache/shop.conf:7", ".: port 8000 <- conf/apache/shop.conf:30 guess", ".: need http |erp.corp.org||:8080 <- conf/apache/shop.conf:33",
			".: env SHOP_MODE=live <- conf/apache/shop.conf:13", ".: secret SECRET_KEY <- conf/apache/shop.conf:14", ".: about shop",
			".: edge {true   map[] map[] []} <- conf/apache/shop.conf:3 declared", ".: edge {true   map[] map[] []} <- conf/apache/shop.conf:11", ".: edge {false  1m map[] map[] []} <- conf/apache/shop.conf:12",
			"note conf/apache/shop.conf:15 apache: headers are set for the service; what they say stands here and is not copied (Authorization)", ".: edge {false   map[X-Frame-Options:DENY] map[] []} <- conf/apache/shop.conf:17",
			".: edge {false 300s  map[] map[] []} <- conf/apache/shop.conf:18", "note conf/apache/shop.conf:19 apache: the files of /srv/shop/static are served at /static",
			"note conf/apache/shop.conf:21 apache: a password is asked for", ".: edge {false   map[] map[] [/old -> /new]} <- conf/apache/shop.conf:36", ".: edge {false   map[] map[] [/x -> /y]} <- conf/apache/shop.conf:38", "note conf/apache/shop.conf:40 apache: ^/z$ is redirected under a condition", "note conf/apache/shop.conf:41 apache: addresses are rewritten", "note conf/apache/shop.conf:42 apache: directives that are not converted",
			"note conf/apache/shop.conf:43 apache: Passenger keeps 10 processes of the service", "note conf/apache/shop.conf:44 apache: a request has to arrive in time (RequestReadTimeout header=20-40 body=20)",
		}, []string{"canary", "example.com", "need http |127"}},
		{"WSGI", files{"manage.py": "", "etc/apache2/sites-available/shop": apacheWSGI}, []string{".: route shop.org/api <- etc/apache2/sites-available/shop:4", ".: about /srv/shop/shop/wsgi.py", "note etc/apache2/sites-available/shop:1 apache: mod_wsgi runs the service in processes of its own (processes=4 threads=2)"}, []string{"canary", "port", "Require"}},
		{"others' files", files{"manage.py": "", "nginx.conf": nginxSite, "apache-license": "Apache License\n", "a.conf": "<source>\n@type tail\n</source>\n"}, nil, []string{"apache", "about"}},
	})
}

func FuzzApache(f *testing.F) {
	f.Add(apacheSite)
	f.Add(apacheWSGI)
	f.Add("<VirtualHost\n<Location ~ \"a\\\n</If>ProxyPass \\")
	f.Fuzz(func(t *testing.T, text string) {
		checkReport(t, read(t, Apache(), files{"requirements.txt": "", "apache/shop.conf": "ServerName a.shop.org\n" + text}))
	})
}
