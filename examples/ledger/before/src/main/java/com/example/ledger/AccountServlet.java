package com.example.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.SQLException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.log4j.Logger;

/** GET /accounts/ lists the numbers, GET /accounts/NUMBER is one account with its balance. */
public class AccountServlet extends HttpServlet {

    private static final Logger LOG = Logger.getLogger(AccountServlet.class);
    private static final long serialVersionUID = 1L;

    private final transient ObjectMapper json = new ObjectMapper();
    private final transient Database database = new Database();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getPathInfo();
        String number = path == null ? "" : path.substring(1);
        try {
            Object answer = number.isEmpty() ? database.numbers() : database.account(number);
            if (answer == null) {
                response.sendError(HttpServletResponse.SC_NOT_FOUND, "no such account");
                return;
            }
            response.setContentType("application/json");
            json.writeValue(response.getOutputStream(), answer);
        } catch (SQLException e) {
            LOG.error("account " + number, e);
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "the database does not answer");
        }
    }
}
