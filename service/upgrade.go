package service

import (
	"fmt"
	"strconv"

	"github.com/migrate-to-kubernetes/migrate/pattern"
)

// Version is that of the migrate.yaml that this toolkit reads and writes. It goes up when a file that was right no longer is.
const Version = 1

// step takes the text of a migrate.yaml to the next version. It works on the text, so that comments and order stay.
type step func(text []byte) ([]byte, error)

// steps begin with the one from version 1 to 2. There is none so far.
var steps = []step{}

// Upgrade brings the text of a migrate.yaml of an older version to this one, and says from which: 0 where nothing is to be done,
// also where it is of a newer version or of none, which Load tells.
func Upgrade(text []byte) (upgraded []byte, from int, err error) { return upgrade(text, steps) }

var versionLine = pattern.MustCompile(`(?m)^version:[ \t]*(\d{1,6})\b`)

func upgrade(text []byte, steps []step) ([]byte, int, error) {
	at := versionLine.FindSubmatchIndex(text)
	if at == nil {
		return text, 0, nil
	}
	from, err := strconv.Atoi(string(text[at[2]:at[3]]))
	if err != nil || from < 1 || from > len(steps) {
		return text, 0, nil
	}
	for i, next := range steps[from-1:] {
		if text, err = next(text); err != nil {
			return nil, from, fmt.Errorf("from version %d to %d: %w", from+i, from+i+1, err)
		}
	}
	at = versionLine.FindSubmatchIndex(text)
	if at == nil {
		return nil, from, fmt.Errorf("the line with its version went away")
	}
	return append(strconv.AppendInt(append([]byte{}, text[:at[2]]...), int64(len(steps)+1), 10), text[at[3]:]...), from, nil
}
