# syntax=docker/dockerfile:1
{{- with .Base.Why}}
# {{.}}
{{- end}}
FROM {{.Base.Image}} AS base
{{.Apt -}}
{{range .Extensions}}{{.}}
{{end -}}
WORKDIR /app
{{- if .Composer}}

FROM base AS build
{{.Tools -}}
COPY --from={{.Composer}} /usr/bin/composer /usr/local/bin/composer
ENV COMPOSER_ALLOW_SUPERUSER=1
{{- range .Copy}}
{{.}}
{{- end}}
RUN --mount=type=cache,target=/root/.composer/cache \
    composer install --no-dev --no-interaction --no-progress --no-scripts --no-autoloader
COPY . .
RUN composer dump-autoload --no-dev --optimize
{{- end}}
{{- if .Node}}

FROM {{.Node}} AS assets
WORKDIR /app
{{- with .Setup}}
{{.}}
{{- end}}
{{- range .NodeCopy}}
{{.}}
{{- end}}
{{.Modules}}
COPY . .
{{- if .Composer}}
COPY --from=build /app/vendor vendor
{{- end}}
RUN {{.Build}}
{{- end}}

FROM base
# Apache runs as any user on a read-only file system: it listens on {{.Port}} and writes to /tmp only
ENV APACHE_RUN_DIR=/tmp \
    APACHE_LOCK_DIR=/tmp \
    APACHE_PID_FILE=/tmp/apache2.pid
RUN a2enmod rewrite headers \
 && if [ -f "$PHP_INI_DIR/php.ini-production" ]; then cp "$PHP_INI_DIR/php.ini-production" "$PHP_INI_DIR/php.ini"; fi \
 && printf '%s\n' 'expose_php = Off' 'session.save_path = /tmp' > "$PHP_INI_DIR/conf.d/zz-migrate.ini" \
{{- if ne .Port 80}}
 && sed -i 's/^Listen 80$/Listen {{.Port}}/' /etc/apache2/ports.conf \
{{- end}}
 && rm -f /etc/apache2/conf-enabled/other-vhosts-access-log.conf \
 && printf '%s\n' 'ServerName localhost' 'PidFile /tmp/apache2.pid' 'DefaultRuntimeDir /tmp' \
    'ErrorLog /dev/stderr' 'CustomLog /dev/stdout combined' '<VirtualHost *:{{.Port}}>' 'DocumentRoot {{.Root}}' \
    '<Directory {{.Root}}>' 'Options FollowSymLinks' 'AllowOverride All' 'Require all granted' '</Directory>' '</VirtualHost>' \
    > /etc/apache2/sites-available/000-default.conf
{{- if .Composer}}
COPY --from=build /app .
{{- else}}
COPY . .
{{- end}}
{{- if .Node}}
COPY --from=assets /app/{{.Site}} {{.Site}}
{{- else if .Build}}
RUN {{.Build}}
{{- end}}
{{- if .Writable}}
# compiled templates, caches and logs, which are not worth keeping
RUN rm -rf {{join .Writable " "}} \
{{- with .Parents}}
 && mkdir -p {{join . " "}} \
{{- end}}
{{- range $i, $dir := .Writable}}{{if $i}} \{{end}}
 && ln -s /tmp {{$dir}}
{{- end}}
{{- end}}
{{.State -}}
{{if .Link -}}
# what artisan storage:link makes
RUN ln -sfn ../storage/app/public {{.Link}}
{{end -}}
{{if .Graceful -}}
# PHP's image is ended by Apache's own signal, SIGWINCH, which a worker does not hear; SIGTERM would cut off Apache's requests
RUN printf '%s\n' '#!/bin/sh' 'apache2-foreground & apache=$!' 'trap "kill -WINCH $apache" TERM' 'wait $apache || wait $apache' \
    > /usr/local/bin/serve && chmod +x /usr/local/bin/serve
STOPSIGNAL SIGTERM
{{end -}}
USER 10001:10001
EXPOSE {{.Port}}
{{- if .Command}}
CMD {{.Command.JSON}}
{{- end}}
