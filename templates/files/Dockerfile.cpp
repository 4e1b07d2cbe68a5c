# syntax=docker/dockerfile:1
FROM debian:bookworm-slim AS build
{{.BuildApt -}}
WORKDIR /src
COPY . .
RUN mkdir -p /out/usr/local && {{.Build}}
# a program that the build does not install
RUN [ -e /out/usr/local/bin/{{.Program}} ] || [ -e /out/usr/local/sbin/{{.Program}} ] \
 || install -D "$(find {{.Tree}} -type f -name {{.Program}} -perm -u+x | head -n 1)" /out/usr/local/bin/{{.Program}}

FROM debian:bookworm-slim
{{.RuntimeApt -}}
WORKDIR /app
COPY --from=build /out/usr/local /usr/local
{{.State -}}
USER 10001:10001
{{- if .Port}}
EXPOSE {{.Port}}
{{- end}}
CMD {{.Command.JSON}}
