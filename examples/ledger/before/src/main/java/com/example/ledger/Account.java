package com.example.ledger;

public class Account {

    private final String number;
    private final String owner;
    private final long cents;

    public Account(String number, String owner, long cents) {
        this.number = number;
        this.owner = owner;
        this.cents = cents;
    }

    public String getNumber() {
        return number;
    }

    public String getOwner() {
        return owner;
    }

    public long getCents() {
        return cents;
    }
}
