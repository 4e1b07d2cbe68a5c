package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// serve starts a service for the rest of the script and puts its host:port into $TARGET. "serve tls" starts one with a
// certificate for example.com, whose authority is in ca.pem, and a forward proxy at $PROXY for which every name is that
// service, or the one of $TARGET by http.
//
// /health answers 200 with JSON, /broken 500 with HTML, /starting 503 twice and then 200, /echo with the request's body
// and Authorization, and any other path 404. The paths stand under /base too.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 || len(args) == 1 && args[0] != "tls" {
		ts.Fatalf("usage: serve [tls]")
	}
	if len(args) == 1 {
		serveTLS(ts)
		return
	}
	server := httptest.NewServer(service())
	ts.Defer(server.Close)
	ts.Setenv("TARGET", strings.TrimPrefix(server.URL, "http://"))
}

func serveTLS(ts *testscript.TestScript) {
	server := httptest.NewTLSServer(service())
	ts.Defer(server.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), authority, 0o644))
	plain := ts.Getenv("TARGET")
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			r.URL.Host = plain
			(&httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}}).ServeHTTP(w, r)
			return
		}
		far, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer far.Close()
		near, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer near.Close()
		_, _ = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(far, near) }()
		_, _ = io.Copy(near, far)
	}))
	ts.Defer(proxy.Close)
	ts.Setenv("PROXY", "http://"+proxy.Listener.Addr().String())
	ts.Setenv("TLS", server.Listener.Addr().String())
}

func service() http.Handler {
	starting := make(chan struct{}, 2)
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"status": "up"}`)
	})
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, "<h1>Oops</h1>")
	})
	mux.HandleFunc("/starting", func(w http.ResponseWriter, _ *http.Request) {
		select {
		case starting <- struct{}{}:
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
		}
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s", r.Method, body, r.Header.Get("Authorization"))
	})
	mux.Handle("/base/", http.StripPrefix("/base", mux))
	return mux
}
