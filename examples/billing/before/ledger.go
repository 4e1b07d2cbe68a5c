package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

var errNoAccount = errors.New("no such account")

type ledgerClient struct {
	addr, token string
	http        *http.Client
}

func newLedger(addr, token string, timeout time.Duration) *ledgerClient {
	return &ledgerClient{addr: addr, token: token, http: &http.Client{Timeout: timeout}}
}

// balance asks the ledger (a Tomcat, hence the path) what a customer owes.
func (l *ledgerClient) balance(customer string) (int, error) {
	req, err := http.NewRequest("GET", "http://"+l.addr+"/ledger/accounts/"+url.PathEscape(customer), nil)
	if err != nil {
		return 0, err
	}
	if l.token != "" {
		req.Header.Set("X-Ledger-Token", l.token)
	}
	res, err := l.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotFound:
		return 0, errNoAccount
	case res.StatusCode != http.StatusOK:
		return 0, fmt.Errorf("%s: %s", req.URL.Path, res.Status)
	}
	var account struct {
		Cents int `json:"cents"`
	}
	if err := json.NewDecoder(res.Body).Decode(&account); err != nil {
		return 0, err
	}
	return account.Cents, nil
}
