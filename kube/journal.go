package kube

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Journal is how far a run has come with its release. It is written before each step's first write.
type Journal struct {
	Step    string   `json:"step"`    // what is being written: configuration, workloads ...
	Written []string `json:"written"` // what the steps before have written: "Service web"
	Begun   []string `json:"begun"`   // what this step writes: done or not
	Of      int      `json:"of"`      // how many objects are to be written
}

// journal is a Journal that is being written.
type journal struct {
	Journal
	record *Record
}

// newJournal is nil where there is nothing to write, or no record to write into.
func newJournal(plan []*planned, r *Record) *journal {
	j := &journal{record: r}
	for _, p := range plan {
		if p.action != unchanged {
			j.Of++
		}
	}
	if j.Of == 0 || r == nil {
		return nil
	}
	return j
}

// note writes down, before the first write of a step, which objects it writes.
func (a *apply) note(ctx context.Context, j *journal, group []*planned) error {
	if j == nil {
		return nil
	}
	var begun []string
	for _, p := range group {
		if p.action != unchanged {
			begun = append(begun, p.ID())
		}
	}
	if len(begun) == 0 {
		return nil
	}
	j.Step, j.Written, j.Begun = group[0].step().String(), append(j.Written, j.Begun...), begun
	return a.begin(ctx, j.record, j.Journal)
}

// clear deletes what is left over from earlier releases, after a word of it in the journal.
func (a *apply) clear(ctx context.Context, r *Record, gone Objects) error {
	remains, err := a.remains(ctx, gone, true)
	if err != nil || len(remains) == 0 {
		return err
	}
	j := Journal{Step: "what is left over", Of: len(remains)}
	for _, p := range remains {
		j.Begun = append(j.Begun, p.ID())
	}
	if err := a.begin(ctx, r, j); err != nil {
		return err
	}
	return a.prune(ctx, remains)
}

// begin notes in the journal which objects the next step writes.
func (a *apply) begin(ctx context.Context, r *Record, j Journal) error {
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	return a.save(ctx, r, map[string]string{"state": r.State, "journal": string(text)})
}

// text says of a run that was interrupted how far it came.
func (r *Record) text() string {
	what := fmt.Sprintf("release %d (%s) of %s was interrupted", r.Number, r.Tag, r.By)
	switch {
	case r.State == stateUndoing:
		return what + " while it was rolled back"
	case r.Journal == nil:
		return what + " before its first write"
	}
	return fmt.Sprintf("%s after %d of %d objects, while it wrote %s (%s)", what, len(r.Journal.Written), r.Journal.Of, r.Journal.Step, strings.Join(r.Journal.Begun, ", "))
}

// interrupted tells of the releases whose runs ended without a word, and marks them: should one of them wake, it finds that
// its release is not its own any more.
func (a *apply) interrupted(ctx context.Context, earlier []*Record) error {
	for _, r := range earlier {
		if !r.open() {
			continue
		}
		a.emit("", "resume", r.text()+"; this run puts that right")
		if err := a.mark(ctx, r, stateInterrupted); err != nil {
			return err
		}
	}
	return nil
}
