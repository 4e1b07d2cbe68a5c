// billing tells what a customer pays: the tariffs, the price of an order, and the open balance, which it asks the ledger for.
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

const version = "1.4.2"

var (
	port    = flag.String("port", getenv("PORT", "8090"), "port to listen on")
	ledger  = flag.String("ledger", getenv("LEDGER_ADDR", "10.20.4.17:8080"), "host:port of the ledger")
	timeout = flag.String("timeout", getenv("LEDGER_TIMEOUT", "3s"), "how long to wait for the ledger")
)

var started = time.Now()

func getenv(name, def string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return def
}

func main() {
	flag.Parse()
	wait, err := time.ParseDuration(*timeout)
	if err != nil {
		log.Fatalf("timeout: %v", err)
	}
	books := newLedger(*ledger, os.Getenv("LEDGER_TOKEN"), wait)

	http.HandleFunc("/status", status)
	http.HandleFunc("/tariffs", listTariffs)
	http.HandleFunc("/price", price)
	http.HandleFunc("/balance/", func(w http.ResponseWriter, r *http.Request) { balance(w, r, books) })

	log.Printf("billing %s on port %s, ledger at %s", version, *port, *ledger)
	log.Fatal(http.ListenAndServe(":"+*port, nil))
}

func status(w http.ResponseWriter, r *http.Request) {
	reply(w, http.StatusOK, map[string]interface{}{
		"status": "ok", "version": version, "uptime": int(time.Since(started).Seconds()),
	})
}

func listTariffs(w http.ResponseWriter, r *http.Request) {
	reply(w, http.StatusOK, tariffs)
}

// price answers /price?tariff=basic&units=120.
func price(w http.ResponseWriter, r *http.Request) {
	units, err := strconv.Atoi(r.FormValue("units"))
	if err != nil || units < 0 {
		fail(w, http.StatusBadRequest, "units must be a number from 0")
		return
	}
	t, ok := tariffByName(r.FormValue("tariff"))
	if !ok {
		fail(w, http.StatusNotFound, "no such tariff")
		return
	}
	reply(w, http.StatusOK, map[string]interface{}{"tariff": t.Name, "units": units, "cents": t.price(units)})
}

// balance answers /balance/CUSTOMER with what the ledger says.
func balance(w http.ResponseWriter, r *http.Request, books *ledgerClient) {
	customer := strings.TrimPrefix(r.URL.Path, "/balance/")
	if customer == "" || strings.Contains(customer, "/") {
		fail(w, http.StatusNotFound, "no such customer")
		return
	}
	cents, err := books.balance(customer)
	switch {
	case err == errNoAccount:
		fail(w, http.StatusNotFound, "no such customer")
	case err != nil:
		log.Printf("ledger: %v", err)
		fail(w, http.StatusBadGateway, "the ledger does not answer")
	default:
		reply(w, http.StatusOK, map[string]interface{}{"customer": customer, "cents": cents})
	}
}

func reply(w http.ResponseWriter, code int, v interface{}) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(v)
}

func fail(w http.ResponseWriter, code int, text string) {
	reply(w, code, map[string]string{"error": text})
}
