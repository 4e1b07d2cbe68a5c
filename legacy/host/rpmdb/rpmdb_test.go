package rpmdb_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/migrate-to-kubernetes/migrate/legacy/host/rpmdb"
)

const (
	redis = "redis 3.2.12-1.el7: /usr/bin/redis-server /usr/lib/systemd/system/redis.service"
	sshd  = "openssh-server 7.4p1-1.el7: /usr/sbin/sshd"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// header is a package as rpm stores it.
func header(name, version, release, dir, base string) []byte {
	var entries, data []byte
	add := func(tag, kind uint32, value []byte) {
		for _, n := range []uint32{tag, kind, uint32(len(data)), 1} {
			entries = binary.BigEndian.AppendUint32(entries, n)
		}
		data = append(data, value...)
	}
	add(1116, 4, []byte{0, 0, 0, 0})
	for i, text := range []string{name, version, release} {
		add(uint32(1000+i), 6, append([]byte(text), 0))
	}
	add(1117, 8, append([]byte(base), 0))
	add(1118, 8, append([]byte(dir), 0))
	h := binary.BigEndian.AppendUint32(nil, uint32(len(entries)/16))
	h = binary.BigEndian.AppendUint32(h, uint32(len(data)))
	return append(append(h, entries...), data...)
}

// ndb is a database of SUSE: one page of slots, of which the second and third that hold something name a blob.
func ndb(headers ...[]byte) []byte {
	data := make([]byte, 4096)
	copy(data, "RpmP")
	order := binary.LittleEndian
	order.PutUint32(data[12:], 1)
	for at := 32; at < 4096; at += 16 {
		copy(data[at:], "Slot")
	}
	for i, h := range headers {
		slot := data[32+16*(i+1):]
		order.PutUint32(slot[4:], uint32(i+1))
		order.PutUint32(slot[8:], uint32(len(data)/16))
		blob := order.AppendUint32(order.AppendUint32(order.AppendUint32([]byte("BlbS"), uint32(i+1)), 0), uint32(len(h)))
		data = append(append(data, blob...), h...)
		for len(data)%16 != 0 {
			data = append(data, 0)
		}
	}
	return data
}

func TestPackages(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"Berkeley DB": {read(t, "Packages"), []string{sshd, redis}},
		"SQLite":      {read(t, "rpmdb.sqlite"), []string{redis, sshd, sshd, sshd}},
		"ndb":         {ndb(header("a", "1", "2", "/usr/bin/", "a"), header("b", "3", "4", "/", "b")), []string{"a 1-2: /usr/bin/a", "b 3-4: /b"}},
	} {
		packages, err := rpmdb.Packages(c.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var got []string
		for _, p := range packages {
			got = append(got, fmt.Sprintf("%s %s: %s", p.Name, p.Version, strings.Join(p.Files, " ")))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// A database that ends too early, or whose parts point elsewhere, is an error.
func TestBroken(t *testing.T) {
	good := header("a", "1", "2", "/", "a")
	tooLong := slices.Clone(good)
	tooLong[3] = 0xff
	noName := slices.Clone(good)
	copy(noName[8+16:], []byte{0, 0, 0, 1})
	noDir := slices.Clone(good)
	noDir[len(noDir)-len("a\x001\x002\x00a\x00/\x00")-1] = 9
	loop := read(t, "rpmdb.sqlite")
	for at := 0; at+512 <= len(loop); at += 512 {
		if loop[at] == 5 { // the last child of an inner page is page 2, which is the inner page itself
			binary.BigEndian.PutUint32(loop[at+8:], uint32(at/512+1))
		}
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte(strings.Repeat("text ", 100)), "half of Berkeley DB": read(t, "Packages")[:8192], "half of SQLite": read(t, "rpmdb.sqlite")[:2048],
		"head of ndb": ndb()[:100], "half of ndb": ndb(good)[:4096+20], "too many entries": ndb(tooLong), "no name": ndb(noName), "no directory": ndb(noDir), "a page that names itself": loop,
	} {
		if packages, err := rpmdb.Packages(data); err == nil {
			t.Errorf("%s: %v and no error", name, packages)
		}
	}
}

func FuzzPackages(f *testing.F) {
	f.Add(read(f, "Packages"))
	f.Add(read(f, "rpmdb.sqlite"))
	f.Add(ndb(header("a", "1", "2", "/usr/bin/", "a")))
	f.Fuzz(func(t *testing.T, data []byte) {
		packages, err := rpmdb.Packages(data)
		if err != nil && packages != nil {
			t.Error("packages and an error")
		}
	})
}
