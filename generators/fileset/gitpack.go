package fileset

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"sort"
	"strings"
)

const (
	packDir   = objectsDir + "/pack"
	maxDeltas = 64 // git makes chains of at most 50
)

// The kinds of objects in a pack, of gitformat-pack(5).
const (
	packBlob     = 3
	packOfsDelta = 6
	packRefDelta = 7
)

// pack is a pack of git's, by its path without .idx or .pack.
type pack string

func (b *bases) packs() []pack {
	entries, err := fs.ReadDir(b.git.FS(), packDir)
	if err != nil {
		return nil
	}
	var all []pack
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".idx"); ok && e.Type().IsRegular() {
			all = append(all, pack(packDir+"/"+name))
		}
	}
	return all
}

// packed reads a blob from the first pack that has it.
func (b *bases) packed(id string) ([]byte, error) {
	for _, p := range b.packs() {
		offset, err := p.offset(b.git, id)
		if err != nil {
			continue
		}
		f, err := b.git.Open(string(p) + ".pack")
		if err != nil {
			continue
		}
		data, err := b.object(p, f, offset, 0)
		f.Close()
		if err == nil {
			return data, nil
		}
	}
	return nil, errNoBlob
}

// offset finds an object in a pack's index, version 2: a table by the first byte, then the sorted ids, then check sums,
// then the offsets; those above 2 GiB stand in a table of their own.
func (p pack) offset(root *os.Root, id string) (int64, error) {
	want, err := hex.DecodeString(id)
	if err != nil {
		return 0, err
	}
	f, err := root.Open(string(p) + ".idx")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	head := make([]byte, 8+256*4)
	if _, err := f.ReadAt(head, 0); err != nil || string(head[:8]) != "\xfftOc\x00\x00\x00\x02" {
		return 0, errNoBlob
	}
	fan := func(i int) int64 { return int64(binary.BigEndian.Uint32(head[8+4*i:])) }
	from, to, all := int64(0), fan(int(want[0])), fan(255)
	if want[0] > 0 {
		from = fan(int(want[0]) - 1)
	}
	if from > to || to > all {
		return 0, errNoBlob
	}
	start, entry := int64(len(head)), make([]byte, 20)
	n := from + int64(sort.Search(int(to-from), func(i int) bool {
		_, err := f.ReadAt(entry, start+20*(from+int64(i)))
		return err != nil || string(entry) >= string(want)
	}))
	if _, err := f.ReadAt(entry, start+20*n); n >= to || err != nil || string(entry) != string(want) {
		return 0, errNoBlob
	}
	if _, err := f.ReadAt(entry[:4], start+24*all+4*n); err != nil {
		return 0, err
	}
	short := binary.BigEndian.Uint32(entry)
	if short < 1<<31 {
		return int64(short), nil
	}
	if _, err := f.ReadAt(entry[:8], start+28*all+8*int64(short-1<<31)); err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(entry) & (1<<62 - 1)), nil
}

// object reads the blob at an offset, which may be the difference to another.
func (b *bases) object(p pack, f *os.File, offset int64, depth int) ([]byte, error) {
	if depth > maxDeltas || offset < 0 {
		return nil, errNoBlob
	}
	r := bufio.NewReader(io.NewSectionReader(f, offset, 1<<62-offset))
	kind, err := objectHead(r)
	if err != nil {
		return nil, err
	}
	var from []byte
	switch kind {
	case packBlob:
		return inflate(r, maxFile)
	case packOfsDelta:
		back, err := backOffset(r)
		if err != nil || back <= 0 {
			return nil, errNoBlob
		}
		from, err = b.object(p, f, offset-back, depth+1)
		if err != nil {
			return nil, err
		}
	case packRefDelta:
		id := make([]byte, 20)
		if _, err := io.ReadFull(r, id); err != nil {
			return nil, err
		}
		at, err := p.offset(b.git, hex.EncodeToString(id))
		if err != nil {
			return nil, err
		}
		if from, err = b.object(p, f, at, depth+1); err != nil {
			return nil, err
		}
	default:
		return nil, errNoBlob
	}
	delta, err := inflate(r, maxFile)
	if err != nil {
		return nil, err
	}
	return applyDelta(from, delta)
}

// objectHead reads the kind of an object and skips its size, seven bits a byte.
func objectHead(r io.ByteReader) (int, error) {
	first, err := r.ReadByte()
	for c := first; err == nil && c >= 0x80; {
		c, err = r.ReadByte()
	}
	return int(first>>4) & 7, err
}

// backOffset reads how far before the object its base lies.
func backOffset(r io.ByteReader) (int64, error) {
	c, err := r.ReadByte()
	n := int64(c & 0x7f)
	for err == nil && c >= 0x80 && n < 1<<54 {
		c, err = r.ReadByte()
		n = (n+1)<<7 | int64(c&0x7f)
	}
	return n, err
}

// applyDelta follows the orders of a delta: copy a part of the base, or take the bytes that follow.
func applyDelta(from, delta []byte) ([]byte, error) {
	size, n := binary.Uvarint(delta)
	if n <= 0 || size != uint64(len(from)) {
		return nil, errNoBlob
	}
	delta = delta[n:]
	size, n = binary.Uvarint(delta)
	if n <= 0 || size > maxFile {
		return nil, errNoBlob
	}
	delta = delta[n:]
	var out []byte
	for len(delta) > 0 && len(out) <= maxFile {
		order := delta[0]
		delta = delta[1:]
		if order < 0x80 {
			if order == 0 || int(order) > len(delta) {
				return nil, errNoBlob
			}
			out, delta = append(out, delta[:order]...), delta[order:]
			continue
		}
		var at, count int
		for bit := 0; bit < 7; bit++ {
			if order&(1<<bit) == 0 {
				continue
			}
			if len(delta) == 0 {
				return nil, errNoBlob
			}
			if bit < 4 {
				at |= int(delta[0]) << (8 * bit)
			} else {
				count |= int(delta[0]) << (8 * (bit - 4))
			}
			delta = delta[1:]
		}
		if count == 0 {
			count = 0x10000
		}
		if at+count > len(from) {
			return nil, errNoBlob
		}
		out = append(out, from[at:at+count]...)
	}
	if uint64(len(out)) != size {
		return nil, errNoBlob
	}
	return out, nil
}
