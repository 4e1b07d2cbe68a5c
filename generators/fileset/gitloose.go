package fileset

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

const (
	gitDir     = ".git"
	objectsDir = "objects" // below git's directory
)

var errNoBlob = errors.New("no such blob")

func loosePath(id string) string { return objectsDir + "/" + id[:2] + "/" + id[2:] }

// has says whether git has an object. It need not be read for that.
func (b *bases) has(id string) bool {
	if b.git == nil {
		return false
	}
	if _, err := b.git.Lstat(loosePath(id)); err == nil {
		return true
	}
	for _, pack := range b.packs() {
		if _, err := pack.offset(b.git, id); err == nil {
			return true
		}
	}
	return false
}

// loose reads an object that lies in a file of its own: "blob SIZE\0" and the text, deflated.
func (b *bases) loose(id string) ([]byte, error) {
	f, err := b.git.Open(loosePath(id))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := inflate(f, maxFile+32)
	if err != nil {
		return nil, err
	}
	head, data, ok := bytes.Cut(raw, []byte{0})
	if !ok || string(head) != fmt.Sprintf("blob %d", len(data)) {
		return nil, errNoBlob
	}
	return data, nil
}

// inflate reads deflated data of at most limit bytes.
func inflate(r io.Reader, limit int64) ([]byte, error) {
	z, err := zlib.NewReader(r)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	data, err := io.ReadAll(io.LimitReader(z, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errNoBlob
	}
	return data, err
}

// putLoose writes an object as git does: beside its place, then renamed, for nobody to write to.
func (b *bases) putLoose(disk changer, id string, data []byte) error {
	if !b.own || b.git == nil {
		return errNoBlob
	}
	var raw bytes.Buffer
	if b.deflate == nil {
		b.deflate = zlib.NewWriter(&raw)
	}
	z := b.deflate // takes a megabyte
	z.Reset(&raw)
	if _, err := fmt.Fprintf(z, "blob %d\x00%s", len(data), data); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	name := gitDir + "/" + loosePath(id)
	if err := disk.Mkdir(path.Dir(name), 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	temp := path.Dir(name) + "/tmp_obj_migrate"
	_ = disk.Remove(temp) // of a run that was killed
	f, err := disk.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o444)
	if err != nil {
		return err
	}
	_, err = f.Write(raw.Bytes())
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = disk.Rename(temp, name)
	}
	if err != nil {
		_ = disk.Remove(temp)
	}
	return err
}
