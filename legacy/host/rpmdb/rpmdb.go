// Package rpmdb reads the database of installed packages that rpm keeps on a machine, in whichever of its three formats:
// a hash of Berkeley DB (Red Hat and its kin until 8, SUSE 12), ndb (SUSE 15), or SQLite (Red Hat 9, Fedora). It reads
// bytes, so a database is neither locked nor written to, and a broken one is an error.
package rpmdb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Files are the names of databases below the root of a machine, the ones first that rpm itself prefers.
var Files = []string{
	"/usr/lib/sysimage/rpm/rpmdb.sqlite", "/var/lib/rpm/rpmdb.sqlite",
	"/usr/lib/sysimage/rpm/Packages.db", "/var/lib/rpm/Packages.db",
	"/var/lib/rpm/Packages",
}

// Package is one that is installed.
type Package struct {
	Name    string
	Version string // with the release: "3.2.12-1.el7"
	Files   []string
}

// errBroken is a database whose parts point outside of it.
var errBroken = errors.New("the database is broken")

// Packages reads a database.
func Packages(data []byte) ([]Package, error) {
	var headers [][]byte
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("SQLite format 3\x00")):
		headers, err = sqliteHeaders(data)
	case bytes.HasPrefix(data, []byte("RpmP")):
		headers, err = ndbHeaders(data)
	default:
		headers, err = berkeleyHeaders(data)
	}
	if err != nil {
		return nil, err
	}
	packages := make([]Package, 0, len(headers))
	for i, h := range headers {
		p, err := parse(h)
		if err != nil {
			return nil, fmt.Errorf("package %d of %d: %w", i+1, len(headers), err)
		}
		packages = append(packages, p)
	}
	return packages, nil
}

// part is n bytes of data at an offset.
func part(data []byte, at, n int) ([]byte, error) {
	if at < 0 || n < 0 || at > len(data) || n > len(data)-at {
		return nil, errBroken
	}
	return data[at : at+n], nil
}

// Tags of a header, from rpm's rpmtag.h.
const (
	tagName       = 1000
	tagVersion    = 1001
	tagRelease    = 1002
	tagDirIndexes = 1116
	tagBaseNames  = 1117
	tagDirNames   = 1118
)

// parse reads one header: the number of its entries and the length of its data, then the entries (tag, type, offset into
// the data, count), then the data, all in network order.
func parse(h []byte) (Package, error) {
	head, err := part(h, 0, 8)
	if err != nil {
		return Package{}, err
	}
	order := binary.BigEndian
	count, length := int(order.Uint32(head)), int(order.Uint32(head[4:]))
	if count > len(h)/16 {
		return Package{}, errBroken
	}
	entries, err := part(h, 8, count*16)
	if err != nil {
		return Package{}, err
	}
	data, err := part(h, 8+count*16, length)
	if err != nil {
		return Package{}, err
	}
	texts, numbers := map[uint32][]string{}, []uint32(nil)
	for ; len(entries) > 0; entries = entries[16:] {
		tag, at, n := order.Uint32(entries), int(order.Uint32(entries[8:])), int(order.Uint32(entries[12:]))
		switch tag {
		case tagName, tagVersion, tagRelease, tagBaseNames, tagDirNames:
			texts[tag], err = stringsAt(data, at, n)
		case tagDirIndexes:
			numbers, err = numbersAt(data, at, n)
		}
		if err != nil {
			return Package{}, err
		}
	}
	return join(texts, numbers)
}

// join makes a package of what its header says: a file is the name of its directory, by number, and its own.
func join(texts map[uint32][]string, dirs []uint32) (Package, error) {
	if len(texts[tagName]) != 1 || len(texts[tagVersion]) != 1 || len(texts[tagRelease]) != 1 || len(dirs) != len(texts[tagBaseNames]) {
		return Package{}, errBroken
	}
	p := Package{Name: texts[tagName][0], Version: texts[tagVersion][0] + "-" + texts[tagRelease][0]}
	for i, base := range texts[tagBaseNames] {
		if int(dirs[i]) >= len(texts[tagDirNames]) {
			return Package{}, errBroken
		}
		p.Files = append(p.Files, texts[tagDirNames][dirs[i]]+base)
	}
	return p, nil
}

// stringsAt are n strings that each end with a zero byte.
func stringsAt(data []byte, at, n int) ([]string, error) {
	if at < 0 || at > len(data) || n > len(data)-at {
		return nil, errBroken
	}
	data = data[at:]
	list := make([]string, 0, n)
	for range n {
		text, rest, ended := bytes.Cut(data, []byte{0})
		if !ended {
			return nil, errBroken
		}
		list, data = append(list, string(text)), rest
	}
	return list, nil
}

func numbersAt(data []byte, at, n int) ([]uint32, error) {
	if n > len(data)/4 {
		return nil, errBroken
	}
	data, err := part(data, at, 4*n)
	if err != nil {
		return nil, err
	}
	list := make([]uint32, n)
	for i := range list {
		list[i] = binary.BigEndian.Uint32(data[4*i:])
	}
	return list, nil
}
