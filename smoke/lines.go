package smoke

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A report on its way through a log: one line of JSON for each result, and one for all of the report but its results at
// the end. A log that broke off, or lost a line, is no report.

// WriteLines writes the report so that ReadLines finds it in a log.
func (r Report) WriteLines(w io.Writer) error {
	out := json.NewEncoder(w)
	for _, result := range r.Results {
		if err := out.Encode(result); err != nil {
			return err
		}
	}
	r.Results = nil
	return out.Encode(r)
}

// ReadLines reads what WriteLines wrote.
func ReadLines(lines []string) (Report, error) {
	var read, end Report
	for i, line := range lines {
		if i < len(lines)-1 {
			var result Result
			if err := json.Unmarshal([]byte(line), &result); err != nil {
				return Report{}, fmt.Errorf("line %d of the report is no result: %w", i+1, err)
			}
			read.add(result)
		} else if err := json.Unmarshal([]byte(line), &end); err != nil {
			return Report{}, fmt.Errorf("the report breaks off in line %d: %w", i+1, err)
		}
	}
	if end.Target == "" || read.Passed != end.Passed || read.Failed != end.Failed || read.Skipped != end.Skipped {
		return Report{}, errors.New("the report is not whole")
	}
	end.Results = read.Results
	return end, nil
}
