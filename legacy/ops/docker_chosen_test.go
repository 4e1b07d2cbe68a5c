package ops

import "testing"

func TestChosenImages(t *testing.T) {
	const program = "package main\n\nfunc main() {}\n"
	runCases(t, Dockerfile(), []readerCase{
		{"an argument chooses the program", files{"go.mod": "module m\n", "cmd/shop/main.go": program, "cmd/mail/main.go": program,
			"Dockerfile": "FROM golang:1.20 AS b\nARG APP\nCOPY . .\nRUN go build -o /app ./cmd/$APP\nFROM alpine\nARG APP\nENV NAME=$APP\nCOPY --from=b /app /bin/$APP\nEXPOSE 8080\nCMD /bin/$NAME serve\n"}, []string{
			"cmd/mail: build ../../Dockerfile", "cmd/mail: command /bin/mail|serve <- Dockerfile:10", "cmd/shop: command /bin/shop|serve <- Dockerfile:10", "cmd/shop: port 8080"}, []string{".: "}},
		{"a stage is the image of each package of Node's", files{"package.json": "{}", "parts/shop/package.json": "{}", "parts/mail/package.json": "{}",
			"Dockerfile": "FROM node:20 AS all\nCOPY . /app\nFROM all AS shop\nEXPOSE 3000\nCMD [\"node\", \"parts/shop/a.js\"]\nFROM all AS mail\nCMD [\"node\", \"parts/mail/a.js\"]\n"}, []string{
			"parts/shop: stage shop", "parts/shop: command node|parts/shop/a.js <- Dockerfile:5", "parts/shop: port 3000", "parts/mail: command node|parts/mail/a.js <- Dockerfile:7"}, []string{".: ", "parts/mail: port"}},
	})
	runCases(t, Dockerfile(), []readerCase{
		{"the one that is left where the others have a Dockerfile of their own", files{"go.mod": "module m\n", "cmd/shop/main.go": program, "cmd/setup/main.go": program, "build/all.Dockerfile": "FROM alpine\nARG APP\nENV NAME=$APP\nCOPY ./bin/${APP} /bin/${APP}\nCMD /bin/$NAME serve\n", "build/setup.Dockerfile": "FROM scratch\nCOPY ./bin/setup /setup\nCMD [\"/setup\"]\n"}, []string{
			"cmd/shop: build ../../build/all.Dockerfile", "cmd/shop: command /bin/shop|serve <- build/all.Dockerfile:5", "cmd/setup: command /setup"}, []string{".: ", "build: "}},
		{"a program that has a Dockerfile beside that of the others", files{"go.mod": "module m\n", "cmd/shop/main.go": program, "cmd/mail/main.go": program, "cmd/setup/main.go": program, "build/all.Dockerfile": "FROM scratch\nARG APP\nCOPY ./bin/${APP} /server\nENTRYPOINT [\"/server\"]\n", "build/setup.Dockerfile": "FROM scratch\nCOPY ./build/run /run\nCOPY ./bin/setup /setup\nCMD [\"/setup\"]\n", "build/run": ""}, []string{
			"cmd/shop: command /server", "cmd/mail: build ../../build/all.Dockerfile", "cmd/setup: command /setup"}, []string{".: ", "build: "}},
	})
	runCases(t, Compose(), []readerCase{
		{"what compose says of each goes to its program", files{"go.mod": "module m\n", "cmd/shop/main.go": program, "cmd/mail/main.go": program, "Dockerfile": "FROM golang\nARG APP\nCOPY . .\nRUN go build -o /app ./cmd/$APP\nCMD [\"/app\"]\n",
			"docker-compose.yml": "services:\n  a:\n    build: {context: ., args: {APP: shop}}\n    ports: ['8080:8080']\n  b:\n    build: {context: ., args: {APP: mail}}\n    environment: {MODE: full}\n"}, []string{
			"cmd/shop: port 8080", "cmd/mail: env MODE=full"}, []string{".: "}},
		{"a Dockerfile for each program at the root", files{"go.mod": "module m\n", "cmd/shop/main.go": program, "cmd/mail/main.go": program, "Dockerfile.shop": "FROM alpine\nCOPY . .\nCMD [\"shop\"]\n", "Dockerfile.mail": "FROM alpine\nCOPY . .\nCMD [\"mail\"]\n",
			"docker-compose.yml": "services:\n  shop:\n    build: {context: ., dockerfile: Dockerfile.shop}\n    ports: ['8080:8080']\n  mail:\n    build: {context: ., dockerfile: Dockerfile.mail}\n    environment: {MODE: full}\n"}, []string{
			"cmd/shop: port 8080", "cmd/mail: env MODE=full"}, []string{".: "}},
	})
}

func TestImagesOnOwnBases(t *testing.T) {
	runCases(t, Dockerfile(), []readerCase{
		{"what the base starts, and the directories that several images take", files{"requirements.txt": "flask\n", "base/Dockerfile": "FROM python:3.8\nEXPOSE 5000\nENV LEVEL=info\nENTRYPOINT [\"gunicorn\", \"-b\", \":5000\"]\n",
			"parts/shop/Dockerfile": "FROM acme/base\nCOPY parts/shop /app\nCMD [\"shop:app\"]\n", "parts/shop/shop.py": "", "parts/mail/Dockerfile": "FROM acme/base\nCOPY parts/mail /app\nCMD [\"mail:app\"]\n", "parts/mail/mail.py": ""}, []string{
			"parts/shop: language python 3.8", "parts/shop: command gunicorn|-b|:5000|shop:app <- parts/shop/Dockerfile:3", "parts/shop: port 5000 <- parts/shop/Dockerfile:3", "parts/shop: env LEVEL=info <- parts/shop/Dockerfile:1", "parts/mail: command gunicorn|-b|:5000|mail:app"}, []string{".: ", "base: "}},
	})
}
