package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// serve starts a service for the rest of the script and puts its host:port into $TARGET.
//
// /health answers 200 with JSON, /broken 500 with HTML, /starting 503 twice and then 200, /echo with the request's body
// and Authorization, and any other path 404. The paths stand under /base too.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: serve")
	}
	server := httptest.NewServer(service())
	ts.Defer(server.Close)
	ts.Setenv("TARGET", strings.TrimPrefix(server.URL, "http://"))
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
