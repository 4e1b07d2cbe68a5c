# syntax=docker/dockerfile:1
{{- with .Base.Why}}
# {{.}}
{{- end}}
FROM {{.Base.Image}} AS base
{{.RuntimeApt -}}
# the user has no home; what is written while it works goes to /tmp
ENV HOME=/tmp \
    RACK_ENV=production{{if .Rails}} \
    RAILS_ENV=production \
    PIDFILE=/tmp/server.pid{{end}}{{if .Bundle}} \
    BUNDLE_WITHOUT=development:test{{end}}
WORKDIR /app
{{if .Bundle}}
FROM base AS build
{{.BuildApt -}}
{{- if .Node -}}
# Node.js builds the front end and stays behind
COPY --from={{.Node}} /usr/local/bin /usr/local/bin
COPY --from={{.Node}} /usr/local/lib/node_modules /usr/local/lib/node_modules
COPY --from={{.Node}} /opt /opt
{{with .Setup}}{{.}}
{{end}}
{{- end}}
{{- if .Copy}}
{{- range .Copy}}{{.}}
{{end}}
{{- else -}}
COPY . .
{{end -}}
RUN {{if .Frozen}}BUNDLE_FROZEN=1 {{end}}bundle install --jobs 4 --retry 3 \
 && rm -rf "$GEM_HOME"/cache/*.gem
{{with .Modules}}{{.}}
{{end}}
{{- if .Copy -}}
COPY . .
{{end}}
{{- if .Build -}}
RUN {{.Build}}{{if .Node}} \
 && rm -rf node_modules{{end}}
{{end}}
FROM base
COPY --from=build /usr/local/bundle /usr/local/bundle
COPY --from=build /app .
{{- else}}
COPY . .
{{- if .Build}}
RUN {{.Build}}
{{- end}}
{{- end}}
{{- if .Rails}}
# the log goes to the console, where it is collected
RUN rm -rf tmp log && ln -s /tmp tmp && mkdir log && ln -s /dev/stdout log/production.log
{{- end}}
{{.State -}}
USER 10001:10001
{{- if .Port}}
EXPOSE {{.Port}}
{{- end}}
{{- if .Command}}
CMD {{.Command.JSON}}
{{- end}}
