package service

import "testing"

func TestFront(t *testing.T) {
	port := func() *Service { return &Service{Port: 80} }
	a := &App{Services: map[string]*Service{"cart": port(), "web": port(), "zone": port()}}
	if got := a.Front(); got != "web" {
		t.Errorf("by its name: %s", got)
	}
	a.Services["zone"].Routes = []Route{{Host: "shop.example.com"}}
	if got := a.Front(); got != "zone" {
		t.Errorf("by its route: %s", got)
	}
	if got := (&App{Services: map[string]*Service{"stock": port(), "cart": port()}}).Front(); got != "cart" {
		t.Errorf("the first: %s", got)
	}
}
