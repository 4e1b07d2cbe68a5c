package bridge

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Consul is an agent of Consul, in whose catalogue the legacy side looks for services.
type Consul struct {
	URL   string // such as http://127.0.0.1:8500
	Token string // of its access lists; empty for none

	Client *http.Client
}

// Change is what brings the legacy side in step: a registration that is made or taken back, or a file that is written.
type Change struct {
	Action string `json:"action"` // register, deregister or write
	ID     string `json:"id,omitempty"`
	Name   string `json:"name"`
	At     string `json:"at,omitempty"` // host:port
}

func (c Change) String() string {
	if c.At == "" {
		return c.Action + " " + c.Name
	}
	return c.Action + " " + c.Name + " at " + c.At
}

// registration is a service as the agent takes it. It gives it back without the check, and calls the name Service.
type registration struct {
	ID      string
	Name    string
	Service string `json:",omitempty"`
	Tags    []string
	Address string
	Port    int
	Meta    map[string]string
	Check   *consulCheck `json:",omitempty"`
}

// consulCheck is asked by the agent itself, from where the callers are: what is registered goes on being watched when nobody
// syncs any more.
type consulCheck struct {
	Name          string
	HTTP          string              `json:",omitempty"`
	Header        map[string][]string `json:",omitempty"`
	TCP           string              `json:",omitempty"`
	TLSServerName string              `json:",omitempty"` // Consul before 1.11 knows none, and refuses it
	Interval      string
	Timeout       string
}

// owner marks what was registered for an environment of an application; nothing else is ever taken back.
const owner = "migrate"

// registrations are what Consul should hold of an export. Consul has no word for places that share a port by host name other
// than the name that its check asks for.
func (e Export) registrations() []registration {
	mine := e.App + "/" + e.Environment
	var all []registration
	for _, name := range e.services() {
		for _, p := range e.direct(name) {
			r := registration{
				ID: strings.Join([]string{owner, e.App, e.Environment, name, p.Protocol, p.At()}, ":"), Name: strings.Join([]string{e.App, e.Environment, name}, "-"),
				Tags: []string{e.Environment, p.Protocol}, Address: p.Address, Port: p.Port, Check: e.check(p),
			}
			if p.Backup {
				r.Name += "-backup"
			}
			r.Meta = map[string]string{owner: mine}
			if host := e.asked(p); host != "" {
				r.Meta["host"] = host
			}
			if r.Check != nil {
				r.Meta["check"] = r.Check.HTTP + r.Check.TCP
			}
			all = append(all, r)
		}
	}
	return all
}

// check is nil for what nothing can be asked of.
func (e Export) check(p Place) *consulCheck {
	c := &consulCheck{Name: p.By, Interval: "10s", Timeout: "3s"}
	switch path := e.healthAt(p); {
	case p.Protocol == "udp":
		return nil
	case p.http() && path != "":
		c.HTTP = p.url() + path
		if host := e.asked(p); host != "" {
			c.Header = map[string][]string{"Host": {host}}
			if p.Protocol == "https" {
				c.TLSServerName = host
			}
		}
	default:
		c.TCP = p.At()
	}
	return c
}

// Changes compares what the agent holds of the environment with what it should hold.
func (c Consul) Changes(ctx context.Context, e Export) ([]Change, error) {
	_, changes, err := c.plan(ctx, e)
	return changes, err
}

// Sync registers the places of an environment, and takes back those of it that are no more.
func (c Consul) Sync(ctx context.Context, e Export) ([]Change, error) {
	wanted, changes, err := c.plan(ctx, e)
	if err != nil {
		return nil, err
	}
	for i, change := range changes {
		if change.Action == "register" {
			err = c.call(ctx, http.MethodPut, "/v1/agent/service/register?replace-existing-checks=true", wanted[change.ID], nil)
		} else {
			err = c.call(ctx, http.MethodPut, "/v1/agent/service/deregister/"+url.PathEscape(change.ID), nil, nil)
		}
		if err != nil {
			return changes[:i], fmt.Errorf("%s %s: %w", change.Action, change.ID, err)
		}
	}
	return changes, nil
}

// plan registers first and takes back last, so that a service never has no place in between.
func (c Consul) plan(ctx context.Context, e Export) (wanted map[string]registration, changes []Change, err error) {
	held := map[string]registration{}
	if err := c.call(ctx, http.MethodGet, "/v1/agent/services", nil, &held); err != nil {
		return nil, nil, fmt.Errorf("what Consul holds: %w", err)
	}
	wanted = map[string]registration{}
	for _, r := range e.registrations() {
		wanted[r.ID] = r
		if have, ok := held[r.ID]; !ok || !r.same(have) {
			changes = append(changes, r.change("register"))
		}
	}
	var gone []Change
	for id, r := range held {
		if _, stays := wanted[id]; !stays && r.Meta[owner] == e.App+"/"+e.Environment {
			r.ID = id
			gone = append(gone, r.change("deregister"))
		}
	}
	slices.SortFunc(gone, func(a, b Change) int { return strings.Compare(a.ID, b.ID) })
	return wanted, append(changes, gone...), nil
}

func (r registration) same(have registration) bool {
	return r.Address == have.Address && r.Port == have.Port && slices.Equal(r.Tags, have.Tags) && reflect.DeepEqual(r.Meta, have.Meta)
}

func (r registration) change(action string) Change {
	return Change{Action: action, ID: r.ID, Name: cmp.Or(r.Name, r.Service), At: Place{Address: r.Address, Port: r.Port}.At()}
}

// maxAnswer is how much of an answer of Consul's is read.
const maxAnswer = 16 << 20

func (c Consul) call(ctx context.Context, method, path string, body, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(c.URL, "/")+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	if c.Token != "" {
		r.Header.Set("X-Consul-Token", c.Token)
	}
	res, err := c.Client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	switch {
	case err != nil:
		return err
	case res.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%s: this token may not; CONSUL_HTTP_TOKEN has to allow service:write", res.Status)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("%s: %s", res.Status, strings.TrimSpace(string(data[:min(len(data), 200)])))
	case answer == nil:
		return nil
	}
	return json.Unmarshal(data, answer)
}
