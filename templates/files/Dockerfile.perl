# syntax=docker/dockerfile:1
{{- with .Why}}
# {{.}}
{{- end}}
FROM perl:{{.Version}}-bookworm AS build
{{.BuildApt -}}
WORKDIR /app
{{- range .Copy}}
{{.}}
{{- end}}
{{- range .Install}}
RUN {{.}}
{{- end}}

FROM perl:{{.Version}}-slim-bookworm
{{.RuntimeApt -}}
ENV PATH=/deps/bin:$PATH PERL5LIB=/deps/lib/perl5:/app/lib
WORKDIR /app
COPY --from=build /deps /deps
COPY . .
{{- with .Build}}
RUN {{.}}
{{- end}}
{{.State -}}
USER 10001:10001
{{- if .Port}}
EXPOSE {{.Port}}
{{- end}}
{{- if .Command}}
CMD {{.Command.JSON}}
{{- end}}
