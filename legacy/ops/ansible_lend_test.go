package ops

import (
	"slices"
	"strings"
	"testing"
)

// A role that runs nothing of its own is about the few plays that ask for it; one that runs something is about that.
func TestRolesThatRunNothing(t *testing.T) {
	tree := files{
		"@ops/playbooks/shop.yml":                "- hosts: web\n  roles: [shop, shares, kiosk]\n",
		"@ops/roles/shop/tasks/main.yml":         "- service: {name: shop, state: started}\n",
		"@ops/roles/shares/tasks/main.yml":       "- mount: {path: /mnt/papers, src: //files/papers, fstype: cifs, state: mounted}\n- copy: {dest: /etc/papers.credentials, src: papers}\n",
		"@ops/roles/shares/files/papers":         "username=x\n",
		"@ops/roles/kiosk/tasks/main.yml":        "- mount: {path: /mnt/kiosk, src: //files/kiosk, fstype: cifs, state: mounted}\n- service: {name: kiosk, state: started}\n",
		"@ops/roles/everywhere/tasks/main.yml":   "- mount: {path: /mnt/all, src: //files/all, fstype: cifs, state: mounted}\n",
		"@ops/playbooks/a.yml":                   "- hosts: a\n  roles: [everywhere]\n",
		"@ops/playbooks/b.yml":                   "- hosts: b\n  roles: [everywhere]\n",
		"@ops/playbooks/c.yml":                   "- hosts: c\n  roles: [everywhere]\n",
		"@ops/playbooks/d.yml":                   "- hosts: d\n  roles: [everywhere]\n",
		"@ops/playbooks/e.yml":                   "- hosts: e\n  roles: [everywhere, shop]\n",
		"@ops/roles/everywhere/tasks/.gitignore": "",
	}
	about := map[string][]string{}
	for _, f := range read(t, Ansible(), tree).Findings {
		about[strings.Join(f.Service.State, "")] = f.About
	}
	for where, want := range map[string]bool{"/mnt/papers": true, "/mnt/kiosk": false, "/mnt/all": false} {
		if about[where] == nil || slices.Contains(about[where], "shop") != want {
			t.Errorf("%s is about %v", where, about[where])
		}
	}
}
