// Package scan is what the readers of legacy evidence share: the Tree that they look at and the Findings that they return.
//
// It stands at the start of the way: legacy.Scan walks the tree once and hands each Reader the paths that it wants; the
// Findings go to legacy.Resolve. Nothing here decides what is true; that is Resolve's work.
package scan

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/service"
)

// Rank says how strongly a piece of evidence speaks.
type Rank int

// The ranks, from weak to strong.
const (
	Guess      Rank = iota + 1 // seems so: a development command, a name that looks like one
	Convention                 // what the framework or tool does where nothing is said
	Declared                   // the repository says so
	Asked                      // a person said so, in migrate.yaml or at the prompt
)

var rankNames = map[Rank]string{Guess: "guess", Convention: "convention", Declared: "declared", Asked: "asked"}

func (r Rank) String() string { return rankNames[r] }

// MarshalJSON writes the rank's name.
func (r Rank) MarshalJSON() ([]byte, error) { return json.Marshal(r.String()) }

// Evidence says where a value comes from.
type Evidence struct {
	Reader string `json:"reader"`
	File   string `json:"file"` // relative to the repository; @NAME/... for a file of --ops NAME
	Line   int    `json:"line"` // from 1
	Note   string `json:"note"` // why, where the line alone does not say it
	Rank   Rank   `json:"rank"`
}

// String is the evidence as it stands in a comment of migrate.yaml: file:line, with the rank where it is weak.
func (e Evidence) String() string {
	where := fmt.Sprintf("%s:%d", e.File, e.Line)
	switch {
	case e.File == "" && e.Note != "":
		return e.Rank.String() + ": " + e.Note
	case e.File == "":
		return e.Rank.String()
	case e.Rank < Declared:
		return e.Rank.String() + ", " + where
	}
	return where
}

// Here as one of the names of a Finding's About, says that the operations code stands in the repository of the service: what has
// no better name is about the only code there.
const Here = "."

// Exact as one of the names of a Finding's About says that the others are whole: shop-admin is no process of shop, and
// shop2 is not shop written anew, since all of them are there.
const Exact = "="

// Finding is one thing that a reader is sure of. Only the fields that are set are claims; all of them rest on the one
// piece of Evidence. A reader that knows two things from two lines returns two Findings.
type Finding struct {
	// Dir is the directory of the code that the finding is about, "." for the root. Findings about one Dir belong to one
	// image: they are merged.
	Dir string
	// About takes the place of Dir where the evidence is not about a directory of the repository: operations code and
	// snapshots of hosts call a service by the name of its unit, class, user, program or deployed directory. Resolve finds
	// the code that one of these names means, the first that fits, and leaves out what is about other services. Where Dir is
	// set too, that code is meant if no name fits.
	About []string
	// Environment is the one in which Service.Env and Service.Routes hold; empty says all. See EnvironmentName.
	Environment string
	// Replicas is how many instances of the process run in Environment; in production, where that is empty. Such a finding says
	// nothing else.
	Replicas int
	// Requires is a variable without which the code of Dir stops, and for which it has no value of its own. Resolve notes
	// those that nothing else gives a value.
	Requires string
	// Optional is a secret without which the code of Dir starts: it is for a driver or a service that nobody has chosen. It
	// counts where nothing but the code and its examples speaks of it.
	Optional string
	// Profile is one of those that Spring may be started with: the finding holds where it is.
	Profile string
	// Alternative is what the code takes in the place of Requires: this machine, which a container is alone on.
	Alternative string
	// Script is a name by which package.json starts Runs, npm run NAME, or the path of a start script that ends in it. It says
	// nothing about who starts it.
	Script string
	Runs   []string
	// Loopback is a file of settings in Dir that binds the server started with it to the address of the machine alone.
	Loopback string
	// Prepares says that the main process of Dir does by itself, at each start, what would be a release step, and that no step
	// of its own could do it: its start script makes the surroundings for that first.
	Prepares bool
	// Process is empty for the main process of Dir (the one that serves, usually) and names any other: worker, nightly.
	Process string
	// Name is what the evidence calls the main process of Dir (a compose service's or Procfile entry's name).
	Name string
	// Library says that Dir holds code that runs nowhere by itself, whatever other findings say.
	Library bool
	// Inside says of a Library that another program is built with what it makes, and hands that out: pages that a server has.
	// Then not even a start script makes it a service.
	Inside bool
	// Deployed is a directory of the old machine that operations fill with the code that About means: what lies there, or is
	// run from there, is about that code.
	Deployed string
	// Alone says that it is about a program that is not known to serve: it ends, or nobody knows. It counts only where
	// nothing else in the repository runs.
	Alone bool
	// IfRuns says that it makes no service of the code in Dir: it holds where something else does.
	IfRuns bool
	// Collects is the command that gathers files for the web server in front: the build runs it where one in the pod serves files.
	Collects []string
	// CodeAt is where the image that the team's own Dockerfile makes has the code of Dir.
	CodeAt string
	// Holds is the directory of another module whose code the image of Dir holds: what is known of it is about this image.
	Holds string

	Service service.Service // claims about the process: fields that are zero are no claims
	Need    *Need           // a backing service that the code of Dir calls
	Check   *service.Check  // a check of the old monitoring, called Name
	File    *File           // a file that the code of Dir reads while it runs
	App     *service.App    // claims about the whole: Name, Owner, Image, CI

	Evidence Evidence
}

