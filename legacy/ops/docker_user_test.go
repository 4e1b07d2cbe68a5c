package ops

import (
	"slices"
	"strings"
	"testing"
)

// A number of a user is claimed where the image can have no other one.
func TestNumbersOfUsers(t *testing.T) {
	for text, want := range map[string]string{
		"FROM python:3\nARG UID=10001\nRUN adduser --disabled-password --uid \"${UID}\" shop":         "10001",
		"FROM python:3\nRUN useradd --uid '10002' shop":                                               "10002",
		"FROM python:3\nARG UID\nRUN useradd -u $UID shop":                                            "",
		"FROM python:3\nARG UID\nRUN useradd -mu \"$UID\" shop":                                       "",
		"FROM python:3\nRUN useradd -u $(id -u) shop":                                                 "",
		"FROM python:3\nARG UID\nRUN useradd --uid=$UID other && useradd shop":                        "",
		"FROM python:3\nRUN useradd -rm -d /home/shop shop":                                           "",
		"FROM alpine\nRUN adduser -SD shop":                                                           "",
		"FROM php:8.2-fpm\nRUN adduser shop video":                                                    "",
		"FROM php:8.2-fpm\nRUN adduser shop video > /dev/null":                                        "",
		"FROM cimg/python:3.12\nRUN useradd shop":                                                     "",
		"FROM registry.example.com/acme/ruby\nRUN useradd shop":                                       "",
		"FROM docker.io/library/python:3\nRUN useradd -m -d /srv/shop shop":                           "1000",
		"FROM php:8.2\nRUN useradd -g shop -G root app":                                               "",
		"FROM php:8.2\nRUN useradd --gid www-data -md /srv shop":                                      "1000",
		"FROM acme/base\nRUN useradd -u 1005 -c \"Shop App\" -d /srv shop":                            "1005",
		"FROM acme/base\nRUN useradd -u 1006 -c Shop\\ App -d /srv shop":                              "1006",
		"FROM acme/base\nRUN adduser -u 1007 --gecos 'Shop App, Room 1' shop":                         "1007",
		"FROM alpine\nRUN adduser -D shop":                                                            "1000",
		"FROM python:3\nRUN adduser --disabled-password --gecos '' shop && adduser shop video":        "1000",
		"FROM python:3\nRUN adduser --system other\nRUN useradd -U -m --shell /usr/sbin/nologin shop": "1000",
	} {
		lines := said(read(t, Dockerfile(), files{"requirements.txt": "", "Dockerfile": text + "\nCOPY . /srv\nUSER shop\nCMD [\"a\"]\n"}))
		got := slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, ".: user "+want) })
		if got != (want != "") || want == "" && strings.Contains(strings.Join(lines, "\n"), ".: user ") {
			t.Errorf("%q: want %q, got\n%s", text, want, strings.Join(lines, "\n"))
		}
	}
}
