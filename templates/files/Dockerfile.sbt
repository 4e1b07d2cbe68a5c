# syntax=docker/dockerfile:1
{{- with .Why}}
# {{.}}
{{- end}}
FROM eclipse-temurin:{{.Java}}-jdk-noble AS build
{{.BuildApt -}}
{{.Setup -}}
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.ivy2 --mount=type=cache,target=/root/.sbt --mount=type=cache,target=/root/.cache \
    {{.Build}}

FROM eclipse-temurin:{{.Java}}-jre-noble
{{.RuntimeApt -}}
# the heap follows the memory limit of the container
ENV JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75
WORKDIR /app
COPY --from=build /src/{{.Artifact}} .
{{.State -}}
USER 10001:10001
{{- if .Port}}
EXPOSE {{.Port}}
{{- end}}
CMD {{.Command.JSON}}