// ServedElsewhere is what has to be said where nothing serves what a Collects gathers.
const ServedElsewhere = "static files are collected in STATIC_ROOT and served by something else today: add whitenoise, or serve them from elsewhere"

// Need is a backing service that was seen in use.
type Need struct {
	service.Need // Kind is required; Version, Port, TLS, Database and User where the evidence says so
	// Offer says that it is there for the code of Dir, and not that the code calls it: it gives a name to what is called.
	Offer bool
	// Name is what the code calls it where it has a name of its own (a compose service, a host name without dots).
	// Empty lets Resolve choose by kind: db, cache, queue ...
	Name string
	// Host is where it answers today, a DNS name or an IP address; Environment says for which environment that holds
	// ("production" where the evidence does not say). localhost and names of containers are no Host.
	Host        string
	Environment string
	// Env are variables through which the service can be pointed to the need, with {host} and {port} where Resolve puts
	// the name and port: {"DB_HOST": "{host}", "ERP_URL": "https://{host}:{port}/api"}. No variable that holds a secret.
	Env map[string]string
}

// Note is something that was seen and not understood, or that a person should know.
type Note struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
	// About holds names as in Finding, a line each: a remark on another service is left out.
	About string `json:"-"`
	// Item is one of several things to which Text applies: the notes of one file with the same Text become one with all
	// their items.
	Item string `json:"-"`
	// Items are all things that the note is about, each with the line that it stands on, where Text names the first alone.
	Items []NoteItem `json:"items,omitempty"`
	// Left is how many things Text leaves to Items.
	Left int `json:"-"`
	// Aside says that nobody has to think about it: people are only told how many such notes there are.
	Aside bool `json:"-"`
	// Job is what the thing did for the service that the image, the pod or the cluster does from now on: it becomes part of
	// service.App.Operations, and no note.
	Job service.Job `json:"-"`
	// Named is a name by which Job holds only where the service itself is called so.
	Named string `json:"-"`
	// Language is one that Job holds for only: the image of a service in another one lacks the thing.
	Language string `json:"-"`
	// Undecided is a directory of code: the note is about nothing where a profile is chosen for that.
	Undecided string `json:"-"`
	// Missing is a file on the machine whose text is not known: the note is about nothing where another reader knows it.
	Missing string `json:"-"`
}

// NoteItem is one of the things that a note is about.
type NoteItem struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// A list in a note ends with the first of these: people read it beside many others.
const (
	maxItems  = 12
	maxListed = 300 // bytes
)

// List among the arguments of a note is one of things of which the text names the first alone.
type List []string

// NewNote makes the text of a note, and its Items where a list in it is long.
func NewNote(file string, line int, format string, args ...any) Note {
	n := Note{File: file, Line: line}
	all := masked(args)
	for i, arg := range args {
		list, ok := arg.(List)
		if !ok {
			continue
		}
		few, left := Few(list)
		all[i] = masked([]any{few})[0]
		if left == 0 {
			continue
		}
		n.Left += left
		all[i] = fmt.Sprintf("%s and %d more", all[i], left)
		for _, item := range list {
			n.Items = append(n.Items, NoteItem{Line: line, Text: fmt.Sprint(masked([]any{item})[0])})
		}
	}
	n.Text = fmt.Sprintf(format, all...)
	return n
}

