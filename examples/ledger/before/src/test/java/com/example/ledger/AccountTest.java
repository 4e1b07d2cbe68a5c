package com.example.ledger;

import static org.junit.Assert.assertEquals;

import org.junit.Test;

public class AccountTest {

    @Test
    public void keepsWhatItIsGiven() {
        Account account = new Account("4711", "Nowak", 1250);
        assertEquals("4711", account.getNumber());
        assertEquals(1250, account.getCents());
    }
}
