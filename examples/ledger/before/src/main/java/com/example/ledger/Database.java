package com.example.ledger;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The tables account and booking. One connection a request; it has always been fast enough. */
class Database {

    static {
        try {
            Class.forName(Config.driver());
        } catch (ClassNotFoundException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Connection open() throws SQLException {
        return DriverManager.getConnection(Config.url(), Config.user(), Config.password());
    }

    /** The account with this number, or null. */
    Account account(String number) throws SQLException {
        String sql = "SELECT a.number, a.owner, COALESCE(SUM(b.cents), 0) AS cents"
            + " FROM account a LEFT JOIN booking b ON b.account = a.number WHERE a.number = ? GROUP BY a.number, a.owner";
        try (Connection c = open(); PreparedStatement s = c.prepareStatement(sql)) {
            s.setString(1, number);
            try (ResultSet r = s.executeQuery()) {
                return r.next() ? new Account(r.getString("number"), r.getString("owner"), r.getLong("cents")) : null;
            }
        }
    }

    List<String> numbers() throws SQLException {
        List<String> numbers = new ArrayList<>();
        try (Connection c = open();
             PreparedStatement s = c.prepareStatement("SELECT number FROM account ORDER BY number LIMIT ?")) {
            s.setInt(1, Config.pageSize());
            try (ResultSet r = s.executeQuery()) {
                while (r.next()) {
                    numbers.add(r.getString(1));
                }
            }
        }
        return numbers;
    }
}