// Few joins as many of a list's things as a note names, one at least, and says how many are left.
func Few(items []string) (text string, left int) {
	for i, item := range items {
		if i > 0 && (i == maxItems || len(text)+len(item) > maxListed) {
			return text, len(items) - i
		}
		if i > 0 {
			text += ", "
		}
		text += item
	}
	return text, 0
}

// Same says whether another note says the same of the same place.
func (n Note) Same(o Note) bool {
	return n.File == o.File && n.Line == o.Line && n.Text == o.Text && n.About == o.About && n.Item == o.Item && n.Aside == o.Aside && n.Missing == o.Missing && n.Undecided == o.Undecided
}

// Reader recognises some files and says what they tell.
type Reader struct {
	Name string
	// Wants says by its path alone whether the reader wants to see a file.
	Wants func(path string) bool
	// Aside asks also for files below directories of tests, documentation and examples; see Tree.Aside.
	Aside bool
	// Ops asks also for files of operations code that is kept elsewhere, whose paths begin with @NAME/.
	Ops bool
	// Read is called once with all wanted paths, sorted. It gets everything through the Tree: no os, network, clock or
	// running of the code. A file that it can't make sense of is a Note, never a failure.
	Read func(t *Tree, paths []string, r *Report)
}

// Report collects what one reader found.
type Report struct {
	Reader string
	// Masked says that the evidence itself holds no values of secrets any more, only signs in their places.
	Masked   bool
	Findings []Finding
	Notes    []Note
	// Placed are files on the machine whose text the evidence holds.
	Placed []string
	// secretTexts are texts of files, by their sums, of which it is known whether they hold a secret.
	secretTexts map[[32]byte]bool
}

// Find adds a finding with its evidence. note may be empty. No value of a secret gets further than this: see conceal.
func (r *Report) Find(f Finding, file string, line int, rank Rank, note string) {
	if f.Dir == "" && f.About == nil {
		f.Dir = "."
	}
	for _, name := range conceal(&f.Service) {
		if r.Masked {
			r.Note(file, line, "a secret stood in this command line: %s takes its place", name)
			continue
		}
		r.Note(file, line, "a secret stands in this command line: it is not copied, %s takes its place. Put a new value into gopass: all who read this file know this one", name)
	}
	f.Check, f.File = concealCheck(f.Check), r.conceal(f.File)
	f.Evidence = Evidence{Reader: r.Reader, File: file, Line: line, Note: note, Rank: rank}
	r.Findings = append(r.Findings, f)
}

// NoteAbout adds a remark about a line that concerns only the service which operations call by one of these names.
func (r *Report) NoteAbout(about []string, file string, line int, format string, args ...any) {
	n := NewNote(file, line, format, args...)
	n.About = strings.Join(about, "\n")
	r.Notes = append(r.Notes, n)
}

// NoteItem adds a remark as NoteAbout does, which many things of one file may share: it is said once for all of them.
func (r *Report) NoteItem(about []string, file string, line int, text, item string) {
	r.Notes = append(r.Notes, Note{File: file, Line: line, Text: text, About: strings.Join(about, "\n"), Item: masked([]any{item})[0].(string)})
}

// NoteAside is NoteItem for what is only said for the record.
func (r *Report) NoteAside(about []string, file string, line int, text, item string) {
	r.NoteItem(about, file, line, text, item)
	r.Notes[len(r.Notes)-1].Aside = true
}

// NoteJob is NoteItem for what the image, the pod or the cluster does from now on.
func (r *Report) NoteJob(about []string, file string, line int, job service.Job, text, item string) {
	r.NoteItem(about, file, line, text, item)
	r.Notes[len(r.Notes)-1].Job = job
}

// Note adds a remark about a line. The values of secrets in a text among args, such as a command, become variables.
func (r *Report) Note(file string, line int, format string, args ...any) {
	r.Notes = append(r.Notes, NewNote(file, line, format, args...))
}
