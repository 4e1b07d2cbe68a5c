package host

import (
	"fmt"

	"github.com/migrate-to-kubernetes/migrate/legacy/host/rpmdb"
)

// rpmBase are the packages that make a machine of Red Hat's or SUSE's kin the operating system: rpm has no priorities.
var rpmBase = set("audit basesystem bash chrony coreutils cronie crontabs dbus dbus-1 dbus-broker dbus-daemon dhcp-client dhclient dracut e2fsprogs firewalld glibc grub2-tools initscripts iproute iprutils iptables irqbalance kernel kexec-tools kmod " +
	"libselinux lvm2 mdadm microcode_ctl NetworkManager openssh openssh-server ntp passwd plymouth policycoreutils polkit postfix procps-ng procps rpm rsyslog selinux-policy selinux-policy-targeted shadow-utils sudo systemd systemd-sysvinit " +
	"systemd-udev sysvinit-tools tuned udev upstart util-linux wicked yum dnf zypper")

// readRPM takes over rpm's packages with the files that they own. It says whether there is such a database.
func (o *owners) readRPM() bool {
	for _, file := range rpmdb.Files {
		data, err := o.root.raw(file)
		if isGone(err) {
			continue
		}
		var packages []rpmdb.Package
		if err == nil {
			packages, err = rpmdb.Packages(data)
		}
		if err != nil {
			o.root.miss("packages and versions", fmt.Errorf("%s: %w", file, err))
			return true
		}
		o.read = true
		for _, p := range packages {
			o.versions[p.Name] = p.Version
			if rpmBase[p.Name] {
				o.priority[p.Name] = "required"
			}
			for _, owned := range p.Files {
				o.has(p.Name, owned)
			}
		}
		return true
	}
	return false
}
