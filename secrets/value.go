package secrets

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// value puts a key's value together out of the contents of its entries, by their paths in the store. Its errors name
// entries and lines, never what is in them.
func value(k Key, winners []Winner, contents map[string][]byte) ([]byte, error) {
	parts, err := k.Source.Parts(k.Name)
	if err != nil {
		return nil, err
	}
	paths := make(map[string]string, len(winners))
	for _, w := range winners {
		paths[w.Entry] = w.Path
	}
	var whole []byte
	for _, p := range parts {
		if p.Entry == "" {
			whole = append(whole, p.Text...)
			continue
		}
		at := paths[p.Entry]
		piece, err := pieceOf(contents[at], p)
		if err == nil && k.Source.Base64 {
			piece, err = decodeBase64(piece)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w; mend it: gopass edit %s", at, err, at)
		}
		if k.Source.IsURL() {
			piece = escapeURL(piece)
		}
		whole = append(whole, piece...)
	}
	if err := usable(k.Source, whole); err != nil {
		return nil, fmt.Errorf("%s of %s, from %s: %w", k.Name, k.Service, winners[0].Path, err)
	}
	return whole, nil
}

// pieceOf is the part of an entry that is meant: the whole of it, one of its lines "name: value", or the first line, as
// with gopass show -o. Of a PEM block the first line alone is never what is meant.
func pieceOf(content []byte, p service.SecretPart) ([]byte, error) {
	if bytes.HasPrefix(content, []byte("GOPASS-SECRET-1.0")) {
		return nil, errors.New("the entry has gopass's old MIME form, which `gopass fsck --decrypt` converts")
	}
	if p.Whole {
		return content, nil
	}
	first, rest, _ := bytes.Cut(content, []byte("\n"))
	if p.Field != "" {
		for line := range bytes.Lines(rest) {
			if name, text, ok := bytes.Cut(line, []byte(":")); ok && strings.EqualFold(string(bytes.TrimSpace(name)), p.Field) {
				if text = bytes.TrimSpace(text); len(text) > 0 {
					return text, nil
				}
			}
		}
		return nil, fmt.Errorf("the entry has no line %q with a value behind it", p.Field+":")
	}
	if bytes.HasPrefix(content, []byte("-----BEGIN ")) {
		return content, nil
	}
	if first = bytes.TrimSuffix(first, []byte("\r")); len(first) == 0 {
		return nil, errors.New("the entry's first line, which is the value, is empty")
	}
	return first, nil
}

func decodeBase64(text []byte) ([]byte, error) {
	compact := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, string(text))
	decoded, err := base64.StdEncoding.DecodeString(compact)
	if err != nil {
		return nil, errors.New("what should be base64 is not") // the library's error tells where, not what
	}
	return decoded, nil
}

// escapeURL writes everything but letters, digits and - . _ ~ as %XX, which is right in each part of a URL.
func escapeURL(text []byte) []byte {
	const hex = "0123456789ABCDEF"
	var b []byte
	for _, c := range text {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b = append(b, c)
		} else {
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return b
}

// usable says what keeps a value from being one. A file may hold anything.
func usable(s service.SecretValue, text []byte) error {
	switch {
	case len(text) == 0:
		return errors.New("the value is empty")
	case s.File != "":
		return nil
	case !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0:
		return errors.New("the value is no text, which a variable has to be; give it as a file: " +
			"file: /path under secrets.keys of " + service.FileName)
	}
	return nil
}
