package com.example.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** Settings: the environment where it says something, otherwise ledger.properties. */
final class Config {

    private static final Properties FILE = new Properties();

    static {
        try (InputStream in = Config.class.getResourceAsStream("/ledger.properties")) {
            FILE.load(in);
        } catch (IOException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Config() {
    }

    static String driver() {
        return FILE.getProperty("jdbc.driver");
    }

    static String url() {
        return either(System.getenv("JDBC_URL"), "jdbc.url");
    }

    static String user() {
        return either(System.getenv("JDBC_USER"), "jdbc.user");
    }

    static String password() {
        return either(System.getenv("JDBC_PASSWORD"), "jdbc.password");
    }

    static int pageSize() {
        return Integer.parseInt(FILE.getProperty("page.size", "100"));
    }

    private static String either(String value, String key) {
        return value != null && !value.isEmpty() ? value : FILE.getProperty(key);
    }
}
