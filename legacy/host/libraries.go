package host

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/migrate-to-kubernetes/migrate/legacy/scan"
	"github.com/migrate-to-kubernetes/migrate/service"
)

var (
	// systemLibrary is a shared library in the directories of the system, without the number of its release: libraries that
	// an application brings itself are in its image anyway.
	systemLibrary = scan.MustCompile(`^/(?:usr/)?(?:local/)?lib(?:64|32)?/(?:[a-z0-9_]+-linux-[a-z0-9]+/)?([^/]+\.so(?:\.\d+)?)[^/]*$`)
	// plainLibrary is one that every machine or every interpreter has.
	plainLibrary = scan.MustCompile(`^(ld-|lib(c|m|dl|rt|pthread|util|resolv|gcc_s|stdc\+\+|nss_\w+|nsl|crypt|selinux|pcre\w*|pcre2-8|z|expat|tinfow?|ncursesw?|readline|keyutils|gssapi_krb5|k5crypto|krb5|krb5support|com_err|cap|systemd|lz4|lzma|zstd|` +
		`bz2|gcrypt|gpg-error|crypto|ssl|python\w*|ruby\w*|perl|node|uuid|ffi|sqlite3|icu\w+|atomic|audit|cap-ng|pam|md|bsd|gmp|idn2|unistring|p11-kit|tasn1|nettle|hogweed|gnutls)[-.])`)
)

// maxLike bounds the processes of one command whose libraries are read, since workers load the same, and maxMapped those of
// a machine.
const (
	maxLike   = 3
	maxMapped = 500
)

// libraries reads what shared libraries the processes that run a service's code have loaded: those are the packages that
// its image needs beside the code.
func (r *root) libraries(list []Process) {
	like, names, mapped := map[string]int{}, map[string]string{}, 0
	for i := range list {
		p := &list[i]
		if interpreter(p.Program) == "" && p.Package != "" || p.Program == "" || storeOf(p) != "" {
			continue
		}
		key := p.Program + "\x00" + p.Dir + "\x00" + strings.Join(p.Command, "\x00")
		if like[key]++; like[key] > maxLike || mapped == maxMapped {
			continue
		}
		mapped++
		data, err := r.raw(path.Join("/proc", itoa(p.PID), "maps"))
		r.miss("libraries of processes of other users", err)
		p.Libraries = librariesOf(string(data), names)
	}
}

// librariesOf reads lines such as "7f00-7f01 r-xp 00000000 fe:00 1234   /usr/lib/x86_64-linux-gnu/libpq.so.5.15". names
// remembers what the files are called, "" for those that say nothing.
func librariesOf(text string, names map[string]string) []string {
	found := map[string]bool{}
	for line := range strings.Lines(text) {
		i := strings.IndexByte(line, '/')
		if i < 0 || !strings.Contains(line[i:], ".so") {
			continue
		}
		file := strings.TrimSpace(line[i:])
		name, known := names[file]
		if !known {
			if m := systemLibrary.FindStringSubmatch(file); m != nil && !plainLibrary.MatchString(m[1]) {
				name = m[1]
			}
			names[file] = name
		}
		if name != "" {
			found[name] = true
		}
	}
	return sorted(found)
}

// libraryPackages lead from a library to the package of Debian 12 that holds it, programPackages from a program that a
// service starts.
var (
	libraryPackages = map[string]string{
		"libpq": "libpq5", "libmariadb": "libmariadb3", "libmysqlclient": "libmariadb3", "libmysqlclient_r": "libmariadb3", "libxml2": "libxml2", "libxslt": "libxslt1.1", "libldap": "libldap-2.5-0", "libldap_r": "libldap-2.5-0",
		"libsasl2": "libsasl2-2", "libmagic": "libmagic1", "libmemcached": "libmemcached11", "libgeos_c": "libgeos-c1v5", "libxmlsec1": "libxmlsec1-openssl", "libjpeg": "libjpeg62-turbo", "libgdal": "gdal-bin",
		"libMagickWand": "imagemagick", "libGraphicsMagick": "graphicsmagick", "librsvg-2": "librsvg2-bin", "libgs": "ghostscript",
	}
	programPackages = map[string]string{
		"convert": "imagemagick", "identify": "imagemagick", "mogrify": "imagemagick", "composite": "imagemagick", "montage": "imagemagick", "gm": "graphicsmagick", "gs": "ghostscript", "pdftotext": "poppler-utils", "pdftoppm": "poppler-utils", "pdfinfo": "poppler-utils",
		"wkhtmltopdf": "wkhtmltopdf", "wkhtmltoimage": "wkhtmltopdf", "ffmpeg": "ffmpeg", "ffprobe": "ffmpeg", "dot": "graphviz", "tesseract": "tesseract-ocr", "exiftool": "libimage-exiftool-perl", "rsvg-convert": "librsvg2-bin", "qpdf": "qpdf", "pandoc": "pandoc",
		"soffice": "libreoffice", "soffice.bin": "libreoffice", "unoconv": "unoconv", "optipng": "optipng", "jpegoptim": "jpegoptim", "pngquant": "pngquant", "gifsicle": "gifsicle", "clamscan": "clamav", "clamdscan": "clamdscan", "Xvfb": "xvfb", "sox": "sox", "lame": "lame", "antiword": "antiword",
	}
)

// packages says which packages the code needs beside itself: of the libraries that its processes have loaded, and of the
// programs that they were seen to start.
func (r *reading) packages(d *deployed) {
	said := map[string]bool{}
	say := func(name string, line int, why string) {
		if name == "" || said[name] {
			return
		}
		said[name] = true
		main := d.programs[0]
		r.find(d, main, scan.Finding{Service: service.Service{Build: &service.Build{Runtime: []string{name}}}}, line, scan.Declared, why)
	}
	for _, p := range d.programs {
		libraries := strings.Join(p.libraries(), " ")
		brought := strings.Contains(libraries, "libpq.so") || strings.Contains(libraries, "libcurl") // these load libldap themselves
		own := map[int]bool{}
		for _, i := range p.processes {
			own[p.host.Processes[i].PID] = true
			for n, library := range p.host.Processes[i].Libraries {
				name, _, _ := strings.Cut(library, ".so")
				if strings.HasPrefix(name, "libMagick") || strings.HasPrefix(name, "libGraphicsMagick") || strings.HasPrefix(name, "libldap") {
					name, _, _ = strings.Cut(name, "-")
				}
				if brought && (name == "libldap" || name == "libsasl2") {
					continue
				}
				say(libraryPackages[name], p.host.Line("processes", itoa(i), "libraries", itoa(n)), "it has "+library+" loaded")
			}
		}
		for _, i := range descendants(p.host, own) {
			name := path.Base(p.host.Processes[i].Program)
			say(startedPackage(name), p.host.Line("processes", itoa(i), "program"), "it starts "+name)
		}
	}
}

// descendants are the processes that some processes have started, at any depth.
func descendants(l *Loaded, of map[int]bool) []int {
	of = maps.Clone(of)
	var list []int
	for grown := true; grown; {
		grown = false
		for i, p := range l.Processes {
			if of[p.Parent] && !of[p.PID] {
				of[p.PID] = true
				list = append(list, i)
				grown = true
			}
		}
	}
	slices.Sort(list)
	return list
}

// startedPackage is the package of a program that services start, "" for others; Debian calls ImageMagick's convert-im6.q16.
func startedPackage(program string) string {
	name, _, _ := strings.Cut(program, "-im")
	return programPackages[name]
}
